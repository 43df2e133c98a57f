"""One night: reads what is new, scores and publishes what is due, and tells each step as one line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from models.book.door import Book
from models.book.settling import settled
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import (
    ClientValueError,
    ImplausibleBookError,
    ManyProblemsError,
    UnlikeTrainingError,
    UserError,
)
from models.monitoring.job import monitor
from models.nightly.journal import NightJournal
from models.nightly.rules import DueDates, ExitCode, due_date, due_dates, told_days
from models.notices import severity_counts
from models.pipeline.bundle import Bundle
from models.publications.latest import lead_latest
from models.publications.ledger import PublicationLedger
from models.scoring.job import predict
from models.scoring.policy_in_force import policy_hash
from models.shell.storage_errors import storage_error
from models.sinks.job import publish_due
from models.store.locks import LockedError, exclusive
from models.tracking.names import CHAMPION
from models.vocab import SilentProgress
from models.workspace.opening import Settings, open_book, open_bundle, settings_of

_LOCK = ".nightly.lock"
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Night:
    """How a night ended: the exit code, the as-of dates published, the earliest first, and what went wrong.

    ``alarms`` are the codes of those that monitoring raised on what was published.
    """

    code: ExitCode
    published: tuple[date, ...] = ()
    alarms: tuple[str, ...] = ()
    error: ClientValueError | None = None


def nightly(
    config: Settings,
    journal: NightJournal,
    *,
    book: str | None = None,
    today: date | None = None,
    overrides: Sequence[str] = (),
) -> Night:
    """Score and publish what is due, the earliest date first, with the champion; safe to be killed and called again.

    Of two at once one works and the other has nothing to do. Whatever fails is reported in the journal and by the exit
    code; what was published before stays. What nobody foresaw, as a full disk, is in the journal and raised.
    """
    began = time.monotonic()
    settings = settings_of(config, overrides)
    try:
        with exclusive(work_dir(settings) / _LOCK, what="nightly", wait_seconds=0.0):
            night = _worked(settings, journal, book, today or datetime.now(tz=UTC).astimezone().date())
    except LockedError:
        journal.info("busy", found="another nightly is at work on this book")
        night = Night(code=ExitCode.NOTHING_TO_DO)
    except Exception as error:
        foreseen = storage_error(error)
        journal.error("failed", kind=type(error).__name__ if foreseen is None else foreseen.rule)
        _end(journal, Night(code=ExitCode.OURS if foreseen is None else ExitCode.USERS), began)
        raise
    _end(journal, night, began)
    return night


def _end(journal: NightJournal, night: Night, began: float) -> None:
    seconds = round(time.monotonic() - began, 1)
    journal.info("end", code=int(night.code), ended=night.code.name.lower(), published=night.published, seconds=seconds)


def _worked(settings: Config, journal: NightJournal, place: str | None, today: date) -> Night:
    published: list[date] = []
    try:
        return _steps(settings, journal, place, today, published)
    except ClientValueError as error:
        code, reported = _told(error)
        journal.error("refused" if code is ExitCode.ALARM else "failed", **reported)
        return Night(code=code, published=tuple(published), error=error)


def _told(error: ClientValueError) -> tuple[ExitCode, dict[str, object]]:
    """How a night ends with an error, and what the journal may hold of it: what was got may be a client's."""
    kind = type(error).__name__
    if isinstance(error, UnlikeTrainingError | ImplausibleBookError):
        return ExitCode.ALARM, {"kind": kind, "rule": error.rule, "findings": len(error.refusals)}
    if isinstance(error, UserError):
        return ExitCode.USERS, {"kind": kind, "rule": error.rule, "remedy": error.remedy}
    return ExitCode.OURS, {"kind": kind}


def _steps(settings: Config, journal: NightJournal, place: str | None, today: date, published: list[date]) -> Night:
    scores = work_dir(settings) / SCORES_FOLDER
    lead_latest(scores)  # a night that was killed may have published without leading it
    book = open_book(settings, place, SilentProgress())
    settings = settled(settings, book)
    rows = {count.table: {"used": count.rows_used, "quarantined": count.rows_quarantined} for count in book.counts}
    journal.info("book", data=book.fingerprint[:_DIGITS], known_until=book.known_until, rows=rows)
    bundle = open_bundle(settings, CHAMPION)
    due = due_date(today, book.known_until, settings.time.period, settings.nightly)
    found = _due(settings, book, bundle, due, scores)
    _tell_due(journal, found, due)
    for day in found.dates:
        _score(settings, journal, book, day)
        published.append(day)
    failed = _fill_sinks(settings, journal)
    alarms = _watch(settings, journal, book) if published and settings.nightly.monitor else ()
    if failed is not None:
        raise failed
    done = ExitCode.DONE if published else ExitCode.NOTHING_TO_DO
    return Night(code=ExitCode.ALARM if alarms else done, published=tuple(published), alarms=alarms)


def _fill_sinks(settings: Config, journal: NightJournal) -> UserError | None:
    """Bring every sink level with what is published, also what an earlier night could not; what went wrong, if any."""
    report = publish_due(settings)
    for sink in report.sinks:
        for run in sink.written:
            rows = {table.table: table.rows for table in run.tables}
            journal.info("sink", sink=sink.sink, as_of=run.as_of, rows=rows)
    problems = [
        UserError(rule=each.rule, got=f"{each.got} ({each.sink})", remedy=each.remedy) for each in report.problems
    ]
    if not problems:
        return None
    return problems[0] if len(problems) == 1 else ManyProblemsError(subject="the sinks", problems=problems)


def _watch(settings: Config, journal: NightJournal, book: Book) -> tuple[str, ...]:
    """Look at what was published beside training and what came of it; the alarms for which somebody must look too."""
    report = monitor(settings, book=book).report
    for alarm in report.alarms:
        facts = {"code": alarm.code, "beside": alarm.beside, "subjects": len(alarm.subjects), "limit": alarm.limit}
        (journal.warning if alarm.is_raised else journal.info)("alarm", severity=alarm.severity, **facts)
    journal.info("monitored", as_of=report.as_of, raised=report.is_raised)
    return tuple(dict.fromkeys(alarm.code for alarm in report.alarms if alarm.is_raised))


def _due(settings: Config, book: Book, bundle: Bundle, due: date, scores: Path) -> DueDates:
    """What is to be scored; the due date not again by the same models and policy of the same data."""
    official = PublicationLedger(scores).official()
    found = due_dates(due, list(official), bundle.models.learned.until, settings.time.period, settings.nightly)
    last = official.get(due)
    known = (book.fingerprint, bundle.key, policy_hash(settings.grading))
    if last is not None and (last.data, last.bundle, last.policy) == known:
        return replace(found, dates=tuple(day for day in found.dates if day != due))
    return found


def _tell_due(journal: NightJournal, found: DueDates, due: date) -> None:
    journal.info("due", as_of=due, dates=found.dates)
    if found.given_up:
        remedy = "raise nightly.catch_up, or predict --as-of each of them"
        journal.warning("given_up", **told_days(found.given_up), remedy=remedy)
    if found.in_sample:
        remedy = "predict --as-of each of them --model-of-that-day"
        journal.warning("in_sample", **told_days(found.in_sample), remedy=remedy)


def _score(settings: Config, journal: NightJournal, book: Book, day: date) -> None:
    done = predict(settings, book=book, as_of=day)
    journal.info(
        "published",
        as_of=day,
        run_key=done.run_key[:_DIGITS],
        model_version=done.model_version,
        clients=done.clients + done.cold_start.clients,
        tiers=done.tiers,
        warnings=done.alarms,
        notices=severity_counts(done.notices),
    )
