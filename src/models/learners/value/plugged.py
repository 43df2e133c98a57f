"""Value by the learner of a plug-in: the logarithm of the value, put right and explained as that of our own is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.learners.contributions import Contributions
from models.learners.protocol import PluggedScorer, lessons_of
from models.learners.value.candidate import CandidateInputs, log_parts
from models.plugins import PluginGroup
from models.vocab import FloatArray

_GROUP = PluginGroup.VALUE_LEARNERS


@dataclass(frozen=True, kw_only=True)
class PluggedValue:
    """A value candidate of a plug-in."""

    tree_count: ClassVar[int] = 0

    scorer: PluggedScorer

    @property
    def name(self) -> str:
        """That of the plug-in."""
        return self.scorer.name

    @classmethod
    def fit(cls, name: str, inputs: CandidateInputs) -> PluggedValue:
        """Fit the plug-in ``name``. Raises ``TooLittleDataError`` if no client brought anything, and what it raises."""
        inputs.scale()
        lessons = lessons_of(
            inputs.matrix,
            inputs.earned,
            inputs.contract,
            weight=inputs.weight,
            seed=inputs.run.seed,
            settings=inputs.plugins.get(name, {}),
        )
        return cls(scorer=PluggedScorer.fit(_GROUP, name, lessons))

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return self.scorer.score(matrix)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``, those of the plug-in."""
        parts = self.scorer.checked_parts(matrix)
        return log_parts(base=parts.base, values=parts.values, prediction=self.log_value(matrix))

    def importance(self) -> FloatArray:
        """Each feature's share of the mean size of all parts, (n_features,)."""
        return np.array(self.scorer.shares)

    def to_texts(self) -> dict[str, str]:
        """File name -> text: those of the plug-in."""
        return self.scorer.to_texts()

    @classmethod
    def from_texts(cls, name: str, texts: Mapping[str, str]) -> PluggedValue:
        """Read what ``to_texts`` wrote. Raises ``MissingPluginError``."""
        return cls(scorer=PluggedScorer.from_texts(_GROUP, name, texts))
