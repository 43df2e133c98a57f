"""A tier rule: the watch figure of Acme's committee, from what is foreseen and how long a client has been quiet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.config.plugins import Setting
from models.grading.facts import Facts
from models.panel.features.words import FeatureWords, FigureUnit, labelled_words
from models.vocab import FloatArray


class Watch:
    """The probability of decline, and half of what it lacks of certainty more for who has been quiet for long."""

    features = ("activity_recency_days",)

    @property
    def words(self) -> FeatureWords:
        """What people call it."""
        return labelled_words("acme_watch", {"en": "Acme's watch figure", "zh": "观察指数"}, FigureUnit.SHARE)

    def figure(self, facts: Facts, *, settings: Mapping[str, Setting]) -> FloatArray:
        """(n,), from 0 to 1; ``settings["days"]`` without business count as long."""
        known = facts.features["activity_recency_days"].to_numpy(dtype=np.float64)
        quiet = known > float(str(settings.get("days", 180)))
        risk = facts.decline_probability
        return np.where(quiet, risk + (1 - risk) / 2, risk)


RULE = Watch()
