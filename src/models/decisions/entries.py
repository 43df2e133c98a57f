"""Entries of the chain of decisions: what was decided, about whom, by whom and when, each sealed over all before it.

Nothing is ever changed or deleted: what is taken back is a further entry. Only where a client must be forgotten its
entries lose their content; their seals stay, and a later entry names each by number and seal. The chain lies in the
table ``review_entry`` of the review database, which the workbench writes and runs read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from models.codec import from_json, to_plain
from models.errors import UserError
from models.store.chain import FIRST, first_misfit, seal_of_text
from models.store.keys import canonical_json

POLICY_SUBJECT = "policy"
"""The subject of entries about the policy; every other subject is the id of a client, or what the part says."""


class DecisionAct(StrEnum):
    """What an entry records. A part that records something new adds its act here, and nowhere else."""

    OVERRIDE_PROPOSED = "override proposed"
    OVERRIDE_APPROVED = "override approved"
    OVERRIDE_RETURNED = "override returned"
    OVERRIDE_WITHDRAWN = "override withdrawn"
    POLICY_PROPOSED = "policy proposed"
    POLICY_APPROVED = "policy approved"
    POLICY_RETURNED = "policy returned"
    POLICY_WITHDRAWN = "policy withdrawn"
    WARNING_ACKNOWLEDGED = "warning acknowledged"
    WARNING_ASSIGNED = "warning assigned"
    WARNING_DUE = "warning due"
    WARNING_CLOSED = "warning closed"
    LIST_ITEM_TAKEN = "list item taken"
    LIST_ITEM_DONE = "list item done"
    LETTER_FILED = "letter filed"
    OBJECTION_OPENED = "objection opened"
    OBJECTION_ANSWERED = "objection answered"
    ROLE_CHANGED = "role changed"
    CLIENT_FORGOTTEN = "client forgotten"
    ERASED = "erased"
    """What stands in the place of an entry about a client who was forgotten: its seal, and who made it when."""


OVERRIDE_ACTS = frozenset(act for act in DecisionAct if act.startswith("override "))
POLICY_ACTS = frozenset(act for act in DecisionAct if act.startswith("policy "))
ABOUT_NO_CLIENT = POLICY_ACTS | {DecisionAct.ROLE_CHANGED, DecisionAct.CLIENT_FORGOTTEN, DecisionAct.ERASED}
"""Acts whose subject is no client, whatever it is called."""
FORGOTTEN_SUBJECT = "forgotten"
"""The subject of erased entries, and of those that say so: no client."""
Payload = TypeVar("Payload")


class BrokenChainError(UserError):
    """A chain of decisions that is not as it was written; ``number`` is the first entry that does not hold."""

    def __init__(self, number: int, differs: str, *, place: str) -> None:
        self.number = number
        super().__init__(
            rule=f"the chain of decisions in {place} must be as it was written",
            got=f"entry {number:,} that does not hold: {differs}",
            remedy="restore the database from a copy, and find out who changed it; nothing is read from it until then",
        )


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be recorded: an act on a subject, with its payload as canonical JSON text."""

    act: DecisionAct
    subject: str
    payload: str = "{}"

    @classmethod
    def of(cls, act: DecisionAct, subject: str, payload: object) -> Draft:
        """A draft whose payload is a frozen dataclass."""
        return cls(act=act, subject=subject, payload=canonical_json(to_plain(payload)))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the chain.

    Attributes:
        number: from 1, without gaps.
        act: a ``DecisionAct``, or one of a later version.
        subject: whom or what it is about: the id of a client, ``POLICY_SUBJECT``, or what the part says.
        payload: what the act needs, as canonical JSON text.
        by: the account of who did it.
        at: when, UTC, in whole seconds.
        before: the seal of the entry before, "" of the first.
        seal: SHA-256 of the canonical JSON of all other fields.
    """

    number: int
    act: str
    subject: str
    payload: str
    by: str
    at: datetime
    before: str = FIRST
    seal: str = ""

    def __str__(self) -> str:
        return f"entry {self.number:,} ({self.act}, by {self.by})"

    def read(self, kind: type[Payload]) -> Payload:
        """The payload as the dataclass that was recorded. Raises ``UserError`` if it holds anything else."""
        return from_json(kind, self.payload, subject=str(self), remedy="find out which version recorded it")


@dataclass(frozen=True, kw_only=True)
class ErasedEntry:
    """An entry that lost its content: its number and its seal, as it was written, what it did, by whom and when.

    ``by`` and ``at`` still stand in the entry, which its own seal no longer covers.
    """

    number: int
    seal: str
    act: str
    by: str
    at: str

    @classmethod
    def of(cls, entry: Entry) -> ErasedEntry:
        """What stays of an entry."""
        act, moment = str(entry.act), moment_text(entry.at)
        return cls(number=entry.number, seal=entry.seal, act=act, by=entry.by, at=moment)

    def tells(self, entry: Entry | None) -> bool:
        """Whether this is what was written of an entry that lost its content."""
        return entry is not None and (self.seal, self.by, self.at) == (entry.seal, entry.by, moment_text(entry.at))


@dataclass(frozen=True, kw_only=True)
class ClientForgotten:
    """The payload of ``CLIENT_FORGOTTEN``: nothing of it tells who the client was.

    ``client`` is the salted hash of its id, ``why`` the reason in words, ``erased`` what the chain lost for it.
    """

    client: str
    why: str
    erased: tuple[ErasedEntry, ...] = ()


def seal_of(entry: Entry) -> str:
    """The seal that an entry must have: 64 hexadecimal digits.

    >>> at = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    >>> entry = Entry(number=1, act="role changed", subject="chen", payload="{}", by="root", at=at)
    >>> unsealed(entry).partition(',"number"')[0]
    '{"act":"role changed","at":"2026-03-01T09:30:00+00:00","before":"","by":"root"'
    >>> seal_of(entry)[:16]
    'd0d32f30dfcc2147'
    """
    return seal_of_text(unsealed(entry))


def unsealed(entry: Entry) -> str:
    """The text that an entry is sealed over: canonical JSON of all fields but the seal, the moment in ISO 8601."""
    fields = {"number": entry.number, "act": str(entry.act), "subject": entry.subject, "payload": entry.payload}
    return canonical_json({**fields, "by": entry.by, "at": moment_text(entry.at), "before": entry.before})


def moment_text(moment: datetime) -> str:
    """A moment as the chain writes it: ISO 8601 in UTC, in whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def sealed_after(last: Entry | None, draft: Draft, *, by: str, at: datetime) -> Entry:
    """The entry of a draft that follows ``last``, None for the first of a chain."""
    entry = Entry(
        number=1 if last is None else last.number + 1,
        act=draft.act.value,
        subject=draft.subject,
        payload=draft.payload,
        by=by,
        at=at.astimezone(UTC).replace(microsecond=0),
        before=FIRST if last is None else last.seal,
    )
    return replace(entry, seal=seal_of(entry))


def verify(entries: Iterable[Entry], *, place: str = "the review database") -> BrokenChainError | None:
    """The first entry that does not hold, as an error that can be raised; None where all do.

    ``entries`` stand in the order of their numbers.
    """
    erased: dict[int, Entry] = {}
    misfit = first_misfit(_noting_erased(entries, erased), unsealed, is_erased=is_erased)
    if misfit is not None:
        return BrokenChainError(misfit.number, misfit.differs, place=place)
    return (
        BrokenChainError(min(erased), "it lost its content, and no later entry says why", place=place)
        if erased
        else None
    )


def is_erased(entry: Entry) -> bool:
    """Whether an entry lost its content, since its client was forgotten."""
    return entry.act == DecisionAct.ERASED


def _noting_erased(entries: Iterable[Entry], erased: dict[int, Entry]) -> Iterator[Entry]:
    """The same entries; ``erased`` collects those that lost their content until a later entry names them."""
    for entry in entries:
        if is_erased(entry):
            erased[entry.number] = entry
        elif entry.act == DecisionAct.CLIENT_FORGOTTEN and seal_of(entry) == entry.seal:
            for each in entry.read(ClientForgotten).erased:
                if each.tells(erased.get(each.number)):
                    del erased[each.number]
        yield entry


def about(entries: Sequence[Entry], acts: frozenset[DecisionAct], subject: str | None = None) -> list[Entry]:
    """The entries of some acts, on one subject or on all, in their order."""
    return [each for each in entries if each.act in acts and subject in (None, each.subject)]
