"""Calibration of probabilities, intervals and curves: predicted against observed frequency with its range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import TooLittleDataError
from models.evaluation.report.bands import risk_bands, value_bands
from models.evaluation.report.groups import Group, groups_of
from models.evaluation.report.judged import MIN_CLIENTS, NO_CAUSE, Judged, JudgedCurve
from models.metrics.bootstrap import wilson
from models.metrics.coverage import interval_coverage, interval_width
from models.metrics.curves import curve_auc, curve_brier
from models.metrics.incidence import cumulative_incidence
from models.metrics.inputs import rank_bins
from models.vocab import BoolArray, FloatArray, IntArray

MAX_POINTS = 50
_BINS = 10
_CLIENTS_PER_BIN = 20
"""Below, the range of a bin's frequency is wider than most differences between bins."""
EVERYBODY = "all"


@dataclass(frozen=True, kw_only=True)
class CalibrationBin:
    """Clients of about the same probability of decline: its mean, and the realised share with its range."""

    clients: int
    foreseen: float
    realised: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class CoverageGroup:
    """The share of a group's realised values inside their intervals, with its range; ``width`` over mean size.

    ``below`` is the share under the low end; the rest lies above the high one. ``width`` is None where nobody brought
    anything.
    """

    name: str
    clients: int
    below: float
    width: float | None
    realised: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class IntervalCoverage:
    """Coverage of all clients and by tier, beside the ``level`` that the intervals claim.

    Then by band of predicted probability of default, empty where none is known, and of predicted value.
    """

    level: float
    groups: tuple[CoverageGroup, ...]
    by_risk: tuple[CoverageGroup, ...]
    by_value: tuple[CoverageGroup, ...]


@dataclass(frozen=True, kw_only=True)
class CurveByCause:
    """The part of a curve that is one cause's, by step."""

    foreseen: tuple[float, ...]
    realised: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class JudgedCurveByStep:
    """The mean foreseen curve of an ``event`` against the realised one, with its range, Brier score and AUC by step.

    ``ends`` are the last periods of the steps. A Brier score or AUC is None where the clients leave it open.
    """

    event: str
    ends: tuple[int, ...]
    foreseen: tuple[float, ...]
    realised: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    causes: Mapping[str, CurveByCause]
    brier: tuple[float | None, ...]
    auc: tuple[float | None, ...]


def frequency(share: float, clients: float) -> dict[str, float]:
    """A realised share with its Wilson range."""
    low, high = wilson(share, clients)
    return {"realised": share, "low": low, "high": high}


def calibration_parts(judged: Judged) -> tuple[CalibrationBin, ...]:
    """Decline by bins of about equal size of its probability, lowest first: foreseen mean and realised share."""
    bins = int(np.clip(len(judged) // _CLIENTS_PER_BIN, 1, _BINS))
    place = rank_bins(judged.decline_probability, np.ones(len(judged)), bins)
    place = _large_enough(place, bins)
    members = [place == number for number in np.unique(place)]
    return tuple(
        CalibrationBin(
            clients=int(inside.sum()),
            foreseen=float(judged.decline_probability[inside].mean()),
            **frequency(float(judged.declined[inside].mean()), float(inside.sum())),
        )
        for inside in members
    )


def _large_enough(place: IntArray, bins: int) -> IntArray:
    """Ties may leave a bin nearly empty: it joins the next one, and the last ones join what is before them."""
    counts = np.bincount(place, minlength=bins)
    start, filled = np.zeros(bins, dtype=np.int64), 0
    for number in range(1, bins):
        filled += int(counts[number - 1])
        is_full = filled >= MIN_CLIENTS and counts[number:].sum() >= MIN_CLIENTS
        start[number] = start[number - 1] + is_full
        filled = 0 if is_full else filled
    return np.asarray(start[place])


def coverage_parts(judged: Judged) -> IntervalCoverage | None:
    """Share of clients whose realised value lay inside its interval: in all, by tier, by risk and by predicted value.

    None where not every client has an interval.
    """
    if not np.isfinite([judged.value_low, judged.value_high]).all():
        return None
    everybody = Group(EVERYBODY, np.ones(len(judged), dtype=np.bool_))
    credit = judged.credit
    return IntervalCoverage(
        level=judged.level,
        groups=_coverages(judged, [everybody, *groups_of(judged.tier, judged.tiers)]),
        by_risk=() if credit is None else _coverages(judged, risk_bands(credit.default_probability)),
        by_value=_coverages(judged, value_bands(judged.foreseen_value)),
    )


def _coverages(judged: Judged, groups: Sequence[Group]) -> tuple[CoverageGroup, ...]:
    return tuple(_coverage(judged, group.name, group.inside) for group in groups)


def _coverage(judged: Judged, name: str, inside: BoolArray) -> CoverageGroup:
    bounds = judged.value[inside], judged.value_low[inside], judged.value_high[inside]
    clients = int(inside.sum())
    share = interval_coverage(*bounds)
    try:
        width = interval_width(*bounds)
    except TooLittleDataError:
        width = None
    below = float((bounds[0] < bounds[1]).mean())
    return CoverageGroup(name=name, clients=clients, below=below, width=width, **frequency(share, clients))


def curve_parts(curve: JudgedCurve) -> JudgedCurveByStep:
    """The mean foreseen curve against the realised (Aalen-Johansen), in all and by cause; Brier score and AUC by step.

    At most ``MAX_POINTS`` steps, evenly chosen, the last one always.
    """
    shown = np.unique(np.linspace(0, len(curve.ends) - 1, min(len(curve.ends), MAX_POINTS)).round().astype(np.int64))
    causes = max(len(curve.incidence), 1)
    realised = _realised(curve, causes)[:, shown]
    clients = len(curve.event_period)
    return JudgedCurveByStep(
        event=curve.event,
        ends=tuple(curve.ends[shown].tolist()),
        foreseen=_mean(curve.probability, shown),
        **_ranges(realised.sum(axis=0), clients),
        causes={
            name: CurveByCause(foreseen=_mean(said, shown), **_ranges(realised[place], clients))
            for place, (name, said) in enumerate(curve.incidence.items())
        },
        brier=_by_step(curve_brier(curve.event_period, curve.probability, curve.ends).by_step[shown]),
        auc=_auc(curve, shown),
    )


def _mean(said: FloatArray, shown: IntArray) -> tuple[float, ...]:
    return tuple(said.mean(axis=0)[shown].tolist())


def _realised(curve: JudgedCurve, causes: int) -> FloatArray:
    """Cumulative incidence at the end of each step. Shape (causes, n_steps)."""
    horizon, happened = int(curve.ends[-1]), curve.event_period > 0
    code = np.zeros(len(happened), dtype=np.int64) if curve.cause is None else curve.cause
    found = cumulative_incidence(
        np.where(happened, curve.event_period, horizon),
        np.where(happened, code, NO_CAUSE),
        periods=horizon,
        causes=causes,
    )
    return np.asarray(found[:, curve.ends - 1])


def _ranges(shares: FloatArray, clients: int) -> dict[str, tuple[float, ...]]:
    each = [frequency(float(share), clients) for share in np.clip(shares, 0.0, 1.0)]
    return {end: tuple(found[end] for found in each) for end in ("realised", "low", "high")}


def _auc(curve: JudgedCurve, shown: IntArray) -> tuple[float | None, ...]:
    try:
        return _by_step(curve_auc(curve.event_period, curve.probability, curve.ends).by_step[shown])
    except TooLittleDataError:
        return (None,) * len(shown)


def _by_step(figures: FloatArray) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(figure) else float(figure) for figure in figures)
