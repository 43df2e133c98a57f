"""The quadrant of warnings: how grave each is against how much graver than in the publication before, as typed data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.warnings.report import WARNINGS, AlarmState

TRIGGER = 50.0
"""The severity at which a client begins to warn; below it no severity is published."""
GRAVE = 75.0
"""From this severity on a warning counts as grave: two dimensions at the point of warning, or one twice as strong."""
COURSE = ("tier", "exposure", "severity_before")
_KEPT = 4


class Quarter(StrEnum):
    """Level and change of a warning together."""

    GRAVE_WORSE = "grave and getting worse"
    GRAVE_EASING = "grave, not getting worse"
    LIGHT_WORSE = "light and getting worse"
    LIGHT_EASING = "light, not getting worse"


@dataclass(frozen=True, kw_only=True)
class QuadrantPoint:
    """One client that warns.

    Attributes:
        level: severity, 50 at the point of warning to 100.
        before: severity in the publication before, 0 where it did not warn then; None where that is not known.
        change: level against before, from the point of warning on where it did not warn; None where it is not known.
        exposure: exposure at default in book currency; None where it is not known.
        always_shown: whether it stands first whatever the budget, as a client of a top tier now or lately.
    """

    client_id: str
    tier: str | None
    level: float
    before: float | None
    change: float | None
    quarter: Quarter | None
    exposure: float | None
    business_at_risk: float
    credit_loss: float | None
    dimensions: tuple[str, ...]
    state: AlarmState
    rank: int | None
    first_seen: date
    repeat: bool
    always_shown: bool

    @property
    def is_new(self) -> bool:
        """Whether it did not warn in the publication before."""
        return self.before == 0.0


@dataclass(frozen=True, kw_only=True)
class Quadrant:
    """The warnings of a publication that were asked for: top tiers first, then the most urgent.

    ``counts``: state -> how many there are of each, whichever state was asked for.
    """

    points: tuple[QuadrantPoint, ...]
    total: int
    counts: dict[str, int]


def with_course(published: pa.Table, scores: Path, earlier: Path | None) -> pa.Table:
    """Published warnings with tier and exposure of ``scores``, and the severity in the run ``earlier``, by its folder.

    Severity before is 0 of who did not warn then, null where there was no earlier run. Memory is that of who warns.
    """
    ids = published["client_id"].combine_chunks()
    known = set(pq.read_schema(scores).names)
    exposure = "exposure_at_default"
    columns = ["client_id", "tier", *([exposure] if exposure in known else [])]
    of_scores = pq.read_table(scores, columns=columns, filters=pc.field("client_id").isin(ids))
    place = pc.index_in(ids, of_scores["client_id"])
    amounts = of_scores[exposure].take(place) if exposure in known else pa.nulls(len(ids), pa.float64())
    return (
        published.append_column("tier", of_scores["tier"].take(place).cast(pa.string()))
        .append_column("exposure", amounts)
        .append_column("severity_before", _severity_before(ids, earlier))
    )


def _severity_before(ids: pa.Array, earlier: Path | None) -> pa.Array:
    file = None if earlier is None else earlier / WARNINGS
    if file is None or not file.is_file():
        return pa.nulls(len(ids), pa.float64())
    table = pq.read_table(file, columns=["client_id", "severity"])
    found = table["severity"].take(pc.index_in(ids, table["client_id"])).combine_chunks()
    return pc.fill_null(found, 0.0)


def read_quadrant(
    folder: Path,
    *,
    states: Collection[AlarmState] = (AlarmState.SHOWN,),
    clients: Collection[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Quadrant:
    """The warnings of the run in a folder, of the ``states`` asked for, and of ``clients`` only, if they are given.

    Nothing of a run that did not warn; a run from before this was published tells no change.
    """
    table = _warnings(folder.resolve())
    if table is None:
        return Quadrant(points=(), total=0, counts={})
    mine = (
        table if clients is None else table.filter(pc.is_in(table["client_id"], pa.array(list(clients), pa.string())))
    )
    chosen = mine.filter(pc.is_in(mine["state"], pa.array([each.value for each in states], pa.string())))
    counts = {str(each["values"]): int(each["counts"]) for each in pc.value_counts(mine["state"]).to_pylist()}
    rows = chosen.take(_order(chosen)).slice(offset, limit).to_pylist()
    return Quadrant(points=tuple(_point(**row) for row in rows), total=chosen.num_rows, counts=counts)


def warning_of(folder: Path, client: str) -> QuadrantPoint | None:
    """The warning of one client in the run in a folder; None where it does not warn."""
    found = read_quadrant(folder, states=tuple(AlarmState), clients=(client,)).points
    return found[0] if found else None


@lru_cache(maxsize=_KEPT)
def _warnings(folder: Path) -> pa.Table | None:
    """All warnings of a run in the order of their file, without evidence; None of a run that did not warn."""
    file = folder / WARNINGS
    if not file.is_file():
        return None
    names = [name for name in pq.read_schema(file).names if name not in ("evidence", "as_of")]
    return pq.read_table(file, columns=names)


def _order(table: pa.Table) -> pa.Array:
    """Top tiers first; among them and the others as the run ranked them, those held back behind those shown."""
    first = np.lexsort((np.arange(table.num_rows), ~table["always_shown"].to_numpy()))
    return pa.array(first)


def _point(
    *,
    severity: float,
    state: str,
    dimensions: list[str],
    severity_before: float | None = None,
    tier: str | None = None,
    exposure: float | None = None,
    credit_loss: float | None = None,
    **rest: object,
) -> QuadrantPoint:
    change = None if severity_before is None else severity - max(severity_before, TRIGGER)
    return QuadrantPoint(
        level=severity,
        before=severity_before,
        change=change,
        quarter=None if change is None else quarter_of(severity, change),
        state=AlarmState(state),
        dimensions=tuple(dimensions),
        tier=tier,
        exposure=exposure,
        credit_loss=credit_loss,
        **rest,  # type: ignore[arg-type]
    )


def quarter_of(level: float, change: float) -> Quarter:
    """The quarter of a warning.

    >>> quarter_of(90.0, 5.0).value, quarter_of(60.0, 0.0).value
    ('grave and getting worse', 'light, not getting worse')
    """
    if level >= GRAVE:
        return Quarter.GRAVE_WORSE if change > 0 else Quarter.GRAVE_EASING
    return Quarter.LIGHT_WORSE if change > 0 else Quarter.LIGHT_EASING
