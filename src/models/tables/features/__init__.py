"""Features: pure functions of what was known of a block of clients before the as-of date.

Names read measure_statistic_window; windows are in periods, e.g. ``fee_sum_12p``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from models.tables.features.amounts import (
    amount_features,
    size_features,
    trend_features,
    volatility_features,
)
from models.tables.features.commitments import commitment_features
from models.tables.features.funnel import funnel_features
from models.tables.features.known import Feature, Known, Surroundings
from models.tables.features.mix import mix_features
from models.tables.features.service import mean_features, share_features
from models.tables.features.states import account_features, group_state_features, macro_features, state_features
from models.tables.features.surroundings import attribute_features, context_features, group_features
from models.tables.features.timing import recency_features, rhythm_features, tenure_features

Family = Callable[[Known], Iterator[Feature]]

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
    mean_features,
    share_features,
    state_features,
    account_features,
    funnel_features,
    group_features,
    group_state_features,
    context_features,
    macro_features,
    attribute_features,
)


def features_of(known: Known) -> tuple[pd.DataFrame, dict[str, str]]:
    """All features of a block, one row per client in the block's order, and the unit of each."""
    features = [feature for family in FAMILIES for feature in family(known)]
    frame = pd.DataFrame({feature.name: feature.values for feature in features})
    return frame, {feature.name: feature.unit for feature in features}


__all__ = ["FAMILIES", "Feature", "Known", "Surroundings", "features_of"]
