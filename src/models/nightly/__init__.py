"""What a scheduler calls each night: score the dates that are due, publish, watch, and say how it ended."""
