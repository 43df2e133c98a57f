"""Searches better hyperparameters on past origins, all of which end before any test origin begins.

How a trial is judged stands in ``examination`` and ``objectives``, what is tried next in ``study``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.learners import BoostingConfig
from models.config.root import Config
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins
from models.pipeline.origins import learning_panel, require_events
from models.store.keys import canonical_json, text_hash
from models.tuning.examination import Examination
from models.tuning.objectives import Objective, objective_of
from models.tuning.outcome import Tuned, outcome
from models.tuning.space import (
    Parameter,
    Settings,
    TunedModel,
    own_settings,
    plugin_space,
    search_space,
    settings_home,
    tuned_fields,
)
from models.tuning.study import Study, TrialResult, open_study
from models.vocab import Progress, SilentProgress

_MODELS: dict[str, tuple[TunedModel, ...]] = {
    "value": ("value",),
    "decline": ("decline",),
    "both": ("value", "decline"),
}
_SQLITE = "sqlite:///"
_DATABASE = "optuna.db"
_KEY_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """One search: what is tuned, for what, between which bounds, and the name under which its trials are kept."""

    name: str
    objective: Objective
    space: tuple[Parameter, ...]
    own: Settings


@dataclass(frozen=True, kw_only=True)
class TuningPlan:
    """What will be searched on which origins; nothing was computed yet."""

    grid: PeriodGrid
    origins: LearningOrigins
    storage_uri: str
    meaning: dict[str, Any]
    """What all trials share: the config without what is searched."""
    studies: tuple[StudyPlan, ...]


OnTrial = Callable[[StudyPlan, tuple[Any, ...], TrialResult], None]
"""Called with each finished trial, also of those of an earlier process: its study, the as-of dates, the trial."""


def plan_tuning(book: Book, config: Config) -> TuningPlan:
    """Choose origins and name studies: the same book, config, objective and bounds lead to the same study.

    Raises ``TooLittleDataError`` if there is no origin to learn from, ``UserError`` if nothing can be tuned.
    """
    grid = PeriodGrid.through(config.time.period, config.origins.test)
    searched = config.origins.model_copy(update={"calibration_count": config.tune.origin_count})
    origins = learning_origins(
        config.model_copy(update={"origins": searched}),
        grid,
        book.first_date,
        outcomes_before=grid.number_of(min(config.origins.test)),
    )
    meaning = _meaning(config)
    return TuningPlan(
        grid=grid,
        origins=origins,
        storage_uri=storage_uri(config),
        meaning=meaning,
        studies=tuple(_study(model, book, config, meaning) for model in _MODELS[config.tune.model]),
    )


def tune_book(
    book: Book,
    config: Config,
    plan: TuningPlan,
    *,
    reported: OnTrial = lambda *_: None,
    progress: Progress = SilentProgress(),
) -> tuple[Tuned, ...]:
    """Try settings until the budget of ``config.tune`` is spent; a study that was begun before is taken up.

    Raises ``TooLittleDataError`` if the book is too small for the config's own settings.
    """
    require_events(book, config, plan.grid, plan.origins.learn)
    panel = learning_panel(book, config, plan.grid, plan.origins.learn, progress).panel
    return tuple(tune_panel(panel, config, plan, study, reported=reported, progress=progress) for study in plan.studies)


def tune_panel(
    panel: Panel,
    config: Config,
    plan: TuningPlan,
    planned: StudyPlan,
    *,
    reported: OnTrial = lambda *_: None,
    progress: Progress = SilentProgress(),
) -> Tuned:
    """One study of a plan."""
    examination = Examination(panel, config, plan.origins.out_of_time, planned.objective)
    with open_study(plan.storage_uri, planned.name, planned.space, planned.own, config.run.seed) as study:
        interrupted, before = study.forget_interrupted(), study.finished()
        progress.stage(f"Tuning {planned.objective.model} at {len(examination.dates)} origins")
        if interrupted or before:
            progress.stage(f"Taking it up after {len(before)} trials; interrupted and repeated: {interrupted}")
        for trial in before:
            reported(planned, examination.dates, trial)
        left = max(0, config.tune.trials - len(before))
        for trial in progress.track(_trials(study, examination, config), total=left, title="Trials"):
            reported(planned, examination.dates, trial)
        trials = tuple(study.finished())
    return outcome(
        planned.objective.model, planned.name, planned.objective.title, examination.dates, trials, planned.own
    )


def storage_uri(config: Config) -> str:
    """Where trials are kept: as configured, else beside the file of the tracking store."""
    tracking = config.run.tracking_uri
    if config.tune.storage_uri is not None:
        return config.tune.storage_uri
    if not tracking.startswith(_SQLITE):
        return f"{_SQLITE}mlruns/{_DATABASE}"
    folder, slash, _ = tracking.rpartition("/")
    return f"{folder}{slash}{_DATABASE}"


def _trials(study: Study, examination: Examination, config: Config) -> Iterator[TrialResult]:
    """Until the budget is spent; the config's own settings are tried in any case."""
    while study.lacks_own() or not _spent(study.finished(), config):
        yield study.try_next(examination)


def _spent(trials: list[TrialResult], config: Config) -> bool:
    minutes = sum(trial.seconds for trial in trials) / 60
    return len(trials) >= config.tune.trials or (config.tune.minutes is not None and minutes >= config.tune.minutes)


def _meaning(config: Config) -> dict[str, Any]:
    """All that decides a score but what is searched, so that found settings can be taken over without a new study."""
    meaning, asked = config.meaning(), _MODELS[config.tune.model]
    for model in _MODELS["both"]:
        plugged = plugin_space(config, model) if model in asked else None
        names = tuned_fields(_learner(config, model)) if plugged is None else {each.name for each in plugged[0]}
        held = reduce(lambda section, key: section[key], settings_home(config, model), meaning)
        for name in names & held.keys():
            del held[name]
    return meaning


def _study(model: TunedModel, book: Book, config: Config, meaning: dict[str, Any]) -> StudyPlan:
    objective = objective_of(model, config)
    space = search_space(_learner(config, model), objective.candidates)
    own = own_settings(_learner(config, model), space)
    space, own = plugin_space(config, model) or (space, own)
    key = {
        "data": book.fingerprint,
        "config": meaning,
        "objective": objective.title,
        "origins": config.tune.origin_count,
        "space": [[parameter.name, parameter.low, parameter.high, parameter.log] for parameter in space],
    }
    return StudyPlan(
        name=f"{book.name}-{model}-{text_hash(canonical_json(key))[:_KEY_DIGITS]}",
        objective=objective,
        space=space,
        own=own,
    )


def _learner(config: Config, model: TunedModel) -> BoostingConfig:
    learner: BoostingConfig = getattr(config.learners, model)
    return learner
