"""An objection is to a filed letter, is answered once, by a person who did not file it, by its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from models.decisions.entries import DecisionAct, Draft, Entry, sealed_after, verify
from models.decisions.refusals import RefusedDecisionError
from models.letter.objections import (
    LetterFiled,
    ObjectionOutcome,
    answered_objection,
    filed_letters,
    objection_cases,
    opened_objection,
)

AT = datetime(2024, 1, 10, 9, tzinfo=UTC)
FILED = Draft.of(
    DecisionAct.LETTER_FILED,
    "C1",
    LetterFiled(
        seal="s", file_hash="f", language="en", tier="B", as_of=date(2024, 1, 1), run_key="k", model_version="1"
    ),
)


def chain(*recorded: tuple[Draft, str]) -> list[Entry]:
    entries: list[Entry] = []
    for draft, by in recorded:
        entries.append(sealed_after(entries[-1] if entries else None, draft, by=by, at=AT))
    assert verify(entries) is None
    return entries


def opened(entries: Sequence[Entry], **changes: object) -> Draft:
    asked = {"letter": 1, "text": "wrong revenue", "received": date(2024, 1, 8), "person": "checker", "answer_days": 15}
    return opened_objection(entries, **{**asked, **changes})  # type: ignore[arg-type]


def test_a_case_has_its_letter_its_person_and_its_day_and_ends_with_an_answer() -> None:
    filed = chain((FILED, "manager"))
    known = chain((FILED, "manager"), (opened(filed), "manager"))
    (case,) = objection_cases(known)
    assert (case.objection.letter, case.objection.person, case.objection.due) == (1, "checker", date(2024, 1, 23))
    assert case.is_late(date(2024, 1, 24))
    assert not case.is_late(date(2024, 1, 23))
    answer = answered_objection(
        known, objection=2, outcome=ObjectionOutcome.DATA_CORRECTED, text="put right", by="checker"
    )
    known = chain((FILED, "manager"), (opened(filed), "manager"), (answer, "checker"))
    (case,) = objection_cases(known)
    assert case.answer is not None
    assert (case.answer.outcome, case.answer.text) == (ObjectionOutcome.DATA_CORRECTED, "put right")
    assert not case.is_late(date(2025, 1, 1))
    with pytest.raises(RefusedDecisionError, match="must be to an open objection"):
        answered_objection(known, objection=2, outcome=ObjectionOutcome.GRADE_STANDS, text="again", by="checker")
    assert [each.entry.number for each in filed_letters(known)] == [1]


def test_who_filed_the_letter_does_not_answer() -> None:
    filed = chain((FILED, "manager"))
    with pytest.raises(RefusedDecisionError, match="whoever filed"):
        opened(filed, person="manager")
    known = chain((FILED, "manager"), (opened(filed), "manager"))
    with pytest.raises(RefusedDecisionError, match="whoever filed"):
        answered_objection(known, objection=2, outcome=ObjectionOutcome.GRADE_STANDS, text="no", by="manager")


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001, "a\x00b"])
def test_a_text_must_say_something(text: str) -> None:
    with pytest.raises(RefusedDecisionError, match="4,000"):
        opened(chain((FILED, "manager")), text=text)


def test_an_objection_is_to_a_letter() -> None:
    with pytest.raises(RefusedDecisionError, match="letter that was filed, got 7"):
        opened(chain((FILED, "manager")), letter=7)


def test_open_cases_stand_first_by_their_day() -> None:
    filed = chain((FILED, "manager"))
    later, sooner = opened(filed), opened(filed, received=date(2024, 1, 2))
    known = chain((FILED, "manager"), (later, "m"), (sooner, "m"))
    assert [case.entry.number for case in objection_cases(known)] == [3, 2]
