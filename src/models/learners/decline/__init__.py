"""Decline models: its probability within the horizon, its timing, its cause, and the curve of the three."""
