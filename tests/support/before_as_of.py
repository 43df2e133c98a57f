"""Rows of a random book as they were known before the as-of date, by pandas."""

from __future__ import annotations

import pandas as pd

from support.books import AS_OF

DAY = pd.Timestamp(AS_OF)


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole != 0)


def unbroken(client: str, months: set[pd.Period], last: pd.Series) -> float:
    """Days since the last day of the first month of arrears that were told in each month since; 0 without any."""
    month, first = DAY.to_period("M") - 1, None
    while month in months:
        month, first = month - 1, month
    return 0.0 if first is None else float((DAY - last[client, first]).days)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    dates = {"date", "signed", "maturity", "closed", "entered", "published", "period_end"}
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in frame if name in dates})


def within(rows: pd.DataFrame, window: int, column: str = "date", *, ago: int = 0) -> pd.DataFrame:
    end = DAY - pd.DateOffset(months=ago)
    return rows[(rows[column] >= end - pd.DateOffset(months=window)) & (rows[column] < end)]
