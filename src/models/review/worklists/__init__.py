"""The screen of work lists: taken, done with a result, conversion by list, and the list for a meeting."""
