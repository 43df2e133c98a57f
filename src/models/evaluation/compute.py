"""Evaluates the training pipeline at past origins: each metric with its interval, beside the baselines.

The report is data; plots and pages draw from it and compute nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.evaluation.benchmarks import OURS, Benchmark, BenchmarkResults, BenchmarkSet, contest
from models.evaluation.judging import judged_rows, named_segments
from models.evaluation.metrics import (
    Realised,
    benchmark_figures,
    curve_figures,
    interval_figures,
)
from models.evaluation.report.contents import (
    BenchmarkSummary,
    MeanDeciles,
    OriginReport,
    PooledReport,
    TargetReport,
    ValueChoice,
)
from models.evaluation.report.importance import MAIN_METRIC
from models.evaluation.report.parts import report_parts
from models.evaluation.truth import KnownOutcomes, known_outcomes, with_truth
from models.learners.segments.model import SegmentModel
from models.metrics.bootstrap import Resampling
from models.metrics.value import decile_table
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.past_behaviour import exposure_at_risk
from models.pipeline.pipeline import fit_segments
from models.pipeline.predictions import Predictions
from models.pipeline.selection import learn_calibration
from models.vocab import FloatArray, IntArray

SeenOrigin = Callable[[Panel, Predictions, int], None]
"""Is shown a test origin: its rows with their outcomes, all that is said of them, and the origin learned until."""


def unseen(_rows: Panel, _said: Predictions, _learned_until: int) -> None:
    """Nobody looks on."""


@dataclass(frozen=True, kw_only=True)
class JudgedOrigin:
    """The report of one test origin, and the arrays that it was made from, to pool origins with."""

    report: OriginReport
    realised: Realised
    groups: IntArray
    contest: BenchmarkSet


def evaluate_origin(
    forecasts: OutOfTimeForecasts,
    test: int,
    origins: LearningOrigins,
    config: Config,
    truth: pd.DataFrame | None = None,
    *,
    segments: SegmentModel | None = None,
    seen: SeenOrigin = unseen,
) -> JudgedOrigin:
    """Fit on ``origins``, score the origin ``test`` and hold the result against what happened then.

    ``segments`` only group its errors: those that serve, so that a report names the same ones as scores and pages;
    else those of the clients judged. ``seen`` is shown what was said of them.
    ``truth``, of a simulated book, competes where it covers the origin. The panel of ``forecasts`` holds all
    these origins with their targets. Raises ``TooLittleDataError``.
    """
    panel = forecasts.panel
    rows = panel.at([test]).as_known()
    realised = _realised(rows, config)
    require_both_outcomes(rows, test)
    calibration = learn_calibration(forecasts.of(origins), config)
    result = contest(panel, rows, origins, calibration, config, forecasts.mapper)
    seen(rows, result.ours, origins.latest)
    known = KnownOutcomes()
    if truth is not None:
        as_of = panel.grid.start_of(test)
        result = replace(result, contest=with_truth(result.contest, rows, truth, as_of))
        known = known_outcomes(rows, truth, as_of)
    resampling = Resampling(groups=rows.group, resamples=config.run.bootstrap_resamples, seed=config.run.seed)
    figures = _figures(realised, result, config, resampling)
    segment = named_segments(segments or fit_segments(rows, config), rows)
    report = OriginReport(
        as_of=panel.grid.start_of(test),
        learned_until=panel.grid.start_of(origins.latest),
        outcomes_until=panel.grid.start_of(test + config.time.horizon_periods),
        learning_origins=len(origins.learn),
        learning_rows=len(panel.at(origins.learn)),
        unfinished_origins=len(origins.unfinished),
        unfinished_rows=len(panel.at(each.origin for each in origins.unfinished)),
        clients=len(rows),
        calibrated=bool(calibration.bands),
        groups_apart=rows.groups_known,
        choice=value_choice(calibration, panel, origins),
        serving=calibration.serving,
        importance=result.importance,
        reasons=result.reasons,
        parts=report_parts(
            judged_rows(rows, realised, result, config, known, segment),
            resampling,
            decline=figures["decline"].metrics[OURS],
            differences={target: each.ours_minus for target, each in figures.items()},
            importance=result.importance,
        ),
        decline=figures["decline"],
        value=figures["value"],
    )
    return JudgedOrigin(report=report, realised=realised, groups=rows.group, contest=result.contest)


def pooled_figures(origins: Sequence[JudgedOrigin], config: Config) -> PooledReport:
    """The same figures over the clients of all test origins together, as far as each benchmark was at every one.

    A client, or sponsor group, is drawn with all its rows: that it comes at several origins makes nothing surer.
    """
    realised = Realised.pooled([origin.realised for origin in origins])
    resampling = Resampling(
        groups=np.concatenate([origin.groups for origin in origins]),
        resamples=config.run.bootstrap_resamples,
        seed=config.run.seed,
    )
    pooled: dict[str, BenchmarkSummary] = {}
    for target in MAIN_METRIC:
        contests = [origin.contest[target] for origin in origins]
        names = [name for name in contests[0] if all(name in contest for contest in contests)]
        joined = {
            name: Benchmark(
                score=np.concatenate([contest[name].score for contest in contests]),
                is_forecast=contests[0][name].is_forecast,
            )
            for name in names
        }
        pooled[target] = benchmark_figures(target, joined, realised, resampling)
    return PooledReport(
        origins=len(origins), rows=len(realised.value), decline=pooled["decline"], value=pooled["value"]
    )


def headline(report: OriginReport) -> dict[str, float]:
    """The figures of one origin by flat names, e.g. ``decline.auc.ours``, for a tracker."""
    return {
        f"{target}.{metric}.{name}": figure.estimate
        for target in MAIN_METRIC
        for name, metrics in report.of(target).metrics.items()
        for metric, figure in metrics.items()
    }


def value_choice(calibration: ForecastCalibration, panel: Panel, origins: LearningOrigins) -> ValueChoice:
    """The candidate for value that was chosen, and by which scores on which earlier origins."""
    return ValueChoice(
        chosen=calibration.candidate,
        out_of_time=tuple(panel.grid.start_of(forecast.origin) for forecast in origins.out_of_time),
        scores={score.name: tuple(score.scores) for score in calibration.scores},
    )


def _figures(
    realised: Realised, result: BenchmarkResults, config: Config, resampling: Resampling
) -> dict[str, TargetReport]:
    """Per target all metrics of all benchmarks; ours also those of its curve and its intervals."""
    ours = result.ours
    more = {
        "decline": curve_figures(ours.curves, realised, resampling),
        "value": interval_figures(ours, realised, config.learners.interval_level, resampling),
    }
    deciles = {"value": _deciles(realised.value, ours.value)}
    report = {}
    for target, competing in result.contest.items():
        found = benchmark_figures(target, competing, realised, resampling)
        report[target] = TargetReport(
            mean_outcome=float(np.mean(realised.of(target))),
            metrics={**found.metrics, OURS: {**found.metrics[OURS], **more[target]}},
            ours_minus=found.ours_minus,
            way=found.way,
            undetermined=found.undetermined,
            deciles=deciles.get(target),
        )
    return report


def _deciles(realised: FloatArray, foreseen: FloatArray) -> MeanDeciles:
    table = decile_table(realised, foreseen)
    return MeanDeciles(
        clients=tuple(table.clients.tolist()),
        predicted_mean=tuple(table.predicted_mean.tolist()),
        actual_mean=tuple(table.actual_mean.tolist()),
    )


def _realised(rows: Panel, config: Config) -> Realised:
    if rows.value is None or rows.declined is None or rows.event_period is None:
        raise InternalError("an origin can only be judged with its targets")
    return Realised(
        value=rows.value,
        declined=rows.declined.astype(np.float64),
        event_period=rows.event_period,
        stake=exposure_at_risk(rows, config),
    )


def require_both_outcomes(rows: Panel, test: int) -> None:
    """Raise ``TooLittleDataError`` unless some of the clients at the origin ``test`` declined and some did not."""
    declined = np.zeros(0) if rows.declined is None else rows.declined
    if declined.size == 0 or declined.min() == declined.max():
        raise TooLittleDataError(
            rule=f"at the test origin {rows.grid.start_of(test)} some clients must decline and some not",
            got=f"{int(declined.sum()):,} of {len(rows):,}",
            remedy="choose another origins.test, horizon or rule of decline",
        )
