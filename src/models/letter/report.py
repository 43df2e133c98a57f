"""A letter to one client as typed data: the grade, at most four reasons, what may help, and rights, in one language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from models.codec import to_json_text
from models.store.keys import text_hash


@dataclass(frozen=True, kw_only=True)
class LetterPoint:
    """One reason or one thing that may help: what it is about, see ``Topic``, and the sentence."""

    topic: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class LetterContact:
    """Whom the client writes to."""

    office: str
    address: str
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class ClientLetter:
    """A letter in ``language``; it holds nothing that the client must not read.

    Attributes:
        name: what the book calls the client, "" where it does not say.
        tier: what people call the grade, "" of a client that has none; ``tiers`` all grades, best first.
        decided: what decided the grade: rules, a person, a limit that holds, or nothing yet.
        reasons: the principal ones, the weightiest first, at most four.
        steps: what may help; empty where nothing does or need be done. ``steps_note`` says what they are worth.
        rights: what the client may ask for, in full sentences.
        seal: sha256 of all the rest.
    """

    client_id: str
    name: str
    language: str
    as_of: date
    lender: str
    tier: str
    tiers: tuple[str, ...]
    opening: str
    decided: str
    reasons: tuple[LetterPoint, ...]
    steps: tuple[LetterPoint, ...]
    steps_note: str
    rights: tuple[str, ...]
    contact: LetterContact
    objection_days: int
    answer_days: int
    model_version: str
    policy: str
    seal: str = ""

    @property
    def is_graded(self) -> bool:
        """Whether the client has a grade."""
        return bool(self.tier)


def sealed(letter: ClientLetter) -> ClientLetter:
    """The letter with the hash of its contents, the same for the same contents."""
    bare = replace(letter, seal="")
    return replace(letter, seal=text_hash(to_json_text(bare, sort_keys=True)))
