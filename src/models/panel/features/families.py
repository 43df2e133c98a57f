"""Features: pure functions of what was known of a block of clients before the as-of date.

Names read measure_statistic_window; windows are in periods, e.g. ``fee_sum_12p``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import pandas as pd

from models.config.features import FeaturesConfig
from models.config.plugins import Setting
from models.errors import FeatureContractError
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
from models.plugins import PluginGroup, load_plugin

Family = Callable[[FeatureInputs], Iterator[Feature]]

NO_FAMILIES: Mapping[str, Family] = {}


class FeatureFamily(Protocol):
    """The object behind an entry point of ``clientvalue.features``: features of what was known of a block of clients.

    It is given nothing that was not known before the as-of date, and must be a pure function of it and its settings.
    """

    def __call__(self, known: FeatureInputs, *, settings: Mapping[str, Setting]) -> Iterator[Feature]:
        """Features called ``NAME_...`` after the plug-in, each with a unit and words (``labelled_words``)."""


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


def features_of(known: FeatureInputs, families: Mapping[str, Family] = NO_FAMILIES) -> Features:
    """All features of a block, those of ``families`` that plug-ins bring behind our own.

    Raises ``FeatureContractError`` for a feature of a plug-in that is not called after it, or not one per client.
    """
    own = [feature for family in FAMILIES for feature in family(known)]
    return frame_of([*own, *(each for name, family in families.items() for each in _named(name, family, known))])


def plugged_families(config: FeaturesConfig) -> dict[str, Family]:
    """The families of ``features.families``, by the name of their plug-in. Raises ``MissingPluginError``."""
    return {name: _with_settings(name, settings) for name, settings in config.families.items()}


def _with_settings(name: str, settings: Mapping[str, Setting]) -> Family:
    plugin: FeatureFamily = load_plugin(PluginGroup.FEATURES, name)
    return partial(plugin, settings=settings)


def _named(name: str, family: Family, known: FeatureInputs) -> Iterator[Feature]:
    for feature in family(known):
        if not feature.name.startswith(f"{name}_") or len(feature.values) != known.past.clients:
            raise FeatureContractError(
                rule=f"a feature of the plug-in {name} must be called {name}_... and have one value per client",
                got=f"{feature.name} with {len(feature.values)} values for {known.past.clients} clients",
                remedy="mend the plug-in",
            )
        yield feature


def frame_of(found: Iterable[Feature]) -> Features:
    """Features side by side, in their order."""
    features = list(found)
    return Features(
        frame=pd.DataFrame({feature.name: feature.values for feature in features}),
        units={feature.name: feature.unit for feature in features},
        words={feature.name: feature.words for feature in features},
    )
