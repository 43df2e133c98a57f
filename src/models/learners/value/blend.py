"""Blend: the geometric mean of candidates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.learners.boosting import shares
from models.learners.contributions import Contributions
from models.learners.value.candidate import ValueCandidate, log_parts
from models.vocab import FloatArray

BLEND = "blend"


@dataclass(frozen=True)
class Blend:
    """Log value = mean of the log values of ``members``, at least one; so are its parts."""

    name: ClassVar[str] = BLEND

    members: tuple[ValueCandidate, ...]

    @property
    def tree_count(self) -> int:
        """How many trees, of all members."""
        return sum(member.tree_count for member in self.members)

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value in currency. (n, n_features) -> (n,)."""
        return _mean([member.log_value(matrix) for member in self.members])

    def explain(self, matrix: FloatArray) -> Contributions:
        """Means of the members' parts."""
        parts = [member.explain(matrix) for member in self.members]
        return log_parts(
            base=sum(part.base for part in parts) / len(parts),
            values=_mean([part.values for part in parts]),
            prediction=_mean([part.prediction for part in parts]),
        )

    def importance(self) -> FloatArray:
        """Mean share of the gain over the members that have splits, (n_features,)."""
        return shares(_mean([member.importance() for member in self.members]))

    def to_texts(self) -> dict[str, str]:
        """The texts of all members, each file under its member's name, and their names in order."""
        names = json.dumps([member.name for member in self.members])
        return {"members.json": names} | {
            f"{member.name}.{file}": text for member in self.members for file, text in member.to_texts().items()
        }


def _mean(arrays: Sequence[FloatArray]) -> FloatArray:
    total = np.zeros_like(arrays[0])
    for array in arrays:  # in order, whatever their shape: a row alone gives the same bits
        total += array
    return total / len(arrays)
