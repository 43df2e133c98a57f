"""From what models foresee to tiers: bounds around forecasts, the facts that a policy looks at, and graders of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd

from models.grading.built_in import Grades, TierPolicy, grade
from models.grading.decision import Assessment, assess, decide
from models.grading.facts import FORECAST, Facts
from models.grading.fitted import GradingPolicy
from models.grading.overrides import Override
from models.grading.reasons_text import reasons
from models.learners.intervals import ConformalBands, Expected
from models.learners.probability_band import ProbabilityBand
from models.learners.value.net import CREDIT_LOSS, MARGIN, ValueParts
from models.panel.panel import Panel
from models.vocab import FloatArray, TextArray

NO_OVERRIDES: Mapping[str, Override] = MappingProxyType({})
Grader = Callable[[pd.DataFrame, FloatArray, FloatArray], Grades]
"""Features by client id (n, n_features), value and decline probability (n,) -> grades. A client's grade is its own."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What is foreseen of each client, with bounds, NaN where there are none. Shapes (n,); value in book currency."""

    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    margin: FloatArray
    margin_low: FloatArray
    margin_high: FloatArray
    credit_loss: FloatArray
    credit_loss_low: FloatArray
    credit_loss_high: FloatArray
    default_probability: FloatArray
    exposure_at_default: FloatArray
    loss_given_default: FloatArray
    decline_probability: FloatArray
    decline_low: FloatArray
    decline_high: FloatArray


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How far outcomes may lie from forecasts.

    ``classes`` grades by expectation alone: in whose tier a client is counted where intervals hold by tier, for which
    the policy's own tiers, which look at the bounds, come too late. ``bands``, by what they are drawn around, are empty
    and ``decline_band`` None where no origin that has come true could be predicted. ``level_error`` is by how much of
    itself the total of a book was foreseen wrongly there.
    """

    classes: TierPolicy
    bands: Mapping[str, ConformalBands]
    decline_band: ProbabilityBand | None
    level_error: float = 0.0

    def around(self, parts: ValueParts, probability: FloatArray) -> Forecast:
        """The forecast of values by their parts, and of probabilities of decline (n,)."""
        unknown = np.full(len(probability), np.nan)
        tier = grade(parts.value, probability, self.classes).tier
        risk = self.decline_band.around(probability) if self.decline_band else (unknown, unknown)
        found: dict[str, FloatArray] = {}
        for name, amount in parts.amounts.items():
            bands = self.bands.get(name)
            low, high = bands.around(expected_of(parts, name, tier)) if bands else (unknown, unknown)
            least = 0.0 if name == CREDIT_LOSS else -np.inf
            found |= {name: amount, f"{name}_low": np.maximum(low, least), f"{name}_high": high}
        found |= _with_both_outcomes(parts, found, self.bands)
        return Forecast(
            **found,
            default_probability=parts.default_probability,
            exposure_at_default=parts.exposure,
            loss_given_default=parts.lgd,
            decline_probability=probability,
            decline_low=risk[0],
            decline_high=risk[1],
        )


def _with_both_outcomes(
    parts: ValueParts, found: Mapping[str, FloatArray], bands: Mapping[str, ConformalBands]
) -> dict[str, FloatArray]:
    """Intervals that hold both a default and none, where each is likelier than a tail may be; bounds by name.

    With few such clients residuals tell too little: without a default the margin comes, with one its loss goes off.
    """
    if CREDIT_LOSS not in bands:
        return {}
    tail = (1.0 - bands[CREDIT_LOSS].level) / 2
    either = (parts.default_probability > tail) & (parts.default_probability < 1.0 - tail)
    lost = np.where(either, parts.loss_in_default, 0.0)
    high = np.where(either, found["margin_high"], found["value_high"])
    low = np.where(either, found["margin_low"] - lost, found["value_low"])
    return {
        "value_low": np.minimum(found["value_low"], low),
        "value_high": np.maximum(found["value_high"], high),
        "credit_loss_low": np.where(either, 0.0, found["credit_loss_low"]),
        "credit_loss_high": np.maximum(found["credit_loss_high"], lost),
    }


def expected_of(parts: ValueParts, name: str, tier: TextArray) -> Expected:
    """What an interval is drawn around: one of the ``amounts`` of ``parts``, of clients of a tier by expectation.

    A default adds nothing to the spread of the margin.
    """
    spread = np.zeros(len(tier)) if name == MARGIN else parts.loss_in_default
    return Expected(
        amount=parts.amounts[name], size=parts.margin, spread=spread, risk=parts.default_probability, tier=tier
    )


def facts_of(
    forecast: Forecast,
    panel: Panel,
    previous: TextArray | None = None,
    overrides: Mapping[str, Override] = NO_OVERRIDES,
) -> Facts:
    """What the policy looks at of the rows of a panel (n,).

    ``previous`` are the tiers by rule of the run before, ``overrides`` what people ask for, of other clients too.
    """
    clients = panel.client_id.to_numpy(dtype=np.str_)
    as_of = panel.grid.start_of(int(panel.origin.max())) if len(panel) else date.max
    estimated = frozenset(name for name, words in panel.words.items() if words.estimated)
    facts = _facts(forecast, panel.features, clients, as_of, previous)
    return replace(facts, overrides=overrides, estimated=estimated)


def facts_before_models(panel: Panel) -> Facts:
    """The same where no models say anything yet: for questions about features alone, with 0 for every forecast."""
    nothing = np.zeros(len(panel))
    return facts_of(Forecast(**{each.name: nothing for each in fields(Forecast)}), panel)


def grades_of(assessment: Assessment) -> Grades:
    """Tiers and reasons as each client alone deserves them, whatever share of the book changes tier."""
    decided = decide(assessment)
    return Grades(decided.tier, reasons(decided))


def by_policy(policy: GradingPolicy, bounds: Bounds) -> Grader:
    """Grades of clients seen for the first time, as a policy gives them."""

    def graded(features: pd.DataFrame, value: FloatArray, decline: FloatArray) -> Grades:
        clients = np.asarray(features.index.astype("str").to_numpy(dtype=np.str_))
        forecast = bounds.around(ValueParts.of_margin(value), decline)
        return grades_of(assess(policy, _facts(forecast, features, clients, date.max, None)))

    return graded


def _facts(
    forecast: Forecast, features: pd.DataFrame, clients: TextArray, as_of: date, previous: TextArray | None
) -> Facts:
    return Facts(
        client_id=clients,
        as_of=as_of,
        **{name: getattr(forecast, name) for name in FORECAST},
        features=features,
        previous=previous,
    )
