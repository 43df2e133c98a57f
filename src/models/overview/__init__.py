"""One published run on one page, for the head of client management."""
