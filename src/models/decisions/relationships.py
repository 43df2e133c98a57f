"""Relationship type and need type of each client, by readable rules over a few features of the panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.config import RelationshipsConfig
from models.vocab import BoolArray, FloatArray, NeedType, RelationshipType, TextArray

_DAYS_PER_YEAR = 365.25


def relationship_types(features: pd.DataFrame, large: BoolArray, settings: RelationshipsConfig) -> TextArray:
    """Problem-solving: in arrears. Strategic: large, with several deals. Partnership: loyal. Transactional: others.

    ``features`` is a panel's, (n_clients, n_features); ``large`` (n_clients,) marks those of high expected value.
    """
    deals = _column(features, "activity_count_ever")
    years = _column(features, "tenure_days") / _DAYS_PER_YEAR
    troubled = np.zeros(len(features), dtype=np.bool_)
    for name in settings.distress_features:
        troubled |= _column(features, name) > 0
    names = [kind.value for kind in RelationshipType]
    several = deals >= settings.several_deals
    loyal = (years >= settings.loyal_years) & (deals >= settings.loyal_deals)
    code = np.select(
        [troubled, large & several, loyal],
        [
            names.index(RelationshipType.PROBLEM_SOLVING),
            names.index(RelationshipType.STRATEGIC),
            names.index(RelationshipType.PARTNERSHIP),
        ],
        default=names.index(RelationshipType.TRANSACTIONAL),
    )
    return np.asarray(np.array(names)[code])


def need_types(features: pd.DataFrame, settings: RelationshipsConfig) -> TextArray:
    """The need whose products make up the largest share of the client's business; funding where none is known."""
    names = [need.value for need in NeedType]
    products = {need.replace("_", " "): measures for need, measures in settings.need_products.items()}
    shares = np.stack([_share(features, products.get(need, ())) for need in names])
    return np.asarray(np.array(names)[shares.argmax(axis=0)])


def _share(features: pd.DataFrame, measures: Sequence[str]) -> FloatArray:
    share = np.zeros(len(features))
    for name in measures:
        share += _column(features, f"{name}_share_ever")
    return share


def _column(features: pd.DataFrame, name: str) -> FloatArray:
    if name not in features:
        return np.zeros(len(features))
    return np.nan_to_num(np.asarray(features[name], dtype=np.float64))
