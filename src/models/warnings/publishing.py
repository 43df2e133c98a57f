"""Warnings as columns and files, and the memory that the next run reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.periods import DAYS_PER_PERIOD
from models.config.root import Config
from models.store.sealed import OF_SCORES, read_manifest
from models.vocab import BoolArray, FloatArray, IntArray
from models.warnings.alarms import AlarmLimits, AlarmMemory, Alarms, Deteriorations, alarm_budget, ring
from models.warnings.compute import DeteriorationReading
from models.warnings.report import AlarmState, ClientWarning, warnings_of

WARNING_MEMORY = "warning_memory.parquet"
_ALARMS = "alarms"
SPENT = "spent"
"""The fact of alarms that says how many of the budget rang since the period was settled."""
_NAMES = pa.list_(pa.string())
_EVIDENCE = pa.list_(
    pa.struct(
        [
            ("dimension", pa.string()),
            ("feature", pa.string()),
            ("now", pa.float64()),
            ("before", pa.float64()),
            ("usual", pa.float64()),
            ("strength", pa.float64()),
        ]
    )
)


@dataclass(frozen=True, kw_only=True)
class RaisedAlarms:
    """The alarms of one run: what is published, what the next run has to know, and the figures to tell of it.

    ``published`` holds every client that warns: those shown by rank, those held back and those without news behind.
    """

    alarms: Alarms
    published: pa.Table
    memory: pa.Table
    facts: dict[str, int]


def warning_columns(reading: DeteriorationReading, config: Config) -> dict[str, pa.Array]:
    """Per client the dimensions in which it warns, whether it is shown or not, and its severity, 0 where it does not.

    Beside them what is at stake with every client, in book currency: the business at risk.
    """
    return {
        "warnings": _name_lists(reading.turn.warns, _dimensions(config)),
        "warning_severity": pa.array(reading.turn.severity),
        "business_at_risk": pa.array(reading.business_at_risk),
    }


def no_warning_columns(clients: int) -> dict[str, pa.Array]:
    """The same columns of so many clients that cannot warn, since they have no state to turn worse from.

    What they may do with the lender is no business yet that could be at risk: it is null.
    """
    return {
        "warnings": pa.array([[]] * clients, type=_NAMES),
        "warning_severity": pa.array(np.zeros(clients)),
        "business_at_risk": pa.nulls(clients, pa.float64()),
    }


def raise_alarms(
    readings: Sequence[DeteriorationReading],
    *,
    clients: int,
    config: Config,
    as_of: date,
    memory: AlarmMemory | None = None,
) -> RaisedAlarms:
    """Choose the alarms of a whole book from the readings of its blocks; ``clients`` is how many were read.

    The readings need only hold those that warn (``DeteriorationReading.warned``). ``memory`` is what the newest earlier
    run left; without it everything is news, and the budget is that of one period.
    """
    known = memory or AlarmMemory.nothing(len(config.warnings.dimensions))
    turned = deteriorations_of(readings, config)
    alarms = ring(turned, known, as_of, limits_of(config, clients, as_of, known))
    return RaisedAlarms(
        alarms=alarms,
        published=_published_table(readings, turned, alarms, config, as_of),
        memory=_memory_table(alarms.memory, config),
        facts={
            "shown": len(alarms.place),
            "budget": alarms.budget,
            "always_shown": alarms.top_shown,
            "repeats": int(alarms.repeat.sum()),
            "held_back": len(alarms.held_back),
            "without_news": len(alarms.without_news),
            SPENT: known.spent + len(alarms.place) - alarms.top_shown,
        },
    )


def deteriorations_of(readings: Sequence[DeteriorationReading], config: Config) -> Deteriorations:
    """All blocks as what alarms are chosen from, the more is at stake with a client and the likelier the sooner."""
    severity = _joined(readings, "severity")
    top = np.concatenate([reading.top for reading in readings])
    return Deteriorations(
        client_id=pd.Index(np.concatenate([reading.client_id.to_numpy(dtype=object) for reading in readings])),
        severity=severity,
        warns=np.vstack([reading.turn.warns for reading in readings]),
        weight=np.concatenate([_weight(reading, config.warnings.stake_weight) for reading in readings]),
        top=top & (severity >= config.warnings.always_from_severity),
    )


def _weight(reading: DeteriorationReading, stake_weight: float) -> FloatArray:
    """Between the probability of decline and what is at stake, by geometric mean; ``text.rank_formula`` says so."""
    return np.asarray(reading.decline_probability ** (1.0 - stake_weight) * reading.at_stake**stake_weight)


def unpublished_warnings(reading: DeteriorationReading, config: Config) -> tuple[ClientWarning, ...]:
    """The warnings of clients at one date, without what hangs on who else warns."""
    warned = reading.warned()
    warns = warned.turn.warns
    columns = {
        "client_id": pa.array(warned.client_id, type=pa.string()),
        "severity": pa.array(warned.turn.severity),
        "evidence": _evidence([warned], np.arange(len(warned)), warns, config),
        "business_at_risk": pa.array(warned.business_at_risk),
        "credit_loss": pa.array(warned.credit_loss, from_pandas=True),
    }
    return warnings_of(pa.table(columns))


def limits_of(config: Config, clients: int, as_of: date, memory: AlarmMemory) -> AlarmLimits:
    """What is left of the budget since the time that is remembered, one period's where there was none; what is news."""
    rules, period_days = config.warnings, DAYS_PER_PERIOD[config.time.period]
    since = memory.since or memory.as_of
    days = period_days if since is None else (as_of - since).days
    return AlarmLimits(
        budget=max(0, alarm_budget(rules.weekly_budget, clients, days) - memory.spent),
        news_step=rules.news_step,
        calm_days=(rules.calm_periods + 0.5) * period_days,  # months are not of one length
        alone=np.array([dimension.alone for dimension in rules.dimensions.values()], dtype=np.bool_),
    )


def previous_memory(folder: Path, config: Config, since: date | None = None) -> AlarmMemory | None:
    """What the run published in ``folder`` remembers; None if it did not warn. Dimensions go by name.

    ``since`` is the date from which the budget counts, if that is not the run's own. Raises ``DamagedBundleError`` if
    a file is not as it was published.
    """
    manifest = read_manifest(folder, remedies=OF_SCORES)
    if WARNING_MEMORY not in manifest["files"]:
        return None
    as_of = date.fromisoformat(manifest["as_of"])
    memory = memory_of(pq.read_table(folder / WARNING_MEMORY), as_of, config)
    if since in (None, as_of):
        return memory
    return replace(memory, since=since, spent=int(manifest[_ALARMS].get(SPENT, 0)))


def memory_of(table: pa.Table, as_of: date, config: Config) -> AlarmMemory:
    """What ``RaisedAlarms.memory`` of the run at ``as_of`` says."""
    listed = table["shown"].to_pylist()
    shown = [[name in names for name in _dimensions(config)] for names in listed]
    return AlarmMemory(
        as_of=as_of,
        client_id=pd.Index(table["client_id"].to_pylist(), dtype="object"),
        first_seen=table["first_seen"].to_numpy().astype("datetime64[D]"),
        last_seen=table["last_seen"].to_numpy().astype("datetime64[D]"),
        severity=table["severity"].to_numpy().astype(np.float64),
        shown=np.array(shown, dtype=np.bool_).reshape(len(listed), len(_dimensions(config))),
    )


def _published_table(
    readings: Sequence[DeteriorationReading], turned: Deteriorations, alarms: Alarms, config: Config, as_of: date
) -> pa.Table:
    place = np.concatenate([alarms.place, alarms.held_back, alarms.without_news])
    shown = len(alarms.place)
    warns = turned.warns[place]
    states = np.repeat([each.value for each in AlarmState], [shown, len(alarms.held_back), len(alarms.without_news)])
    repeat = np.concatenate([alarms.repeat, np.zeros(len(place) - shown, dtype=np.bool_)])
    columns: dict[str, Any] = {
        "client_id": pa.array(turned.client_id[place].to_numpy(dtype=object), type=pa.string()),
        "as_of": pa.repeat(pa.scalar(as_of, pa.date32()), len(place)),
        "state": pa.array(states, type=pa.string()),
        "rank": pa.array(np.arange(1, len(place) + 1), type=pa.int32(), mask=np.arange(len(place)) >= shown),
        "severity": pa.array(turned.severity[place]),
        "dimensions": _name_lists(warns, _dimensions(config)),
        "evidence": _evidence(readings, place, warns, config),
        "business_at_risk": pa.array(np.concatenate([each.business_at_risk for each in readings])[place]),
        "credit_loss": pa.array(np.concatenate([each.credit_loss for each in readings])[place], from_pandas=True),
        "first_seen": pa.array(alarms.first_seen[place], type=pa.date32()),
        "repeat": pa.array(repeat),
        "always_shown": pa.array(turned.top[place]),
    }
    return pa.table(columns)


def _evidence(readings: Sequence[DeteriorationReading], place: IntArray, warns: BoolArray, config: Config) -> pa.Array:
    """Of each dimension that warns its strongest signal, in the order of the config."""
    row, dimension = np.nonzero(warns)
    reported = {name: _joined(readings, name)[place][row, dimension] for name in ("now", "before", "usual")}
    strength = _joined(readings, "strength")[place][row, dimension]
    signal = _joined(readings, "signal")[place][row, dimension]
    names = np.array([each.feature for each in readings[0].signals], dtype=object)
    fields = [
        pa.array(np.array(_dimensions(config), dtype=object)[dimension], type=pa.string()),
        pa.array(names[signal] if len(signal) else [], type=pa.string()),
        *(pa.array(values, type=pa.float64(), from_pandas=True) for values in reported.values()),
        pa.array(strength, type=pa.float64()),
    ]
    structs = pa.StructArray.from_arrays(fields, fields=list(_EVIDENCE.value_type))
    return pa.ListArray.from_arrays(_offsets(warns), structs)


def _memory_table(memory: AlarmMemory, config: Config) -> pa.Table:
    return pa.table(
        {
            "client_id": pa.array(memory.client_id.to_numpy(dtype=object), type=pa.string()),
            "first_seen": pa.array(memory.first_seen, type=pa.date32()),
            "last_seen": pa.array(memory.last_seen, type=pa.date32()),
            "severity": pa.array(memory.severity, type=pa.float64()),
            "shown": _name_lists(memory.shown, _dimensions(config)),
        }
    )


def _dimensions(config: Config) -> tuple[str, ...]:
    return tuple(config.warnings.dimensions)


def _joined(readings: Sequence[DeteriorationReading], name: str) -> FloatArray:
    return np.concatenate([getattr(reading.turn, name) for reading in readings])


def _name_lists(chosen: BoolArray, names: Sequence[str]) -> pa.Array:
    _, place = np.nonzero(chosen)
    reported = pa.array(np.array(names, dtype=object)[place], type=pa.string())
    return pa.ListArray.from_arrays(_offsets(chosen), reported).cast(_NAMES)


def _offsets(chosen: BoolArray) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(chosen.sum(axis=1))]), type=pa.int32())
