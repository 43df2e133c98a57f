"""A client called =HYPERLINK(...) stays a name when a spreadsheet opens the file."""

from __future__ import annotations

import csv
import io

import pytest

from models.interfaces.spreadsheet import csv_text


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "\r=1", " =1", "＝1"])
def test_no_text_begins_a_formula(text: str) -> None:
    header, cells = csv.reader(io.StringIO(csv_text(["name", "value"], [[text, -2.5]]), newline=""))
    assert header == ["name", "value"]
    assert cells == [f"'{text}", "-2.5"]


def test_numbers_stay_numbers_and_what_is_not_known_is_empty() -> None:
    assert csv_text(["a", "b", "c"], [[-1.5, None, "AA"]]).splitlines()[1] == '-1.5,"","AA"'
