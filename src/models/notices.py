"""Notices: what a run leaves out, assumes or finds implausible, as data that travels to every place where it is read.

The door, training and scoring add notices; the terminal, ``--json``, the manifest and the overview show the same list.
Who decides a notice's severity is the config, where it can be decided at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from models.showable import without_secrets


class Severity(StrEnum):
    """How much a notice matters, least first."""

    NOTE = "note"
    WARNING = "warning"
    REFUSED = "refused"


ROWS_LEFT_OUT = "rows_left_out"
"""The code of rows that broke the contract and stand in quarantine."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing that a reader of the result must know.

    Attributes:
        code: which kind of finding this is, in snake case; settings and tests name it so.
        severity: ``refused`` stops the run before anything is published.
        subject: what it is about, such as ``clients.registered_capital`` or ``caps.rating_missing``.
        found: one sentence without a full stop: the rule or the expectation, and what was got instead.
        remedy: what to do about it; empty where there is nothing to do.
        count: rows, clients or files concerned; 0 where counting says nothing.
    """

    code: str
    severity: Severity
    subject: str
    found: str
    remedy: str = ""
    count: int = 0

    def __str__(self) -> str:
        return without_secrets(f"{self.subject}: {self.found}" + (f"; {self.remedy}" if self.remedy else ""))


def notice_facts(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices ready for JSON, in their order."""
    return [asdict(notice) for notice in notices]


def notices_of(facts: Iterable[Mapping[str, Any]]) -> tuple[Notice, ...]:
    """The notices that ``notice_facts`` wrote.

    >>> found = Notice(code="rows_left_out", severity=Severity.NOTE, subject="clients", found="2 rows are left out")
    >>> notices_of(notice_facts([found])) == (found,)
    True
    """
    return tuple(Notice(**{**fact, "severity": Severity(fact["severity"])}) for fact in facts)


def by_severity(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The same notices, those that matter most first, else in their order; repeats are dropped."""
    rank = list(Severity)
    return tuple(sorted(dict.fromkeys(notices), key=lambda notice: -rank.index(notice.severity)))


def severity_counts(notices: Sequence[Notice]) -> dict[str, int]:
    """How many notices there are of each severity, the gravest first, those without any included."""
    counts = Counter(notice.severity for notice in notices)
    return {severity.value: counts[severity] for severity in reversed(Severity)}
