"""A judged test origin of drawn clients, with predictions that are right on average, and the report around it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from models.evaluation.report.contents import EvaluationReport, OriginReport, ReportHorizon, TargetReport, ValueChoice
from models.evaluation.report.importance import Figures, Importance, Stability, stability_parts
from models.evaluation.report.judged import Judged, JudgedCredit, JudgedCurve
from models.evaluation.report.parts import report_parts
from models.metrics.bootstrap import Interval, Metric, Resampling, bootstrap_draws, bootstrap_interval
from models.metrics.concentration import signed_concentration
from models.metrics.probability import brier, calibration_intercept, calibration_slope
from models.metrics.ranking import auc, normalized_gini
from models.metrics.value import total_ratio
from models.pipeline.serving import ServingModels

CAUSES = ("reduced", "refinanced_away", "dormant", "default")
HORIZON, STEPS = 12, 6
REGIONS = ("Europe and Central Asia", "East Asia", "Latin America", "Africa", "South Asia")


_FORESEEN: dict[str, Metric] = {
    "brier": brier,
    "calibration_intercept": calibration_intercept,
    "calibration_slope": calibration_slope,
}
_RANKED: dict[str, Metric] = {
    "normalized_gini": normalized_gini,
    "signed_concentration": signed_concentration,
}


def drawn_judged(clients: int = 900, *, seed: int = 1, dated: bool = True) -> Judged:
    """Clients whose value is lognormal or nothing, who decline as foreseen, and who are foreseen as they are drawn."""
    generator = np.random.default_rng(seed)
    chance = generator.beta(1.5, 4.0, size=clients)
    expected = generator.lognormal(mean=10.0, sigma=1.4, size=clients) * (1 - chance)
    declined = generator.random(clients) < chance
    brought = np.where(declined, 0.2, 1.0) * generator.lognormal(mean=-0.32, sigma=0.8, size=clients)
    value = expected / (1 - 0.8 * chance) * brought - 50.0 * (generator.random(clients) < 0.1)
    curve = drawn_curve(chance, declined, np.random.default_rng(seed)) if dated else None
    noisy = expected * generator.lognormal(sigma=0.9, size=clients)
    return Judged(
        value=value,
        declined=declined,
        foreseen_value=expected,
        value_low=0.1 * expected - 60.0,
        value_high=3.2 * expected,
        decline_probability=chance,
        tier=np.where(expected > 60_000, "AA", np.where(expected > 20_000, "A", "B")),
        segment=np.array(["large steady", "large irregular", "small", "new"])[generator.integers(0, 4, size=clients)],
        tenure_days=np.where(generator.random(clients) < 0.02, np.nan, generator.gamma(2.0, 900.0, size=clients)),
        size=noisy,
        attributes=drawn_attributes(clients, generator),
        scores={
            "value": {"ours": expected, "past_sum": noisy, "recency": generator.random(clients)},
            "decline": {"ours": chance, "logistic": chance + generator.normal(scale=0.2, size=clients)},
        },
        level=0.9,
        curve=curve,
        known_value=expected,
        credit=None if curve is None else drawn_credit(curve, expected, seed=seed),
    )


def drawn_credit(curve: JudgedCurve, expected: np.ndarray, *, seed: int) -> JudgedCredit:
    """A twentieth of all declines is a default, more often where the client is small; it costs ten times its value."""
    assert curve.cause is not None
    probability = curve.incidence["default"][:, -1]
    defaulted = curve.cause == CAUSES.index("default")
    severity = np.random.default_rng(seed + 100).uniform(0.5, 1.5, size=len(expected))
    return JudgedCredit(
        default_probability=probability,
        defaulted=defaulted,
        known_default=probability,
        foreseen_loss=10 * probability * expected,
        realised_loss=10 * defaulted * expected * severity,
        known_loss=10 * probability * expected,
    )


def drawn_resampling(judged: Judged) -> Resampling:
    """Few resamples, every client its own group."""
    return Resampling(groups=np.arange(len(judged)), resamples=100, seed=1)


def drawn_attributes(clients: int, generator: np.random.Generator) -> pd.DataFrame:
    """A region with a rare level and gaps, an industry with more levels than are shown, and a number."""
    region = pd.Series(np.array(REGIONS)[generator.integers(0, 5, size=clients)], dtype="str")
    region.iloc[:3] = "Atlantis"
    region.iloc[3:12] = None
    industry = [f"industry {number:02}" for number in generator.integers(0, 17, size=clients)]
    return pd.DataFrame({"region": region, "industry": industry, "employees": generator.lognormal(5.0, size=clients)})


def drawn_curve(chance: np.ndarray, declined: np.ndarray, generator: np.random.Generator) -> JudgedCurve:
    """Decline falls on any month alike, more often by some causes than by others."""
    shares = np.array([0.5, 0.2, 0.25, 0.05])
    ends = np.arange(1, STEPS + 1) * (HORIZON // STEPS)
    probability = chance[:, None] * ends / HORIZON
    period = np.where(declined, generator.integers(1, HORIZON + 1, size=declined.size), 0)
    return JudgedCurve(
        event="decline",
        ends=ends,
        probability=probability,
        event_period=period,
        incidence={cause: share * probability for cause, share in zip(CAUSES, shares, strict=True)},
        cause=np.where(declined, generator.choice(4, size=declined.size, p=shares), -1),
    )


def drawn_importance(seed: int) -> dict[str, dict[str, float]]:
    """Gains of forty features, a few of them large, some never used."""
    gains = np.random.default_rng(5).lognormal(sigma=2, size=40) * np.random.default_rng(seed).lognormal(0, 0.3, 40)
    gains[30:] = 0.0
    features = [f"activity_recency_share_{number}p" for number in range(40)]
    return {"value": dict(zip(features, gains.tolist(), strict=True))}


def drawn_report(clients: int = 900, *, origins: int = 3, dated: bool = True) -> EvaluationReport:
    """A whole report, with parts at each origin and what is stable between them."""
    judged = [drawn_judged(clients, seed=number, dated=dated) for number in range(origins)]
    importances = [drawn_importance(number) for number in range(origins)]
    at = [_origin(each, date(2020 + number, 1, 1), importances[number]) for number, each in enumerate(judged)]
    return EvaluationReport(
        book="drawn",
        currency="USD",
        data="0" * 64,
        known_until=date(2020 + origins, 1, 1),
        horizon=ReportHorizon(period="month", periods=HORIZON),
        features=40,
        notices=(),
        absent={},
        interval_level=0.95,
        pooled=None,
        stability=drawn_stability(at, importances),
        origins=tuple(at),
    )


def drawn_stability(origins: Sequence[OriginReport], importances: Sequence[Importance] = ()) -> Stability:
    """What is stable between origins."""
    metrics = {target: [origin.of(target).metrics for origin in origins] for target in ("decline", "value")}
    return stability_parts([origin.as_of for origin in origins], metrics, importances)


def _origin(judged: Judged, as_of: date, importance: dict[str, dict[str, float]]) -> OriginReport:
    decline = _target(judged, "decline", judged.declined.astype(float), {"auc": auc}, _FORESEEN)
    value = _target(judged, "value", judged.value, _RANKED, {"total_ratio": total_ratio})
    return OriginReport(
        as_of=as_of,
        learned_until=as_of.replace(year=as_of.year - 1),
        outcomes_until=as_of.replace(month=12, day=31),
        learning_origins=7,
        learning_rows=7 * len(judged),
        unfinished_origins=2,
        unfinished_rows=2 * len(judged),
        clients=len(judged),
        calibrated=True,
        groups_apart=False,
        choice=ValueChoice(chosen="tweedie", out_of_time=(), scores={}),
        serving=ServingModels.leaders("tweedie"),
        importance=importance,
        reasons={},
        parts=report_parts(
            judged,
            drawn_resampling(judged),
            decline=decline.metrics["ours"],
            differences={"decline": decline.ours_minus, "value": value.ours_minus},
            importance=importance,
        ),
        decline=decline,
        value=value,
    )


def _target(
    judged: Judged, target: str, actual: np.ndarray, ranked: dict[str, Metric], foreseen: dict[str, Metric]
) -> TargetReport:
    metrics: dict[str, Figures] = {}
    draws = {}
    clients = np.arange(len(judged))
    for name, score in judged.scores[target].items():
        chosen = ranked | (foreseen if name == "ours" else {})
        metrics[name] = {
            metric: bootstrap_interval(figure, (actual, score), clients, resamples=100, seed=1)
            for metric, figure in chosen.items()
        }
        draws[name] = bootstrap_draws(next(iter(ranked.values())), (actual, score), clients, resamples=100, seed=1)
    return TargetReport(
        mean_outcome=float(actual.mean()),
        metrics=metrics,
        ours_minus={name: draws["ours"].minus(each).interval() for name, each in draws.items() if name != "ours"},
        way=Interval(estimate=0.89, low=0.86, high=0.92) if target == "decline" else None,
    )
