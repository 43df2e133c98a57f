"""The decisions of people that a run reads from the review database, as part of its input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.config.review import ReviewConfig
from models.decisions.database import ReviewDatabase
from models.decisions.entries import Entry
from models.decisions.overrides import ApprovedOverride, approved_overrides, override_cases
from models.decisions.refusals import RefusedDecisionError
from models.errors import UserError
from models.notices import Notice, Severity
from models.store.keys import Key
from models.text import Text, named

_SUBJECT = "review.overrides"
_COUNTS_NOWHERE = Text("entry {number} of the chain of decisions ({act}, by {by}) counts nowhere: {said}")
_FIND_OUT = Text("find out how it came into the chain, which only the workbench writes")


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What people decided that a run must know: ``last`` is the entry up to which the chain was read and verified."""

    overrides: tuple[ApprovedOverride, ...] = ()
    notices: tuple[Notice, ...] = ()
    last: Entry | None = None

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Decided:
        """The same of a verified chain."""
        cases = override_cases(entries)
        return cls(
            overrides=approved_overrides(cases.cases),
            notices=tuple(_refused(cases.refused)),
            last=entries[-1] if entries else None,
        )

    @property
    def key(self) -> str:
        """Hash of what decides numbers: entries about anything else do not change it."""
        rows = [{name: str(value) for name, value in asdict(row).items()} for row in self.overrides]
        return Key.of(overrides=rows, notices=[str(notice) for notice in self.notices]).digest


NOTHING_DECIDED = Decided()


def read_decided(review: ReviewConfig, work_dir: Path) -> Decided:
    """What the review database of a book holds; nothing where there is none.

    Raises ``BrokenChainError`` for a chain that does not hold, ``ReviewDatabaseError``: then nothing may run.
    """
    return Decided.of(ReviewDatabase.of(review, work_dir).entries())


def _refused(refused: Sequence[tuple[Entry, UserError]]) -> Iterator[Notice]:
    for entry, error in refused:
        said = error.sentence if isinstance(error, RefusedDecisionError) else str(error)
        yield Notice.of(
            "decision_against_the_rules",
            Severity.WARNING,
            _SUBJECT,
            found=_COUNTS_NOWHERE.filled(number=entry.number, act=str(entry.act), by=named(entry.by), said=said),
            remedy=_FIND_OUT,
            count=1,
        )
