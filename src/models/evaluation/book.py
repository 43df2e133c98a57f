"""Evaluates the pipeline of a book at its test origins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from models.book.door import Book
from models.book.measures import absent_measures
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import AsOfOutsideBookError
from models.evaluation.cold_start import judge_cold_start
from models.evaluation.compute import SeenOrigin, evaluate_origin, headline, pooled_figures, unseen
from models.evaluation.judging import named_segments_in_every_language
from models.evaluation.report.cold_start import ColdStartOrigin
from models.evaluation.report.contents import EvaluationReport, OriginReport, ReportHorizon
from models.evaluation.report.importance import MAIN_METRIC, stability_parts
from models.evaluation.truth import read_truth
from models.learners.segments.model import SegmentModel
from models.notices import Notice, Severity, by_severity
from models.panel.consent import consent_notices
from models.panel.definitions import spoken_definitions
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins, never_before
from models.pipeline.origins import learning_panel, require_events
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import fit_segments
from models.text import ENGLISH, Spoken, spoken
from models.vocab import Progress, Recorder, SilentProgress, SilentRecorder
from models.workers import Mapper


@dataclass(frozen=True)
class EvaluationPlan:
    """Which origins are learned from for each test origin; ``never_before`` these or later ones lie."""

    grid: PeriodGrid
    tests: dict[int, LearningOrigins]
    never_before: int

    def origins(self, *fits: LearningOrigins) -> list[int]:
        """All origins that evaluation, and further fits, look at."""
        learned = (origin for fit in (*self.tests.values(), *fits) for origin in fit.taught_by)
        return sorted({*self.tests, *learned})


@dataclass(frozen=True)
class EvaluationWatch:
    """The observers of an evaluation, the file of the truth to hold it against, if any, and segments for its errors.

    ``seen`` is shown each test origin as it is judged.
    """

    recorder: Recorder
    progress: Progress
    truth: Path | None
    segments: SegmentModel
    seen: SeenOrigin = unseen


def evaluate_book(
    book: Book,
    config: Config,
    tests: Sequence[date] = (),
    *,
    truth: Path | None = None,
    mapper: Mapper | None = None,
    recorder: Recorder = SilentRecorder(),
    progress: Progress = SilentProgress(),
) -> EvaluationReport:
    """Judge the recipe of ``config`` at chosen origins (else those of the config); returns the report."""
    plan = evaluation_plan(book, config, tuple(tests) or config.origins.test)
    require_events(book, config, plan.grid, list(plan.tests))
    learned = learning_panel(
        book,
        config,
        plan.grid,
        plan.origins(),
        progress,
        notes_before=plan.never_before,
        cold_start=config.learners.cold_start.serve,
    )
    segments = fit_segments(learned.panel.at([max(plan.tests)]), config)
    forecasts = OutOfTimeForecasts(learned.panel, config, mapper)
    watch = EvaluationWatch(recorder, progress, truth, segments)
    return evaluation_report(book, config, forecasts, plan, watch, cold=learned.cold)


def evaluation_plan(book: Book, config: Config, tests: Sequence[date]) -> EvaluationPlan:
    """Test origins of a book, and what is learned from before each. Raises ``AsOfOutsideBookError``."""
    grid = PeriodGrid.through(config.time.period, tests)
    latest = grid.index_of(book.known_until)
    fits = {}
    for test in sorted(tests):
        number = grid.number_of(test)
        _require_inside(book, config, grid, number, latest)
        fits[number] = learning_origins(config, grid, book.first_date, outcomes_before=number)
    return EvaluationPlan(grid, fits, never_before(config, grid, book.first_date, fits.values()))


def _require_inside(book: Book, config: Config, grid: PeriodGrid, number: int, latest: int) -> None:
    horizon = config.time.horizon_periods
    if number + horizon > latest or grid.start_of(number) <= book.first_date:
        raise AsOfOutsideBookError(
            rule=f"a test origin must lie after {book.first_date} and its {horizon} {config.time.period}s of "
            f"outcomes must end by {book.known_until}",
            got=grid.start_of(number).isoformat(),
            remedy=f"set origins.test to {grid.start_of(latest - horizon)} or earlier",
        )


def evaluation_report(
    book: Book,
    config: Config,
    forecasts: OutOfTimeForecasts,
    plan: EvaluationPlan,
    watch: EvaluationWatch,
    *,
    cold: Panel | None = None,
) -> EvaluationReport:
    """The report of all test origins of a plan; ``cold`` are the clients without activity at the same origins."""
    panel = forecasts.panel
    judged_origins = []
    truth = None if watch.truth is None else read_truth(watch.truth)
    tests = watch.progress.track(plan.tests.items(), total=len(plan.tests), title="Judging test origins")
    for number, fit in tests:
        judged = evaluate_origin(forecasts, number, fit, config, truth, segments=watch.segments, seen=watch.seen)
        judged_origins.append(judged)
        watch.recorder.metrics(headline(judged.report), step=int(f"{judged.report.as_of:%Y%m%d}"))
    origins = [judged.report for judged in judged_origins]
    return EvaluationReport(
        book=book.name,
        currency=book.currency,
        data=book.fingerprint,
        known_until=book.known_until,
        horizon=ReportHorizon(periods=config.time.horizon_periods, period=config.time.period),
        terms=spoken_definitions(config),
        features=panel.features.shape[1],
        notices=by_severity([*book.notices, *consent_notices(book, config.privacy), *_undetermined(origins)]),
        absent={table: tuple(names) for table, names in absent_measures(config, book.tables).items()},
        interval_level=0.95,
        pooled=pooled_figures(judged_origins, config) if len(judged_origins) > 1 else None,
        stability=stability_parts(
            [origin.as_of for origin in origins],
            {target: [origin.of(target).metrics for origin in origins] for target in MAIN_METRIC},
            [origin.importance for origin in origins],
        ),
        origins=tuple(origins),
        called=_called(panel, origins, config, watch.segments),
        cold_start=() if cold is None else tuple(_cold_start(cold, plan, config, truth, watch)),
    )


def _called(panel: Panel, origins: Sequence[OriginReport], config: Config, segments: SegmentModel) -> dict[str, Spoken]:
    """What the page names: features that models lean on, segments and tiers."""
    leant_on = {name for each in origins for gains in each.importance.values() for name in gains}
    features = {name: panel.words[name].description for name in sorted(leant_on & {*panel.words})}
    return {
        **{name: {**spoken(description), ENGLISH: name} for name, description in features.items()},
        **named_segments_in_every_language(segments, panel),
        **config.scale.spoken_labels(),
    }


def _cold_start(
    cold: Panel, plan: EvaluationPlan, config: Config, truth: pd.DataFrame | None, watch: EvaluationWatch
) -> Iterator[ColdStartOrigin]:
    for number, fit in plan.tests.items():
        judged = judge_cold_start(cold, number, fit, config, truth, segments=watch.segments)
        if judged is not None:
            yield judged


def _undetermined(origins: Sequence[OriginReport]) -> list[Notice]:
    """The main figures that the clients of a test origin leave open."""
    return [
        Notice(
            code="figure_undetermined",
            severity=Severity.NOTE,
            subject=f"{target}.{metric}",
            found=f"it cannot be evaluated at {origin.as_of}: {why}",
            remedy="choose another origins.test or a longer horizon",
        )
        for origin in origins
        for target, metric in MAIN_METRIC.items()
        if (why := origin.of(target).undetermined)
    ]
