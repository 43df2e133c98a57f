"""Numbers and dates as a source writes them: each is read in one way, or not at all."""

from __future__ import annotations

import ast
from typing import Any

import ibis
import pytest

from models.book.reading_hints import likely_patterns, reading_hint
from models.book.rules import RowRule
from models.book.written import WrittenForms, day_as_written, number_as_written
from models.config.reading import ReadConfig


def forms(settings: dict[str, Any]) -> WrittenForms:
    return WrittenForms.of("cashflows", ReadConfig.model_validate(settings))


@pytest.mark.parametrize(
    ("settings", "text", "number"),
    [
        ({"decimal": ","}, "1.234.567,8", 1234567.8),
        ({"decimal": ","}, "1 234,5", 1234.5),
        ({"decimal": ","}, "1\u00a0234,5", 1234.5),
        ({"decimal": ","}, "1.234", 1234.0),
        ({"decimal": ","}, "0.125", None),
        ({"decimal": ",", "thousands": ""}, "1.234", None),
        ({"decimal": ","}, "12,5-", -12.5),
        ({"decimal": ","}, "\u221212,5", -12.5),
        ({"number_signs": ["$"]}, "$60,000.00 ", 60000.0),
        ({"number_signs": ["$"]}, "($1,250.50)", -1250.5),
        ({"thousands": "'"}, "1'234.50", 1234.5),
        ({"decimal": ",", "number_signs": "EUR"}, "1.234,50 EUR", 1234.5),
        ({"decimal": ","}, "12.34,5", None),
        ({"decimal": ","}, "--5", None),
    ],
)
def test_a_number_is_read_as_its_table_writes_it(settings: dict[str, Any], text: str, number: float | None) -> None:
    assert number_as_written(ibis.literal(text), forms(settings)).to_pyarrow().as_py() == number


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        ("dd.mm.yyyy", "01.02.2023", "2023-02-01"),
        ("dd.mm.yyyy", "1.2.2023 14:30:00", "2023-02-01"),
        ("dd.mm.yyyy", "2023-02-01", "2023-02-01"),
        ("dd.mm.yyyy", "30.02.2023", None),
        ("dd.mm.yy", "01.02.23", "2023-02-01"),
        ("mm/dd/yyyy", "02/01/2023", "2023-02-01"),
        ("%d/%m/%Y", "01/02/2023", "2023-02-01"),
        ("ddmmyyyy", "01022023", "2023-02-01"),
        ("yyyy年mm月dd日", "2023年2月1日", "2023-02-01"),
        ("dd-mmm-yyyy", "01-FEB-2023", "2023-02-01"),
        ("sas days", "23042", "2023-02-01"),
        ("sas days", "23042.0", "2023-02-01"),
        ("excel days", "44958", "2023-02-01"),
        ("unix seconds", "1675249200", "2023-02-01"),
        ("sas seconds", "1990828800", "2023-02-01"),
        ("sas days", "5/5/2023", None),
    ],
)
def test_a_date_is_read_by_its_pattern(pattern: str, text: str, day: str | None) -> None:
    found = day_as_written(ibis.literal(text), forms({"dates": pattern})).to_pyarrow().as_py()
    assert (found and str(found)) == day


def test_patterns_are_tried_in_turn() -> None:
    patterns = forms({"dates": ["dd.mm.yyyy", "sas days"]})
    days = [day_as_written(ibis.literal(text), patterns).to_pyarrow().as_py() for text in ("01.02.2023", "23042")]
    assert [str(day) for day in days] == ["2023-02-01"] * 2


@pytest.mark.parametrize(
    ("rule", "text", "option"),
    [
        (RowRule.NUMBER, "1.234,50", "decimal to ','"),
        (RowRule.NUMBER, "1'234.50", 'thousands to "\'"'),
        (RowRule.NUMBER, "1 234.50", "thousands to ' '"),
        (RowRule.NUMBER, "$1,234.50", "number_signs to ['$']"),
        (RowRule.NUMBER, "12.50-", "decimal to '.', which also reads brackets and a minus behind as below zero"),
        (RowRule.INTEGER, "1.234,0", "decimal to ','"),
        (RowRule.DATE, "15074", "dates to 'sas days' or 'excel days', as it is meant"),
        (RowRule.DATE, "30.09.23", "dates to 'dd.mm.yy'"),
        (RowRule.DATE, "01/02/2023", "dates to 'dd/mm/yyyy' or 'mm/dd/yyyy', as it is meant"),
    ],
)
def test_the_option_that_is_named_reads_the_value(rule: RowRule, text: str, option: str) -> None:
    assert reading_hint(rule, text, WrittenForms(table="cashflows")) == f", set book.read.cashflows.{option}"
    name, setting = option.split(" to ", 1)
    read = day_as_written if rule is RowRule.DATE else number_as_written
    value = ast.literal_eval(setting.partition(", ")[0].partition(" or ")[0])
    assert read(ibis.literal(text), forms({name: value})).to_pyarrow().as_py() is not None


@pytest.mark.parametrize("text", ["abc", "", "12", "99.99.9999", "2023-13-45-1"])
def test_what_is_no_date_has_no_pattern(text: str) -> None:
    assert likely_patterns(text) in ((), ("dd.mm.yyyy",))
