"""All clients in another tier than in the newest earlier run, with what moved each, as far as both runs tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.config.policy.tiers import TierScale
from models.grading.decision import Basis
from models.publications.previous import SCORES, PreviousScores, previous_scores
from models.scoring.tier_columns import BY_RULE
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
        ("models", pa.string()),
        ("tier_reason_before", pa.string()),
        ("tier_reason", pa.string()),
    ]
)
_COLUMNS = (
    "value", "decline_probability", "tier", BY_RULE, "tier_basis", "tier_lacking", "tier_reason",
)  # fmt: skip


class MoverCause(StrEnum):
    """In which direction a client moved."""

    UP = "up"
    DOWN = "down"
    APPEARED = "appeared"
    VANISHED = "vanished"
    OTHER_TIERS = "other tiers"


class MovedBy(StrEnum):
    """What moved a client; the rules come with the ``dimension`` that was short, before an upgrade or now."""

    DIMENSION = "dimension"
    CAP = "cap"
    CAP_LIFTED = "cap lifted"
    OVERRIDE = "override"
    OVERRIDE_ENDED = "override ended"
    LIMIT = "limit passed"
    MARGIN = "margin passed"
    ACTIVITY = "activity"


@dataclass(frozen=True, kw_only=True)
class Versions:
    """The runs that are compared: their dates, and whether the same bundle, that is models and policy, made both."""

    before: date
    now: date
    same_bundle: bool

    @property
    def models(self) -> str:
        """Where a move can come from at all."""
        return "data" if self.same_bundle else "data, models or policy"


def write_movers(
    draft: Path, previous: PreviousScores | None, scale: TierScale, *, as_of: date, bundle: str
) -> dict[str, int | str]:
    """Write the movers of the scores in ``draft`` against ``previous``, an empty file without it; returns counts.

    Raises ``DamagedBundleError`` if the earlier scores are not as they were published.
    """
    found = SCHEMA.empty_table()
    facts: dict[str, int | str] = {}
    if previous is not None:
        versions = Versions(
            before=previous.as_of, now=as_of, same_bundle=read_manifest(previous.folder).get("bundle") == bundle
        )
        before, now = previous_scores(previous.folder, _COLUMNS).columns, _scores(draft)
        found = movers_of(before, now, versions, scale)
        ways = found["way"].to_pandas().value_counts()
        facts = {"before": previous.as_of.isoformat(), **{way.value: int(ways.get(way.value, 0)) for way in MoverCause}}
    pq.write_table(found, draft / MOVERS, compression="zstd")
    return facts


def movers_of(before: pd.DataFrame, now: pd.DataFrame, versions: Versions, scale: TierScale) -> pa.Table:
    """Who stands in another tier ``now``, or in one of the two only, as ``SCHEMA``, by client; both by client id.

    A column that the earlier run did not publish counts as not known.
    """
    clients = before.index.union(now.index).sort_values()
    then, today = (frame.reindex(columns=_COLUMNS).reindex(clients) for frame in (before, now))
    old, new = _text(then["tier"]), _text(today["tier"])
    moved = old != new
    then, today, old, new = then[moved], today[moved], old[moved], new[moved]
    moved_by, ways = _moved_by(then, today), _ways(old, new, scale)
    columns = {
        "client_id": clients[moved].to_numpy(dtype=object),
        "as_of_before": [versions.before] * len(old),
        "as_of": [versions.now] * len(old),
        "way": ways,
        "tier_before": _or_null(old),
        "tier": _or_null(new),
        "value_before": then["value"].to_numpy(dtype=np.float64),
        "value": today["value"].to_numpy(dtype=np.float64),
        "decline_before": then["decline_probability"].to_numpy(dtype=np.float64),
        "decline": today["decline_probability"].to_numpy(dtype=np.float64),
        "moved_by": moved_by,
        "dimension": _or_null(np.where(moved_by == MovedBy.DIMENSION, _short_of(then, today, ways), "")),
        "models": [versions.models] * len(old),
        "tier_reason_before": _or_null(_text(then["tier_reason"])),
        "tier_reason": _or_null(_text(today["tier_reason"])),
    }
    arrays = [pa.array(columns[each.name], type=each.type, from_pandas=True) for each in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _ways(old: TextArray, new: TextArray, scale: TierScale) -> TextArray:
    met = (old != "") & (new != "")
    risen = np.zeros(len(old), dtype=np.bool_)
    risen[met] = scale.steps(new[met]) > scale.steps(old[met])
    both = np.where(risen, MoverCause.UP.value, MoverCause.DOWN.value)
    both = np.where(np.isin(old, scale.names), both, MoverCause.OTHER_TIERS.value)
    return np.where(met, both, np.where(old == "", MoverCause.APPEARED.value, MoverCause.VANISHED.value))


def _moved_by(then: pd.DataFrame, today: pd.DataFrame) -> TextArray:
    """Caps and overrides first where the tier by rule is not what holds; then what kept an earlier move back."""
    old, new = _text(then["tier"]), _text(today["tier"])
    rule_before, rule_now = _text(then[BY_RULE]), _text(today[BY_RULE])
    basis_before, basis = _text(then["tier_basis"]), _text(today["tier_basis"])
    is_apart, was_apart = new != rule_now, (old != rule_before) & (rule_before == rule_now)
    rules: list[tuple[BoolArray, MovedBy]] = [
        ((old == "") | (new == ""), MovedBy.ACTIVITY),
        (is_apart & (basis == Basis.CAP), MovedBy.CAP),
        (is_apart & (basis == Basis.OVERRIDE), MovedBy.OVERRIDE),
        (was_apart & (basis_before == Basis.CAP), MovedBy.CAP_LIFTED),
        (was_apart & (basis_before == Basis.OVERRIDE), MovedBy.OVERRIDE_ENDED),
        (basis_before == Basis.LIMIT, MovedBy.LIMIT),
        (basis_before == Basis.MARGIN, MovedBy.MARGIN),
    ]
    return np.select([who for who, _ in rules], [by.value for _, by in rules], MovedBy.DIMENSION.value)


def _short_of(then: pd.DataFrame, today: pd.DataFrame, ways: TextArray) -> TextArray:
    """The dimension that lacked most before a client rose, or lacks most now that it fell; "" where nothing does."""
    return np.where(ways == MoverCause.UP, _text(then["tier_lacking"]), _text(today["tier_lacking"]))


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
