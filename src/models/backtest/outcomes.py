"""Exposure at a past date and the losses that followed, read from the book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.backtest.acting import ExpectedLosses
from models.book.door import Book
from models.book.periods import DAYS_PER_MONTH
from models.config.backtest import LimitsConfig
from models.config.root import Config
from models.evaluation.truth import read_avoidable
from models.panel.panel import Panel
from models.simulator.truth import LOSS_HALVES
from models.vocab import FloatArray


def exposure_of(rows: Panel, limits: LimitsConfig) -> FloatArray | None:
    """What is at risk with each client of a panel, in book currency, none below zero. (n_rows,); None if not known."""
    if limits.exposure not in rows.features:
        return None
    known = rows.features[limits.exposure].to_numpy(dtype=np.float64)
    return np.where(known > 0, known, 0.0)


def losses_of(book: Book, limits: LimitsConfig) -> pd.DataFrame | None:
    """Every loss and recovery of a book: client_id, date, loss in book currency. None if the book knows of none."""
    kinds = list(limits.losses)
    flows = book.brought("cashflows", ["client_id", "date", "kind", "amount"], column="kind", among=kinds).to_pandas()
    if flows.empty:
        return None
    weight = flows["kind"].map(limits.losses).to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {"client_id": flows["client_id"], "date": pd.to_datetime(flows["date"]), "loss": weight * flows["amount"]}
    )


def loss_within(losses: pd.DataFrame, rows: Panel, start: date, end: date) -> FloatArray:
    """Net loss with each client of a panel from ``start`` until before ``end``, not below zero. Shape (n_rows,)."""
    within = losses[(losses["date"] >= pd.Timestamp(start)) & (losses["date"] < pd.Timestamp(end))]
    summed = within.groupby("client_id")["loss"].sum()
    lost = summed.reindex(rows.client_id).fillna(0.0).to_numpy(dtype=np.float64)
    return np.where(lost > 0, lost, 0.0)


def months_to_default(losses: pd.DataFrame, rows: Panel, start: date, end: date) -> FloatArray:
    """Whole months from ``start`` to the first loss of each client before ``end``; NaN without one. Shape (n_rows,)."""
    lost = losses["loss"] > 0
    within = losses[lost & (losses["date"] >= pd.Timestamp(start)) & (losses["date"] < pd.Timestamp(end))]
    first = within.groupby("client_id")["date"].min().reindex(rows.client_id)
    days = (first - pd.Timestamp(start)).dt.days.to_numpy(dtype=np.float64)
    return np.asarray(np.floor(days / DAYS_PER_MONTH))


@dataclass(frozen=True)
class Simulated:
    """The truth of a simulated book, as far as it tells of losses; None where it does not."""

    truth: pd.DataFrame | None

    @classmethod
    def of(cls, path: Path, config: Config) -> Simulated:
        """Read the truth. One that was drawn with another effect of acting is not looked at."""
        reported = read_avoidable(path, config.simulation.intervention)
        return cls(reported)

    def expected(self, rows: Panel, as_of: date) -> ExpectedLosses | None:
        """What could be expected of the clients of a panel at a date; None where the truth does not cover them."""
        if self.truth is None:
            return None
        known = self.truth[pd.to_datetime(self.truth["as_of"]).dt.date == as_of].set_index("client_id")
        if not rows.client_id.isin(known.index).all():
            return None
        mine = known.loc[rows.client_id]
        loss, avoided, first, second = (
            mine[name].to_numpy(dtype=np.float64) for name in ("expected_loss", "avoided_loss", *LOSS_HALVES)
        )
        return ExpectedLosses(loss=loss, avoided=avoided, halves=(first, second))
