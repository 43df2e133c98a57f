"""Optuna studies: proposals, pruning, and storage that outlives the process.

The same book, config and number of trials lead to the same trials, whether or not the process died in between: what is
drawn next follows from the seed and the finished trials alone, and a trial that died leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from models.errors import TooLittleDataError, UserError
from models.showable import without_secrets
from models.tuning.examination import Attempt, Examination
from models.tuning.space import Parameter, Settings, rounded

_SQLITE = "sqlite:///"
_FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)
_DRAWN_AT_RANDOM = 10
_NEVER_PRUNED_TRIALS = 5
_NEVER_PRUNED_ORIGINS = 1
"""A trial is not given up after its first origin: one origin says little."""
_SETTINGS, _SCORES, _PROVISIONAL = "settings", "scores", "provisional"


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """One trial: ``score`` is the mean of ``scores``, one per origin; a trial that was given up early has neither.

    ``number`` counts finished trials from 1.
    """

    number: int
    settings: Settings
    state: Literal["complete", "pruned"]
    score: float | None
    scores: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class _Ending:
    """How a trial ended; only a complete one has a score."""

    state: TrialState
    score: float | None = None


class Study:
    """The trials of one objective on one book, in a database."""

    def __init__(self, study: optuna.Study, space: Sequence[Parameter], own: Settings, seed: int) -> None:
        self._study = study
        self._distributions = {parameter.name: _distribution(parameter) for parameter in space}
        self._own = own
        self._seed = seed

    def finished(self) -> list[TrialResult]:
        """All trials that ended well or were given up as not promising, in order."""
        return [_result(number, trial) for number, trial in enumerate(self._finished(), start=1)]

    def lacks_own(self) -> bool:
        """Whether the config's own settings still have to be tried, to the end."""
        return all(trial.user_attrs[_SETTINGS] != self._own for trial in self._finished() if _complete(trial))

    def forget_interrupted(self) -> int:
        """Mark trials that a process left behind when it died as failed, so that they are repeated; how many."""
        left = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        for trial in left:
            self._study.tell(trial.number, state=TrialState.FAIL)
        return len(left)

    def try_next(self, examination: Examination) -> TrialResult:
        """One more trial; the config's own settings if they were not tried yet.

        Raises ``TooLittleDataError`` if the book is too small for the config's own settings; others are given up.
        """
        finished = self._finished()
        own_is_next = self.lacks_own()
        self._study.sampler = _Given(self._own) if own_is_next else _sampler(self._seed, len(finished))
        trial = self._study.ask(self._distributions)
        settings = self._own if own_is_next else rounded(trial.params)
        ended = _Ending(TrialState.FAIL)
        try:
            trial.set_user_attr(_SETTINGS, settings)
            ended = self._run(trial, examination.attempt(settings), _reference(finished), to_the_end=own_is_next)
        except TooLittleDataError:
            if own_is_next:
                raise
            ended = _Ending(TrialState.PRUNED)
        finally:  # an interrupted trial is reported as well, or it would be taken for one that still runs
            self._tell(trial, ended)
        return self.finished()[-1]

    def _run(
        self, trial: optuna.Trial, attempt: Attempt, reference: Sequence[float] | None, *, to_the_end: bool
    ) -> _Ending:
        """Reports are mean gains over the first trial of the study, so that an easy origin makes no trial look good."""
        provisional: list[float] = []
        for step, score in enumerate(attempt):
            provisional.append(score)
            gains = np.subtract(provisional, provisional if reference is None else reference[: step + 1])
            trial.report(float(np.mean(gains)), step)
            if not to_the_end and step + 1 < len(attempt) and trial.should_prune():
                return _Ending(TrialState.PRUNED)
        scores = attempt.scores()
        trial.set_user_attr(_SCORES, scores)
        trial.set_user_attr(_PROVISIONAL, provisional)
        return _Ending(TrialState.COMPLETE, float(np.mean(scores)))

    def _tell(self, trial: optuna.Trial, ended: _Ending) -> None:
        try:
            self._study.tell(trial, ended.score, ended.state)
        except ValueError as error:
            raise UserError(
                rule="a study is tuned by one process at a time",
                got=f"trial {trial.number} ended by another one",
                remedy="wait for it, then start again to take the study up",
            ) from error

    def _finished(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False, states=_FINISHED)


@contextmanager
def open_study(uri: str, name: str, space: Sequence[Parameter], own: Settings, seed: int) -> Iterator[Study]:
    """The study of that name, made if there is none. ``own`` are the config's own settings, which are tried first."""
    with _quiet():
        storage = _storage(uri)
        try:
            study = optuna.create_study(
                storage=storage,
                study_name=name,
                direction="maximize",
                load_if_exists=True,
                pruner=optuna.pruners.MedianPruner(
                    n_startup_trials=_NEVER_PRUNED_TRIALS, n_warmup_steps=_NEVER_PRUNED_ORIGINS
                ),
            )
            yield Study(study, space, own, seed)
        finally:
            storage.remove_session()
            storage.engine.dispose()


def _storage(uri: str) -> optuna.storages.RDBStorage:
    try:
        if uri.startswith(_SQLITE):
            Path(uri.removeprefix(_SQLITE)).resolve().parent.mkdir(parents=True, exist_ok=True)
        return optuna.storages.RDBStorage(uri)
    except (ImportError, OSError, ValueError, RuntimeError, SQLAlchemyError) as error:
        raise UserError(
            rule="trials need a database that opens",
            got=f"{without_secrets(uri)}: {type(error).__name__}",
            remedy="set tune.storage_uri to e.g. sqlite:///mlruns/optuna.db, or mend the database there",
        ) from error


class _Given(optuna.samplers.BaseSampler):
    """Draws nothing: says what it was given."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        del study, trial
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: Mapping[str, BaseDistribution]
    ) -> dict[str, Any]:
        del study, trial, search_space
        return {}

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        del study, trial, param_distribution
        return self._settings[param_name]


def _sampler(seed: int, finished: int) -> optuna.samplers.BaseSampler:
    """A new one for each trial, so that it has no past of its own that would have to outlive the process.

    It looks at finished trials only: not at those that another process has begun.
    """
    drawn = int(np.random.SeedSequence([seed, finished]).generate_state(1)[0])
    return optuna.samplers.TPESampler(seed=drawn, n_startup_trials=_DRAWN_AT_RANDOM, constant_liar=False)


def _distribution(parameter: Parameter) -> BaseDistribution:
    if parameter.whole:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _reference(finished: Sequence[FrozenTrial]) -> Sequence[float] | None:
    return next((trial.user_attrs[_PROVISIONAL] for trial in finished if _PROVISIONAL in trial.user_attrs), None)


def _complete(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.COMPLETE


def _result(number: int, trial: FrozenTrial) -> TrialResult:
    complete = _complete(trial)
    return TrialResult(
        number=number,
        settings=dict(trial.user_attrs[_SETTINGS]),
        state="complete" if complete else "pruned",
        score=trial.value if complete else None,
        scores=tuple(trial.user_attrs[_SCORES]) if complete else (),
        seconds=trial.duration.total_seconds() if trial.duration else 0.0,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna tells each step of its own; ours are shown by the progress."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)
