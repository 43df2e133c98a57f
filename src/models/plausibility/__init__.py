"""Plausibility of a run: its inputs and scores beside those of training and of the publication before."""
