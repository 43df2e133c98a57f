"""A warning signal: what a client owes us grows while what it brings us shrinks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.config.plugins import Setting
from models.panel.features.words import FeatureWords, labelled_words
from models.panel.signals import UsualFigure
from models.vocab import FloatArray


class Squeeze:
    """The loss of business within the trend window, as a share; 0 where it grew."""

    usual = UsualFigure(middle=0.1, low=0.0, high=0.4)

    @property
    def words(self) -> FeatureWords:
        """What people call it."""
        return labelled_words("acme_squeeze", {"en": "Acme's squeeze", "zh": "业务挤压度"})

    def figure(self, features: pd.DataFrame, *, settings: Mapping[str, Setting]) -> FloatArray:
        """(n,), NaN where the trend is not known."""
        trend = features[str(settings.get("trend", "activity_growth_3p"))].to_numpy(dtype=np.float64)
        return np.maximum(-trend, 0.0)


SIGNAL = Squeeze()
