"""Filed letters and objections to them: what the chain of decisions records, and the rules by which a case goes on.

An objection is a case: it names the letter, has a day by which a person answers, and ends with an answer. Whoever filed
the letter does not answer the objection to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.decisions.entries import DecisionAct, Draft, Entry
from models.decisions.refusals import RefusedDecisionError
from models.text import Text

LETTER_ACTS = (DecisionAct.LETTER_FILED, DecisionAct.OBJECTION_OPENED, DecisionAct.OBJECTION_ANSWERED)
LONGEST_TEXT = 4_000
_FILED_ONLY, _FILE_IT = (
    Text("an objection must be to a letter that was filed"),
    Text("file the letter, or name another"),
)
_OPEN_ONLY, _LOOK_AT_IT = Text("an answer must be to an open objection"), Text("look at the case: it has its answer")
_TWO_PEOPLE, _NAME_ANOTHER = (
    Text("whoever filed a letter must not answer the objection to it"),
    Text("name another person"),
)
_LENGTH, _WRITE_IT = (
    Text("a text must hold 1 to 4,000 characters"),
    Text("write what is to be known, and no more"),
)


class ObjectionOutcome(StrEnum):
    """How a case ended."""

    GRADE_STANDS = "grade stands"
    GRADE_CHANGED = "grade to be changed by an override"
    DATA_CORRECTED = "data put right"
    WITHDRAWN = "withdrawn by the client"


@dataclass(frozen=True, kw_only=True)
class LetterFiled:
    """A letter as it was filed: the hash of its contents, and that of the file, by which it is found again."""

    seal: str
    file_hash: str
    language: str
    tier: str
    as_of: date
    run_key: str
    model_version: str


@dataclass(frozen=True, kw_only=True)
class ObjectionOpened:
    """An objection as it came in: to which entry that filed a letter, who answers it, and by which day."""

    letter: int
    text: str
    received: date
    due: date
    person: str


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered:
    """The answer to the objection of an entry."""

    objection: int
    outcome: ObjectionOutcome
    text: str


@dataclass(frozen=True, kw_only=True)
class FiledLetter:
    """A filed letter with its entry."""

    entry: Entry
    letter: LetterFiled


@dataclass(frozen=True, kw_only=True)
class ObjectionCase:
    """An objection with its answer, None while it is open."""

    entry: Entry
    objection: ObjectionOpened
    answer: ObjectionAnswered | None = None
    answered: Entry | None = None

    def is_late(self, today: date) -> bool:
        """Whether the day of its answer has passed without one."""
        return self.answer is None and self.objection.due < today


def filed_letters(entries: Sequence[Entry]) -> list[FiledLetter]:
    """The letters that were filed, the latest first."""
    filed = (each for each in reversed(entries) if each.act == DecisionAct.LETTER_FILED)
    return [FiledLetter(entry=each, letter=each.read(LetterFiled)) for each in filed]


def objection_cases(entries: Sequence[Entry]) -> list[ObjectionCase]:
    """Every case, the open ones first, by the day of their answer."""
    answers: dict[int, tuple[ObjectionAnswered, Entry]] = {}
    for each in entries:
        if each.act == DecisionAct.OBJECTION_ANSWERED:
            answer = each.read(ObjectionAnswered)
            answers[answer.objection] = (answer, each)
    opened = [each for each in entries if each.act == DecisionAct.OBJECTION_OPENED]
    cases = [_case(each, *answers.get(each.number, (None, None))) for each in opened]
    return sorted(cases, key=lambda case: (case.answer is not None, case.objection.due, case.entry.number))


def _case(entry: Entry, answer: ObjectionAnswered | None, answered: Entry | None) -> ObjectionCase:
    return ObjectionCase(entry=entry, objection=entry.read(ObjectionOpened), answer=answer, answered=answered)


def opened_objection(
    entries: Sequence[Entry], *, letter: int, text: str, received: date, person: str, answer_days: int
) -> Draft:
    """The record of an objection to a filed letter of ``entries``. Raises ``RefusedDecisionError``.

    Its answer is due ``answer_days`` after it was received.
    """
    filed = {each.entry.number: each for each in filed_letters(entries)}
    if letter not in filed:
        raise RefusedDecisionError(_FILED_ONLY, str(letter), _FILE_IT)
    if filed[letter].entry.by == person:
        raise _same_person(person)
    payload = ObjectionOpened(
        letter=letter,
        text=_sound(text),
        received=received,
        due=received + timedelta(days=answer_days),
        person=person,
    )
    return Draft.of(DecisionAct.OBJECTION_OPENED, filed[letter].entry.subject, payload)


def answered_objection(
    entries: Sequence[Entry], *, objection: int, outcome: ObjectionOutcome, text: str, by: str
) -> Draft:
    """The record of the answer to an open objection of ``entries``. Raises ``RefusedDecisionError``."""
    cases = {case.entry.number: case for case in objection_cases(entries)}
    case = cases.get(objection)
    if case is None or case.answer is not None:
        raise RefusedDecisionError(_OPEN_ONLY, str(objection), _LOOK_AT_IT)
    filed = next(each for each in filed_letters(entries) if each.entry.number == case.objection.letter)
    if filed.entry.by == by:
        raise _same_person(by)
    payload = ObjectionAnswered(objection=objection, outcome=outcome, text=_sound(text))
    return Draft.of(DecisionAct.OBJECTION_ANSWERED, case.entry.subject, payload)


def _same_person(person: str) -> RefusedDecisionError:
    return RefusedDecisionError(_TWO_PEOPLE, person, _NAME_ANOTHER)


def _sound(text: str) -> str:
    """Raises ``RefusedDecisionError`` for a text that is empty or too long."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_TEXT or "\x00" in kept:
        raise RefusedDecisionError(_LENGTH, f"{len(kept):,}", _WRITE_IT)
    return kept
