"""Zero-inflated lognormal model of value: chance, mean and spread from one ensemble with three outputs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.errors import TooLittleDataError
from models.learners.boosting import BoostedTrees, CustomLoss, fit_booster, shares
from models.learners.contributions import Contributions
from models.learners.value import lognormal_loss
from models.learners.value.candidate import CandidateInputs, log_parts
from models.learners.value.secant_slopes import log_chance, log_chance_slope, secant_slope
from models.vocab import FloatArray

OUTPUTS = 3


@dataclass(frozen=True, kw_only=True)
class ZeroInflatedLognormal:
    """Value = ``scale`` * P(any) * exp(mu + sigma^2 / 2), in currency; raw scores = ``start`` + trees.

    Source: Wang, Liu and Miao (2019), arXiv:1912.07753, with trees in place of their network.
    """

    name: ClassVar[str] = "ziln"

    trees: BoostedTrees
    scale: float
    start: tuple[float, float, float]

    @classmethod
    def fit(cls, inputs: CandidateInputs) -> ZeroInflatedLognormal:
        """Raises ``TooLittleDataError`` unless some clients brought something and some nothing."""
        scale, some = inputs.scale(), inputs.value > 0
        if some.all():
            raise TooLittleDataError(
                rule="the ziln candidate needs clients that brought nothing within the horizon",
                got=f"0 of {some.size:,}",
                remedy="take tweedie in learners.value.candidates instead",
            )
        target = inputs.earned / scale
        start = lognormal_loss.start_of(target, inputs.weights)
        trees = fit_booster(
            inputs.matrix,
            target,
            objective=CustomLoss(
                outputs=OUTPUTS, slopes=lambda scores, target: lognormal_loss.slopes(start + scores, target)
            ),
            config=inputs.config,
            contract=inputs.contract,
            run=inputs.run,
            weight=inputs.weight,
            monotone=inputs.config.monotone,
        )
        chance, mean, width = start.tolist()
        return cls(trees=trees, scale=scale, start=(chance, mean, width))

    @property
    def tree_count(self) -> int:
        """How many trees, of all three outputs."""
        return self.trees.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self._log_mean(self.trees.raw_outputs(matrix))

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``: those of P(any) and of sigma have their share of the way these go."""
        parts = self.trees.explained(matrix)
        chance, mean, width = np.moveaxis(parts.values, 1, 0)
        base = self._raw(parts.bases[np.newaxis])
        by_chance = secant_slope(log_chance, log_chance_slope, base[0, 0], chance.sum(axis=1))
        by_width = secant_slope(_half_variance, _half_variance_slope, base[0, 2], width.sum(axis=1))
        return log_parts(
            base=float(self._log_mean(parts.bases[np.newaxis])[0]),
            values=chance * by_chance[:, np.newaxis] + mean + width * by_width[:, np.newaxis],
            prediction=self._log_mean(parts.raw),
        )

    def importance(self) -> FloatArray:
        """Share of the gain over all outputs, which share one loss; (n_features,)."""
        return shares(self.trees.gain_importance())

    def to_texts(self) -> dict[str, str]:
        """The trees, the scale and where they start."""
        settings = {"scale": self.scale, "start": self.start}
        return {"trees.txt": self.trees.to_text(), "settings.json": json.dumps(settings)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> ZeroInflatedLognormal:
        """Read what ``to_texts`` wrote."""
        settings = json.loads(texts["settings.json"])
        trees = BoostedTrees.from_text(texts["trees.txt"], threads=threads)
        return cls(trees=trees, scale=settings["scale"], start=tuple(settings["start"]))

    def _log_mean(self, outputs: FloatArray) -> FloatArray:
        """Log value from what the trees say. (n, 3) -> (n,)."""
        return lognormal_loss.log_mean(self._raw(outputs)) + math.log(self.scale)

    def _raw(self, outputs: FloatArray) -> FloatArray:
        return np.asarray(self.start) + outputs


def _half_variance(raw: FloatArray) -> FloatArray:
    return lognormal_loss.spread(raw) ** 2 / 2


def _half_variance_slope(raw: FloatArray) -> FloatArray:
    return lognormal_loss.spread(raw) * lognormal_loss.spread_slope(raw)
