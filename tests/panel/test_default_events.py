"""Default within the horizon, from days past due, write-offs and facilities that end in default."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.book.measures import absent_measures
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from support.books import AS_OF, book_of, rows, settings

NAMES = ("ontime", "late", "long", "lost", "cured", "ended", "workout", "after")
FLOWS = [(name, date(2020, month, 5), "drawdown", 100.0) for name in NAMES for month in range(1, 13)]
LOSSES = [("lost", date(2020, 9, 30), "write_off", 40.0), ("workout", date(2020, 2, 1), "write_off", 10.0)]
ARREARS = [
    ("ontime", date(2020, 8, 31), 29.0),
    ("late", date(2020, 7, 31), 60.0),
    ("late", date(2020, 8, 31), 91.0),
    ("long", date(2020, 5, 31), 100.0),
    ("long", date(2020, 7, 1), 131.0),
    ("cured", date(2020, 6, 30), 95.0),
    ("cured", date(2020, 7, 31), 0.0),
    ("after", date(2020, 10, 1), 90.0),
]
CLOSED = [
    ("f1", "ended", date(2019, 1, 1), date(2020, 8, 1), "default"),
    ("f2", "workout", date(2019, 1, 1), date(2020, 8, 1), "default"),
    ("f3", "ontime", date(2019, 1, 1), date(2020, 8, 1), "matured"),
]
TABLES = {
    "clients": rows("client_id", *[(name,) for name in NAMES]),
    "cashflows": rows("client_id date kind amount", *FLOWS, *LOSSES),
    "facilities": rows("facility_id client_id signed closed exit_cause", *CLOSED),
}


def outcomes(folder: Path, *overrides: str, arrears: bool = True) -> Panel:
    config = settings("decline.rule=default", *overrides, work_dir=folder / "work")
    known = {"arrears": rows("client_id date days_past_due", *ARREARS)} if arrears else {}
    with prepared_book(book_of({**TABLES, **known}, folder), config, AS_OF) as prepared:
        return panel_of(prepared, config, [0], targets=True)


def of_default(panel: Panel) -> dict[str, int]:
    assert panel.declined is not None
    assert panel.event_period is not None
    assert ((panel.event_period > 0) == panel.declined).all()
    return dict(zip(panel.client_id, panel.event_period.tolist(), strict=True))


def test_ninety_days_a_write_off_or_an_end_in_default_within_three_months(tmp_path: Path) -> None:
    """The month in which it came first; what came before, was cured or lies after the horizon is none."""
    found = of_default(outcomes(tmp_path))
    assert found == {
        "ontime": 0, "late": 2, "long": 1, "lost": 3, "cured": 0, "ended": 2, "workout": 0, "after": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("days", "late"), [(60, 1), (92, 0)])
def test_the_number_of_days_is_set(tmp_path: Path, days: int, late: int) -> None:
    assert of_default(outcomes(tmp_path, f"decline.days_past_due={days}"))["late"] == late


def test_without_arrears_write_offs_and_ends_count_and_it_is_told(tmp_path: Path) -> None:
    assert {name for name, period in of_default(outcomes(tmp_path, arrears=False)).items() if period} == {
        "lost",
        "ended",
    }
    config = settings("decline.rule=default", work_dir=tmp_path)
    assert absent_measures(config, TABLES)["arrears"] == ("90 days past due",)
    assert "arrears" not in absent_measures(settings(work_dir=tmp_path), TABLES)
