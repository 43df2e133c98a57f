"""The report of a proposed policy: dates chosen, searched, judged where nothing was chosen, and put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date

from models.backtest.compute import replay
from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.errors import TooLittleDataError, UserError
from models.notices import Notice, Severity
from models.panel.definitions import spoken_definitions
from models.panel.splits import learning_origins
from models.proposal.compute import PolicySearch, Searched, frontier
from models.proposal.contents import AimFigures, ChangedNumber, JudgedDate, PolicyFigures, PolicyProposal, TriedPolicy
from models.proposal.days import PastDay
from models.proposal.judging import Judge, JudgedPolicy
from models.proposal.rules import validated
from models.scoring.policy_in_force import policy_hash
from models.vocab import Aim, Progress, SilentProgress


def propose_policy(
    book: Book, config: Config, aim: Aim, days: Sequence[date] = (), *, progress: Progress = SilentProgress()
) -> tuple[PolicyProposal, PolicyConfig]:
    """The report of a search, and the policy that should be named: today's, where none is better beyond chance."""
    dates = search_dates(book, config, days)
    judge = Judge(_seen(book, config, dates, progress), config)
    if aim not in judge.aims:
        raise UserError(
            rule=f"a policy can be searched for what the past dates of the book tell: {', '.join(judge.aims)}",
            got=aim.value,
            remedy="choose another aim, or bring losses, exposures or more dates",
        )
    search = PolicySearch(judge, config.grading, aim, config.propose)
    searched = search.run(seed=config.run.seed, progress=progress)
    noise, is_better = verdict_of(search, searched)
    kept = validated(searched.best.policy) if is_better else config.grading
    axes = axes_of(aim, judge.aims)
    report = PolicyProposal(
        book=book.name,
        currency=book.currency,
        data=book.fingerprint,
        aim=aim,
        axes=axes,
        dates=dates,
        clients=sum(len(day.facts) for day in judge.days),
        tiers=config.scale.names,
        today=figures_of(searched.today.judged, config.scale.names),
        proposed=figures_of((searched.best if is_better else searched.today).judged, config.scale.names),
        scores=(searched.today.score, searched.best.score),
        noise=noise,
        is_better=is_better,
        weighted=searched.weighted,
        changes=changed_numbers(config.grading, kept),
        tried=tried_policies(searched),
        best=searched.best.number,
        frontier=frontier_numbers(searched, axes[0]),
        cut=searched.cut,
        hashes=(policy_hash(config.grading), policy_hash(kept)),
        judged=judged_dates(book, config, kept, progress),
        notices=_notices(searched, config),
        terms=spoken_definitions(config),
    )
    return report, kept


def search_dates(book: Book, config: Config, days: Sequence[date] = ()) -> tuple[date, ...]:
    """Dates to search on: those asked for, else of the config, else the latest that end before any test origin.

    Raises ``UserError`` for a date whose outcomes a test origin would have to foresee, ``TooLittleDataError`` if none
    is left.
    """
    asked, test = tuple(days) or config.propose.at, min(config.origins.test)
    grid = PeriodGrid.through(config.time.period, [test, *asked])
    end, horizon = grid.number_of(test), config.time.horizon_periods
    for day in asked:
        if grid.number_of(day) + horizon > end:
            raise UserError(
                rule=f"a policy is searched on dates whose {horizon} {config.time.period}s of outcomes end before any "
                f"of origins.test, {test}",
                got=day.isoformat(),
                remedy=f"choose {grid.start_of(end - horizon)} or earlier",
            )
    if asked:
        return tuple(sorted(set(asked)))
    past = learning_origins(config, grid, book.first_date, outcomes_before=end).learn
    known = [origin for origin in past if _can_be_learned(book, config, grid, origin)]
    if not known:
        raise TooLittleDataError(
            rule=f"a policy is searched on past dates before {test} that models could foresee",
            got=f"none of {len(past)}",
            remedy="bring a longer book, or shorten time.horizon_periods or origins.min_history_periods",
        )
    return tuple(grid.start_of(origin) for origin in known[-config.propose.origin_count :])


def _can_be_learned(book: Book, config: Config, grid: PeriodGrid, origin: int) -> bool:
    with suppress(TooLittleDataError):
        return bool(learning_origins(config, grid, book.first_date, outcomes_before=origin).learn)
    return False


def _seen(book: Book, config: Config, dates: Sequence[date], progress: Progress) -> list[PastDay]:
    days: list[PastDay] = []
    replay(book, config, dates, progress, seen=lambda day: days.append(PastDay.of(day, config.scale)))
    return days


def judged_dates(book: Book, config: Config, kept: PolicyConfig, progress: Progress) -> tuple[JudgedDate, ...]:
    """The policy of a config and another at the test origins, which chose neither, as far as their outcomes came."""
    grid = PeriodGrid.through(config.time.period, config.origins.test)
    latest = grid.index_of(book.known_until) - config.time.horizon_periods
    tests = [day for day in config.origins.test if grid.number_of(day) <= latest]
    found = []
    for day in _seen(book, config, tests, progress) if tests else []:
        judge = Judge([day], config)
        before, after = (figures_of(judge.judged(each), config.scale.names) for each in (config.grading, kept))
        found.append(JudgedDate(as_of=day.as_of, today=before, proposed=after))
    return tuple(found)


def _notices(searched: Searched, config: Config) -> tuple[Notice, ...]:
    if not searched.cut:
        return ()
    return (
        Notice(
            code="search_cut",
            severity=Severity.WARNING,
            subject="propose.minutes",
            found=f"{config.propose.minutes:g} minutes ended the search after {len(searched.attempts):,} of "
            f"{config.propose.trials:,} trials: another machine may find another policy",
            remedy="give more minutes, or ask for fewer trials",
        ),
    )


def figures_of(judged: JudgedPolicy, tiers: Sequence[str]) -> PolicyFigures:
    """What a policy was found to do."""
    return PolicyFigures(
        aims={
            aim: AimFigures(
                ours=each.ours / each.clients if each.clients else 0.0,
                rule=each.rule / each.clients if each.clients else 0.0,
                perfect=each.perfect / each.clients if each.clients else 0.0,
                against_rule=each.against_rule,
                gain=each.gain,
            )
            for aim, each in judged.results.items()
        },
        shares=dict(zip(tiers, judged.shares, strict=True)),
    )


def tried_policies(searched: Searched) -> tuple[TriedPolicy, ...]:
    """Every trial, in order."""
    return tuple(
        TriedPolicy(
            number=each.number,
            settings=dict(each.settings),
            gains=each.judged.gains,
            shares=each.judged.shares,
            score=each.score,
            allowed=each.allowed,
        )
        for each in searched.attempts
    )


def axes_of(aim: Aim, known: Sequence[Aim]) -> tuple[Aim, tuple[Aim, ...]]:
    """What the trade-off is drawn between: the aim, and the others, of which the weakest counts."""
    first = Aim.SCREENING if aim == Aim.BALANCED else aim
    return first, tuple(each for each in known if each not in (first, Aim.STABILITY, Aim.BALANCED))


def changed_numbers(before: PolicyConfig, after: PolicyConfig) -> tuple[ChangedNumber, ...]:
    """Cut-offs and weights that differ, by the keys that --what-if takes."""
    return tuple(_changed(before, after))


def _changed(before: PolicyConfig, after: PolicyConfig) -> Iterator[ChangedNumber]:
    for name, dimension in before.dimensions.items():
        other = after.dimensions[name]
        for place, (old, new) in enumerate(zip(dimension.criteria, other.criteria, strict=True)):
            if old.weight != new.weight:
                key = f"dimensions.{name}.criteria.{place}.weight"
                yield ChangedNumber(key=key, before=old.weight, after=new.weight)
        for level, moved in zip(dimension.levels, other.levels, strict=True):
            for kind, number in level.cut_offs.items():
                if number != moved.cut_offs[kind]:
                    key = f"dimensions.{name}.levels.{level.name}.{kind}"
                    yield ChangedNumber(key=key, before=number, after=moved.cut_offs[kind])


def frontier_numbers(searched: Searched, aim: Aim) -> tuple[int, ...]:
    """The trials of the trade-off curve."""
    return tuple(each.number for each in frontier(searched.attempts, aim))


def verdict_of(search: PolicySearch, searched: Searched) -> tuple[float, bool]:
    """The noise of the gain, and whether the best policy is better beyond it."""
    noise = search.noise(searched.best, searched.today)
    return noise, search.beyond_chance(searched.best, searched.today)
