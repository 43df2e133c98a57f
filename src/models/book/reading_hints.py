"""Options of ``book.read`` that would read a value which the door refused, and the form that the door expected."""

from __future__ import annotations

import re

from models.book.rules import RowRule
from models.book.written import WrittenForms
from models.config.reading import EXCEL_DAYS, SAS_DAYS, SAS_SECONDS, UNIX_SECONDS

_NUMBER_RULES = (RowRule.NUMBER, RowRule.INTEGER)
_SIGN = r"[^\d\s.,()'\u2019+\u2212-]+"
_BARE = r"[-+]?\d[\d.,'\u2019\s]*"
_SEPARATED = re.compile(r"(\d{1,4})([-/. ])(\d{1,2}|[A-Za-z]{3,9})([-/. ])(\d{4}|\d{2})(?:[T ,].*)?")
_LAST_MONTH = 12
LAST_SAS_DAY = 33_000
"""A larger number of days is one of Excel: SAS reaches it in the year 2050, Excel passed it in 1990."""
_NUMBER_FORMS = (
    (r"\d+,\d*|\d{1,3}(?:[.\s'\u2019]\d{3})+,\d*", ("decimal", "','")),
    (r"\d{1,3}(?:\s\d{3})+(?:\.\d*)?", ("thousands", "' '")),
    (r"\d{1,3}(?:['\u2019]\d{3})+(?:\.\d*)?", ("thousands", '"\'"')),
)
"""Form of a number that the contract does not read -> the option that reads it."""


def expected(rule: RowRule, written: WrittenForms | None) -> str:
    """The form that a table's option expects of a value, as the end of a rule; empty where no option says any.

    >>> expected(RowRule.DATE, WrittenForms(table="cashflows", dates=("dd.mm.yyyy",)))
    'must be a date as dd.mm.yyyy (book.read.cashflows.dates)'
    """
    if written is None:
        return ""
    if rule is RowRule.DATE and written.dates:
        return f"must be a date as {' or '.join(written.dates)} ({_option(written, 'dates')})"
    if rule in _NUMBER_RULES and written.has_numbers:
        name = "decimal" if written.decimal else "thousands" if written.thousands is not None else "number_signs"
        whole = "whole " if rule is RowRule.INTEGER else ""
        return f"must be a {whole}number as {written.number_example} ({_option(written, name)})"
    return ""


def reading_hint(rule: RowRule, value: str, written: WrittenForms | None) -> str:
    """The option that would read a value, as the end of an example; empty where none would.

    >>> reading_hint(RowRule.NUMBER, "1.234,50", WrittenForms(table="cashflows"))
    ", set book.read.cashflows.decimal to ','"
    """
    if written is None:
        return ""
    text = value.strip()
    found = _date_option(text) if rule is RowRule.DATE else _number_option(text) if rule in _NUMBER_RULES else None
    if found is None or (found[0] == "dates" and set(found[1].split("' or '")) <= set(written.dates)):
        return ""
    name, setting = found
    return f", set {_option(written, name)} to {setting}"


def _option(written: WrittenForms, name: str) -> str:
    return f"book.read.{written.table}.{name}"


def _number_option(text: str) -> tuple[str, str] | None:
    sign = re.search(_SIGN, text)
    if sign and re.search(r"\d", text) and "%" not in text and len(re.findall(_SIGN, text)) == 1:
        return "number_signs", f"[{sign.group()!r}]"
    bare = text.strip("()-\u2212 ")
    found = next((setting for form, setting in _NUMBER_FORMS if re.fullmatch(form, bare)), None)
    if found is None and bare != text and re.fullmatch(_BARE, bare):
        return "decimal", "'.', which also reads brackets and a minus behind as below zero"
    return found


def _date_option(text: str) -> tuple[str, str] | None:
    patterns = likely_patterns(text)
    if not patterns:
        return None
    said = " or ".join(repr(each) for each in patterns)
    return "dates", said if len(patterns) == 1 else f"{said}, as it is meant"


def likely_patterns(text: str) -> tuple[str, ...]:
    """The patterns of dates by which a text may be written; none where it is no date by any.

    >>> likely_patterns("30.09.2023"), likely_patterns("15074"), likely_patterns("01/02/23")
    (('dd.mm.yyyy',), ('sas days', 'excel days'), ('dd/mm/yy', 'mm/dd/yy'))
    """
    number = re.fullmatch(r"(\d{4,11})(?:\.\d*)?", text)
    if number:
        return _counted_or_unbroken(number.group(1))
    parts = _SEPARATED.fullmatch(text)
    if parts is None or parts[2] != parts[4]:
        return ()
    first, sign, middle, _, last = parts.groups()
    year = "yyyy" if len(last) > 2 else "yy"  # noqa: PLR2004 - digits
    if not middle.isdigit():
        month = "mmm" if len(middle) == 3 else "mmmm"  # noqa: PLR2004 - letters
        return (f"dd{sign}{month}{sign}{year}",)
    day_first, month_first = f"dd{sign}mm{sign}{year}", f"mm{sign}dd{sign}{year}"
    if len(first) > 2 or int(first) > 31:  # noqa: PLR2004 - the year comes first
        return (f"yyyy{sign}mm{sign}dd",) if len(first) > 2 else ()  # noqa: PLR2004
    if int(first) > _LAST_MONTH:
        return (day_first,)
    return (month_first,) if int(middle) > _LAST_MONTH else (day_first, month_first)


def _counted_or_unbroken(digits: str) -> tuple[str, ...]:
    if len(digits) == 8:  # noqa: PLR2004
        day, month = int(digits[:2]), int(digits[2:4])
        return ("yyyymmdd",) if 19 <= day <= 22 and month > _LAST_MONTH else ("ddmmyyyy", "mmddyyyy")  # noqa: PLR2004
    if len(digits) > 8:  # noqa: PLR2004
        return (UNIX_SECONDS, SAS_SECONDS)
    return (SAS_DAYS, EXCEL_DAYS) if int(digits) < LAST_SAS_DAY else (EXCEL_DAYS, SAS_DAYS)
