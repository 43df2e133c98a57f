"""Words of a client: where they end, in which forms they stand, and whose they are."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.forgetting.searching import FileKind, names
from models.forgetting.terms import Terms, names_any

NAME = "星辰公司"
TERMS = Terms(client_id="K-0001", keys={"client_id": ("K-0001",)}, names=(NAME, "Müller & Söhne", "R&D Leasing Ltd"))
SHORT = Terms(client_id="17", keys={"client_id": ("17",)})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("客户K-0001逾期", "客户it逾期"),
        ("file_K-0001_2024", "file_it_2024"),
        ("K-00012 and AK-0001", "K-00012 and AK-0001"),
        ("与星辰公司签约ABC星辰公司DEF", "与it签约ABCitDEF"),
        (r"line\nK-0001 and \u5ba2K-0001.", r"line\nit and \u5ba2it."),
        (json.dumps(f"a{NAME}b"), '"aitb"'),
        (json.dumps(NAME).upper().replace("U", "u"), '"it"'),
        (html.escape("of R&D Leasing Ltd, by Müller & Söhne"), "of it, by it"),
        (json.dumps("Müller & Söhne"), '"it"'),
    ],
)
def test_a_word_is_found_and_replaced_by_one_definition_of_its_ends(text: str, left: str, tmp_path: Path) -> None:
    assert TERMS.replaced(text, "it") == left
    changed = left != text
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    pq.write_table(pa.table({"text": [text]}), tmp_path / "rows.parquet")
    assert re.search(TERMS.in_text, text) is not None or not changed
    assert names(tmp_path / "page.html", FileKind.TEXT, TERMS) is changed
    assert names(tmp_path / "rows.parquet", FileKind.PARQUET, TERMS) is changed
    assert TERMS.replaced(left, "it") == left


def test_a_short_id_is_replaced_where_a_quoted_string_is_the_id() -> None:
    assert SHORT.replaced('{"client": "17", "count": 17, "day": "2017"}', "it") == (
        '{"client": "it", "count": 17, "day": "2017"}'
    )


@pytest.mark.parametrize(
    ("why", "is_named"),
    [
        ("as K-0002 was, case 117", True),
        ("客户K-0002要求", True),
        ("case K-00021", False),
        ("asked for on 3 March, case 117", False),
    ],
)
def test_a_reason_may_name_no_client_of_the_book(why: str, is_named: bool, tmp_path: Path) -> None:
    pq.write_table(pa.table({"client_id": ["K-0001", "K-0002", "117"]}), tmp_path / "clients.parquet")
    assert names_any(why, [tmp_path, tmp_path / "none"]) is is_named
