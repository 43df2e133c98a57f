"""What each client is worth over the horizon: boosted trees for amounts with many zeros and a heavy tail."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.config import RunConfig, ValueLearnerConfig
from models.errors import TooLittleDataError
from models.learners.boosting import BoostedTrees, fit_booster
from models.learners.calibration import mean_factor
from models.learners.contract import FeatureContract
from models.learners.contributions import Contributions, exp_rate
from models.vocab import FloatArray

MODEL = "value"


@dataclass(frozen=True, kw_only=True)
class ValueModel:
    """Value = ``factor`` * ``scale`` * exp(trees), in currency per client over the horizon.

    ``scale`` is the mean value of the training clients that brought any: the trees learn in multiples of it,
    so that the learning rate means the same in every currency. ``factor`` corrects the mean on a later
    origin. ``clipped`` training clients brought less than nothing and were learned as nothing.
    """

    trees: BoostedTrees
    scale: float
    factor: float = 1.0
    clipped: int = 0

    @classmethod
    def fit(
        cls,
        matrix: FloatArray,
        value: FloatArray,
        *,
        config: ValueLearnerConfig,
        contract: FeatureContract,
        run: RunConfig,
        weight: FloatArray | None = None,
    ) -> ValueModel:
        """Learn from features (n, n_features) and ``value`` (n,) in currency; bring rows in a fixed order.

        Raises ``TooLittleDataError`` if no client brought anything or there are too few.
        Source: Jorgensen (1987) for the loss; Yang, Qian and Zou (2018) for boosting it.
        """
        positive = value[value > 0]
        if not positive.size:
            raise TooLittleDataError(
                rule="the value model needs clients that brought something within the horizon",
                got=f"0 of {value.size:,}",
                remedy="take a longer horizon, more origins, or check value.kinds and their signs",
            )
        scale = math.fsum(positive) / positive.size
        trees = fit_booster(
            matrix,
            np.maximum(value, 0.0) / scale,
            objective={"objective": "tweedie", "tweedie_variance_power": config.tweedie_power},
            config=config,
            contract=contract,
            run=run,
            weight=weight,
        )
        return cls(trees=trees, scale=scale, clipped=int(np.count_nonzero(value < 0)))

    def calibrated(self, matrix: FloatArray, value: FloatArray) -> ValueModel:
        """The same model with its total made right on clients of a later origin, losses included."""
        return replace(self, factor=self.factor * mean_factor(self.predict(matrix), value))

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Value of each client in currency, above zero. (n, n_features) -> (n,)."""
        return np.exp(self.trees.raw_predict(matrix) + self._log_multiple)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the logarithm of the value. exp(base) is the value said of an unknown client."""
        parts = self.trees.contributions(matrix)
        return Contributions(
            model=MODEL,
            unit="log currency",
            base=self.trees.base() + self._log_multiple,
            values=parts[:, :-1],
            prediction=self.trees.raw_predict(matrix) + self._log_multiple,
        )

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` in currency; a feature keeps its share of the way from the base."""
        return parts.rescaled(
            unit="currency",
            base=math.exp(parts.base),
            prediction=np.exp(parts.prediction),
            rate=exp_rate(parts.base, parts.values.sum(axis=1)),
        )

    @property
    def _log_multiple(self) -> float:
        return math.log(self.scale * self.factor)

    def to_texts(self) -> dict[str, str]:
        """The model as two texts: ``trees`` and ``settings`` (JSON)."""
        settings = {"scale": self.scale, "factor": self.factor, "clipped": self.clipped}
        return {"trees": self.trees.to_text(), "settings": json.dumps(settings)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int = 0) -> ValueModel:
        """Read what ``to_texts`` wrote, once it is known to be whole."""
        trees = BoostedTrees.from_text(texts["trees"], threads=threads)
        return cls(trees=trees, **json.loads(texts["settings"]))
