"""The counts of a run in its folder, and whether it is plausible beside training and the publication before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.periods import DAYS_PER_PERIOD
from models.config.root import Config
from models.learners.contributions import Contributions
from models.notices import Notice
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import FittedModels, completed
from models.plausibility.alarms import alarms_of
from models.plausibility.compute import Earlier, Plausibility
from models.plausibility.counts import RUN_COUNTS, RunCounts, all_counted, input_counts, score_counts
from models.plausibility.reference import TrainingReference, regular_ages, usual_moves
from models.plausibility.rules import MIN_KNOWN
from models.publications.previous import COLD_START, SCORES, PreviousScores
from models.scoring.block import DECLINE, VALUE
from models.scoring.columns import reason_column, score_columns
from models.scoring.scoring import explain_matrix

MOST_EXPLAINED = 4096
"""So many rows tell what moves the models."""
_RANKED = ("value", "default_probability")
"""Chances of decline change from month to month."""
_OFTEN = 0.6
"""Events of which the most recent twentieth of clients had one within this part of a period come in every period."""
_RATES = frozenset({"share", "ratio", "share of tenure"})
"""Units of inputs whose size tells no unit: they are small or large by what happens."""


def earlier_run(folder: Path, as_of: date) -> Earlier | None:
    """The counts that stand in the folder of a run; None where it was published before there were counts."""
    file = folder / RUN_COUNTS
    if not file.is_file():
        return None
    counts = RunCounts.from_json(file.read_bytes(), subject=str(file), remedy="restore the folder, or predict again")
    return Earlier(as_of=as_of, counts=counts)


def near(as_of: date, before: date, config: Config) -> bool:
    """Whether a publication is near enough to be the one before."""
    most = config.monitor.within_periods * DAYS_PER_PERIOD[config.time.period]
    return 0 < (as_of - before).days <= most + 1


def plausibility_of(
    reference: TrainingReference, previous: Earlier | None, as_of: date, config: Config
) -> Plausibility:
    """What a run at a date is held against."""
    return Plausibility(
        as_of=as_of,
        reference=reference,
        earlier=previous if previous is not None and near(as_of, previous.as_of, config) else None,
        period=config.time.period,
        config=config.monitor,
    )


def rank_agreement(before: Path, now: Path) -> dict[str, float]:
    """Rank correlation of value and chance of default between two files of scores, over active clients of both.

    Left away where fewer than ``MIN_KNOWN`` clients have both, or all are equal.
    """
    known = pq.read_schema(before).names, pq.read_schema(now).names
    names = [name for name in _RANKED if name in known[0] and name in known[1]]
    first, second = (_active(file, names) for file in (before, now))
    common = first.index.intersection(second.index)
    found = {name: pd.DataFrame({"then": first[name], "now": second[name]}).loc[common].dropna() for name in names}
    return {
        name: float(rows["then"].rank().corr(rows["now"].rank()))
        for name, rows in found.items()
        if len(rows) >= MIN_KNOWN and rows.nunique().min() > 1
    }


def implausible(
    counts: RunCounts, bundle: Bundle, previous: PreviousScores | None, as_of: date, config: Config, scores: Path
) -> list[Notice]:
    """What of a run is implausible, by the section ``monitor``, before it is published: notes wait for monitor.

    ``scores`` is the file that is to be published.
    """
    if not config.monitor.looks:
        return []
    before = None if previous is None else earlier_run(previous.folder, previous.as_of)
    held = plausibility_of(bundle.reference, before, as_of, config)
    agreement = {} if previous is None or held.earlier is None else rank_agreement(previous.folder / SCORES, scores)
    alarms = alarms_of(held.readings(counts, agreement), config.monitor, as_of)
    return [alarm.notice(config.monitor.guard) for alarm in alarms if alarm.is_raised]


def reference_of(models: FittedModels, panel: Panel, origins: Sequence[int], config: Config) -> TrainingReference:
    """What is remembered of the clients at the latest of the ``origins``, whose outcomes the models knew."""
    latest = max(origins)
    now = panel.at([latest])
    counts = all_counted([_inputs_at(models, now), _scored(models, now, config)])
    others = [_inputs_at(models, panel.at([origin])) for origin in origins if origin != latest]
    return TrainingReference(
        counts=counts,
        usual=usual_moves(counts, others),
        weight=_weights(models, now),
        no_sizes=tuple(each.name for each in models.contract.features if each.unit in _RATES),
        shared=tuple(name for name in models.contract.names if name.startswith(_shared_beginnings(config))),
        as_of=panel.grid.start_of(latest),
        span_days=(panel.grid.start_of(latest) - panel.grid.start_of(min(origins))).days,
        regular=regular_ages([counts, *others], _OFTEN * DAYS_PER_PERIOD[config.time.period]),
    )


def _active(file: Path, names: list[str]) -> pd.DataFrame:
    table = pq.read_table(file, columns=["client_id", COLD_START, *names])
    frame: pd.DataFrame = table.filter(pc.invert(table[COLD_START])).drop_columns([COLD_START]).to_pandas()
    return frame.set_index("client_id")


def _shared_beginnings(config: Config) -> tuple[str, ...]:
    """How names of inputs begin that tell of all clients alike, and of the economy of their country."""
    return ("macro_", *(f"{column}_" for column in config.features.context))


def _inputs_at(models: FittedModels, panel: Panel) -> RunCounts:
    return input_counts(models.contract.encode(panel.features), panel.features, models.contract)


def _scored(models: FittedModels, panel: Panel, config: Config) -> RunCounts:
    if not len(panel):
        return RunCounts()
    matrix = models.contract.encode(panel.features)
    _, served = explain_matrix(models, matrix)
    predictions = completed(
        models,
        matrix,
        panel,
        value=models.value.parts_explained(matrix, served),
        probability=served[DECLINE].prediction,
    )
    columns = score_columns(models, panel, predictions, config)
    columns["reasons"] = reason_column(models, panel, predictions, matrix=matrix, parts=served[DECLINE])
    return score_counts(columns)


def _weights(models: FittedModels, panel: Panel) -> dict[str, float]:
    """Input -> its share of the mean size of all parts of a model, of the model that it moves most."""
    rows = np.unique(np.linspace(0, max(len(panel) - 1, 0), min(len(panel), MOST_EXPLAINED)).round().astype(np.int64))
    explained, _ = explain_matrix(models, models.contract.encode(panel.features.iloc[rows]))
    shares = np.max([_shares(explained[target]) for target in (VALUE, DECLINE)], axis=0)
    return {name: round(float(share), 6) for name, share in zip(models.contract.names, shares, strict=True)}


def _shares(parts: Contributions) -> np.ndarray:
    sizes = np.abs(parts.values).mean(axis=0)
    return np.asarray(sizes / sizes.sum() if sizes.sum() > 0 else sizes)
