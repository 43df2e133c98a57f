"""The jobs behind ``clientvalue promote`` and ``rollback``: the gate, the record, and the change of champion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from models.book.settling import settled
from models.card.job import register_card
from models.codec import JsonValue, to_plain
from models.comparison.compute import Candidate, compare_versions
from models.comparison.job import candidate_of
from models.comparison.report import VersionComparison
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.errors import BundleFormatError, DamagedBundleError, LostBundleError, MissingFileError, UserError
from models.promotion.page import PAGE, write_gate_page
from models.promotion.report import PromotionOutcome, PromotionReport, RollbackReport
from models.promotion.rules import gate_holds, gate_lines
from models.promotion.text import evidence_sentence
from models.publications.ledger import Act, Publication, PublicationLedger
from models.store.locks import exclusive
from models.text import ENGLISH, Phrase, Text, listed
from models.tracking.aliases import BEFORE, SUMMARY, Succession, require_before
from models.tracking.appointments import Appointment, appoint, mend
from models.tracking.mlflow import Tracking
from models.tracking.names import CHALLENGER
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, registered_bundle, settings_of

GATE_HOLDS = "the gate holds"
_LOCK = ".champion.lock"
_UNREADABLE = (BundleFormatError, DamagedBundleError, LostBundleError, MissingFileError)
_VERSION = Text("version {number}")
_OLD_CARDS = Text("the card kept with {versions} could not be made anew")
_PROMOTED_FIRST = Text(
    "version {version} now serves, as {by} had it promoted at {at} UTC by a process that ended before it was done"
)
_ROLLED_BACK_FIRST = Text(
    "version {version} now serves, as {by} had it rolled back at {at} UTC by a process that ended before it was done"
)


@dataclass(frozen=True, kw_only=True)
class _Office:
    """Where a change of champion happens: the registry's succession, and the ledger that records it."""

    settings: Config
    tracking: Tracking
    succession: Succession
    ledger: PublicationLedger

    @classmethod
    @contextmanager
    def opened(cls, settings: Config) -> Iterator[_Office]:
        """Within, no other process changes the champion of this book here."""
        folder, tracking = work_dir(settings), Tracking(settings)
        with exclusive(folder / _LOCK, what="the change of the champion", wait_seconds=1.0):
            yield cls(
                settings=settings,
                tracking=tracking,
                succession=tracking.succession,
                ledger=PublicationLedger(folder / SCORES_FOLDER),
            )

    def number_of(self, which: str) -> str:
        """The version number that an alias, or the number itself, stands for."""
        if which.isdecimal():
            return which
        aliases = self.succession.aliases
        if which not in aliases:
            raise UserError(
                rule=f"a version of {self.succession.model} must be named by its number or an alias",
                got=which,
                remedy=f"choose a number, or one of {', '.join(sorted(aliases))}" if aliases else "train first",
            )
        return aliases[which]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A promotion as it was asked for."""

    at: date | None
    reason: str
    dry_run: bool
    book: str | None
    progress: Progress


def promote(
    config: Settings,
    which: str = CHALLENGER,
    *,
    at: date | None = None,
    override_reason: str = "",
    dry_run: bool = False,
    book: str | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> PromotionReport:
    """Make a version the champion if it passes the gate of the config, or for a reason that is kept.

    The change is recorded in the ledger of publications with its evidence before the alias moves; what an earlier
    process recorded and left undone is done first. The cards kept with both versions are made anew. ``at`` is the as-of
    date of the comparison. With ``dry_run`` nothing is changed. Raises a ``UserError`` for a version or champion whose
    files are not as they were registered.
    """
    asked = _Asked(at=at, reason=override_reason.strip(), dry_run=dry_run, book=book, progress=progress)
    with _Office.opened(settings_of(config, overrides)) as office:
        done = None if dry_run else mend(office.succession, office.ledger)
        report = _promoted(office, asked, office.number_of(which))
        changed = () if report.entry is None else (report.version, report.champion)
        mended, cards = _mended(done), _cards_kept(office, *_changed_by(done), *changed)
        report = replace(report, mended=_english(mended), cards=_english(cards), mended_text=mended, cards_text=cards)
        if report.page is not None:
            write_gate_page(report, report.page)
        return report


def _promoted(office: _Office, asked: _Asked, version: str) -> PromotionReport:
    report = PromotionReport(
        model=office.succession.model,
        version=version,
        champion=office.succession.champion,
        outcome=PromotionOutcome.SERVES,
    )
    if version == report.champion:
        return report
    candidate = candidate_of(office.settings, version)
    compared = _compared(office, asked, candidate, report.champion)
    lines = () if compared is None else gate_lines(compared, office.settings.gate)
    outcome = _outcome(asked, holds=gate_holds(lines))
    report = replace(
        report,
        outcome=outcome,
        lines=lines,
        override_reason=asked.reason if outcome is PromotionOutcome.OVERRIDDEN else "",
        comparison=compared,
        page=None if compared is None else work_dir(office.settings) / PAGE,
    )
    moves = outcome in (PromotionOutcome.PROMOTED, PromotionOutcome.OVERRIDDEN)
    return replace(report, entry=_appointed(office, report, candidate.bundle.key)) if moves else report


def rollback(config: Settings, *, reason: str = "", overrides: Sequence[str] = ()) -> RollbackReport:
    """Return to the champion before, for a reason that is kept.

    A rollback that an earlier process recorded and left undone is done, and no other. Raises ``UserError`` where no
    champion was before, ``LostBundleError`` and ``DamagedBundleError`` where its files are not as they were registered.
    """
    settings = settings_of(config, overrides)
    with _Office.opened(settings) as office:
        done = mend(office.succession, office.ledger)
        if done is not None and done.act is Act.ROLLED_BACK:
            return _rolled_back(office, done, _mended(done))
        before, champion = require_before(office.succession), office.succession.champion
        bundle = registered_bundle(settings, before)
        appointment = Appointment(
            Act.ROLLED_BACK, before, bundle.key, reason.strip() or f"instead of version {champion}"
        )
        return _rolled_back(office, appoint(appointment, office.succession, office.ledger), None)


def _rolled_back(office: _Office, entry: Publication, mended: Text | None) -> RollbackReport:
    cards = _cards_kept(office, *_changed_by(entry))
    return RollbackReport(
        model=office.succession.model,
        version=entry.version,
        champion=str(entry.evidence.get(BEFORE, "")),
        reason=entry.why,
        entry=entry.number,
        mended=_english(mended),
        cards=_english(cards),
        mended_text=mended,
        cards_text=cards,
    )


def _changed_by(entry: Publication | None) -> tuple[str, ...]:
    """The versions of which a change makes another card."""
    return () if entry is None else (entry.version, str(entry.evidence.get(BEFORE) or ""))


def _cards_kept(office: _Office, *versions: str) -> Text | None:
    """Keep the cards of versions as they stand now; in words those that could not be, since the change stands."""
    left: list[Phrase] = []
    entries = office.ledger.entries() if versions else ()
    for version in filter(None, dict.fromkeys(versions)):
        try:
            register_card(office.tracking, office.tracking.find(version), office.settings, entries)
        except (UserError, OSError):
            left.append(_VERSION.filled(number=version))
    return _OLD_CARDS.filled(versions=listed(left)) if left else None


def _mended(done: Publication | None) -> Text | None:
    if done is None:
        return None
    said = _PROMOTED_FIRST if done.act is Act.PROMOTED else _ROLLED_BACK_FIRST
    return said.filled(version=done.version, by=done.by, at=f"{done.at:%Y-%m-%d %H:%M}")


def _english(text: Text | None) -> str:
    return "" if text is None else text.within(ENGLISH)


def _compared(office: _Office, asked: _Asked, candidate: Candidate, champion: str) -> VersionComparison | None:
    """Both versions side by side; None where no champion can be read, and there is a reason to go on without."""
    try:
        if not champion:
            raise MissingFileError("the champion", remedy="name a reason with --override-reason: nobody serves yet")
        serving = candidate_of(office.settings, champion)
    except _UNREADABLE:
        if not asked.reason:
            raise
        return None
    opened = open_book(office.settings, asked.book, asked.progress)
    settings = settled(office.settings, opened)
    return compare_versions(opened, serving, candidate, settings, asked.at, progress=asked.progress)


def _outcome(asked: _Asked, *, holds: bool) -> PromotionOutcome:
    if asked.dry_run:
        return PromotionOutcome.WOULD_SERVE if holds else PromotionOutcome.WOULD_NOT_SERVE
    if holds:
        return PromotionOutcome.PROMOTED
    return PromotionOutcome.OVERRIDDEN if asked.reason else PromotionOutcome.REFUSED


def _appointed(office: _Office, report: PromotionReport, key: str) -> int:
    """Record and carry out; returns the number of the entry."""
    if office.succession.champion != report.champion:
        raise UserError(
            rule="the champion must be the one that the version was compared with",
            got=f"version {office.succession.champion} beside version {report.champion}",
            remedy="somebody changed it meanwhile: promote again",
        )
    why, evidence = report.override_reason or GATE_HOLDS, _evidence(report)
    appointment = Appointment(Act.PROMOTED, report.version, key, why, evidence)
    return appoint(appointment, office.succession, office.ledger).number


def _evidence(report: PromotionReport) -> dict[str, JsonValue]:
    """What an entry of the ledger keeps: each line of the gate, and what was compared when."""
    compared = report.comparison
    judged = None if compared is None else compared.judged
    return {
        SUMMARY: evidence_sentence(report),
        "gate": [to_plain(line) for line in report.lines],
        "compared": [] if compared is None else [to_plain(each) for each in compared.versions],
        "judged_at": None if judged is None else judged.as_of.isoformat(),
        "changes_at": None if compared is None else compared.change.as_of.isoformat(),
    }
