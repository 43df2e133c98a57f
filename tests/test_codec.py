"""The codec of data that leaves: what is written is read back as it was, anything else is refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from models.codec import OMITTED_IF_NONE, from_json, from_plain, read, schema, to_json_text, to_plain
from models.errors import DamagedBundleError, MissingFileError, UnreadableFileError


class Side(StrEnum):
    DEBT = "debt"
    EQUITY = "equity"


@dataclass(frozen=True, kw_only=True)
class Deal:
    size: float | None
    side: Side


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A client's statement; fields out of the alphabet's order on purpose."""

    when: date
    client: str
    deals: tuple[Deal, ...]
    share_by_year: Mapping[int, float | None]
    note: Annotated[str | None, OMITTED_IF_NONE] = None
    rating: str | None = None


STATEMENT = Statement(
    when=date(2026, 3, 31),
    client="00123",
    deals=(Deal(size=1.5, side=Side.DEBT), Deal(size=None, side=Side.EQUITY)),
    share_by_year={2025: 0.25, 2026: None},
)
PLAIN = {
    "when": "2026-03-31",
    "client": "00123",
    "deals": [{"size": 1.5, "side": "debt"}, {"size": None, "side": "equity"}],
    "share_by_year": {"2025": 0.25, "2026": None},
    "rating": None,
}
ASKED = {"subject": "the statement", "remedy": "ask the client for it"}


def test_a_statement_is_written_in_the_order_of_its_fields_and_read_back_as_it_was() -> None:
    assert to_plain(STATEMENT) == PLAIN
    assert list(PLAIN) == list(json.loads(to_json_text(STATEMENT)))
    assert from_plain(Statement, to_plain(STATEMENT), **ASKED) == STATEMENT
    assert from_json(Statement, to_json_text(STATEMENT, indent=1, sort_keys=True), **ASKED) == STATEMENT


def test_a_part_that_may_be_left_out_is_there_only_with_something_in_it() -> None:
    noted = from_plain(Statement, PLAIN | {"note": "late"}, **ASKED)
    assert noted.note == "late"
    assert to_plain(noted) == PLAIN | {"note": "late"}


@pytest.mark.parametrize("size", [np.nan, np.inf, -np.inf, np.float32("nan")])
def test_a_number_that_is_none_is_written_as_null(size: float) -> None:
    assert to_plain(Deal(size=size, side=Side.DEBT)) == {"size": None, "side": "debt"}
    assert to_json_text({"sizes": [size]}) == '{"sizes": [null]}'


def test_numbers_of_numpy_are_written_as_what_they_hold() -> None:
    assert to_json_text([np.int64(3), np.float64(0.1), np.bool_(True), np.array([1.0, np.nan])]) == (
        "[3, 0.1, true, [1.0, null]]"
    )


@pytest.mark.parametrize(
    ("plain", "problem"),
    [
        (PLAIN | {"client": 123}, "client: Input should be a valid string"),
        (PLAIN | {"cleint": "00123"}, "cleint: Unexpected keyword argument"),
        ({name: value for name, value in PLAIN.items() if name != "deals"}, "deals: Field required"),
        (PLAIN | {"deals": [{"size": 1, "side": "mezzanine"}]}, "deals.0.side: Input should be 'debt' or 'equity'"),
        ([], "the whole: Input should be"),
    ],
)
def test_what_is_no_statement_is_refused_with_where_and_why(plain: object, problem: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        from_plain(Statement, plain, **ASKED)
    assert str(refused.value).startswith("the statement must hold what Statement asks for, got ")
    assert problem in str(refused.value)
    assert str(refused.value).endswith(": ask the client for it")


def test_all_problems_are_named_at_once_up_to_a_bound() -> None:
    deals = [{"size": "large", "side": "debt"}] * 12
    with pytest.raises(UnreadableFileError, match=r"deals\.9\.size: .*; 2 more"):
        from_plain(Statement, PLAIN | {"deals": deals}, **ASKED)


def test_a_file_is_read_whole_or_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "statement.json"
    with pytest.raises(MissingFileError, match=r"statement\.json"):
        read(Statement, file, remedy="publish it")
    file.write_text(to_json_text(STATEMENT), encoding="utf-8")
    assert read(Statement, file, remedy="publish it") == STATEMENT
    file.write_text(to_json_text(STATEMENT)[:-9], encoding="utf-8")
    with pytest.raises(DamagedBundleError, match=r"statement\.json must hold .* Invalid JSON"):
        read(Statement, file, remedy="publish it", error=DamagedBundleError)


def test_the_schema_names_every_key_and_which_may_be_left_out() -> None:
    reported = schema(Statement)
    assert list(reported["properties"]) == [*list(PLAIN)[:4], "note", "rating"]  # type: ignore[arg-type]
    assert reported["required"] == ["when", "client", "deals", "share_by_year"]


def test_what_has_no_form_in_json_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="object has no form in JSON"):
        to_plain(object())
