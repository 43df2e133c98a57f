"""The figures of the table of countries, as far as they were published: risk, rating in notches, sanctions."""

from __future__ import annotations

from typing import Final

import pandas as pd

POLITICAL_RISK, NOTCH, SANCTIONS = "political_risk", "sovereign_notch", "sanctions"
COUNTRY_FIGURES: Final = (POLITICAL_RISK, NOTCH, SANCTIONS)
_AGENCY: Final = "AAA AA+ AA AA- A+ A A- BBB+ BBB BBB- BB+ BB BB- B+ B B- CCC+ CCC CCC- CC C D"
_MOODYS: Final = "Aaa Aa1 Aa2 Aa3 A1 A2 A3 Baa1 Baa2 Baa3 Ba1 Ba2 Ba3 B1 B2 B3 Caa1 Caa2 Caa3 Ca C"
NOTCHES: Final = {grade: notch for scale in (_MOODYS, _AGENCY) for notch, grade in enumerate(scale.split(), start=1)}
"""Sovereign rating -> notch from 1 for AAA, on the scales of S&P and Fitch, and of Moody's. Source: their tables."""


def country_figures(frame: pd.DataFrame) -> pd.DataFrame:
    """The table of countries with its figures as numbers; a rating of another scale is not known.

    >>> rated = pd.DataFrame({"sovereign_rating": ["BBB-", "Baa3", "good"], "sanctions": [True, None, False]})
    >>> country_figures(rated)["sovereign_notch"].tolist()
    [10.0, 10.0, nan]
    """
    return frame.assign(
        **{
            NOTCH: frame["sovereign_rating"].map(NOTCHES).astype("float64"),
            SANCTIONS: frame["sanctions"].astype("float64"),
        }
    )
