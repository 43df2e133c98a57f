"""Mixture: the weighted mean of what a leading candidate and a simple one expect."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.learners.boosting import shares
from models.learners.contributions import Contributions, exp_rate
from models.learners.value.candidate import ValueCandidate, log_parts
from models.vocab import FloatArray

MIXTURE = "mixture"


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Value = ``share`` * leader + (1 - ``share``) * ``factor`` * simple, in currency; 0 < ``share`` < 1.

    ``factor`` makes the total of the simple candidate that of the leader.
    """

    name: ClassVar[str] = MIXTURE

    leader: ValueCandidate
    simple: ValueCandidate
    share: float
    factor: float

    @property
    def tree_count(self) -> int:
        """How many trees, of both."""
        return self.leader.tree_count + self.simple.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        leader, simple = self._levels()
        return np.logaddexp(self.leader.log_value(matrix) + leader, self.simple.log_value(matrix) + simple)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``: those of both in currency, added; each keeps its share of the way from the base."""
        leader, simple = self._levels()
        first, second = self.leader.explain(matrix), self.simple.explain(matrix)
        base = float(np.logaddexp(first.base + leader, second.base + simple))
        prediction = np.logaddexp(first.prediction + leader, second.prediction + simple)
        # Both ways are measured from the common base, so that no figure outgrows a double.
        money = _in_units(first, leader - base) + _in_units(second, simple - base)
        values = money / exp_rate(0.0, prediction - base)[:, np.newaxis]
        return log_parts(base=base, values=values, prediction=prediction)

    def importance(self) -> FloatArray:
        """Mean of both, by their weights, (n_features,)."""
        return shares(self.share * self.leader.importance() + (1 - self.share) * self.simple.importance())

    def to_texts(self) -> dict[str, str]:
        """The texts of both, each file under its part, and how they are weighed."""
        facts = {
            "leader": self.leader.name,
            "simple": self.simple.name,
            "share": self.share,
            "factor": self.factor,
        }
        parts = {"leader": self.leader, "simple": self.simple}
        return {"mixture.json": json.dumps(facts)} | {
            f"{part}.{file}": text for part, model in parts.items() for file, text in model.to_texts().items()
        }

    def _levels(self) -> tuple[float, float]:
        """Logarithms of the weights of both."""
        return math.log(self.share), math.log((1 - self.share) * self.factor)


def _in_units(parts: Contributions, level: float) -> FloatArray:
    """Parts of the value in multiples of exp(-``level``). (n, n_features)."""
    return parts.values * exp_rate(parts.base + level, parts.values.sum(axis=1))[:, np.newaxis]
