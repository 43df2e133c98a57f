"""Calibration of amounts: totals of value and credit loss by band of what was predicted, foreseen against realised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import TooLittleDataError
from models.evaluation.report.bands import risk_bands, value_bands
from models.evaluation.report.causes import CauseGroup
from models.evaluation.report.frequency import EVERYBODY, frequency
from models.evaluation.report.groups import Group
from models.evaluation.report.judged import Judged, JudgedCredit
from models.metrics.bootstrap import Draws, ReportedInterval, Resampling, reported_interval
from models.vocab import FloatArray

_NORMAL_95 = 1.96
"""Half a 95% interval in standard deviations."""


@dataclass(frozen=True, kw_only=True)
class BandTotal:
    """The total of an amount over a band of clients, in currency, with 95% intervals by bootstrap.

    ``gap`` is foreseen less realised; its interval is the wider one of the bootstrap's and of how far defaults alone
    would scatter the total if the forecast were right, since where none came the bootstrap sees no chance. ``ratio`` is
    foreseen over realised, undetermined where the latter may as well be of the other sign. ``known`` is the total that
    the truth of a simulated book expects, and ``known_ratio`` foreseen over that, likewise; None where no truth is at
    hand.
    """

    name: str
    clients: int
    foreseen: float
    realised: ReportedInterval
    gap: ReportedInterval
    ratio: ReportedInterval
    known: float | None
    known_ratio: ReportedInterval | None


@dataclass(frozen=True, kw_only=True)
class TotalsByBand:
    """All clients, then bands by predicted probability of default, or by predicted value.

    What needs a probability of default is empty where the book knows none; ``defaults`` is the share that defaulted.
    """

    value_by_value: tuple[BandTotal, ...]
    value_by_risk: tuple[BandTotal, ...]
    credit_loss_by_risk: tuple[BandTotal, ...]
    defaults_by_risk: tuple[CauseGroup, ...]


def total_parts(judged: Judged, resampling: Resampling) -> TotalsByBand:
    """The totals of one test origin."""
    credit = judged.credit
    value = _Amounts(judged.foreseen_value, judged.value, judged.known_value, _default_variance(credit))
    by_risk = [] if credit is None else _with_all(risk_bands(credit.default_probability), len(judged))
    return TotalsByBand(
        value_by_value=_totals(value, _with_all(value_bands(judged.foreseen_value), len(judged)), resampling),
        value_by_risk=_totals(value, by_risk, resampling),
        credit_loss_by_risk=_credit_losses(credit, by_risk, resampling),
        defaults_by_risk=_defaults(credit, by_risk),
    )


@dataclass(frozen=True)
class _Amounts:
    """One amount of each client: foreseen, realised, and as the truth expects it. Shapes (n_clients,)."""

    foreseen: FloatArray
    realised: FloatArray
    known: FloatArray | None
    variance: FloatArray | None


def _default_variance(credit: JudgedCredit | None) -> FloatArray | None:
    """Variance of each client's credit loss, if it defaults as foreseen and then loses as foreseen.

    (loss given default)^2 p (1 - p), with an expected loss of p times loss given default.
    """
    if credit is None or credit.foreseen_loss is None:
        return None
    p, expected = credit.default_probability, credit.foreseen_loss
    return np.asarray(np.divide(expected**2 * (1 - p), p, out=np.zeros_like(expected), where=p > 0))


def _with_all(bands: Sequence[Group], clients: int) -> list[Group]:
    return [Group(EVERYBODY, np.ones(clients, dtype=np.bool_)), *bands]


def _credit_losses(
    credit: JudgedCredit | None, bands: Sequence[Group], resampling: Resampling
) -> tuple[BandTotal, ...]:
    if credit is None or credit.foreseen_loss is None or credit.realised_loss is None:
        return ()
    losses = _Amounts(credit.foreseen_loss, credit.realised_loss, credit.known_loss, _default_variance(credit))
    return _totals(losses, bands, resampling)


def _defaults(credit: JudgedCredit | None, bands: Sequence[Group]) -> tuple[CauseGroup, ...]:
    if credit is None or credit.defaulted is None:
        return ()
    return tuple(
        CauseGroup(
            name=band.name,
            clients=int(band.inside.sum()),
            foreseen=float(credit.default_probability[band.inside].mean()),
            known=None if credit.known_default is None else float(credit.known_default[band.inside].mean()),
            **frequency(float(credit.defaulted[band.inside].mean()), float(band.inside.sum())),
        )
        for band in bands
    )


def _totals(amounts: _Amounts, bands: Sequence[Group], resampling: Resampling) -> tuple[BandTotal, ...]:
    if not bands:
        return ()
    drawn = _drawn(_sums(amounts, np.stack([band.inside for band in bands], axis=1)), resampling)
    return tuple(_total(band, place, drawn, amounts) for place, band in enumerate(bands))


def _sums(amounts: _Amounts, inside: FloatArray) -> Callable[[FloatArray], dict[str, FloatArray]]:
    """Figures of each band, numbered, under each row of weights (n_resamples, n_clients)."""
    columns = {"foreseen": amounts.foreseen, "realised": amounts.realised, "known": amounts.known}
    by_band = {name: inside * each[:, None] for name, each in columns.items() if each is not None}

    def under(weights: FloatArray) -> dict[str, FloatArray]:
        total = {name: weights @ each for name, each in by_band.items()}
        found = total | {"gap": total["foreseen"] - total["realised"], "ratio": _over(total, "realised")}
        if "known" in total:
            found["known_ratio"] = _over(total, "known")
        return {f"{name}_{band}": each[:, band] for name, each in found.items() for band in range(each.shape[1])}

    return under


def _over(total: Mapping[str, FloatArray], other: str) -> FloatArray:
    below = total[other]
    return np.asarray(np.divide(total["foreseen"], below, out=np.full_like(below, np.nan), where=below != 0))


def _drawn(sums: Callable[[FloatArray], dict[str, FloatArray]], resampling: Resampling) -> Mapping[str, Draws]:
    """One group of clients alone leaves every interval open."""
    try:
        return resampling.figures(sums)
    except TooLittleDataError:
        whole = sums(np.ones((1, len(resampling.groups))))
        return {name: Draws(float(each[0]), np.full(1, np.nan)) for name, each in whole.items()}


def _total(band: Group, place: int, drawn: Mapping[str, Draws], amounts: _Amounts) -> BandTotal:
    chance = 0.0 if amounts.variance is None else _NORMAL_95 * float(np.sqrt(amounts.variance[band.inside].sum()))
    known = drawn.get(f"known_{place}")
    return BandTotal(
        name=band.name,
        clients=int(band.inside.sum()),
        foreseen=drawn[f"foreseen_{place}"].estimate,
        realised=reported_interval(drawn[f"realised_{place}"]),
        gap=_at_least(reported_interval(drawn[f"gap_{place}"]), chance),
        ratio=_ratio(drawn[f"ratio_{place}"], drawn[f"realised_{place}"]),
        known=None if known is None else known.estimate,
        known_ratio=None if known is None else _ratio(drawn[f"known_ratio_{place}"], known),
    )


def _ratio(ratio: Draws, below: Draws) -> ReportedInterval:
    return reported_interval(ratio) if _has_sign(reported_interval(below)) else ReportedInterval(estimate=None)


def _at_least(figure: ReportedInterval, half: float) -> ReportedInterval:
    """The interval, reaching no less than ``half`` to both sides."""
    if figure.estimate is None or figure.low is None or figure.high is None:
        return figure
    low, high = min(figure.low, figure.estimate - half), max(figure.high, figure.estimate + half)
    return ReportedInterval(estimate=figure.estimate, low=low, high=high)


def _has_sign(figure: ReportedInterval) -> bool:
    """Whether a total is surely not of the other sign, and not nothing.

    >>> _has_sign(ReportedInterval(estimate=2.0, low=0.0, high=3.0)), _has_sign(ReportedInterval(estimate=2.0))
    (True, False)
    """
    if not figure.estimate or figure.low is None or figure.high is None:
        return False
    return not figure.low < 0 < figure.high
