"""The screen of auditors: a client on any day, replays in the background, and the export."""
