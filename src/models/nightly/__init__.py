"""The job of a night, called by a scheduler: score the dates that are due, publish, watch, and say how it ended."""
