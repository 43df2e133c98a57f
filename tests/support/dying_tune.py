"""A search that kills its own process in the middle of a trial, as a power cut would; and the questions it is asked."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from models.errors import TooLittleDataError
from models.tuning.examination import Examination
from models.tuning.space import Parameter
from models.tuning.study import TrialResult, open_study

SPACE = (
    Parameter(name="leaves", whole=True, low=2, high=64, log=True),
    Parameter(name="row_share", whole=False, low=0.0, high=1.0, log=False),
)
OWN = {"leaves": 60, "row_share": 0.1}
BEST = {"leaves": 12, "row_share": 0.7}
NAME = "hill"


class Hill:
    """Settings score the worse the further they are from ``BEST``, at four origins of which each is easier by 10.

    Settings with a ``row_share`` above 0.85 cannot be fitted. It kills its process at the step numbered ``dies_at``.
    """

    def __init__(self, dies_at: int | None = None) -> None:
        self.steps = 0
        self._dies_at = dies_at

    def attempt(self, settings: Mapping[str, float]) -> HillAttempt:
        return HillAttempt(self, settings)

    def step(self) -> None:
        self.steps += 1
        if self.steps == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


class HillAttempt:
    """One choice of settings on the hill."""

    def __init__(self, hill: Hill, settings: Mapping[str, float]) -> None:
        self._hill = hill
        self._settings = settings

    def __len__(self) -> int:
        return 4

    def __iter__(self) -> Iterator[float]:
        for score in self.scores():
            self._hill.step()
            if self._settings["row_share"] > 0.85:
                raise TooLittleDataError(rule="rows are needed", got="few", remedy="take more")
            yield score

    def scores(self) -> tuple[float, ...]:
        far = abs(self._settings["leaves"] - BEST["leaves"]) / 10 + abs(self._settings["row_share"] - BEST["row_share"])
        return tuple(10.0 * origin - far for origin in range(4))


def climb(database: Path, trials: int, hill: Hill | None = None) -> list[TrialResult]:
    """Take a study up and try settings until there are so many."""
    with open_study(f"sqlite:///{database}", NAME, SPACE, OWN, seed=5) as study:
        study.forget_interrupted()
        while len(study.finished()) < trials:
            study.try_next(hill or Hill())
        return study.finished()


def die_at_origin(count: int) -> None:
    """From now on this process kills itself when models are about to be fitted for the ``count``th time."""
    forecast_past, made = Examination.forecast_past, [0]

    def counted(self: Examination, *arguments: object) -> object:
        made[0] += 1
        if made[0] == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return forecast_past(self, *arguments)

    Examination.forecast_past = counted


if __name__ == "__main__":
    kind, place, when, *rest = sys.argv[1:]
    if kind == "hill":
        climb(Path(place), int(rest[0]), Hill(dies_at=int(when)))
    else:
        from support.commands import command_line

        die_at_origin(int(when))
        command_line(rest, place)
