"""Predictions of a panel by all models of a book."""

from __future__ import annotations

from dataclasses import dataclass

from models.grading.built_in import Grades
from models.grading.compute import Forecast
from models.learners.decline.curves import DeclineCurves
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class GradedForecast(Forecast):
    """What is foreseen of each row of a panel, and its tier. Shapes (n_rows,).

    ``grades`` are those that each client alone deserves; how many may change tier in one run is not known here.
    """

    grades: Grades


@dataclass(frozen=True, kw_only=True)
class Predictions(GradedForecast):
    """All that the models say of each row of a panel. Shapes (n_rows,)."""

    curves: DeclineCurves
    segment: IntArray
    segment_margin: FloatArray
