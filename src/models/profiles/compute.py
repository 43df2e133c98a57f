"""Learns the profiles of a panel's clients, and adds them to scores as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from models.book.measures import ACTIVITY
from models.book.periods import DAYS_PER_PERIOD, PeriodName, calendar_of
from models.config.root import Config
from models.panel.features.beginning import RELATIONSHIP_DAYS
from models.panel.named_features import number_feature
from models.panel.panel import Panel
from models.profiles.hysteresis import NONE, HysteresisState, held
from models.profiles.model import KindsModel
from models.profiles.regions import RegionFacts
from models.profiles.stages import Trajectory, stages_of
from models.profiles.types import NEEDS, RELATIONSHIPS, Memberships, driver_scores, memberships_of
from models.publications.past import period_number
from models.publications.previous import PreviousScores
from models.vocab import FloatArray, IntArray, TextArray

AXES = ("stage", "relationship_type", "need_type")
"""What only changes once it has held; each has columns of its own name and of its candidate, see below."""
CANDIDATE, SINCE, PERIODS = "_candidate", "_candidate_since", "_candidate_periods"
"""What the rule says now; if that is not what is published, since which run, and for how many periods."""
HELD_COLUMNS = tuple(f"{axis}{ending}" for axis in AXES for ending in ("", CANDIDATE, SINCE))
"""What scoring needs of earlier scores."""
DRIVERS_SHOWN = 2
IDLE, TENURE = f"{ACTIVITY}_recency_days", "tenure_days"
ASKED_FOR, ASKED_LAST = "funnel_open_count", "funnel_new_recency_days"
OPEN_FACILITIES = "facility_open_count"


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """What the rules say of each row of a panel on its own, before anything is held."""

    stage: TextArray
    relationships: Memberships
    needs: Memberships

    def raw(self, axis: str) -> TextArray:
        """What the rule of one axis says. Shape (n_rows,)."""
        return {"stage": self.stage, "relationship_type": self.relationships.kind, "need_type": self.needs.kind}[axis]


def fit_kinds(panel: Panel, value: FloatArray, decline_probability: FloatArray, config: Config) -> KindsModel:
    """Learn from the rows of one as-of date, with their expected value and decline. Shapes (n_rows,)."""
    window = config.stages.trend_window_periods
    features, level = panel.features, config.regions.level
    swing = number_feature(features, f"{level}_{ACTIVITY}_growth_{window}p")
    facts = RegionFacts(
        place=places_of(features, config),
        value=value,
        decline=decline_probability,
        growth=np.divide(2 * swing, 1 - swing, out=np.full(len(swing), np.nan), where=swing < 1),
        activity=number_feature(features, f"{ACTIVITY}_sum_{window}p"),
        loss=number_feature(features, f"write_off_sum_{window}p"),
    )
    return KindsModel.fit(features, facts, config)


def kinds_of(model: KindsModel, panel: Panel, decline_probability: FloatArray, config: Config) -> Kinds:
    """Stage and types of every row as the rules say; one row alone gets the same."""
    related = driver_scores(panel.features, model.relationships, config.relationships)
    needed = driver_scores(panel.features, model.needs, config.needs)
    return Kinds(
        stage=stages_of(trajectory_of(panel, decline_probability, config), config.stages),
        relationships=memberships_of(related, config.relationships, RELATIONSHIPS),
        needs=memberships_of(needed, config.needs, NEEDS),
    )


def kind_columns(
    model: KindsModel,
    panel: Panel,
    value: FloatArray,
    decline_probability: FloatArray,
    config: Config,
    previous: PreviousScores | None = None,
) -> dict[str, pa.Array]:
    """The columns of scores about kinds: what is published and about to change, degrees, evidence, region, class.

    ``previous`` are earlier scores with ``HELD_COLUMNS``; a kind then only moves once the new one has held.
    """
    kinds = kinds_of(model, panel, decline_probability, config)
    regions = model.regions.classes(places_of(panel.features, config))
    potential = model.regions.potential(panel.features, regions, config.regions)
    worth = model.value_classes.classify(panel.features, value, config.value_classes)
    return {
        **_held_columns(kinds, panel, config, previous),
        **_degree_columns("relationship", kinds.relationships),
        **_degree_columns("need", kinds.needs),
        "region_class": _text(regions),
        "market_potential": _text(potential),
        "value_class": _text(worth.kind),
        "value_class_score": pa.array(worth.score),
    }


def hold_periods(axis: str, config: Config) -> int:
    """For how many periods a change on one axis must hold."""
    reported = {
        "stage": config.stages.hold_periods,
        "relationship_type": config.relationships.hold_periods,
        "need_type": config.needs.hold_periods,
    }
    return reported[axis]


def stage_features(config: Config) -> tuple[str, ...]:
    """The features that the rule of stages asks for; it goes on without those that a book lacks."""
    shrinking = () if config.stages.shrinking_by == "activity" else (_balance(config),)
    return (IDLE, TENURE, _growth(config), *shrinking, ASKED_FOR, ASKED_LAST, OPEN_FACILITIES)


def _growth(config: Config) -> str:
    return f"{ACTIVITY}_growth_{config.stages.trend_window_periods}p"


def _balance(config: Config) -> str:
    return f"balance_level_{config.time.activity_periods}p"


def trajectory_of(panel: Panel, decline_probability: FloatArray, config: Config) -> Trajectory:
    """What the rule of stages looks at."""
    days, features = DAYS_PER_PERIOD[config.time.period], panel.features
    growth = np.nan_to_num(number_feature(features, _growth(config)))
    level = number_feature(features, _balance(config))
    return Trajectory(
        idle_periods=number_feature(features, IDLE) / days,
        tenure_periods=number_feature(features, TENURE) / days,
        growth=growth,
        trend=growth if config.stages.shrinking_by == "activity" else (level - 1) / (level + 1),
        decline_probability=decline_probability,
        asked_for=number_feature(features, ASKED_FOR),
        asked_periods=number_feature(features, ASKED_LAST) / days,
        open_facilities=number_feature(features, OPEN_FACILITIES),
        known_periods=_known_periods(features, days),
    )


def _known_periods(features: pd.DataFrame, days: float) -> FloatArray:
    """Periods since the relationship of who was never active began, 0 where that is not known; NaN of all others."""
    if RELATIONSHIP_DAYS not in features:
        return np.full(len(features), np.nan)
    never = np.isnan(number_feature(features, TENURE))
    return np.where(never, np.nan_to_num(number_feature(features, RELATIONSHIP_DAYS)) / days, np.nan)


def places_of(features: pd.DataFrame, config: Config) -> pd.Series:
    """The region or country of each row; missing where the book does not tell. Shape (n_rows,)."""
    if config.regions.level in features:
        return features[config.regions.level]
    return pd.Series(np.full(len(features), None), dtype="str")


def _held_columns(kinds: Kinds, panel: Panel, config: Config, previous: PreviousScores | None) -> dict[str, pa.Array]:
    period = config.time.period
    reported = None if previous is None else previous.of(panel.client_id)
    elapsed = 1 if previous is None else _elapsed(panel, previous, period)
    columns = {}
    for axis in AXES:
        now = held(
            kinds.raw(axis),
            None if reported is None or previous is None else _held_before(reported, axis, previous, period),
            hold_periods=hold_periods(axis, config),
            elapsed_periods=elapsed,
        )
        columns[axis] = _text(now.kind)
        columns[f"{axis}{CANDIDATE}"] = _text(now.candidate)
        columns[f"{axis}{SINCE}"] = _since(axis, now, reported, previous)
        columns[f"{axis}{PERIODS}"] = pa.array(now.periods, type=pa.int32())
    return columns


def _since(axis: str, now: HysteresisState, reported: pd.DataFrame | None, previous: PreviousScores | None) -> pa.Array:
    """The date of the last run at which the candidate was none yet; null where it is what is published."""
    if reported is None or previous is None:
        return pa.nulls(len(now.kind), pa.date32())
    since = np.full(len(now.kind), np.datetime64(previous.as_of, "D"))
    if f"{axis}{SINCE}" in reported:
        before = pd.to_datetime(reported[f"{axis}{SINCE}"]).to_numpy(dtype="datetime64[D]")
        lasts = ~np.isnat(before) & (now.candidate == _texts(reported[f"{axis}{CANDIDATE}"]))
        since = np.where(lasts, before, since)
    return pa.array(since, type=pa.date32(), mask=now.kind == now.candidate)


def _elapsed(panel: Panel, previous: PreviousScores, period: PeriodName) -> int:
    """Periods of the calendar that began since the earlier as-of date; none between two days of one period."""
    if not len(panel):
        return 0
    as_of = panel.grid.start_of(int(panel.origin[0]))
    return period_number(as_of, period) - period_number(previous.as_of, period)


def _held_before(
    reported: pd.DataFrame, axis: str, previous: PreviousScores, period: PeriodName
) -> HysteresisState | None:
    if axis not in reported:
        return None
    kind = _texts(reported[axis])
    return HysteresisState(
        kind=kind,
        candidate=_texts(reported[f"{axis}{CANDIDATE}"]) if f"{axis}{CANDIDATE}" in reported else kind,
        periods=_periods_before(reported, axis, previous, period),
    )


def _periods_before(reported: pd.DataFrame, axis: str, previous: PreviousScores, period: PeriodName) -> IntArray:
    """For how many periods each candidate had held at the earlier run, from the date since when it did."""
    if f"{axis}{SINCE}" not in reported:
        return np.zeros(len(reported), dtype=np.int64)
    since = pd.to_datetime(reported[f"{axis}{SINCE}"]).to_numpy(dtype="datetime64[D]")
    waits = ~np.isnat(since)
    begun = np.full(len(since), period_number(previous.as_of, period))
    begun[waits] = calendar_of(period).indices_of(since[waits])
    return period_number(previous.as_of, period) - begun


def _degree_columns(name: str, reported: Memberships) -> dict[str, pa.Array]:
    degrees = [pa.array(reported.degrees[:, place]) for place in range(len(reported.kinds))]
    scores = [pa.array(reported.scores[:, place], from_pandas=True) for place in range(len(reported.drivers))]
    return {
        f"{name}_degrees": pa.StructArray.from_arrays(degrees, names=list(reported.kinds)),
        f"{name}_drivers": pa.StructArray.from_arrays(scores, names=list(reported.drivers)),
        f"{name}_evidence": _evidence(reported),
    }


def _evidence(reported: Memberships) -> pa.Array:
    """For each kind the drivers that speak most for it: where the client stands, and the log-odds that this adds."""
    rows, kinds = len(reported.degrees), len(reported.kinds)
    shown = min(DRIVERS_SHOWN, len(reported.drivers))
    strongest = reported.strongest(shown)
    parts = np.take_along_axis(reported.parts, strongest, axis=2)
    scores = np.take_along_axis(np.broadcast_to(reported.scores[:, None, :], reported.parts.shape), strongest, axis=2)
    entries = pa.StructArray.from_arrays(
        [
            _named(np.tile(np.repeat(np.arange(kinds), shown), rows), reported.kinds),
            _named(strongest.ravel(), reported.drivers),
            pa.array(scores.ravel(), from_pandas=True),
            pa.array(parts.ravel()),
        ],
        names=["kind", "driver", "position", "log_odds"],
    )
    offsets = pa.array(np.arange(0, (rows + 1) * kinds * shown, kinds * shown, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, entries)


def _named(codes: IntArray, names: tuple[str, ...]) -> pa.Array:
    reported = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(names, type=pa.string()))
    return reported.cast(pa.string())


def _texts(values: pd.Series) -> TextArray:
    return np.asarray(values.astype("str").fillna(NONE).to_numpy(dtype=np.str_))


def _text(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string())
