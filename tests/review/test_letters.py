"""Letters are filed by their hash on the chain, and an objection is a case that another person answers."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from models.decisions.entries import DecisionAct, verify
from models.directory.report import EVERYTHING, ClientQuery
from models.letter.objections import LETTER_ACTS, LetterFiled, ObjectionOutcome, objection_cases
from models.review.access.models import Member
from models.review.access.portfolio import shown_index
from models.review.chain.models import ReviewEntry
from models.review.chain.record import entries
from models.review.site import shown_site
from support.hostile import CLIENT


@pytest.fixture
def known(site) -> str:
    Member.objects.filter(user__username="demo_manager").update(whole_book=True)
    found = shown_index().search(ClientQuery(scope=EVERYTHING, limit=30)).rows
    return next(each.client_id for each in found if each.cells["scored"] and each.client_id != CLIENT)


def filed(client, known: str, lang: str = "en") -> int:
    assert client.post(f"/letter-file/{known}", {"lang": lang}).status_code == 302
    return entries(LETTER_ACTS)[-1].number


def opened(client, number: int, **changes: str) -> None:
    today = datetime.now(tz=UTC).date().isoformat()
    client.post(
        f"/letters/open/{number}", {"text": "our revenue grew", "received": today, "person": "demo_checker", **changes}
    )


def test_a_letter_is_shown_in_the_language_of_the_client_and_filed_with_its_hash(client_as, known) -> None:
    client = client_as("manager")
    page = client.get(f"/letter/{known}", {"lang": "zh"}).content.decode()
    assert "贵方享有的权利" in page
    assert "个人信息保护法" in page
    number = filed(client, known, "zh")
    (entry,) = entries(LETTER_ACTS)
    letter = entry.read(LetterFiled)
    assert (entry.subject, entry.by, letter.language) == (known, "demo_manager", "zh")
    assert letter.seal in page
    answer = client.get(f"/letters/filed/{number}")
    assert hashlib.sha256(answer.content).hexdigest() == letter.file_hash
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert verify(entries(DecisionAct)) is None


def test_a_file_that_was_changed_is_not_given_out(client_as, known) -> None:
    client = client_as("manager")
    number = filed(client, known)
    file_hash = entries(LETTER_ACTS)[-1].read(LetterFiled).file_hash
    place = shown_site().folder / "letters" / f"{file_hash}.html"
    kept = place.read_bytes()
    try:
        place.write_bytes(kept.replace(b"</html>", b"<p>AA</p></html>"))
        assert client.get(f"/letters/filed/{number}").status_code == 404
    finally:
        place.write_bytes(kept)


def test_an_objection_is_answered_by_a_person_who_did_not_file_the_letter(client_as, known) -> None:
    manager, checker = client_as("manager"), client_as("checker")
    number = filed(manager, known)
    opened(manager, number)
    (case,) = objection_cases(entries(LETTER_ACTS))
    days = shown_site().config.letter.answer_days
    assert case.objection.due - case.objection.received == timedelta(days=days)
    assert case.objection.person == "demo_checker"
    assert ">1</b> <span>objections to letters that await an answer" in checker.get("/today/").content.decode()
    form = {"outcome": ObjectionOutcome.GRADE_STANDS.value, "text": "looked at by a person"}
    assert manager.post(f"/letters/answer/{case.entry.number}", form).status_code == 403
    checker.post(f"/letters/answer/{case.entry.number}", form)
    (case,) = objection_cases(entries(LETTER_ACTS))
    assert case.answered is not None
    assert case.answered.by == "demo_checker"
    assert ">0</b> <span>objections to letters that await an answer" in checker.get("/today/").content.decode()
    before = ReviewEntry.objects.count()
    again = checker.post(f"/letters/answer/{case.entry.number}", form, follow=True)
    assert "must be to an open objection" in again.content.decode()
    assert ReviewEntry.objects.count() == before


def test_a_checker_who_filed_the_letter_cannot_answer(client_as, known) -> None:
    checker = client_as("checker")
    number = filed(checker, known)
    opened(checker, number)
    assert not objection_cases(entries(LETTER_ACTS))  # nobody else may answer, so nobody was named
    page = checker.get(f"/letters/objection/{number}").content.decode()
    assert "Nobody but who filed the letter may answer" in page


@pytest.mark.parametrize(
    "wrong",
    [{"person": "demo_manager"}, {"person": "nobody"}, {"received": "soon"}, {"text": ""}, {"text": "x" * 4_001}],
)
def test_what_is_not_complete_opens_no_case(client_as, known, wrong) -> None:
    manager = client_as("manager")
    opened(manager, filed(manager, known), **wrong)
    assert not objection_cases(entries(LETTER_ACTS))


def test_the_list_shows_the_own_portfolio_with_open_cases_and_late_ones(client_as, known) -> None:
    manager = client_as("manager")
    number = filed(manager, known)
    opened(manager, number, received="2020-01-01")
    page = manager.get("/letters/").content.decode()
    assert known in page
    assert "late" in page
    Member.objects.filter(user__username="demo_manager").update(whole_book=False, managers=["nobody"])
    other = client_as("manager")
    assert known not in other.get("/letters/").content.decode()
    for route in (f"/letters/objection/{number}", f"/letters/filed/{number}", f"/letter/{known}"):
        assert other.get(route).status_code == 404
    assert other.post(f"/letter-file/{known}").status_code == 404


def test_who_only_reads_writes_no_letter(client_as, known) -> None:
    assert client_as("reader").get(f"/letter/{known}").status_code == 403
    assert client_as("reader").post(f"/letter-file/{known}").status_code == 403


def test_the_first_screen_counts_objections_whose_answer_is_late(client_as, known) -> None:
    manager, checker = client_as("manager"), client_as("checker")
    number = filed(manager, known)
    assert "whose answer is late" not in checker.get("/today/").content.decode()
    long_ago = datetime.now(tz=UTC).date() - timedelta(days=shown_site().config.letter.answer_days + 1)
    opened(manager, number, received=long_ago.isoformat())
    assert ">1</b> <span>objections whose answer is late" in checker.get("/today/").content.decode()
