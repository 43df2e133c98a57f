"""Exact Shapley values of boosted trees for every row of a book; how contributions become reasons is not known here."""

from models.learners.shapley.along import ScoresAlong
from models.learners.shapley.kernel import Explained, ShapleyKernel

__all__ = ["Explained", "ScoresAlong", "ShapleyKernel"]
