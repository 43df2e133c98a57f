"""Notices: what a run leaves out, assumes or finds implausible, as data that travels to every place where it is read.

The door, training and scoring add notices; the terminal, ``--json``, the manifest and the overview show the same list.
Its sentences are ``Text``: pages show them in their language, all else in English. Who decides a notice's severity is
the config, where it can be decided at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from models.codec import OMITTED_IF_NONE, JsonValue, from_plain, to_plain
from models.showable import without_secrets
from models.text import ENGLISH, Language, Text


class Severity(StrEnum):
    """How much a notice matters, least first."""

    NOTE = "note"
    WARNING = "warning"
    REFUSED = "refused"


ROWS_LEFT_OUT = "rows_left_out"
"""The code of rows that broke the contract and stand in quarantine."""


@dataclass(frozen=True, kw_only=True)
class NoticeTexts:
    """What was found, and what to do about it, as texts of every language; no remedy where there is nothing to do."""

    found: Text
    remedy: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing that a reader of the result must know.

    Attributes:
        code: which kind of finding this is, in snake case; settings and tests name it so.
        severity: ``refused`` stops the run before anything is published.
        subject: what it is about, such as ``clients.registered_capital`` or ``caps.rating_missing``.
        found: one sentence without a full stop: the rule or the expectation, and what was got instead. In English.
        remedy: what to do about it; empty where there is nothing to do.
        count: rows, clients or files concerned; 0 where counting says nothing.
        texts: ``found`` and ``remedy`` in every language; None of a notice of a run from before there were these.
    """

    code: str
    severity: Severity
    subject: str
    found: str
    remedy: str = ""
    count: int = 0
    texts: Annotated[NoticeTexts | None, OMITTED_IF_NONE] = None

    @staticmethod
    def of(
        code: str, severity: Severity, subject: str, *, found: Text, remedy: Text | None = None, count: int = 0
    ) -> Notice:
        """A notice whose sentences are known in every language."""
        return Notice(
            code=code,
            severity=severity,
            subject=subject,
            found=found.within(ENGLISH),
            remedy="" if remedy is None else remedy.within(ENGLISH),
            count=count,
            texts=NoticeTexts(found=found, remedy=remedy),
        )

    def within(self, language: Language) -> tuple[str, str]:
        """What was found and the remedy in a language; in English where the notice knows no other.

        >>> found = Text("{count} row is left out", plural="{count} rows are left out").filled(count=2)
        >>> Notice.of("rows_left_out", Severity.NOTE, "clients", found=found).within(ENGLISH)
        ('2 rows are left out', '')
        """
        if self.texts is None:
            return self.found, self.remedy
        remedy = self.texts.remedy
        return self.texts.found.within(language), "" if remedy is None else remedy.within(language)

    def __str__(self) -> str:
        return without_secrets(f"{self.subject}: {self.found}" + (f"; {self.remedy}" if self.remedy else ""))


def notice_facts(notices: Iterable[Notice]) -> list[JsonValue]:
    """Notices ready for JSON, in their order."""
    return [to_plain(notice) for notice in notices]


def notices_of(facts: Iterable[object]) -> tuple[Notice, ...]:
    """The notices that ``notice_facts`` wrote.

    >>> found = Notice(code="rows_left_out", severity=Severity.NOTE, subject="clients", found="2 rows are left out")
    >>> notices_of(notice_facts([found])) == (found,)
    True
    """
    return tuple(from_plain(Notice, fact, subject="a notice", remedy="run the command again") for fact in facts)


def by_severity(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The same notices, those that matter most first, else in their order; of those that read alike the last stays."""
    rank = list(Severity)
    read = {(each.severity, each.subject, each.found, each.remedy): each for each in notices}
    return tuple(sorted(read.values(), key=lambda notice: -rank.index(notice.severity)))


def severity_counts(notices: Sequence[Notice]) -> dict[str, int]:
    """How many notices there are of each severity, the gravest first, those without any included."""
    counts = Counter(notice.severity for notice in notices)
    return {severity.value: counts[severity] for severity in reversed(Severity)}
