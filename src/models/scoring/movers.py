"""All clients in another tier than in the run that was built on, with what moved each, as far as both runs tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.config.policy.tiers import TierScale
from models.grading.fitted import GradingPolicy
from models.grading.moves import MovedBy, PublishedGrades, causes_of_moves
from models.publications.previous import SCORES, PreviousScores, previous_scores
from models.scoring.published_grades import published_grades
from models.store.sealed import read_manifest
from models.vocab import BoolArray, TextArray

MOVERS = "movers.parquet"
SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of_before", pa.date32()),
        ("as_of", pa.date32()),
        ("way", pa.string()),
        ("tier_before", pa.string()),
        ("tier", pa.string()),
        ("value_before", pa.float64()),
        ("value", pa.float64()),
        ("decline_before", pa.float64()),
        ("decline", pa.float64()),
        ("moved_by", pa.string()),
        ("dimension", pa.string()),
        ("criterion", pa.string()),
        ("cap", pa.string()),
        ("tier_reason_before", pa.string()),
        ("tier_reason", pa.string()),
    ]
)
_COLUMNS = ("value", "decline_probability", "tier", "tier_reason")
_CAUSES = ("moved_by", "dimension", "criterion", "cap")


class MoverCause(StrEnum):
    """In which direction a client moved."""

    UP = "up"
    DOWN = "down"
    APPEARED = "appeared"
    VANISHED = "vanished"
    OTHER_TIERS = "other tiers"


def write_movers(
    draft: Path, previous: PreviousScores | None, policy: GradingPolicy, *, as_of: date, bundle: str
) -> dict[str, int | str]:
    """Write the movers of the scores in ``draft`` against ``previous``, an empty file without it; returns counts.

    Raises ``DamagedBundleError`` if the earlier scores are not as they were published.
    """
    found = SCHEMA.empty_table()
    facts: dict[str, int | str] = {}
    if previous is not None:
        same_bundle = read_manifest(previous.folder).get("bundle") == bundle
        before, now = previous_scores(previous.folder, _COLUMNS).columns, _scores(draft)
        met = _met_apart(before, now)
        folders = (previous.folder, draft) if len(met) else ()  # a quiet night, on which nobody moved
        ends = [published_grades(folder, met, policy.settings) for folder in folders]
        causes = None if None in ends or not ends else _causes(policy, ends, met, same_bundle=same_bundle)
        found = movers_of(before, now, causes, policy.scale, dates=(previous.as_of, as_of))
        ways = found["way"].to_pandas().value_counts()
        facts = {"before": previous.as_of.isoformat(), **{way.value: int(ways.get(way.value, 0)) for way in MoverCause}}
    pq.write_table(found, draft / MOVERS, compression="zstd")
    return facts


def movers_of(
    before: pd.DataFrame,
    now: pd.DataFrame,
    causes: pd.DataFrame | None,
    scale: TierScale,
    *,
    dates: tuple[date, date],
) -> pa.Table:
    """Who stands in another tier ``now``, or in one of the two only, as ``SCHEMA``, by client; both by client id.

    ``causes`` has what moved who stands in both, by client id, None where the earlier run does not tell it; a column
    that it did not publish counts as not known. ``dates`` are those of the two runs.
    """
    clients = before.index.union(now.index).sort_values()
    then, today = (frame.reindex(columns=_COLUMNS).reindex(clients) for frame in (before, now))
    old, new = _text(then["tier"]), _text(today["tier"])
    moved = old != new
    then, today, old, new = then[moved], today[moved], old[moved], new[moved]
    caused = _with_activity(causes, clients[moved], (old == "") | (new == ""))
    columns = {
        "client_id": clients[moved].to_numpy(dtype=object),
        "as_of_before": [dates[0]] * len(old),
        "as_of": [dates[1]] * len(old),
        "way": _ways(old, new, scale),
        "tier_before": _or_null(old),
        "tier": _or_null(new),
        "value_before": then["value"].to_numpy(dtype=np.float64),
        "value": today["value"].to_numpy(dtype=np.float64),
        "decline_before": then["decline_probability"].to_numpy(dtype=np.float64),
        "decline": today["decline_probability"].to_numpy(dtype=np.float64),
        **{name: _or_null(_text(caused[name])) for name in _CAUSES},
        "tier_reason_before": _or_null(_text(then["tier_reason"])),
        "tier_reason": _or_null(_text(today["tier_reason"])),
    }
    arrays = [pa.array(columns[each.name], type=each.type, from_pandas=True) for each in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _with_activity(causes: pd.DataFrame | None, clients: pd.Index, is_apart: BoolArray) -> pd.DataFrame:
    """The causes of some clients, of whom those in one of the runs only came or went."""
    found = pd.DataFrame(index=clients, columns=list(_CAUSES), dtype=object)
    if causes is not None:
        found = causes.reindex(clients).astype(object)
    found.loc[is_apart, "moved_by"] = MovedBy.ACTIVITY.value
    return found


def _met_apart(before: pd.DataFrame, now: pd.DataFrame) -> pd.Index:
    """The clients of both runs that stand in another tier now."""
    both = pd.Index(before.index.intersection(now.index).sort_values())
    old, new = (_text(frame["tier"].reindex(both)) for frame in (before, now))
    apart: pd.Index = both[old != new]
    return apart


def _causes(
    policy: GradingPolicy, ends: Sequence[PublishedGrades | None], clients: pd.Index, *, same_bundle: bool
) -> pd.DataFrame:
    before, now = (each for each in ends if each is not None)
    found = causes_of_moves(policy, before, now, same_bundle=same_bundle)
    return pd.DataFrame(
        {"moved_by": found.by, "dimension": found.dimension, "criterion": found.criterion, "cap": found.cap},
        index=clients,
    )


def _ways(old: TextArray, new: TextArray, scale: TierScale) -> TextArray:
    met = (old != "") & (new != "")
    risen = np.zeros(len(old), dtype=np.bool_)
    risen[met] = scale.steps(new[met]) > scale.steps(old[met])
    both = np.where(risen, MoverCause.UP.value, MoverCause.DOWN.value)
    both = np.where(np.isin(old, scale.names), both, MoverCause.OTHER_TIERS.value)
    return np.where(met, both, np.where(old == "", MoverCause.APPEARED.value, MoverCause.VANISHED.value))


def _scores(draft: Path) -> pd.DataFrame:
    table = pq.read_table(draft / SCORES, columns=["client_id", *_COLUMNS]).to_pandas()
    frame: pd.DataFrame = table.set_index("client_id")
    return frame


def _text(column: pd.Series) -> TextArray:
    """As text, "" for what is missing."""
    reported = column.astype(object)
    return np.asarray(reported.where(reported.notna(), "").astype(str).to_numpy(dtype=np.str_))


def _or_null(values: TextArray) -> list[str | None]:
    return [value or None for value in values.tolist()]
