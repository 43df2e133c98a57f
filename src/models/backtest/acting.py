"""Acting on clients before they default: the clients each list takes first, and the losses that saves.

Known on a simulated book only, in two ways: of what then happened, which hangs on a few large defaults, and of what
could be expected, by the truth that the simulator leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.backtest.contents import ActingResult, SavedLosses
from models.backtest.lists import ACTING_LISTS, PERFECT, RULE, Scores
from models.config.backtest import ActingConfig
from models.config.root import Config
from models.metrics.bootstrap import Draws, reported_interval
from models.metrics.screening import ReviewList
from models.vocab import FloatArray

Rows = list[slice]


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpectedLosses:
    """Expected net loss, and what of it acting avoids, by the truth. Shapes (n_clients,), in book currency.

    ``halves`` are two estimates of what is avoided that share no noise: one makes the best list, the other judges it.
    """

    loss: FloatArray
    avoided: FloatArray
    halves: tuple[FloatArray, FloatArray]


@dataclass(frozen=True, kw_only=True, eq=False)
class Acting:
    """What was lost, what of it acting would have avoided, and who is acted on first. Shapes (n_clients,)."""

    loss: FloatArray
    avoided: FloatArray
    urgency: Scores
    expected: ExpectedLosses | None


class ActingClaim:
    """What a budget of actions saves, spent from the top of each list."""

    def __init__(self, dates: Sequence[Acting], settings: ActingConfig) -> None:
        self.settings, self.dates = settings, dates
        self.actual = {
            name: [ReviewList.of(each.avoided, each.urgency[name]) for each in dates]
            for name in ACTING_LISTS
            if all(name in each.urgency for each in dates)
        }
        known = [each.expected for each in dates if each.expected is not None]
        self.expected = known if len(known) == len(dates) else []
        self.foreseen = {
            name: [
                ReviewList.of(each.avoided, acting.urgency[name])
                for each, acting in zip(self.expected, dates, strict=False)
            ]
            for name in self.actual
            if name != PERFECT
        }
        self.crossed = [
            [ReviewList.of(each.halves[1 - half], each.halves[half]) for each in self.expected] for half in (0, 1)
        ]

    def __call__(self, cut: Rows, weights: FloatArray) -> dict[str, FloatArray]:
        """Share of all losses that is saved by each list, and how much more than by the rule."""
        lost = [each.loss for each in self.dates]
        found = {f"actual {name}": self._saved(lists, lost, cut, weights) for name, lists in self.actual.items()}
        if self.expected:
            lost = [each.loss for each in self.expected]
            found |= {f"expected {name}": self._saved(each, lost, cut, weights) for name, each in self.foreseen.items()}
            halves = [self._saved(lists, lost, cut, weights) for lists in self.crossed]
            found[f"expected {PERFECT}"] = np.asarray((halves[0] + halves[1]) / 2)
        changes = {}
        for name, saved in found.items():
            rule = found[f"{name.split()[0]} {RULE}"]
            changes[f"more {name}"] = np.divide(saved - rule, rule, out=np.full_like(saved, np.nan), where=rule > 0)
        return found | changes

    def result(self, drawn: Mapping[str, Draws], config: Config) -> ActingResult:
        """The budget, the effect of acting, and what is saved of what happened and of what could be expected."""
        return ActingResult(
            budget=self.settings.budget,
            aim=self.settings.aim,
            intervention=config.simulation.intervention,
            losing_clients=int(sum((each.loss > 0).sum() for each in self.dates)),
            actual=_saved_losses("actual", drawn),
            expected=_saved_losses("expected", drawn) if self.expected else None,
        )

    def _saved(
        self, lists: Sequence[ReviewList], losses: Sequence[FloatArray], cut: Rows, weights: FloatArray
    ) -> FloatArray:
        parts = list(zip(lists, losses, cut, strict=True))
        saved = np.sum([each.found(self.settings.budget, weights[:, rows]) for each, _, rows in parts], axis=0)
        lost = np.sum([weights[:, rows] @ loss for _, loss, rows in parts], axis=0)
        return np.asarray(np.divide(saved, lost, out=np.full_like(saved, np.nan), where=lost > 0))


def _saved_losses(way: str, drawn: Mapping[str, Draws]) -> SavedLosses:
    known = [name for name in ACTING_LISTS if f"{way} {name}" in drawn]
    return SavedLosses(
        saved={name: reported_interval(drawn[f"{way} {name}"]) for name in known},
        change={name: reported_interval(drawn[f"more {way} {name}"]) for name in known if name != RULE},
    )
