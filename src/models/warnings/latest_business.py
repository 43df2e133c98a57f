"""Comparison of clients with the last date before their latest business: worth more, and at less risk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.grading.compute import Forecast
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels, grade_matrix
from models.vocab import BoolArray, FloatArray, IntArray
from models.warnings.rules import is_better_since

RECENCY = "activity_recency_days"

EarlierRows = Callable[[Sequence[str], Sequence[int]], Sequence[Panel]]
"""Clients and origins -> their rows, in parts; those of a client that was not active at an origin are not there."""


@dataclass(frozen=True)
class KnownRows:
    """Rows of clients at earlier origins: those that a panel holds, others from where they can be had."""

    panel: Panel
    elsewhere: EarlierRows | None

    def of(self, clients: Sequence[str], origins: IntArray) -> list[Panel]:
        """One row per client at its own origin, of those that there are, in parts. Shapes (n,)."""
        held = np.isin(origins, np.unique(self.panel.origin))
        parts = [self.panel]
        if self.elsewhere is not None and not held.all():
            lacking = [client for client, is_held in zip(clients, held, strict=True) if not is_held]
            parts += self.elsewhere(lacking, np.unique(origins[~held]).tolist())
        wanted = _keys(clients, origins)
        chosen = [part.where(_keys(part.client_id.tolist(), part.origin).isin(wanted)) for part in parts]
        return [part for part in chosen if len(part)]


def better_than_before(
    models: FittedModels, rows: Panel, said: Forecast, asked: BoolArray, known: KnownRows
) -> BoolArray:
    """Who of those ``asked`` about is worth more and risks less than at the last date before its latest business.

    ``rows`` are clients at one origin, ``said`` what the models say of them. Shapes (n_rows,). One deal in three years
    that leaves a window of half a year makes no client worse than it was before that deal. Nobody is better of whom
    nothing is known then.
    """
    better, places = np.zeros(len(rows), dtype=np.bool_), np.flatnonzero(asked)
    if not len(places):
        return better
    clients = pd.Index(rows.client_id.iloc[places])
    then = np.full((3, len(places)), np.nan)
    for part in known.of(clients.tolist(), _period_of_latest_business(rows)[places]):
        said_then = grade_matrix(models, models.contract.encode(part.features), part)
        then[:, clients.get_indexer(pd.Index(part.client_id))] = _outlook(said_then)
    better[places] = is_better_since(_outlook(said)[:, places], then)
    return better


def _keys(clients: Sequence[str], origins: IntArray) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([list(clients), origins])


def _period_of_latest_business(rows: Panel) -> IntArray:
    """The number of the period in which each client did business last: the last date before it. (n_rows,)."""
    recency = rows.features[RECENCY].to_numpy(dtype=np.float64)
    as_of = np.datetime64(rows.grid.start_of(int(rows.origin[0])), "D")
    days = as_of - np.nan_to_num(recency, nan=1.0).astype("timedelta64[D]")
    return np.asarray(rows.grid.indices_of(days), dtype=np.int64)


def _outlook(said: Forecast) -> FloatArray:
    """Value, probability of decline, and of default, NaN where defaults are not known: (3, n)."""
    return np.stack([said.value, said.decline_probability, said.default_probability])
