"""A family of features: how much of the client's business fell into the rainy season of late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from models.book.measures import ACTIVITY
from models.config.plugins import Setting
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.words import FigureUnit, labelled_words

_WORDS = labelled_words(
    "acme_rain_share",
    {"en": "the share of business in the rainy season", "zh": "雨季业务占比"},
    FigureUnit.SHARE,
)


def features(known: FeatureInputs, *, settings: Mapping[str, Setting]) -> Iterator[Feature]:
    """The share of the activity of the last 12 periods that fell into the latest ``settings["periods"]`` of them."""
    periods = int(str(settings.get("periods", 4)))
    late = known.past.total(ACTIVITY, periods)
    yield Feature("acme_rain_share", "share", ratio(late, known.past.total(ACTIVITY, 12)), _WORDS)
    lull = np.where(known.past.count(ACTIVITY, periods) == 0, 1.0, 0.0)
    yield Feature("acme_rain_lull", "score", lull, labelled_words("acme_rain_lull", {"en": "the lull of the season"}))
