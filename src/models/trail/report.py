"""The trail of a client on a day as typed data: publications and their sources, decisions, readers, and a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from models.card.report import ModelCard
from models.codec import JsonObject, JsonValue
from models.publications.ledger import Publication
from models.trail.rules import OfficialBy


@dataclass(frozen=True, kw_only=True)
class ClientRead:
    """Somebody read a client: who, when (UTC), on which page, from which run."""

    at: datetime
    by: str
    route: str
    run_key: str


class ReadersOfClients(Protocol):
    """Whoever keeps record of who read a client."""

    def readings(self, client_id: str) -> Sequence[ClientRead]:
        """All of one client, the first first."""


@dataclass(frozen=True, kw_only=True)
class DecisionOnRecord:
    """An entry of the chain of decisions about a client; ``later``: it was recorded after the day asked for."""

    number: int
    act: str
    by: str
    at: datetime
    payload: JsonValue
    seal: str
    later: bool


class Missing(StrEnum):
    """What is no longer there of a publication, or was never published."""

    FOLDER = "folder"
    FILES = "files"
    ROW = "row"
    POLICY = "policy"
    CARD = "card"


@dataclass(frozen=True, kw_only=True)
class PublishedTrail:
    """What one publication says of a client, and what it was made from.

    Attributes:
        by: why it counts as that of the day.
        entry: of the ledger of publications: run, models, policy, data, when, by whom.
        superseded_by: number of the entry that took its place, None where it is official today.
        rows: file of the run -> its rows of the client, as published; empty where the run does not tell of it.
        policy: that graded, with its cut-offs; None of a run that did not leave it.
        card: of the models' version, as it stands today; None where the registry does not know them.
        files: file of the run -> its SHA-256, by the sealed manifest.
        seal: of that manifest.
        proved: whether all files were found to be as they were published; None where nobody looked.
    """

    by: OfficialBy
    entry: Publication
    superseded_by: int | None
    missing: tuple[Missing, ...]
    rows: Mapping[str, tuple[JsonObject, ...]]
    policy: JsonObject | None
    card: ModelCard | None
    files: Mapping[str, str]
    seal: str
    proved: bool | None


@dataclass(frozen=True, kw_only=True)
class ClientTrail:
    """A client on a day.

    Attributes:
        publications: what was known then first; empty where nothing had been published.
        decisions: of people about it, the first first.
        readings: who read it until today; None where no workbench keeps that.
    """

    book: str
    client_id: str
    on: date
    publications: tuple[PublishedTrail, ...]
    decisions: tuple[DecisionOnRecord, ...]
    readings: tuple[ClientRead, ...] | None


@dataclass(frozen=True, kw_only=True)
class ReplayCondition:
    """Something that must be as it was for the same bytes: what, as it was, as it is now, and what helps where not."""

    what: str
    then: str
    now: str
    remedy: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is as it was."""
        return self.then == self.now


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A publication made again, beside what was published.

    Attributes:
        run_key, as_of: of the publication.
        conditions: what must be as it was.
        same: files that came out byte for byte the same; ``others`` those that did not.
        row_agrees: whether what is said of the client asked for is the same in every column but the key of the run;
            None where nothing was made again, or no client was asked for.
        seconds: how long it took; 0 where nothing could be made again.
    """

    run_key: str
    as_of: date
    conditions: tuple[ReplayCondition, ...]
    same: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    row_agrees: bool | None = None
    seconds: float = 0.0

    @property
    def was_made(self) -> bool:
        """Whether it could be made again at all."""
        return bool(self.same or self.others)

    @property
    def agrees(self) -> bool:
        """Whether every file is the same to the byte."""
        return bool(self.same) and not self.others
