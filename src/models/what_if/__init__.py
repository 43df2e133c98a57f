"""A book graded under another policy: who would move, and why."""
