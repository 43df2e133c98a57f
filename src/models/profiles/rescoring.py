"""Rescores a panel date by date, as monthly runs would, and counts moves between stages and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from models.config.root import Config
from models.panel.panel import Panel
from models.profiles.compute import AXES, hold_periods, kinds_of
from models.profiles.hysteresis import NONE, HysteresisState, held
from models.profiles.migrations import Migrations, migrations, steadiness
from models.profiles.model import KindsModel
from models.profiles.types import NEEDS, RELATIONSHIPS
from models.vocab import BoolArray, FloatArray, IntArray, Stage, TextArray

KINDS_OF_AXIS = {
    "stage": tuple(stage.value for stage in Stage),
    "relationship_type": RELATIONSHIPS,
    "need_type": NEEDS,
}
Histories = Mapping[str, pd.DataFrame]
"""Axis -> kinds: a row per as-of date (number of its period), a column per client; missing where it was not there."""


def raw_histories(model: KindsModel, panel: Panel, decline_probability: FloatArray, config: Config) -> Histories:
    """What the rules say at each origin of ``panel`` on its own. ``decline_probability`` has shape (n_rows,)."""
    kinds = kinds_of(model, panel, decline_probability, config)
    return {axis: _wide(panel, kinds.raw(axis)) for axis in AXES}


def held_histories(raw: Histories, config: Config) -> Histories:
    """What runs at those dates publish, each building on the one before."""
    return {axis: held_over(history, hold_periods(axis, config)) for axis, history in raw.items()}


def with_lost(stages: pd.DataFrame) -> pd.DataFrame:
    """Stages in which a client that is out of the book's reach after it was seen counts as churned."""
    return stages.where(stages.notna() | stages.ffill().isna(), Stage.CHURNED.value)


@dataclass(frozen=True, kw_only=True)
class SteadinessReport:
    """Shares of steps and of clients, as in ``Steadiness``; None where they are not known."""

    changed_steps: float | None
    idle_steps: float | None
    changed_clients: float | None
    idle_clients: float | None


@dataclass(frozen=True, kw_only=True)
class MigrationReport:
    """The matrix of moves, the expected time in each kind, and how steady what is published is.

    Attributes:
        counts: clients that were of the row's kind and are now of the column's. Shape (k, k).
        shares: the same as shares of the row; None where nobody was. Shape (k, k).
        expected_periods: kind -> mean stay; None where nobody was, or nobody left.
        absorbing: kinds that nobody left in the data, though somebody was there.
    """

    kinds: tuple[str, ...]
    step_periods: int
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float | None, ...], ...]
    expected_periods: Mapping[str, float | None]
    absorbing: tuple[str, ...]
    steadiness: SteadinessReport


def migration_report(history: pd.DataFrame, axis: str, truth: pd.DataFrame | None = None) -> MigrationReport:
    """Moves along one axis, of what was published date by date."""
    steps = np.diff(history.index.to_numpy(dtype=np.int64))
    moved = migrations(history, KINDS_OF_AXIS[axis], step_periods=int(np.median(steps)) if len(steps) else 1)
    return MigrationReport(
        kinds=tuple(moved.kinds),
        step_periods=moved.step_periods,
        counts=tuple(map(tuple, moved.counts.tolist())),
        shares=tuple(tuple(None if np.isnan(share) else share for share in row) for row in moved.shares.tolist()),
        expected_periods=_expected(moved),
        absorbing=tuple(kind for kind, never in zip(moved.kinds, moved.absorbing, strict=True) if never),
        steadiness=_steady(history, truth),
    )


def _steady(history: pd.DataFrame, truth: pd.DataFrame | None) -> SteadinessReport:
    """Without a truth nobody knows which changes are idle."""
    reported = asdict(steadiness(history, truth))
    untold = {
        name for name, share in reported.items() if np.isnan(share) or (truth is None and name.startswith("idle"))
    }
    return SteadinessReport(**{name: None if name in untold else share for name, share in reported.items()})


def _expected(moved: Migrations) -> dict[str, float | None]:
    """None where nobody was, or nobody left."""
    reported = zip(moved.kinds, moved.expected_periods.tolist(), strict=True)
    return {kind: periods if np.isfinite(periods) else None for kind, periods in reported}


def _wide(panel: Panel, kinds: TextArray) -> pd.DataFrame:
    rows = pd.DataFrame({"origin": panel.origin, "client_id": panel.client_id.to_numpy(), "kind": kinds.astype(object)})
    return rows.pivot(index="origin", columns="client_id", values="kind")


def held_over(history: pd.DataFrame, periods: int) -> pd.DataFrame:
    """Date by date; a client that was out of reach for a while goes on from what was last published of it."""
    raw = history.fillna(NONE).to_numpy(dtype=np.str_)
    dates: IntArray = history.index.to_numpy(dtype=np.int64)
    published = np.empty(raw.shape, dtype=object)
    previous: HysteresisState | None = None
    for place in range(len(raw)):
        seen = raw[place] != NONE
        elapsed = int(dates[place] - dates[place - 1]) if place else 0
        now = held(raw[place], previous, hold_periods=periods, elapsed_periods=elapsed)
        previous = now if previous is None else _where(seen, now, previous)
        published[place] = previous.kind
    return pd.DataFrame(published, index=history.index, columns=history.columns).where(history.notna(), None)


def _where(seen: BoolArray, now: HysteresisState, before: HysteresisState) -> HysteresisState:
    return HysteresisState(
        kind=np.where(seen, now.kind, before.kind),
        candidate=np.where(seen, now.candidate, before.candidate),
        periods=np.where(seen, now.periods, before.periods),
    )
