"""The decision table at work: levels of each client, the rule that holds, and the tier it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.config.policy.rules import covered, ranks_of_cases, table_dimensions
from models.grading.fitted import GradingPolicy
from models.grading.scores import Scored
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True)
class DecisionTable:
    """The rules of a policy as an array over the levels of its dimensions; every case is decided exactly once."""

    policy: GradingPolicy

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that rules name, in the order of the axes."""
        return tuple(table_dimensions(self.policy.settings.dimensions, self.policy.settings.rules))

    @cached_property
    def rule_of_case(self) -> IntArray:
        """Place of the rule that decides each case. Shape (levels of the first dimension, ...)."""
        return np.asarray(covered(self.policy.settings.dimensions, self.policy.settings.rules).argmax(axis=0))

    @cached_property
    def rank_of_case(self) -> IntArray:
        """Rank of the tier of each case, 0 the best. Shape (levels of the first dimension, ...)."""
        settings = self.policy.settings
        return ranks_of_cases(covered(settings.dimensions, settings.rules), settings.rules, settings.scale)

    def levels(self, name: str, numbers: FloatArray, margin: FloatArray | float = 0.0) -> IntArray:
        """Level of each client in a dimension, 0 the best. Shape (n_clients,).

        ``margin`` (a number, or one per client) moves each cut-off by that share of it: above 0 it is harder to reach.
        """
        dimension = self.policy.settings.dimensions[name]
        goodness = dimension.sign * numbers
        level = np.zeros(len(numbers), dtype=np.int64)
        for cut_off in self.policy.cut_offs[name]:
            level += ~(goodness >= dimension.sign * cut_off + margin * abs(cut_off))
        return np.where(np.isnan(numbers), dimension.unknown_level, level)

    def rules(self, scores: Mapping[str, Scored], margin: FloatArray | float = 0.0) -> IntArray:
        """Place of the rule that holds for each client. Shape (n_clients,)."""
        return self._look_up(self.rule_of_case, scores, margin)

    def ranks(self, scores: Mapping[str, Scored], margin: FloatArray | float = 0.0) -> IntArray:
        """Rank of the tier of each client. Shape (n_clients,)."""
        return self._look_up(self.rank_of_case, scores, margin)

    def _look_up(self, table: IntArray, scores: Mapping[str, Scored], margin: FloatArray | float) -> IntArray:
        if not self.dimensions:
            clients = len(next(iter(scores.values())).numbers)
            return np.full(clients, int(table))
        return np.asarray(table[tuple(self.levels(name, scores[name].numbers, margin) for name in self.dimensions)])
