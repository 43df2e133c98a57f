"""How workflows that ask what if have clients graded: by what is expected of them, unless told a richer way."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from models.decisions.tiers import Grades, TierPolicy, grade
from models.vocab import FloatArray

Grader = Callable[[pd.DataFrame, FloatArray, FloatArray], Grades]
"""Features by client id (n, n_features), value and decline probability (n,) -> grades. A client's grade is its own."""


def by_expectation(policy: TierPolicy) -> Grader:
    """Grades by value and decline alone, whatever the features."""

    def graded(_: pd.DataFrame, value: FloatArray, decline: FloatArray) -> Grades:
        return grade(value, decline, policy)

    return graded
