"""The jobs behind ``clientvalue audit client`` and ``audit replay``: a trail, its export, and a replay."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.book.door import Book
from models.book.loading import load_book
from models.card.job import registered_card
from models.card.report import ModelCard
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.decisions.database import ReviewDatabase
from models.decisions.decided import Decided
from models.decisions.entries import BrokenChainError
from models.decisions.job import verify_chain
from models.decisions.report import ChainReport, broken_report
from models.errors import ClientValueError, UserError
from models.publications.anchors import anchored_entries
from models.publications.ledger import Publication, PublicationLedger
from models.store.drafts import publish_once
from models.trail.compute import TrailSources, client_trail
from models.trail.export import export_trail
from models.trail.replay import replay_publication
from models.trail.report import ClientTrail, ReadersOfClients, Replay
from models.trail.rules import publications_on
from models.vocab import Progress, SilentProgress
from models.workspace.opening import open_book
from models.workspace.published import version_of


@dataclass(frozen=True, kw_only=True)
class TrailFound:
    """A trail, and the file in which it was exported, None where nobody asked."""

    trail: ClientTrail
    file: Path | None = None


def sources_of(settings: Config, readers: ReadersOfClients | None = None) -> TrailSources:
    """Where the trails of a config's book are read from."""
    folder = work_dir(settings)
    return TrailSources(
        book=settings.book.name,
        scores=folder / SCORES_FOLDER,
        decisions=ReviewDatabase.of(settings.review, folder),
        card_of=lambda entry: _card(settings, entry),
        readers=readers,
    )


def audit_chain(settings: Config) -> ChainReport:
    """Look at every entry of the chain of decisions, and hold it against what publications read of it."""
    report = verify_chain(settings)
    try:
        if report.holds:
            folder = work_dir(settings)
            anchored_entries(ReviewDatabase.of(settings.review, folder), folder / SCORES_FOLDER)
    except BrokenChainError as error:
        return broken_report(report.database, error)
    return report


def audit_client(
    settings: Config,
    client: str,
    on: date,
    *,
    readers: ReadersOfClients | None = None,
    out: Path | None = None,
) -> TrailFound:
    """What was published of a client by a day, from what, and what people decided; exported to the file ``out``.

    Raises a ``UserError``: where the ledger or the chain is not as it was written, or ``out`` is there already.
    """
    sources = sources_of(settings, readers)
    trail = client_trail(sources, client, on)
    if out is None:
        return TrailFound(trail=trail)
    if out.exists():
        raise UserError(rule="an export must not take the place of another", got=str(out), remedy="name a new file")
    out.parent.mkdir(parents=True, exist_ok=True)
    publish_once(out, export_trail(trail, sources.scores))
    return TrailFound(trail=trail, file=out)


def audit_replay(
    settings: Config,
    on: date,
    *,
    client: str | None = None,
    book: str | None = None,
    number: int | None = None,
    progress: Progress = SilentProgress(),
) -> Replay:
    """Make the publication of a day again and compare; ``number`` names another of those that count, by its entry.

    Raises a ``UserError`` where nothing was official on that day.
    """
    scores = work_dir(settings) / SCORES_FOLDER
    found = [each.entry for each in publications_on(PublicationLedger(scores).entries(), on)]
    chosen = [entry for entry in found if number in (None, entry.number)]
    if not chosen:
        raise UserError(
            rule="a publication must count as that of the day",
            got=f"none on {on}" if not found else f"entry {number}",
            remedy="see clientvalue publications for what was published when",
        )
    opened = _book_of(settings, chosen[0], book, progress)
    return replay_publication(settings, opened, scores, chosen[0], client=client, progress=progress)


def _book_of(settings: Config, entry: Publication, place: str | None, progress: Progress) -> Book:
    """The book as it is, or with what people had decided when the publication was recorded, if that is what it read."""
    opened = open_book(settings, place, progress)
    database = ReviewDatabase.of(settings.review, work_dir(settings))
    then = [each for each in database.entries() if each.at <= entry.at]
    if opened.fingerprint == entry.data or not database.entries():
        return opened
    return load_book(settings, place, work_dir(settings), progress, decided=Decided.of(then))


def _card(settings: Config, entry: Publication) -> ModelCard | None:
    version = entry.version or version_of(settings, entry.bundle)
    if not version:
        return None
    with suppress(ClientValueError):
        return registered_card(settings, version)
    return None
