"""The screen of one client: grade, why, history, facilities, group, notes, treatment, comments, print."""
