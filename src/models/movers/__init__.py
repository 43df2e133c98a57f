"""Moves between tiers from one publication to the next: how many, who, by which part of the grading, and who did it."""
