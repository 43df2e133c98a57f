"""A chain of decisions that was written anew holds by itself; the ledger of publications tells that it is another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.decisions.entries import DecisionAct, Draft, Entry, verify
from models.publications.anchors import anchor_of, lost_anchor
from models.publications.ledger import Act, Deed, Publication, PublicationLedger
from support.review_chain import chained


def chain(*by: str) -> list[Entry]:
    entries: list[Entry] = []
    for name in by:
        entries = chained(entries, Draft(act=DecisionAct.WARNING_ACKNOWLEDGED, subject="C1"), name)
    return entries


@pytest.fixture
def published(tmp_path: Path) -> tuple[Publication, ...]:
    """Two runs: before anything was decided, and after two entries."""
    ledger = PublicationLedger(tmp_path)
    for month, entries in ((1, []), (2, chain("okafor", "wei"))):
        ledger.record(
            Deed(
                act=Act.OFFICIAL,
                as_of=date(2024, month, 1),
                run_key=f"k{month}",
                bundle="b",
                evidence=anchor_of(entries),
            )
        )
    return ledger.entries()


def test_a_chain_that_only_grew_is_the_one_that_was_read(published: tuple[Publication, ...]) -> None:
    assert lost_anchor(published, chain("okafor", "wei", "ruiz"), place="db") is None


def test_a_chain_that_was_written_anew_is_named_though_it_holds(published: tuple[Publication, ...]) -> None:
    forged = chain("mallory", "wei", "ruiz")
    assert verify(forged) is None
    lost = lost_anchor(published, forged, place="db")
    assert lost is not None
    assert (lost.number, "publication 2 read another entry in its place" in str(lost)) == (2, True)


@pytest.mark.parametrize("left", [(), ("okafor",)])
def test_a_chain_that_was_cut_off_is_named(published: tuple[Publication, ...], left: tuple[str, ...]) -> None:
    lost = lost_anchor(published, chain(*left), place="db")
    assert lost is not None
    assert (lost.number, "it is lacking, and publication 2 read up to it" in str(lost)) == (2, True)
