"""One ensemble for the mean of amounts with many zeros and a heavy tail."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from models.learners.boosting import BoostedTrees, fit_booster, shares
from models.learners.contributions import Contributions
from models.learners.value.candidate import CandidateInputs, log_parts
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class Tweedie:
    """Value = ``scale`` * exp(trees), in currency.

    Source: Jorgensen (1987) for the loss; Yang, Qian and Zou (2018) for boosting it.
    """

    name: ClassVar[str] = "tweedie"

    trees: BoostedTrees
    scale: float

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> Tweedie:
        """Raises ``TooLittleDataError`` if no client brought anything or there are too few."""
        scale = inputs.scale()
        trees = fit_booster(
            inputs.matrix,
            inputs.earned / scale,
            objective={"objective": "tweedie", "tweedie_variance_power": inputs.config.tweedie_power},
            config=inputs.config,
            contract=inputs.contract,
            run=inputs.run,
            weight=inputs.weight,
            monotone=inputs.config.monotone,
        )
        return cls(trees=trees, scale=scale)

    @property
    def tree_count(self) -> int:
        """How many trees."""
        return self.trees.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self.trees.raw_predict(matrix) + math.log(self.scale)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``."""
        parts, scale = self.trees.explained(matrix), math.log(self.scale)
        return log_parts(
            base=float(parts.bases[0]) + scale, values=parts.values[:, 0], prediction=parts.raw[:, 0] + scale
        )

    def importance(self) -> FloatArray:
        """Share of the gain, (n_features,)."""
        return shares(self.trees.gain_importance())

    def to_texts(self) -> dict[str, str]:
        """The trees and the scale."""
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps({"scale": self.scale})}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> Tweedie:
        """Read what ``to_texts`` wrote."""
        trees = BoostedTrees.from_text(texts["trees.txt"], threads=threads)
        return cls(trees=trees, **json.loads(texts["settings.json"]))
