"""The audit of a book: its tables, the rules between them, and its features as criteria."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from models.audit.origins import AuditOrigins, audit_origins
from models.audit.profiles import AuditedTable, profile_tables
from models.audit.quarantine import BadRows, bad_rows
from models.audit.rules import AuditedFeature, CriteriaLimits, Origin, judge_features
from models.book.counts import TableCount
from models.book.door import Book
from models.book.own import contract_of
from models.book.periods import DAYS_PER_PERIOD
from models.book.plausibility.all_checks import ALL_CHECKS
from models.book.plausibility.checks import CheckResult, CheckScope, run_checks
from models.codec import NOT_WRITTEN
from models.config.root import Config
from models.engines.protocol import Session, SessionLimits, Workplace
from models.errors import TooLittleDataError
from models.grading.compute import facts_before_models
from models.grading.coverage import policy_notices
from models.notices import Notice, by_severity
from models.panel.arrears_closes import arrears_notices
from models.panel.build import panels_by_block
from models.panel.consent import consent_notices
from models.panel.definitions import spoken_definitions
from models.panel.feature_sources import tables_of_features
from models.panel.groups import one_in
from models.panel.ledger_cache import prepared_book
from models.panel.named_features import absent_features, unknown_features
from models.panel.panel import Panel, joined
from models.profiles.compute import stage_features
from models.store.drafts import scratch_folder
from models.text import Spoken, Text, spoken
from models.vocab import Progress, SilentProgress

MAX_PANEL_CLIENTS = 20_000
"""Larger books are judged on every so manieth sponsor group: enough for two decimals of an AUC."""
_NO_FEATURES: Final = Text("features: {why}")
_NOBODY: Final = Text("no client is active at {day}")
DEFAULT_LIMITS = CriteriaLimits()


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """The features of a book as criteria at ``as_of``, judged on ``clients`` of those active then.

    ``one_in`` sponsor groups were taken. ``left_out`` says in a sentence each what could not be judged, and why.
    """

    as_of: date | None
    earlier: date | None
    clients: int
    one_in: int
    features: tuple[AuditedFeature, ...]
    short_list: tuple[AuditedFeature, ...]
    left_out: tuple[Spoken, ...]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The audit of a book. ``counts`` begin with the tables of the source's own contract."""

    book: str
    currency: str
    first_date: date
    known_until: date
    fingerprint: str
    max_quarantine_share: float
    ignored_columns: Mapping[str, tuple[str, ...]]
    counts: tuple[TableCount, ...]
    tables: tuple[AuditedTable, ...]
    quarantine: BadRows
    checks: tuple[CheckResult, ...]
    criteria: Criteria
    limits: CriteriaLimits
    notices: tuple[Notice, ...] = ()
    """What the door left out or found implausible, and what the policy goes without, the gravest first."""
    terms: tuple[Spoken, ...] = ()
    """What decline, value and horizon mean in this book."""
    known_tables: Annotated[int, NOT_WRITTEN] = 0
    """How many tables the contract of the book knows."""
    refused: str = ""
    """Why other commands refuse the book; empty if they do not."""


def audit_book(
    book: Book, config: Config, *, limits: CriteriaLimits = DEFAULT_LIMITS, progress: Progress = SilentProgress()
) -> Audit:
    """Look at a checked book from all sides; a book too small to learn from leaves parts of ``criteria`` out."""
    contract = contract_of(config.book.own)
    with _session(book, config) as session:
        tables = profile_tables(book, session, config.time, contract, progress)
        quarantine = bad_rows(book.quarantine, session, contract, config.scale.names)
        progress.stage("Holding tables against each other")
        scope = CheckScope(
            tables={name: book.open(session, name) for name in book.here},
            known_until=book.known_until,
            money_step=config.book.money_step,
        )
        checks = run_checks(ALL_CHECKS, scope)
    criteria, now = _criteria(book, config, tables, limits, progress)
    policy = [] if now is None else policy_notices(config.grading, facts_before_models(now))
    known = () if now is None else tuple(now.features.columns)
    asked = {"stages": stage_features(config)}
    named = (*unknown_features(config, known), *absent_features(asked, known)) if known else ()
    return Audit(
        book=book.name,
        terms=spoken_definitions(config),
        currency=book.currency,
        first_date=book.first_date,
        known_until=book.known_until,
        fingerprint=book.fingerprint,
        max_quarantine_share=config.book.max_quarantine_share,
        ignored_columns={table: tuple(names) for table, names in book.ignored_columns.items()},
        counts=book.counts,
        tables=tables,
        known_tables=len(contract),
        quarantine=quarantine,
        checks=checks,
        criteria=criteria,
        limits=limits,
        notices=by_severity([*book.notices, *_of_book(book, config), *named, *policy]),
    )


def _of_book(book: Book, config: Config) -> list[Notice]:
    return [*consent_notices(book, config.privacy), *arrears_notices(book, book.known_until)]


@contextmanager
def _session(book: Book, config: Config) -> Iterator[Session]:
    """A session that spills to a folder of its own, so that memory does not grow with the book."""
    with (
        scratch_folder(Path(config.run.work_dir), "check") as folder,
        book.engine.session(SessionLimits.of(config.run), Workplace(spill=folder)) as session,
    ):
        yield session


def _criteria(
    book: Book, config: Config, tables: Iterable[AuditedTable], limits: CriteriaLimits, progress: Progress
) -> tuple[Criteria, Panel | None]:
    """The features as criteria, and the rows that they were judged on; None where there are none."""
    try:
        origins = audit_origins(config, book.first_date, book.known_until)
    except TooLittleDataError as error:
        return _no_criteria(_NO_FEATURES.filled(why=str(error))), None
    progress.stage(f"Judging features at {origins.as_of}")
    panel, share = _panel(book, config, origins)
    now = panel.at([origins.latest])
    if not len(now):
        return _no_criteria(_NOBODY.filled(day=origins.as_of.isoformat())), None
    before = panel.at([] if origins.earlier is None else [origins.earlier])
    about = Origin(
        tables=tables_of_features(config.features, list(panel.features.columns)),
        lags_days={table.name: table.lag_median_days for table in tables if table.lag_median_days is not None},
        horizon_days=config.time.horizon_periods * DAYS_PER_PERIOD[config.time.period],
    )
    judged = judge_features(now, before if len(before) else None, about, limits)
    criteria = Criteria(
        as_of=origins.as_of,
        earlier=origins.grid.start_of(origins.earlier) if origins.earlier is not None and len(before) else None,
        clients=len(now),
        one_in=share,
        features=judged.features,
        short_list=judged.short_list,
        left_out=tuple(spoken(each) for each in (*origins.left_out, *judged.left_out)),
    )
    return criteria, now


def _no_criteria(why: Text) -> Criteria:
    return Criteria(as_of=None, earlier=None, clients=0, one_in=1, features=(), short_list=(), left_out=(spoken(why),))


def _panel(book: Book, config: Config, origins: AuditOrigins) -> tuple[Panel, int]:
    """Rows of at most ``MAX_PANEL_CLIENTS`` clients, by whole sponsor groups, and how many groups each stands for."""
    with prepared_book(book, config, origins.grid.anchor) as prepared:
        share = -(-prepared.clients // MAX_PANEL_CLIENTS) or 1
        blocks = panels_by_block(prepared, config, origins.numbers, targets=origins.has_outcomes)
        return joined([block.where(one_in(block.group, share, "audit")) for block in blocks]), share
