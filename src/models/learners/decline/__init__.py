"""Decline: whether within the horizon, when, and why; and the curve that the three make together."""
