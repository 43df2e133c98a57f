"""Profiles of the segments of a whole book."""
