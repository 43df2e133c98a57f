"""The language of expressions: what it says of a row, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import ibis
import pyarrow as pa
import pytest

from models.book.columns import Kind
from models.book.mapping.expressions import SourceFormula
from models.book.mapping.raw_columns import ColumnReader, RawColumns
from models.book.written import AS_CONTRACT, WrittenForms
from models.errors import UserError
from models.vocab import DateOrder

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

HEADERS = {"c0": "Kd-Nr", "c1": "Betrag EUR", "c2": "tag", "c3": "状态", "c4": "kurs", "c5": "leer", "c6": "anzahl"}
ROW = {"c0": "00123", "c1": "-1,250.50", "c2": "2022-03-31", "c3": "是", "c4": "n/a", "c5": " ", "c6": 4}


class Table:
    """One row of a source, and what expressions are for it."""

    def __init__(self, written: WrittenForms = AS_CONTRACT, **cells: str) -> None:
        self.connection = ibis.duckdb.connect()
        self.raw = self.connection.create_table("raw", pa.Table.from_pylist([ROW | cells]))
        self.reader = ColumnReader(
            connection=self.connection, written=written, date_order=DateOrder.YEAR_FIRST, absent_words=("n/a",)
        )

    @cached_property
    def read(self) -> tuple[Any, RawColumns]:
        return self.reader.read(self.raw, HEADERS)

    def says(self, text: str, kind: Kind = Kind.TEXT) -> tuple[object, object]:
        """The value and what the quarantine would show of it."""
        rows, columns = self.read
        found = SourceFormula(setting="it", text=text).value(columns, kind)
        cells = {"value": found.value, "written": ibis.null("string") if found.written is None else found.written}
        row = rows.select(**cells).to_pyarrow().to_pylist()[0]
        return row["value"], row["written"]

    def holds(self, text: str) -> bool:
        rows, columns = self.read
        return bool(rows.select(value=SourceFormula(setting="it", text=text).holds(columns)).to_pyarrow()[0][0].as_py())


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    made = Table()
    yield made
    made.connection.disconnect()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"Betrag EUR" * 2', -2501.0),
        ('-"Betrag EUR" / 100 + 1', 13.505),
        ('abs("Betrag EUR")', 1250.5),
        ('round("Betrag EUR" / 3, 1)', -416.8),
        ("anzahl % 3", 1.0),
        ("coalesce(leer, kurs, 7)", 7.0),
        ("greatest(anzahl, 5, 2)", 5.0),
        ("case when 状态 = '是' then 1 else 0 end", 1.0),
        ("case 状态 when '否' then 1 when '是' then 2 end", 2.0),
        ("if(leer is null, 3, 4)", 3.0),
        ("year(tag) * 100 + month(tag)", 202203.0),
        ("tag - date '2022-03-01'", 30.0),
        ('length("Kd-Nr")', 5.0),
        ("nullif(anzahl, 4)", None),
        ("number(replace(\"Kd-Nr\", '00', '1'))", 1123.0),
    ],
)
def test_numbers(table: Table, text: str, value: float | None) -> None:
    assert table.says(text, Kind.NUMBER)[0] == (value if value is None else pytest.approx(value, rel=1e-12))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tag", "2022-03-31"),
        ("date(tag) + 1", "2022-04-01"),
        ("add_months(tag, 2)", "2022-05-31"),
        ("last_day(add_months(tag, -1))", "2022-02-28"),
        ("make_date(2020, anzahl, 1)", "2020-04-01"),
        ("cast(tag as date) - 31", "2022-02-28"),
        ("greatest(tag, date '2023-01-01')", "2023-01-01"),
    ],
)
def test_days(table: Table, text: str, day: str) -> None:
    assert str(table.says(text, Kind.DATE)[0]) == day


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("\"Kd-Nr\" || '-' || anzahl", "00123-4"),
        ("concat(left(tag, 4), right(tag, 2))", "202231"),
        ("upper(substring('abcdef', 2, 3))", "BCD"),
        ("split_part(tag, '-', 2)", "03"),
        ("lpad(anzahl, 3, '0')", "004"),
        ("lpad(\"Kd-Nr\", 3, '0')", "00123"),
        ("trim(lower(' AB '))", "ab"),
        ("ltrim(\"Kd-Nr\", '0')", "123"),
        ("rtrim('12-]]', ']-')", "12"),
        ("trim('0' from '00100')", "1"),
        ("rpad(anzahl, 3, '0')", "400"),
        ("coalesce(leer, 状态)", "是"),
    ],
)
def test_texts(table: Table, text: str, value: str) -> None:
    assert table.says(text)[0] == value


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("状态 <> '否'", True),
        ("leer <> 'STORNO'", True),
        ("not leer = 'STORNO'", True),
        ("leer = leer", True),
        ("leer > 3", False),
        ("not leer > 3", True),
        ("kurs is null and leer is null", True),
        ("anzahl in (3, 4) or 1 = 2", True),
        ("tag between '2022-01-01' and '2022-12-31'", True),
        ("tag < '2022-01-01'", False),
        ('"Betrag EUR" < 0', True),
        ("\"Kd-Nr\" like '001%' and starts_with(tag, '2022') and contains(tag, '03')", True),
    ],
)
def test_questions(table: Table, text: str, holds: bool) -> None:
    assert table.holds(text) is holds


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sum(anzahl)", "SUM"),
        ("read_csv('/etc/passwd')", "READ_CSV"),
        ("(select 1)", "SELECT"),
        ("anzahl in (select 1)", "asks another table"),
        ("getenv('HOME')", "getenv, which it does not know"),
        ("row_number() over ()", "ROW_NUMBER"),
        ("anzahl; drop table raw", "must be a column of the source or an expression"),
        ("__import__('os')", "which it does not know"),
        ("tag * 2 < tag", "where a number belongs"),
        ('"Kd-Nr" < 状态', "text on both sides"),
        ("betrag_eur + staat", "must name columns of the source (Kd-Nr"),
        ("anzal", "did you mean 'anzahl'?"),
        ("date(anzahl)", "a number in"),
        ("date()", "date takes one column"),
        ("floor(anzahl, 2)", "does not know every part"),
        ("last_day(tag, 'year')", "does not know every part"),
        ("anzahl between symmetric 9 and 2", "does not know every part"),
        ("cast(anzahl as int)", "write number(...)"),
        ("ltrim(tag, 状态)", "write the signs to be cut"),
        ("1" + " + 1" * 2000, "at most 2,000 characters"),
        ("1" + " + 1" * 400, "must be a column of the source or an expression"),
    ],
)
def test_what_the_language_has_not_is_refused(table: Table, text: str, told: str) -> None:
    with pytest.raises(UserError) as caught:
        table.says(text, Kind.NUMBER)
    assert told in str(caught.value)
    assert "/etc/passwd" not in str(caught.value) or "READ_CSV" in str(caught.value)


def test_a_question_must_be_one(table: Table) -> None:
    with pytest.raises(UserError, match="must be true or false for each row"):
        table.holds("anzahl + 1")


def test_what_cannot_be_read_is_shown_as_it_stood() -> None:
    table = Table(c1="12 Mio", c2="31.3.22")
    assert table.says('abs("Betrag EUR") * 1000', Kind.NUMBER) == (None, "12 Mio")
    assert table.says("add_months(tag, 1)", Kind.DATE) == (None, "31.3.22")
    assert table.says('case when anzahl = 4 then "Betrag EUR" else 0 end', Kind.NUMBER) == (None, "12 Mio")
    assert table.says('case when anzahl = 5 then "Betrag EUR" else 0 end', Kind.NUMBER) == (0.0, "0")


def test_text_is_read_as_its_table_writes_it() -> None:
    table = Table(
        WrittenForms(decimal=",", number_signs=("EUR",), dates=("dd.mm.yyyy",)), c1="1.234,50 EUR", c2="30.09.2023"
    )
    assert table.says('"Betrag EUR" * 2', Kind.NUMBER) == (2469.0, "2469")
    assert str(table.says("last_day(tag)", Kind.DATE)[0]) == "2023-09-30"
    assert table.says('"Betrag EUR"', Kind.NUMBER)[0] == 1234.5


@pytest.mark.parametrize(
    "text",
    [
        'case when anzahl = 5 then -"Betrag EUR" else "Betrag EUR" end',
        'if(anzahl = 5, 0, number("Betrag EUR"))',
        'coalesce("Betrag EUR", 0)',
        'coalesce(number(leer), "Betrag EUR", 0)',
        'greatest("Betrag EUR", 0)',
        'least("Betrag EUR", 0)',
    ],
)
def test_what_cannot_be_read_is_never_taken_for_absent(text: str) -> None:
    assert Table(c1="12 Mio").says(text, Kind.NUMBER) == (None, "12 Mio")


@pytest.mark.parametrize(
    "text",
    [
        'coalesce(anzahl, "Betrag EUR", 0)',
        'case when anzahl = 4 then anzahl when anzahl > 1 then "Betrag EUR" end',
        'case when anzahl = 4 then anzahl else "Betrag EUR" end',
    ],
)
def test_what_no_row_looks_at_is_not_missed(text: str) -> None:
    assert Table(c1="12 Mio").says(text, Kind.NUMBER) == (4.0, "4")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("make_date(2024, anzahl - 4, 1)", "2024, 0, 1"),
        ("make_date(2023, anzahl - 2, 29)", "2023, 2, 29"),
        ("add_months(tag, 1e12)", "2022-03-31, 1000000000000"),
        ("date(tag) + 1e12", "2022-03-31, 1000000000000"),
    ],
)
def test_a_day_that_there_is_not_is_shown_as_it_was_asked(table: Table, text: str, shown: str) -> None:
    assert table.says(text, Kind.DATE) == (None, shown)


def test_a_start_before_the_first_letter_has_no_answer(table: Table) -> None:
    assert table.says("number(substring('1234', 0, 2))", Kind.NUMBER) == (None, "1234, 0, 2")
