"""Changes of the version that serves: recorded in the ledger of publications first, then carried out in the registry.

A process that dies between the two leaves a record that was not carried out, and the champion of before in its place.
Whoever changes the champion next carries it out first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.codec import JsonValue
from models.publications.ledger import Act, Deed, Publication, PublicationLedger, user_name
from models.tracking.aliases import BEFORE, Succession

_CHANGES = (Act.PROMOTED, Act.ROLLED_BACK)


@dataclass(frozen=True)
class Appointment:
    """A version that is to serve: its bundle's key, why, and on what evidence; by whom and when, the ledger adds."""

    act: Act
    version: str
    bundle: str
    why: str
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)


def begin(version: str, bundle: str, succession: Succession) -> None:
    """Make the first version of a book its champion. Nobody decided that, so only its tags tell of it."""
    first = Publication(
        act=Act.PROMOTED,
        version=version,
        bundle=bundle,
        why="the first version",
        number=0,
        at=datetime.now(tz=UTC),
        by=user_name(),
    )
    succession.carry_out(first)


def appoint(appointment: Appointment, succession: Succession, ledger: PublicationLedger) -> Publication:
    """Record a change and carry it out. Returns what was recorded."""
    entry = ledger.record(
        Deed(
            act=appointment.act,
            bundle=appointment.bundle,
            version=appointment.version,
            why=appointment.why,
            evidence={BEFORE: succession.champion, **appointment.evidence},
        )
    )
    succession.carry_out(entry)
    return entry


def mend(succession: Succession, ledger: PublicationLedger) -> Publication | None:
    """Carry out what was recorded last, if a process died before it had. Returns what was done, None for nothing.

    A champion that somebody chose otherwise since, in MLflow or by training, stays.
    """
    entry = next((each for each in reversed(ledger.entries()) if each.act in _CHANGES), None)
    if entry is None or not succession.knows(entry) or succession.is_carried_out(entry):
        return None
    if succession.champion not in (entry.version, str(entry.evidence.get(BEFORE) or "")):
        return None
    succession.carry_out(entry)
    return entry
