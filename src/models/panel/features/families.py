"""Features: pure functions of what was known of a block of clients before the as-of date.

Names read measure_statistic_window; windows are in periods, e.g. ``fee_sum_12p``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from models.panel.features.accounts import account_features
from models.panel.features.amounts import (
    amount_features,
    size_features,
    trend_features,
    volatility_features,
)
from models.panel.features.commitments import (
    balance_features,
    commitment_features,
    facility_count_features,
    mix_features,
)
from models.panel.features.context import attribute_features, context_features, group_features
from models.panel.features.country_risk import country_features
from models.panel.features.covenants import covenant_features
from models.panel.features.credit import credit_features
from models.panel.features.funnel import funnel_features
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.outlook import outlook_features
from models.panel.features.payment import standing_features
from models.panel.features.runoff import runoff_features
from models.panel.features.security import collateral_features, guarantee_features
from models.panel.features.service import mean_features, share_features
from models.panel.features.states import esg_features, group_state_features, macro_features, state_features
from models.panel.features.timing import recency_features, rhythm_features, tenure_features
from models.panel.features.words import (
    FeatureWords,
)

Family = Callable[[FeatureInputs], Iterator[Feature]]

FAMILIES: tuple[Family, ...] = (
    amount_features,
    size_features,
    trend_features,
    volatility_features,
    recency_features,
    tenure_features,
    rhythm_features,
    mix_features,
    commitment_features,
    facility_count_features,
    runoff_features,
    balance_features,
    credit_features,
    collateral_features,
    guarantee_features,
    covenant_features,
    outlook_features,
    standing_features,
    mean_features,
    share_features,
    state_features,
    account_features,
    funnel_features,
    group_features,
    group_state_features,
    context_features,
    macro_features,
    country_features,
    esg_features,
    attribute_features,
)


@dataclass(frozen=True)
class Features:
    """One row per client in the block's order, with the unit of each column and what people call it."""

    frame: pd.DataFrame
    units: dict[str, str]
    words: dict[str, FeatureWords]


def features_of(known: FeatureInputs) -> Features:
    """All features of a block."""
    return frame_of(feature for family in FAMILIES for feature in family(known))


def frame_of(found: Iterable[Feature]) -> Features:
    """Features side by side, in their order."""
    features = list(found)
    return Features(
        frame=pd.DataFrame({feature.name: feature.values for feature in features}),
        units={feature.name: feature.unit for feature in features},
        words={feature.name: feature.words for feature in features},
    )
