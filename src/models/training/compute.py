"""Trains the models of a book: features once, an honest evaluation at each test origin, then the models that serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.book.door import Book
from models.config.root import Config
from models.errors import TooLittleDataError
from models.evaluation.book import EvaluationWatch, evaluation_plan, evaluation_report
from models.evaluation.compute import SeenOrigin, require_both_outcomes, unseen, value_choice
from models.evaluation.report.contents import OriginReport, ValueChoice
from models.evaluation.report.explained import (
    ExplainedModels,
    explained_parts,
    ranking_stability,
    reason_sizes,
    sampled,
)
from models.grading.compute import facts_of
from models.grading.coverage import policy_notices
from models.learners.contract import FeatureContract
from models.learners.segments.model import SegmentModel
from models.notices import Notice, Severity, by_severity
from models.panel.named_features import absent_features, unknown_features
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins
from models.pipeline.bundle import write_bundle
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.likeness import TrainingProfile
from models.pipeline.origins import learning_panel, require_events
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.parallel import fit_beside
from models.pipeline.pipeline import FittedModels, fit_models, grade_matrix, with_cold_start, with_peers
from models.pipeline.rows import rows_of
from models.pipeline.selection import learn_calibration
from models.profiles.compute import stage_features
from models.scoring.run_counts import reference_of
from models.scoring.scoring import rehearse
from models.segments.profile_report import served_kinds
from models.segments.report import continued_segments, served_segments
from models.store.sealed import publish_folder
from models.training.directions import direction_checks
from models.training.report import ServedModels, TrainingReport, TreeCounts
from models.vocab import Progress, Recorder, SilentProgress, SilentRecorder
from models.workers import Mapper


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training leaves: the folder of the bundle, the report that it carries, and the contract of its features."""

    bundle: Path
    report: TrainingReport
    contract: FeatureContract


def train_models(  # noqa: PLR0913 - three observers look on
    book: Book,
    config: Config,
    folder: Path,
    *,
    truth: Path | None = None,
    previous: SegmentModel | None = None,
    mapper: Mapper | None = None,
    recorder: Recorder = SilentRecorder(),
    progress: Progress = SilentProgress(),
    seen: SeenOrigin = unseen,
) -> Trained:
    """Evaluate at every test origin, refit on all origins with complete outcomes, and write the bundle to ``folder``.

    Outcomes from ``origins.learn_until`` on are held back from the models that serve.

    ``truth`` is the file of what could be known, for a simulated book; ``previous`` the segments that serve so far,
    whose numbers the new ones take over. ``mapper`` shares the fits, by default among processes of this machine.
    ``seen`` is shown each test origin as it is judged.

    Raises a ``UserError`` if the book does not cover the origins or holds too little to learn from.
    """
    plan = evaluation_plan(book, config, config.origins.test)
    until = min(config.origins.learn_until or book.known_until, book.known_until)
    served = learning_origins(config, plan.grid, book.first_date, outcomes_before=plan.grid.index_of(until))
    require_events(book, config, plan.grid, [*plan.tests, served.latest])
    learned = learning_panel(
        book,
        config,
        plan.grid,
        plan.origins(served),
        progress,
        notes_before=min(plan.never_before, served.learn[0]),
        cold_start=config.learners.cold_start.serve,
    )
    panel = learned.panel
    forecasts = OutOfTimeForecasts(panel, config, mapper)
    for test in plan.tests:
        require_both_outcomes(panel.at([test]), test)
    segments = continued_segments(panel.at([served.latest]), config, previous)
    lessons = _Lessons(forecasts, served, config, segments.model)
    with fit_beside(_fitted, lessons, forecasts.mapper, learn=panel.at(served.learn)) as fitted:
        evaluated = evaluation_report(
            book,
            config,
            forecasts,
            plan,
            EvaluationWatch(recorder, progress, truth, segments.model, seen),
            cold=learned.cold,
        )
        progress.stage("Fitting the models that serve")
        calibration, models = fitted()
    models = replace(models, notes=learned.notes)
    _tell_unknown(models, progress)
    models, lacking = _with_cold_start(with_peers(models, panel, served.latest), learned.cold, served, config)
    rehearse(models, panel.at([served.latest]))
    now = panel.at([served.latest])
    asked = {
        "stages": stage_features(config),
        "learners.default.monotone": tuple(config.learners.default.monotone),
        **models.kinds.unknown,
    }
    known = list(panel.features.columns)
    found = [
        *unknown_features(config, known),
        *absent_features(asked, known),
        *models.learned.uncalibrated(),
        *_policy_notices(models, now),
        *lacking,
    ]
    report = TrainingReport(
        **vars(replace(evaluated, notices=by_severity([*evaluated.notices, *found]))),
        served=_served(models, panel, served, value_choice(calibration, panel, served), config),
        explained=_explained(models, now, evaluated.origins),
        segments=served_segments(models, now, config, segments.matching),
        kinds=served_kinds(models, panel, served, config),
    )
    profile = TrainingProfile(book=book.profile, value_per_client=_value_per_client(models, now))
    reference = reference_of(models, panel, served.learn, config)
    publish_folder(
        folder,
        lambda draft: write_bundle(
            draft, models, config, report, book.fingerprint, profile=profile, reference=reference
        ),
    )
    recorder.artifact(folder / "report.json")
    return Trained(bundle=folder, report=report, contract=models.contract)


@dataclass(frozen=True)
class _Lessons:
    """What the models that serve learn from: rows at origins, and forecasts of the latest of these."""

    forecasts: OutOfTimeForecasts
    origins: LearningOrigins
    config: Config
    segments: SegmentModel


def _fitted(lessons: _Lessons) -> tuple[ForecastCalibration, FittedModels]:
    """The models that serve, and how they are calibrated; an evaluation beside it shares nothing with them."""
    forecasts, origins, config = lessons.forecasts, lessons.origins, lessons.config
    calibration = learn_calibration(forecasts.of(origins), config)
    return calibration, fit_models(forecasts.panel, origins, calibration, config, segments=lessons.segments)


def _with_cold_start(
    models: FittedModels, cold: Panel | None, served: LearningOrigins, config: Config
) -> tuple[FittedModels, list[Notice]]:
    """The models with those of clients without activity, or a notice why these go without."""
    if cold is None:
        return models, []
    try:
        return with_cold_start(models, cold, served, config), []
    except TooLittleDataError as error:
        return models, [
            Notice(
                code="cold_start_not_learned",
                severity=Severity.NOTE,
                subject="learners.cold_start",
                found=f"clients without activity are not scored: {error.rule}, got {error.got}",
                remedy=error.remedy,
            )
        ]


def _policy_notices(models: FittedModels, now: Panel) -> list[Notice]:
    """What the policy that serves goes without in the book."""
    forecast = grade_matrix(models, models.contract.encode(now.features), now)
    return policy_notices(models.policy.settings, facts_of(forecast, now))


def _tell_unknown(models: FittedModels, progress: Progress) -> None:
    """A driver's feature that the book does not know speaks for no kind; it may be a slip of the pen."""
    for section, names in models.kinds.unknown.items():
        if names:
            progress.stage(f"Not in the book, so {section.replace('_', ' ')} go without: {', '.join(names)}")


def _served(
    models: FittedModels, panel: Panel, served: LearningOrigins, choice: ValueChoice, config: Config
) -> ServedModels:
    return ServedModels(
        learned_until=models.learned.until,
        learned_from=tuple(panel.grid.start_of(origin) for origin in served.learn),
        rows=len(panel.at(served.learn)),
        censored_origins={panel.grid.start_of(each.origin): each.elapsed for each in served.unfinished},
        calibrated=bool(models.bounds.bands),
        trees=TreeCounts(value=models.value.tree_count, decline=models.decline.tree_count),
        values_below_zero=models.value.margin.clipped,
        choice=choice,
        serving=models.learned.serving,
        directions=direction_checks(rows_of(panel.at(served.learn), models.contract), models.contract, config),
    )


def _explained(models: FittedModels, now: Panel, origins: Sequence[OriginReport]) -> ExplainedModels:
    """What moves the models that serve, and how alike they and those of the test origins rank the reasons."""
    matrix = models.contract.encode(now.features.iloc[sampled(len(now))])
    parts = {"value": models.value.explain(matrix), "decline": models.decline.explain(matrix)}
    served = reason_sizes(parts, models.contract.names, now.words)
    return ExplainedModels(
        models=explained_parts(parts, matrix, models.contract, now.words),
        stability=ranking_stability(
            [*(origin.as_of.isoformat() for origin in origins), "served"],
            [*(origin.reasons for origin in origins), served],
        ),
    )


def _value_per_client(models: FittedModels, now: Panel) -> float:
    """What the models expect of the clients of the latest date that they learned from."""
    return float(models.value.predict(models.contract.encode(now.features)).mean()) if len(now) else 0.0
