"""Figures held against their limits: alarms, the gravest first, and the same as notices of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from models.codec import OMITTED_IF_NONE
from models.config.guard import Limit
from models.config.monitor import GuardMode, MonitorConfig
from models.notices import Notice, NoticeTexts, Severity
from models.text import ENGLISH, Language, Text, as_written

_NAMED = 4
_ORDER = list(Severity)
_MORE = Text("{subjects} and {count} more")
_OR_MARK = Text("{remedy}, or set monitor.guard to mark to publish all the same")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One figure: the limit of the section ``monitor`` that bounds it, of what, beside what, and in words.

    ``weight`` is how much of what moves the models its subject makes up; 1 where that is no question.
    """

    code: str
    subject: str
    beside: str
    figure: float
    found: Text
    remedy: Text
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One kind of finding beside one thing: all subjects of which a figure reaches a limit, the largest first.

    Attributes:
        severity: refused where it stops a publication.
        figure: the largest; ``limit`` is what it reached.
        found, remedy: of the largest, in English words; ``texts`` the same in every language.
        as_of: of the publication that it is about.
    """

    severity: Severity
    code: str
    subjects: tuple[str, ...]
    beside: str
    figure: float
    limit: float
    found: str
    remedy: str = ""
    as_of: date | None = None
    weight: float = 1.0
    texts: Annotated[NoticeTexts | None, OMITTED_IF_NONE] = None

    def within(self, language: Language) -> tuple[str, str]:
        """What was found and the remedy in a language; in English where the alarm knows no other."""
        if self.texts is None or self.texts.remedy is None:
            return self.found, self.remedy
        return self.texts.found.within(language), self.texts.remedy.within(language)

    @property
    def is_raised(self) -> bool:
        """Whether somebody must look at it: all but notes."""
        return self.severity is not Severity.NOTE

    @property
    def named(self) -> str:
        """The first of its subjects, and how many more.

        >>> level = Severity.NOTE
        >>> Alarm(severity=level, code="a", subjects=tuple("abcde"), beside="", figure=1, limit=0, found="").named
        'a, b, c, d and 1 more'
        """
        return self.named_text.within(ENGLISH)

    @property
    def named_text(self) -> Text:
        """The same in every language; names of inputs and tiers stay as they are."""
        more, first = len(self.subjects) - _NAMED, ", ".join(self.subjects[:_NAMED])
        return _MORE.filled(subjects=first, count=more) if more > 0 else as_written(first)

    def notice(self, mode: GuardMode) -> Notice:
        """The same as a notice of a run; where it is only marked, what would stop it is a warning."""
        stops = self.severity is Severity.REFUSED
        marked = stops and mode is not GuardMode.STOP
        texts = self.texts or NoticeTexts(found=as_written(self.found), remedy=as_written(self.remedy))
        remedy = texts.remedy
        return Notice.of(
            f"monitor_{self.code}",
            Severity.WARNING if marked else self.severity,
            self.named,
            found=texts.found,
            remedy=_OR_MARK.filled(remedy=remedy or "") if stops and not marked else remedy,
            count=len(self.subjects),
        )


def alarms_of(readings: Iterable[Reading], config: MonitorConfig, as_of: date | None = None) -> tuple[Alarm, ...]:
    """The readings that reach a limit, those of one kind, severity and beside the same together; the gravest first."""
    groups: dict[tuple[Severity, str, str], list[Reading]] = {}
    for reading in readings:
        severity = severity_of(reading, config)
        if severity is not None:
            groups.setdefault((severity, reading.code, reading.beside), []).append(reading)
    return ranked(_alarm(severity, each, config, as_of) for (severity, _, _), each in groups.items())


def ranked(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """The gravest first, of these what goes farthest beyond its limit, by how much it matters."""
    return tuple(sorted(alarms, key=_rank))


def severity_of(reading: Reading, config: MonitorConfig) -> Severity | None:
    """How grave a reading is; None below every limit.

    What moves no model is a note at most, and what hardly moves one never stops a publication.
    """
    severity = limit_of(reading.code, config).severity(reading.figure)
    if severity is None or reading.weight <= 0:
        return None if severity is None else Severity.NOTE
    small = reading.weight < config.small_weight
    return Severity.WARNING if severity is Severity.REFUSED and small else severity


def limit_of(code: str, config: MonitorConfig) -> Limit:
    """The limit of the section by its name."""
    found = getattr(config, code)
    assert isinstance(found, Limit)  # noqa: S101 - codes are names of limits
    return found


def _alarm(severity: Severity, readings: list[Reading], config: MonitorConfig, as_of: date | None) -> Alarm:
    ordered = sorted(readings, key=lambda each: (-each.figure * max(each.weight, 1e-6), each.subject))
    first = ordered[0]
    limit = getattr(limit_of(first.code, config), severity.value)
    return Alarm(
        severity=severity,
        code=first.code,
        subjects=tuple(each.subject for each in ordered),
        beside=first.beside,
        figure=first.figure,
        limit=limit if limit is not None else min(_figures(limit_of(first.code, config))),
        found=first.found.within(ENGLISH),
        remedy=first.remedy.within(ENGLISH),
        as_of=as_of,
        weight=sum(each.weight for each in ordered),
        texts=NoticeTexts(found=first.found, remedy=first.remedy),
    )


def _figures(limit: Limit) -> list[float]:
    return [each for each in (limit.note, limit.warning, limit.refused) if each is not None]


def _rank(alarm: Alarm) -> tuple[int, float, str, str]:
    return (-_ORDER.index(alarm.severity), -alarm.weight, alarm.code, alarm.beside)
