"""Reads the simulator's truth of clients: an upper bound for every model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.config.simulation import InterventionEconomics
from models.errors import MissingColumnError, UnreadableFileError
from models.evaluation.benchmarks import TRUTH, Benchmark, BenchmarkSet
from models.panel.panel import Panel
from models.panel.targets import DECLINE_CAUSES
from models.simulator.book import TRUTH_METADATA
from models.simulator.truth import LOSS_COLUMNS
from models.vocab import FloatArray

_COLUMNS = ("client_id", "as_of", "expected_value", "decline_probability")
_CAUSE_COLUMNS = {str(cause): f"decline_{cause}_probability" for cause in DECLINE_CAUSES}
_LOSS_COLUMN, _DEFAULT_COLUMN = "expected_credit_loss", "default_probability"


def read_truth(path: Path) -> pd.DataFrame:
    """One row per client and as-of date. Raises ``UnreadableFileError`` or ``MissingColumnError``."""
    frame: pd.DataFrame = _read(path).to_pandas()
    missing = [name for name in _COLUMNS if name not in frame]
    if missing:
        raise MissingColumnError("truth", missing, list(map(str, frame.columns)))
    return frame[
        [*_COLUMNS, *(name for name in (*_CAUSE_COLUMNS.values(), _LOSS_COLUMN, _DEFAULT_COLUMN) if name in frame)]
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownOutcomes:
    """What could be known of the clients of one origin, of a simulated book. Shapes (n_rows,).

    ``value`` and ``credit_loss`` are expectations in currency, ``decline`` and ``default`` the chances of one,
    ``causes`` that of a decline by each cause; what the truth does not tell of every client is None or absent.
    """

    value: FloatArray | None = None
    decline: FloatArray | None = None
    credit_loss: FloatArray | None = None
    default: FloatArray | None = None
    causes: Mapping[str, FloatArray] = field(default_factory=dict)


def known_outcomes(rows: Panel, truth: pd.DataFrame, as_of: date) -> KnownOutcomes:
    """The truth of these rows; nothing where it does not cover every client."""
    known = _at(truth, as_of)
    if not rows.client_id.isin(known.index).all():
        return KnownOutcomes()
    frame = known.loc[rows.client_id].drop(columns="as_of")
    mine = {str(name): column.to_numpy(dtype=np.float64) for name, column in frame.items()}
    return KnownOutcomes(
        value=mine["expected_value"],
        decline=mine["decline_probability"],
        credit_loss=mine.get(_LOSS_COLUMN),
        default=mine.get(_DEFAULT_COLUMN),
        causes={cause: mine[name] for cause, name in _CAUSE_COLUMNS.items() if name in mine},
    )


def read_avoidable(path: Path, effect: InterventionEconomics) -> pd.DataFrame | None:
    """Expected losses and what acting avoids, by client and as-of date; None of a truth that knows another effect.

    Raises ``UnreadableFileError``.
    """
    table = _read(path)
    about = json.loads((table.schema.metadata or {}).get(TRUTH_METADATA.encode(), b"{}"))
    if not set(LOSS_COLUMNS) <= set(table.column_names) or about.get("intervention") != effect.model_dump():
        return None
    frame: pd.DataFrame = table.select(["client_id", "as_of", *LOSS_COLUMNS]).to_pandas()
    return frame


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            rule="the truth must be a Parquet file, as simulate writes it", got=path, remedy="unset book.truth"
        ) from error


def with_truth(contest: BenchmarkSet, rows: Panel, truth: pd.DataFrame, as_of: date) -> BenchmarkSet:
    """The contest joined by the truth, if it covers every client of the as-of date; else as it was."""
    known = _at(truth, as_of)
    if not rows.client_id.isin(known.index).all():
        return contest
    mine = known.loc[rows.client_id]
    columns = {"decline": "decline_probability", "value": "expected_value"}
    return {
        target: benchmarks
        | {TRUTH: Benchmark(score=mine[columns[target]].to_numpy(dtype=np.float64), is_forecast=True)}
        for target, benchmarks in contest.items()
    }


def _at(truth: pd.DataFrame, as_of: date) -> pd.DataFrame:
    return truth[pd.to_datetime(truth["as_of"]).dt.date == as_of].set_index("client_id")
