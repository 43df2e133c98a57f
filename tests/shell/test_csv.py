"""A client called =HYPERLINK(...) stays a name when a spreadsheet opens the file."""

from __future__ import annotations

import csv
import io
import json

import pytest

from models.shell.csv import csv_text
from models.shell.json_files import json_file


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "\r=1", " =1", "＝1"])
def test_no_text_begins_a_formula(text: str) -> None:
    header, cells = csv.reader(io.StringIO(csv_text(["name", "value"], [[text, -2.5]]), newline=""))
    assert header == ["name", "value"]
    assert cells == [f"'{text}", "-2.5"]


def test_numbers_stay_numbers_and_what_is_not_known_is_empty() -> None:
    assert csv_text(["a", "b", "c"], [[-1.5, None, "AA"]]).splitlines()[1] == '-1.5,"","AA"'


def test_no_control_character_is_written() -> None:
    text = csv_text(["name"], [["\x1b[2J\x9b31m\u202eAcme"], ["\u200b=1+1"]])
    assert text == '"name"\n"\\x1b[2J\\x9b31m\\u202eAcme"\n"\\u200b=1+1"\n'


def test_facts_beside_it_are_the_same_data_without_control_characters() -> None:
    facts = {"name": "\x1b[2J\x9b\u202e\ud800 中国"}
    text = json_file(facts)
    assert json.loads(text) == facts
    assert not set(text) & set("\x1b\x9b\u202e\ud800")
    assert "中国" in text
