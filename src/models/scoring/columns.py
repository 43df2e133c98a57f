"""Turns what the models say of a panel into the columns of scores: tier, stage, types, segment and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from models.book.periods import DAYS_PER_YEAR, PERIODS_PER_YEAR
from models.config.root import Config
from models.grading.compute import facts_of
from models.grading.decision import Assessment, assess, decide
from models.learners.contributions import Contributions
from models.learners.credit.ecl import expected_credit_loss, lifetime_ecl, yearly_pd
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels
from models.pipeline.predictions import Predictions
from models.profiles.compute import HELD_COLUMNS, kind_columns
from models.publications.previous import COLD_START, TIER_BY_RULE, PreviousScores
from models.reasons.ranking import Grouping, reasons_of
from models.scoring.block import FIRST_SEEN, DecisionContext
from models.scoring.grade_columns import grade_columns
from models.scoring.tier_columns import tier_columns
from models.vocab import FloatArray, IntArray, TextArray

REASONS = 5
LAST_MATURITY = "facility_last_maturity_days"
"""The feature with the time until the last open facility matures."""
NOBODY_WARNS: Mapping[str, pa.Array] = MappingProxyType({})
PART_COLUMNS = (
    "margin",
    "margin_low",
    "margin_high",
    "credit_loss",
    "credit_loss_low",
    "credit_loss_high",
    "default_probability",
    "exposure_at_default",
    "loss_given_default",
)
"""The parts of value, null where no defaults are known."""

REMEMBERED = (*HELD_COLUMNS, TIER_BY_RULE)
"""What scoring needs of earlier scores."""


def score_columns(
    models: FittedModels,
    panel: Panel,
    predictions: Predictions,
    config: Config,
    decision_context: DecisionContext = FIRST_SEEN,
    warned: Mapping[str, pa.Array] = NOBODY_WARNS,
) -> dict[str, pa.Array]:
    """The columns of scores that follow from the predictions of one block.

    ``warned`` are the columns of warnings; without them nobody warns, and no treatment is tightened for it.
    """
    columns = columns_before_tiers(models, panel, predictions, config, decision_context.previous)
    columns |= warned
    assessed = assessment(models, panel, predictions, decision_context)
    columns |= grade_columns(assessed, config.features)
    return columns | tier_columns(decide(assessed, decision_context.limit), columns)


def assessment(
    models: FittedModels, panel: Panel, predictions: Predictions, decision_context: DecisionContext = FIRST_SEEN
) -> Assessment:
    """What the policy of the models says of each row alone, beside its tier in earlier scores."""
    before = _tiers_before(panel, decision_context.previous)
    return assess(models.policy, facts_of(predictions, panel, before, decision_context.overrides))


def columns_before_tiers(
    models: FittedModels, panel: Panel, predictions: Predictions, config: Config, previous: PreviousScores | None = None
) -> dict[str, pa.Array]:
    """The columns of ``score_columns`` that hold whichever tier a client gets."""
    kinds = kind_columns(models.kinds, panel, predictions.value, predictions.decline_probability, config, previous)
    names = np.asarray(models.segments.segment_names)
    return {
        "client_id": pa.array(panel.client_id, type=pa.string()),
        "value": pa.array(predictions.value),
        "value_low": pa.array(predictions.value_low),
        "value_high": pa.array(predictions.value_high),
        "decline_probability": pa.array(predictions.decline_probability),
        "stage": kinds.pop("stage"),
        "segment": pa.array(predictions.segment, type=pa.int32()),
        "segment_name": pa.array(names[predictions.segment], type=pa.string()),
        "relationship_type": kinds.pop("relationship_type"),
        "need_type": kinds.pop("need_type"),
        **kinds,
        **{name: pa.array(getattr(predictions, name), from_pandas=True) for name in PART_COLUMNS},
        **_ecl_columns(panel, predictions, config),
        "decline_low": pa.array(predictions.decline_low, from_pandas=True),
        "decline_high": pa.array(predictions.decline_high, from_pandas=True),
        "segment_margin": pa.array(predictions.segment_margin),
        COLD_START: pa.repeat(pa.scalar(models.starts_cold), len(panel)),
    }


def _ecl_columns(panel: Panel, predictions: Predictions, config: Config) -> dict[str, pa.Array]:
    """Expected credit loss as IFRS 9 counts it, LGD over the whole workout: of 12 months, and of the whole lifetime.

    Discounted at the rate of the book; null where no defaults are known, or no maturity.
    """
    horizon = config.time.horizon_periods / PERIODS_PER_YEAR[config.time.period]
    pd, rate = yearly_pd(predictions.default_probability, horizon), config.value.discount_rate_annual
    lgd, exposure = predictions.loss_given_default, predictions.exposure_at_default
    days = panel.features.get(LAST_MATURITY)
    years = np.full(len(panel), np.nan) if days is None else days.to_numpy(dtype=np.float64) / DAYS_PER_YEAR
    found = {
        "ecl_12_month": expected_credit_loss(pd[np.newaxis], lgd, exposure, rate=rate),
        "ecl_lifetime": lifetime_ecl(pd, lgd, exposure, years, rate=rate),
    }
    return {name: pa.array(amounts, from_pandas=True) for name, amounts in found.items()}


def reason_column(
    models: FittedModels, panel: Panel, predictions: Predictions, *, matrix: FloatArray, parts: Contributions
) -> pa.Array:
    """What moves each client's decline probability most, largest first, in probability points.

    ``matrix`` are the panel's features encoded, ``parts`` the contributions in probability. Per client a list of
    reasons: its key, what all its features add together, the one that adds most, the client's value of it, and what is
    usual for its peers with the range that leaves out a tenth of them at either end.
    """
    table = reasons_of(
        parts.values,
        matrix=matrix,
        features=panel.features,
        contract=models.contract,
        grouping=Grouping.of(models.contract.names, models.words),
        peers=models.peers.of(matrix, predictions.segment),
        kept=REASONS,
    )
    rows, kept = table.reason.shape
    fields = {
        "reason": _named(table.reason, table.grouping.reasons),
        "points": pa.array(table.effect.ravel() * 100.0),
        "feature": _named(table.leading, table.features),
        "observed": _numbers(table.observed),
        "observed_text": pa.array(table.observed_text.ravel(), type=pa.string()),
        "usual": _numbers(table.usual),
        "usual_text": pa.array(table.usual_text.ravel(), type=pa.string()),
        "low": _numbers(table.low),
        "high": _numbers(table.high),
        "peers": pa.array(np.repeat(table.peers, kept), type=pa.int32()),
    }
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * np.int32(kept))
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(list(fields.values()), names=list(fields)))


def _named(places: IntArray, names: tuple[str, ...]) -> pa.Array:
    codes = pa.array(places.ravel().astype(np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array(names, type=pa.string())).cast(pa.string())


def _numbers(values: FloatArray) -> pa.Array:
    """Flat, with null for what is missing."""
    return pa.array(values.ravel(), from_pandas=True)


def _tiers_before(panel: Panel, previous: PreviousScores | None) -> TextArray | None:
    """The tier by rule of each row in earlier scores, "" where there is none."""
    if previous is None or TIER_BY_RULE not in previous.columns:
        return None
    reported = previous.of(panel.client_id)[TIER_BY_RULE].astype("str").fillna("")
    return np.asarray(reported.to_numpy(dtype=np.str_))
