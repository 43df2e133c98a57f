"""Boosted trees with the closed form of buy-till-you-die models as offset."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.learners.boosting import BoostedTrees, fit_booster, shares
from models.learners.contributions import Contributions
from models.learners.value.candidate import CandidateInputs, log_parts
from models.learners.value.purchases import PurchaseCandidate
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class PurchaseOffset:
    """Value = ``factor`` * BG/NBD x Gamma-Gamma * exp(trees), in currency; the factor makes the total right."""

    name: ClassVar[str] = "btyd_offset"

    start: PurchaseCandidate
    trees: BoostedTrees
    factor: float

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> PurchaseOffset:
        """Raises what ``PurchaseCandidate`` and ``Tweedie`` raise."""
        scale, start = inputs.scale(), PurchaseCandidate.fit(inputs)
        log_start = start.log_value(inputs.matrix)
        foreseen = math.fsum(inputs.weights * np.exp(log_start))
        factor = math.fsum(inputs.weights * inputs.earned) / foreseen
        trees = fit_booster(
            inputs.matrix,
            inputs.earned / scale,
            objective={"objective": "tweedie", "tweedie_variance_power": inputs.config.tweedie_power},
            config=inputs.config,
            contract=inputs.contract,
            run=inputs.run,
            weight=inputs.weight,
            monotone=inputs.config.monotone,
            start=log_start + math.log(factor / scale),
        )
        return cls(start=start, trees=trees, factor=factor)

    @property
    def tree_count(self) -> int:
        """How many trees."""
        return self.trees.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self.start.log_value(matrix) + self.trees.raw_predict(matrix) + math.log(self.factor)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``: those of the closed form and those of the trees, added."""
        start, trees, factor = self.start.explain(matrix), self.trees.explained(matrix), math.log(self.factor)
        return log_parts(
            base=start.base + float(trees.bases[0]) + factor,
            values=start.values + trees.values[:, 0],
            prediction=start.prediction + trees.raw[:, 0] + factor,
        )

    def importance(self) -> FloatArray:
        """Share of the gain of the trees, (n_features,)."""
        return shares(self.trees.gain_importance())

    def to_texts(self) -> dict[str, str]:
        """The trees, the closed form, and the factor."""
        facts = {"factor": self.factor, "start": json.loads(self.start.to_texts()["settings.json"])}
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps(facts)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> PurchaseOffset:
        """Read what ``to_texts`` wrote."""
        facts = json.loads(texts["settings.json"])
        start = PurchaseCandidate.from_texts({"settings.json": json.dumps(facts["start"])}, threads=threads)
        trees = BoostedTrees.from_text(texts["trees.txt"], threads=threads)
        return cls(start=start, trees=trees, factor=facts["factor"])
