"""Trials of numbers that are judged in memory: what Optuna draws next follows from the seed and the trials alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import optuna
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState

from models.tuning.space import Parameter, Settings, rounded

_DRAWN_AT_RANDOM = 20


@dataclass(frozen=True, kw_only=True)
class Budget:
    """So many trials at most, and none that begins after so many minutes."""

    trials: int
    minutes: float


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What was drawn, and how it was judged; more is better."""

    settings: Settings
    score: float


def trials(
    space: Sequence[Parameter],
    judge: Callable[[Settings], float],
    budget: Budget,
    *,
    seed: int,
    first: Sequence[Settings] = (),
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Trial]:
    """Draw and judge settings until the budget is spent, those of ``first`` before all others and in any case.

    The same space, judge, seed and number of trials give the same trials: one process, one at a time.
    """
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=_DRAWN_AT_RANDOM, multivariate=True)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        distributions = {each.name: FloatDistribution(each.low, each.high, log=each.log) for each in space}
        end = clock() + 60.0 * budget.minutes
        for number in range(max(budget.trials, len(first))):
            if number >= len(first) and clock() >= end:
                return
            given = first[number] if number < len(first) else None
            yield _tried(study, distributions, judge, given)
    finally:
        optuna.logging.set_verbosity(verbosity)


def _tried(
    study: optuna.Study,
    distributions: dict[str, FloatDistribution],
    judge: Callable[[Settings], float],
    given: Settings | None,
) -> Trial:
    if given is not None:
        score = judge(given)
        study.add_trial(
            optuna.trial.create_trial(
                params={name: given[name] for name in distributions},
                distributions=dict(distributions),
                value=score,
                state=TrialState.COMPLETE,
            )
        )
        return Trial(settings=given, score=score)
    drawn = study.ask(dict(distributions))
    settings = rounded(drawn.params)
    score = judge(settings)
    study.tell(drawn, score)
    return Trial(settings=settings, score=score)
