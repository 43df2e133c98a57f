"""Two versions scored on the same book without fitting anything, and held beside what came and beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.book.door import Book
from models.comparison.changes import expected_change
from models.comparison.judging import Pair, judged_versions
from models.comparison.report import COVERAGE, SLOPE, WIDTH, ComparedVersion, JudgedVersions, VersionComparison
from models.comparison.rules import JudgingTime
from models.comparison.scored import require_same_question, scored_version
from models.comparison.text import CALLED, grouping
from models.config.root import Config
from models.errors import UserError
from models.notices import Notice, Severity, by_severity
from models.panel.definitions import spoken_definitions
from models.panel.features.labels import STRETCHES
from models.pipeline.bundle import Bundle
from models.scoring.policy_in_force import scoring_config
from models.text import ENGLISH, Text, in_a_row
from models.vocab import Progress, SilentProgress

NOT_JUDGED = "not_judged"
"""The code of the notice that says why nothing was."""
_ACTIVE_ONLY = Text("those without activity are scored, but not compared")
_IN_SAMPLE = Text(
    "in sample: a version learned from outcomes until {learned}, so what came after {day} is no proof of anything"
)
_LATER = Text("choose {day} or later")
_NOT_OVER = Text(
    "{elapsed} of {stretch} are over: declines are those that stand so now, value what came so far; the calibration "
    "slope and intervals of value are not judged"
)
_LITTLE = Text("less than compare.least_elapsed asks for ({stretch}): mostly noise")
_NO_EARLIER = Text("no earlier horizon is over, so declines are taken to stand at once and value to come evenly")
_LONGER = Text("compare when the book is longer")
_LEFT_OPEN = Text("not determined by these clients, or not given by both versions: {figures}")
_SMALL = Text(
    "{left:,} of {clients:,} clients are in no {by} of {least:,} clients or more (compare.least_clients), and are not "
    "compared by it"
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A version with its models; ``version`` is its number in the registry, empty for a folder."""

    asked: str
    version: str
    bundle: Bundle

    @property
    def described(self) -> ComparedVersion:
        """The same as a report tells it."""
        return ComparedVersion(
            asked=self.asked,
            version=self.version,
            bundle=self.bundle.key,
            learned_until=self.bundle.models.learned.until,
        )


def compare_versions(
    book: Book,
    first: Candidate,
    second: Candidate,
    config: Config,
    at: date | None = None,
    *,
    in_sample: bool = False,
    progress: Progress = SilentProgress(),
) -> VersionComparison:
    """Judge both at ``at``, else at the date of ``JudgingTime``, and tell what would change at the end of the book.

    Where no date is given and there is none, nothing is judged, unless it may be ``in_sample``: then a whole horizon
    before the end of the book. Raises ``UserError`` for versions that foresee different things, and for a date that one
    of them learned from.
    """
    bundles = (first.bundle, second.bundle)
    require_same_question(bundles)
    time = _time(book, bundles, config)
    if at is not None:
        time.require(at, in_sample=in_sample)
    when = at or time.default_date() or (time.a_horizon_ago() if in_sample else None)
    judged = None if when is None else _judged(book, bundles, config, time, when, progress)
    progress.stage(f"Looking at what would change on {book.known_until}")
    now = _scored(book, bundles, config, book.known_until)
    return VersionComparison(
        book=book.name,
        currency=book.currency,
        period=time.period,
        horizon=time.horizon,
        versions=(first.described, second.described),
        resamples=config.run.bootstrap_resamples,
        judged=judged,
        why="" if judged else time.why_none().within(ENGLISH),
        why_text=None if judged else time.why_none(),
        change=expected_change(*now, book.known_until),
        notices=by_severity(_notices(bundles, judged, time, config)),
        terms=spoken_definitions(config),
    )


def _time(book: Book, bundles: tuple[Bundle, Bundle], config: Config) -> JudgingTime:
    settings = bundles[0].config.time
    return JudgingTime(
        period=settings.period,
        horizon=settings.horizon_periods,
        known_until=book.known_until,
        learned_until=max(each.models.learned.until for each in bundles),
        least_elapsed=config.compare.least_elapsed,
    )


def _judged(
    book: Book, bundles: tuple[Bundle, Bundle], config: Config, time: JudgingTime, when: date, progress: Progress
) -> JudgedVersions:
    progress.stage(f"Scoring both versions as of {when}")
    pair = _scored(book, bundles, config, when)
    progress.stage("Judging them by what came since")
    return judged_versions(book, pair, time, when, config, in_sample=when < time.learned_until)


def _scored(book: Book, bundles: tuple[Bundle, Bundle], config: Config, when: date) -> Pair:
    first, second = (scored_version(book, each, config, when) for each in bundles)
    if not first.panel.client_id.equals(second.panel.client_id):
        raise UserError(
            rule="two versions can only be compared on the same clients",
            got=f"{len(first.panel):,} and {len(second.panel):,} at {when}",
            remedy="train one of them again with the settings of the other",
        )
    return first, second


def _notices(
    bundles: tuple[Bundle, Bundle], judged: JudgedVersions | None, time: JudgingTime, config: Config
) -> Iterator[Notice]:
    if judged is None:
        yield Notice.of(NOT_JUDGED, Severity.WARNING, "outcomes", found=time.why_none())
    else:
        yield from _of_outcomes(judged, time)
        level = scoring_config(bundles[0], config).regions.level
        yield from _left_out(judged, ("tier", level), config.compare.least_clients)
    if any(each.models.cold is not None for each in bundles):
        yield Notice.of("active_only", Severity.NOTE, "clients", found=_ACTIVE_ONLY)
    for each in bundles:
        yield from each.models.learned.uncalibrated()


def _of_outcomes(judged: JudgedVersions, time: JudgingTime) -> Iterator[Notice]:
    part = judged.so_far
    learned, stretch = str(time.learned_until), STRETCHES[part.period]
    if judged.in_sample:
        found = _IN_SAMPLE.filled(learned=learned, day=str(judged.as_of))
        remedy = _LATER.filled(day=learned)
        yield Notice.of("in_sample", Severity.WARNING, "outcomes", found=found, remedy=remedy)
    if part.is_whole:
        return
    found = _NOT_OVER.filled(elapsed=part.elapsed, stretch=stretch.filled(count=part.horizon))
    yield Notice.of("horizon_not_over", Severity.NOTE, "outcomes", found=found)
    if part.elapsed < time.least_periods:
        found = _LITTLE.filled(stretch=stretch.filled(count=time.least_periods))
        yield Notice.of("little_elapsed", Severity.WARNING, "outcomes", found=found)
    if not part.earlier:
        yield Notice.of("no_earlier_horizon", Severity.WARNING, "outcomes", found=_NO_EARLIER, remedy=_LONGER)


def _left_out(judged: JudgedVersions, ways: Sequence[str], least: int) -> Iterator[Notice]:
    """Figures that these clients do not determine, and clients of parts of the book too small to be compared."""
    waiting = () if judged.so_far.is_whole else (SLOPE, COVERAGE, WIDTH)
    unknown = [called for metric, called in CALLED.items() if metric not in waiting and judged.figure(metric) is None]
    if unknown:
        found = _LEFT_OPEN.filled(figures=in_a_row(unknown))
        yield Notice.of("figures_left_open", Severity.WARNING, "outcomes", found=found)
    for by in ways:
        left = judged.clients - sum(each.clients for each in judged.slices if each.by == by)
        if left:
            found = _SMALL.filled(left=left, clients=judged.clients, by=grouping(by), least=least)
            yield Notice.of("small_parts", Severity.NOTE, by, found=found, count=left)
