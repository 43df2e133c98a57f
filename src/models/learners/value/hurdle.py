"""Hurdle model of value: one ensemble for the probability of any, one for the amount given some."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.errors import TooLittleDataError
from models.learners.boosting import BoostedTrees, fit_booster, shares
from models.learners.contributions import Contributions
from models.learners.value.candidate import CandidateInputs, log_parts
from models.learners.value.secant_slopes import log_chance, log_chance_slope, secant_slope
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class Hurdle:
    """Value = P(any) * ``scale`` * exp(amount), in currency; P(any) is the logistic function of ``chance``.

    Amounts are learned with the gamma loss: their spread grows with their size, and an error of a tenth counts alike
    for a small client and for the largest, which would rule a Poisson-like loss alone. A Tweedie loss with power 1.9
    comes near it, but allows for zeros, of which there are none here. Source: Cragg (1971) for the two parts.
    """

    name: ClassVar[str] = "hurdle"

    chance: BoostedTrees
    amount: BoostedTrees
    scale: float

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> Hurdle:
        """Raises ``TooLittleDataError`` unless enough clients brought something, and some brought nothing."""
        scale, some = inputs.scale(), inputs.value > 0
        if some.all():
            raise TooLittleDataError(
                rule="the hurdle candidate needs clients that brought nothing within the horizon",
                got=f"0 of {some.size:,}",
                remedy="take tweedie in learners.value.candidates instead",
            )
        everybody = np.ones_like(some)
        return cls(
            chance=_fit(inputs, everybody, some.astype(np.float64), "binary"),
            amount=_fit(inputs, some, inputs.earned / scale, "gamma"),
            scale=scale,
        )

    @property
    def tree_count(self) -> int:
        """How many trees, in both ensembles."""
        return self.chance.tree_count + self.amount.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self._joined(self.chance.raw_predict(matrix), self.amount.raw_predict(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``: of log-odds, each with its share of the way that log P(any) goes, and of amounts."""
        chance, amount = self.chance.explained(matrix), self.amount.explained(matrix)
        parts = chance.values[:, 0]
        rate = secant_slope(log_chance, log_chance_slope, float(chance.bases[0]), parts.sum(axis=1))
        return log_parts(
            base=float(self._joined(chance.bases, amount.bases)[0]),
            values=parts * rate[:, np.newaxis] + amount.values[:, 0],
            prediction=self._joined(chance.raw[:, 0], amount.raw[:, 0]),
        )

    def importance(self) -> FloatArray:
        """Mean of the shares of the gain in both ensembles, (n_features,)."""
        return shares(shares(self.chance.gain_importance()) + shares(self.amount.gain_importance()))

    def to_texts(self) -> dict[str, str]:
        """Both ensembles and the scale."""
        return {
            "chance.trees.txt": self.chance.to_text(),
            "amount.trees.txt": self.amount.to_text(),
            "settings.json": json.dumps({"scale": self.scale}),
        }

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> Hurdle:
        """Read what ``to_texts`` wrote."""
        chance, amount = (
            BoostedTrees.from_text(texts[f"{part}.trees.txt"], threads=threads) for part in ("chance", "amount")
        )
        return cls(chance=chance, amount=amount, **json.loads(texts["settings.json"]))

    def _joined(self, chance: FloatArray, amount: FloatArray) -> FloatArray:
        """Log value from log-odds and log amounts, (n,) each."""
        return log_chance(chance) + amount + math.log(self.scale)


def _fit(inputs: CandidateInputs, rows: np.ndarray, target: FloatArray, objective: str) -> BoostedTrees:
    return fit_booster(
        inputs.matrix[rows],
        target[rows],
        objective={"objective": objective},
        config=inputs.config,
        contract=inputs.contract,
        run=inputs.run,
        weight=None if inputs.weight is None else inputs.weight[rows],
        monotone=inputs.config.monotone,
    )
