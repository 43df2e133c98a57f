"""The chain of decisions: each entry holds the seal of the one before, and one that was changed is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.decisions.entries import (
    FORGOTTEN_SUBJECT,
    BrokenChainError,
    ClientForgotten,
    DecisionAct,
    Draft,
    Entry,
    ErasedEntry,
    about,
    seal_of,
    sealed_after,
    verify,
)
from models.decisions.overrides import OverrideProposal
from models.errors import UserError
from support.review_chain import AT, asked, chained


def chain(length: int = 4) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(length):
        draft = Draft.of(DecisionAct.OVERRIDE_PROPOSED, f"C{number}", asked())
        entries = chained(entries, draft, "okafor")
    return entries


def broken(entries: list[Entry]) -> BrokenChainError:
    found = verify(entries, place="review.sqlite3")
    assert found is not None
    return found


def test_a_chain_as_it_was_written_holds() -> None:
    assert verify(chain()) is None
    assert verify([]) is None
    assert [entry.number for entry in chain()] == [1, 2, 3, 4]
    assert chain()[1].before == chain()[0].seal


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "C9"},
        {"act": "override approved"},
        {"by": "wei"},
        {"at": AT + timedelta(seconds=1)},
        {"payload": "{}"},
        {"before": "0" * 64},
        {"seal": "0" * 64},
        {"number": 7},
    ],
)
def test_an_entry_that_was_changed_is_named(changes: dict[str, object]) -> None:
    entries = chain()
    entries[1] = replace(entries[1], **changes)  # type: ignore[arg-type]
    assert broken(entries).number == 2
    assert "entry 2 that does not hold" in str(broken(entries))


def test_an_entry_sealed_anew_breaks_the_one_that_follows() -> None:
    entries = chain()
    forged = replace(entries[1], by="nobody")
    entries[1] = replace(forged, seal=seal_of(forged))
    assert broken(entries).number == 3
    assert "it does not follow the one before" in str(broken(entries))


def test_what_was_left_out_or_exchanged_is_named() -> None:
    entries = chain()
    assert broken([entries[0], *entries[2:]]).number == 2
    assert "the number 3 stands in its place" in str(broken([entries[0], *entries[2:]]))
    assert broken([entries[1], entries[0], *entries[2:]]).number == 1


def test_a_payload_is_read_as_it_was_written_or_not_at_all() -> None:
    entry = chain(1)[0]
    assert entry.read(OverrideProposal) == asked()
    with pytest.raises(UserError, match=r"entry 1 \(override proposed, by okafor\) must hold what OverrideProposal"):
        replace(entry, payload='{"tier": 3}').read(OverrideProposal)


def test_entries_are_found_by_act_and_subject() -> None:
    entries = chain(2)
    others = frozenset({DecisionAct.ROLE_CHANGED})
    proposals = frozenset({DecisionAct.OVERRIDE_PROPOSED})
    assert about(entries, proposals) == entries
    assert about(entries, proposals, "C1") == entries[1:]
    assert about(entries, others) == []
    unknown = sealed_after(entries[-1], Draft(act=DecisionAct.ROLE_CHANGED, subject="chen"), by="root", at=AT)
    assert about([*entries, unknown], others) == [unknown]


def erased(entry: Entry) -> Entry:
    return replace(entry, act=DecisionAct.ERASED.value, subject=FORGOTTEN_SUBJECT, payload="{}")


def with_entry_on(entries: list[Entry], *gone: Entry) -> list[Entry]:
    """The chain with an entry that names those of a forgotten client."""
    named = tuple(map(ErasedEntry.of, gone))
    payload = ClientForgotten(client="9da7", why="case 117", erased=named)
    return chained(entries, Draft.of(DecisionAct.CLIENT_FORGOTTEN, FORGOTTEN_SUBJECT, payload), "officer")


def test_an_entry_may_lose_its_content_where_a_later_one_names_its_seal() -> None:
    first, second, *rest = chain()
    whole = with_entry_on([first, erased(second), *rest], second)
    assert verify(whole) is None
    assert about(whole, frozenset({DecisionAct.OVERRIDE_PROPOSED}), second.subject) == []


def test_an_entry_that_lost_its_content_for_no_reason_is_named() -> None:
    first, second, *rest = chain()
    assert broken([first, erased(second), *rest]).number == 2
    assert "no later entry says why" in str(broken([first, erased(second), *rest]))
    other = with_entry_on([first, erased(second), *rest], first)
    assert broken(other).number == 2
    forged = with_entry_on([first, erased(second), *rest], second)
    forged[-1] = replace(forged[-1], payload=forged[-1].payload.replace("117", "118"))
    assert broken(forged).number == 5


def test_an_erased_entry_keeps_its_place_in_the_chain() -> None:
    first, second, third, fourth = chain()
    whole = with_entry_on([first, second, third, fourth], second)
    assert broken([first, replace(erased(second), seal="0" * 64), *whole[2:]]).number == 3


def test_who_made_an_erased_entry_and_when_is_still_held() -> None:
    first, second, *rest = chain()
    for changed in (replace(second, by="mallory"), replace(second, at=AT.replace(year=2001))):
        assert broken(with_entry_on([first, erased(changed), *rest], second)).number == 2
