"""Exact Shapley values of boosted trees for every row of a book; how contributions become reasons is not known here."""
