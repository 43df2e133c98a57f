"""Exact Shapley values of boosted trees for every row of a book."""
