"""Two versions at one as-of date beside what came of its clients since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.book.door import Book
from models.comparison.figures import NOTHING, PAST_SUM, RECENCY, CameSoFar, ExpectedSoFar, compared_figures
from models.comparison.report import ComparedSlice, CurvePoint, HorizonSoFar, JudgedVersions, ValueBand
from models.comparison.rules import JudgingTime
from models.comparison.scored import ScoredVersion
from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.learners.baselines import decline_scores, value_scores
from models.metrics.bootstrap import Metric, ReportedInterval, Resampling, reported_interval
from models.metrics.ranking import auc
from models.metrics.value import decile_table, mae, mean_error
from models.panel.elapsed import outcomes_at
from models.panel.panel import Panel
from models.pipeline.part_of_horizon import PartOfHorizon, parts_of_horizon
from models.pipeline.past_behaviour import past_behaviour
from models.vocab import BoolArray, FloatArray, TextArray

Pair = tuple[ScoredVersion, ScoredVersion]


@dataclass(frozen=True, kw_only=True, eq=False)
class Elapsed:
    """What came of the clients of a date after some periods, and how such a part stands to the horizon."""

    part: PartOfHorizon
    rows: Panel

    @property
    def declined(self) -> FloatArray:
        """1 for clients that stood as declined. (n_clients,)."""
        if self.rows.declined is None:
            raise InternalError("versions can only be judged by outcomes")
        return self.rows.declined.astype(np.float64)

    @property
    def value(self) -> FloatArray:
        """What clients had brought, in currency. (n_clients,)."""
        if self.rows.value is None:
            raise InternalError("versions can only be judged by outcomes")
        return self.rows.value

    def expected(self, version: ScoredVersion) -> ExpectedSoFar:
        """What a version expected to have come by then; value bounds only where the horizon is over."""
        said, whole = version.said, self.part.is_whole
        unknown = np.full(len(said.value), np.nan)
        loss = np.nan_to_num(said.credit_loss, nan=0.0)
        return ExpectedSoFar(
            declined=said.decline_probability if whole else self.part.declined(said.curves),
            value=said.value if whole else self.part.value(said.margin, loss),
            value_low=said.value_low if whole else unknown,
            value_high=said.value_high if whole else unknown,
        )


def elapsed_outcomes(book: Book, version: ScoredVersion, time: JudgingTime, at: date, config: Config) -> list[Elapsed]:
    """What had come by the end of each step of the curve of decline that is over, and by now, which is the last."""
    prepared, settings, now = version.prepared, version.settings, time.elapsed(at)
    points = sorted({*(end for end in version.said.curves.ends if end < now), now})
    until = prepared.grid.index_of(book.known_until)
    first = prepared.grid.index_of(book.first_date) + settings.origins.min_history_periods
    parts = parts_of_horizon(prepared, settings, points, until=until, first=first, dates=config.compare.earlier_dates)
    came = outcomes_at(prepared, settings, [0], points, until=until)
    return [Elapsed(part=parts[each], rows=came[each]) for each in points]


def judged_versions(
    book: Book, pair: Pair, time: JudgingTime, at: date, config: Config, *, in_sample: bool
) -> JudgedVersions:
    """Both versions at ``at``, by what came since."""
    first = pair[0]
    steps = elapsed_outcomes(book, first, time, at, config)
    now, rows = steps[-1], steps[-1].rows
    resampling = Resampling(groups=rows.group, resamples=config.run.bootstrap_resamples, seed=config.run.seed)
    expected, level = [now.expected(each) for each in pair], first.settings.learners.interval_level
    return JudgedVersions(
        as_of=at,
        outcomes_until=first.prepared.grid.start_of(now.part.elapsed),
        in_sample=in_sample,
        so_far=_so_far(now.part, time, pair),
        clients=len(rows),
        groups=len(np.unique(rows.group)),
        groups_known=rows.groups_known,
        declined=int(now.declined.sum()),
        value=float(now.value.sum()),
        level=level,
        figures=tuple(compared_figures(_came(first, now), expected, resampling, level=level)),
        slices=tuple(_slices(first, now, expected, resampling, config.compare.least_clients)),
        bands=tuple(_bands(now, expected)),
        curve=tuple(_curve(steps, pair, resampling)),
    )


def _so_far(part: PartOfHorizon, time: JudgingTime, pair: Pair) -> HorizonSoFar:
    foreseen = any(np.isfinite(each.said.credit_loss).any() for each in pair)
    return HorizonSoFar(
        elapsed=part.elapsed,
        horizon=part.horizon,
        period=time.period,
        event=part.event,
        earlier=part.dates,
        behind=part.declined_without,
        margin=part.margin,
        margin_range=part.margin_range,
        loss=part.loss if foreseen else None,
    )


def _came(version: ScoredVersion, now: Elapsed) -> CameSoFar:
    past = past_behaviour(version.panel, version.settings)
    pace = past.total * (now.part.elapsed / version.settings.features.windows[-1])
    names = {RECENCY: "recency", PAST_SUM: "past_sum"}
    return CameSoFar(
        declined=now.declined,
        value=now.value,
        decline_baselines={name: decline_scores(past)[key] for name, key in names.items()},
        value_baselines={name: value_scores(past)[key] for name, key in names.items()},
        past_pace=pace,
        whole=now.part.is_whole,
    )


def _slices(
    first: ScoredVersion, now: Elapsed, expected: Sequence[ExpectedSoFar], resampling: Resampling, least: int
) -> Iterator[ComparedSlice]:
    """By the tier of the version that serves, best first, and by region, the largest first."""
    for by, names in _ways(first).items():
        column = _column(first, by)
        for name in names:
            chosen = column == name
            if chosen.sum() >= least:
                yield _slice(by, name, chosen, now, expected, resampling)


def _ways(first: ScoredVersion) -> Mapping[str, Sequence[str]]:
    ways: dict[str, Sequence[str]] = {"tier": first.bundle.models.policy.scale.names}
    level = first.settings.regions.level
    if level in first.panel.features:
        names, counts = np.unique(_column(first, level), return_counts=True)
        ways[level] = [str(name) for name in names[np.argsort(-counts, kind="stable")] if name]
    return ways


def _column(first: ScoredVersion, by: str) -> TextArray:
    if by == "tier":
        return first.tier
    return np.asarray(first.panel.features[by].astype("str").fillna("").to_numpy(dtype=np.str_))


def _slice(
    by: str, name: str, chosen: BoolArray, now: Elapsed, expected: Sequence[ExpectedSoFar], resampling: Resampling
) -> ComparedSlice:
    declined, value = now.declined[chosen], now.value[chosen]
    chances, values = ([getattr(each, what)[chosen] for each in expected] for what in ("declined", "value"))
    part = Resampling(groups=resampling.groups[chosen], resamples=resampling.resamples, seed=resampling.seed)
    return ComparedSlice(
        by=by,
        name=name,
        clients=int(chosen.sum()),
        declined=int(declined.sum()),
        expected_declines=(float(chances[0].sum()), float(chances[1].sum())),
        value=float(value.sum()),
        expected_value=(float(values[0].sum()), float(values[1].sum())),
        auc=(_auc(declined, chances[0]), _auc(declined, chances[1])),
        auc_difference=_difference(auc, declined, chances, part),
        error=(mae(value, values[0]), mae(value, values[1])),
        error_difference=_difference(mae, value, values, part),
    )


def _auc(declined: FloatArray, chance: FloatArray) -> float | None:
    with suppress(TooLittleDataError):
        return auc(declined, chance)
    return None


def _difference(
    metric: Metric, came: FloatArray, versions: Sequence[FloatArray], resampling: Resampling
) -> ReportedInterval:
    with suppress(TooLittleDataError):
        first, second = (resampling.draws(metric, came, each) for each in versions)
        return reported_interval(second.minus(first))
    return NOTHING


def _bands(now: Elapsed, expected: Sequence[ExpectedSoFar]) -> Iterator[ValueBand]:
    with suppress(TooLittleDataError):
        tables = [decile_table(now.value, each.value) for each in expected]
        for row in range(len(tables[0].clients)):
            yield ValueBand(
                expected=(float(tables[0].predicted_mean[row]), float(tables[1].predicted_mean[row])),
                came=(float(tables[0].actual_mean[row]), float(tables[1].actual_mean[row])),
            )


def _curve(steps: Sequence[Elapsed], pair: Pair, resampling: Resampling) -> Iterator[CurvePoint]:
    nothing = np.zeros(len(resampling.groups))
    for step in steps:
        said = [float(step.expected(version).declined.mean()) for version in pair]
        share = ReportedInterval(estimate=float(step.declined.mean()))
        with suppress(TooLittleDataError):
            share = reported_interval(resampling.draws(mean_error, nothing, step.declined))
        yield CurvePoint(elapsed=step.part.elapsed, came=share, expected=(said[0], said[1]))
