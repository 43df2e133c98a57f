"""A reviewer who asks for a client of whom nothing can be said learns which of the reasons it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.panel.ledger_cache import kept_book
from models.scoring.absent import absence
from support.books import AS_OF, book_of, settings
from support.random_books import random_book


@pytest.mark.parametrize(
    ("asked", "reported"),
    [
        (
            "nobody",
            "the book must hold the client, got nobody: look it up with clientvalue clients PART-OF-ITS-NAME; ids are",
        ),
        (
            " {lower} ",
            "the book must hold the client, got  {lower} : did you mean {id}? Ids are compared byte for byte",
        ),
        ("{id}", "the client must be active in the 6 months before 2020-07-01, got {id}, which is in the book but was"),
    ],
)
def test_the_reason_is_told(asked: str, reported: str, tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    tables = random_book(5, 40)
    client = next(each for each in tables["clients"]["client_id"] if each != each.lower())
    slots = {"id": client, "lower": client.lower()}
    client = asked.format(**slots)
    prepared = kept_book(book_of(tables, tmp_path), config, AS_OF).narrowed_to([client])
    assert str(absence(prepared, client, config, AS_OF)).startswith(reported.format(**slots))
