"""An auditor asks what was official on a day: what was known then, and what took its place since."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.publications.ledger import Act, Publication
from models.trail.rules import OfficialBy, publications_on, superseded_by

MARCH, APRIL = date(2023, 3, 1), date(2023, 4, 1)


def entry(number: int, as_of: date, at: datetime, *, act: Act = Act.OFFICIAL) -> Publication:
    return Publication(
        act=act, bundle="b", as_of=as_of, run_key=f"k{number}", folder=f"f{number}", number=number, at=at, by="night"
    )


def on(year: int, month: int, day: int, hour: int = 2) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


ENTRIES = (
    entry(1, MARCH, on(2023, 3, 1)),
    entry(2, MARCH, on(2023, 3, 10), act=Act.SHADOW),
    entry(3, MARCH, on(2023, 3, 20)),
    entry(4, APRIL, on(2023, 4, 1)),
)


def found(day: date) -> list[tuple[OfficialBy, int]]:
    return [(each.by, each.entry.number) for each in publications_on(ENTRIES, day)]


def test_what_was_known_then_comes_first_and_what_took_its_place_behind() -> None:
    assert found(date(2023, 3, 1)) == [(OfficialBy.RECORD, 1), (OfficialBy.SUCCESSOR, 3)]
    assert found(date(2023, 3, 15)) == [(OfficialBy.RECORD, 1), (OfficialBy.SUCCESSOR, 3)]
    assert found(date(2023, 3, 20)) == [(OfficialBy.RECORD, 3)]
    assert found(date(2023, 4, 2)) == [(OfficialBy.RECORD, 4)]
    replaced = superseded_by(ENTRIES, ENTRIES[0])
    assert replaced is not None
    assert replaced.number == 3
    assert superseded_by(ENTRIES, ENTRIES[2]) is None


def test_before_anything_was_recorded_only_a_date_speaks() -> None:
    late = (entry(1, MARCH, on(2024, 1, 5)),)
    assert [(each.by, each.entry.number) for each in publications_on(late, APRIL)] == [(OfficialBy.AS_OF, 1)]
    assert publications_on(late, date(2023, 2, 1)) == ()
