"""Profile of the training book in a bundle, and the check of a book to be scored against it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from models.book.door import Book
from models.book.guard.compute import training_notices
from models.book.guard.findings import Finding, factor, times
from models.book.guard.profile import EMPTY_PROFILE, BookProfile
from models.config.guard import GuardConfig
from models.config.root import Config
from models.errors import UnlikeTrainingError
from models.notices import Notice, Severity


@dataclass(frozen=True, kw_only=True)
class TrainingProfile:
    """The book that models learned from, from afar; ``value_per_client`` is what they expected of its clients."""

    book: BookProfile
    value_per_client: float

    def to_json(self) -> str:
        """As text; the same profile gives the same bytes."""
        facts = {"book": self.book.to_facts(), "value_per_client": self.value_per_client}
        return json.dumps(facts, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> TrainingProfile:
        """What ``to_json`` wrote."""
        facts = json.loads(text)
        return cls(book=BookProfile.from_facts(facts["book"]), value_per_client=facts["value_per_client"])


UNKNOWN_TRAINING = TrainingProfile(book=EMPTY_PROFILE, value_per_client=0.0)
"""Of models of whose book nothing is remembered: every book is like it."""


def likeness_notices(book: Book, profile: TrainingProfile, learned_with: Config, guard: GuardConfig) -> list[Notice]:
    """What is implausible about a book beside that of training."""
    ignored = book.ignored_columns
    return list(training_notices(profile.book, book.profile, learned_with=learned_with, ignored=ignored, guard=guard))


def value_notices(value_per_client: float, profile: TrainingProfile, guard: GuardConfig) -> list[Notice]:
    """A book whose clients are expected to bring far more, or less, than those of training."""
    before, now = profile.value_per_client, value_per_client
    if before <= 0:  # of a book that loses money no factor can be computed
        return []
    finding = Finding(
        setting="judged_value",
        figure=factor(now, before) if now > 0 else float("inf"),
        subject="value",
        found=f"the expected value per client must be about that of training, got {times(now, before)} as much",
        remedy="look whether amounts are in the unit and the currency of training",
    )
    notice = finding.notice(guard.judged_value)
    return [] if notice is None else [notice]


def refuse_unlike(book: str, notices: Iterable[Notice]) -> None:
    """Raises ``UnlikeTrainingError`` if one of the notices is a refusal; all refusals are reported."""
    refusals = [str(notice) for notice in notices if notice.severity is Severity.REFUSED]
    if refusals:
        raise UnlikeTrainingError(book=book, refusals=refusals)
