"""The trail of a client on a day, from the ledger of publications, the folders of runs, the registry and the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.card.report import ModelCard
from models.codec import JsonObject
from models.decisions.database import ReviewDatabase
from models.errors import DamagedBundleError, MissingFileError
from models.publications.ledger import Publication, PublicationLedger
from models.publications.previous import POLICY_FILE, SCORES
from models.store.sealed import MANIFEST, OF_SCORES, is_complete, read_facts
from models.trail.report import ClientTrail, DecisionOnRecord, Missing, PublishedTrail, ReadersOfClients
from models.trail.rows import rows_of_client
from models.trail.rules import PublicationOnDay, end_of_day, publications_on, superseded_by

CardOf = Callable[[Publication], ModelCard | None]
"""The card of the version that made a publication, None where the registry does not know it."""


@dataclass(frozen=True, kw_only=True)
class TrailSources:
    """Where a trail is read from: the folder of scores, the chain of decisions, cards, and who keeps who read."""

    book: str
    scores: Path
    decisions: ReviewDatabase
    card_of: CardOf
    readers: ReadersOfClients | None = None


def client_trail(sources: TrailSources, client: str, on: date, *, prove: bool = True) -> ClientTrail:
    """What was published of a client by a day, from what, what people decided of it, and who read it.

    A trail is evidence: it keeps what was published of a client who refused the processing of its data since.
    ``prove`` reads every file of the runs and holds it against its hash, which takes seconds for a large book.
    Raises ``DamagedLedgerError`` or ``BrokenChainError`` where the record is not as it was written.
    """
    entries = PublicationLedger(sources.scores).entries()
    published = [_published(sources, entries, each, client, prove) for each in publications_on(entries, on)]
    readings = None if sources.readers is None else tuple(sources.readers.readings(client))
    return ClientTrail(
        book=sources.book,
        client_id=client,
        on=on,
        publications=tuple(published),
        decisions=tuple(_decisions(sources.decisions, client, on)),
        readings=readings,
    )


def _published(
    sources: TrailSources, entries: Sequence[Publication], found: PublicationOnDay, client: str, prove: bool
) -> PublishedTrail:
    folder, entry = sources.scores / found.entry.folder, found.entry
    later = superseded_by(entries, entry)
    files, seal, proved = _sealed(folder, prove)
    rows = {} if proved is False or not files else rows_of_client(folder, client)
    policy, card = _policy(folder), sources.card_of(entry)
    lacking = {
        Missing.FOLDER: not folder.is_dir(),
        Missing.FILES: proved is False,
        Missing.ROW: bool(files) and proved is not False and SCORES not in rows,
        Missing.POLICY: policy is None,
        Missing.CARD: card is None,
    }
    return PublishedTrail(
        by=found.by,
        entry=entry,
        superseded_by=None if later is None else later.number,
        missing=tuple(each for each, is_it in lacking.items() if is_it),
        rows=rows,
        policy=policy,
        card=card,
        files=files,
        seal=seal,
        proved=proved,
    )


def _sealed(folder: Path, prove: bool) -> tuple[dict[str, str], str, bool | None]:
    """The files of a run by its manifest, its seal, and whether they are proved; nothing of a run that is gone."""
    try:
        files = read_facts(folder, remedies=OF_SCORES)["files"]
    except (MissingFileError, DamagedBundleError):
        return {}, "", False if folder.is_dir() else None
    seal = str(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["seal"])
    return dict(files), seal, is_complete(folder) if prove else None


def _policy(folder: Path) -> JsonObject | None:
    with suppress(FileNotFoundError):
        policy: JsonObject = json.loads((folder / POLICY_FILE).read_text(encoding="utf-8"))
        return policy
    return None


def _decisions(database: ReviewDatabase, client: str, on: date) -> Iterator[DecisionOnRecord]:
    end = end_of_day(on)
    for entry in database.entries():
        if entry.subject == client:
            yield DecisionOnRecord(
                number=entry.number,
                act=str(entry.act),
                by=entry.by,
                at=entry.at,
                payload=json.loads(entry.payload),
                seal=entry.seal,
                later=entry.at >= end,
            )
