"""Likely kinds of columns, from some of their values and their names: a proposal, checked by nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.book.parsing import FALSE_WORDS, TRUE_WORDS
from models.book.reading_hints import LAST_SAS_DAY, likely_patterns
from models.config.book import ABSENT_WORDS
from models.config.reading import EXCEL_DAYS, SAS_DAYS, SAS_SECONDS, UNIX_SECONDS

ISO = "ISO 8601"


class LookedKind(StrEnum):
    """What the values of a column seem to be."""

    ID = "id"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class LikelyKind:
    """A kind with how it is written: the pattern of dates, the sign before decimals, signs beside numbers."""

    kind: LookedKind
    pattern: str = ""
    decimal: str = ""
    number_signs: tuple[str, ...] = ()


_MOST = 0.95
"""Of the values, this share must fit: the rest are mistakes of the source."""
_ABSENT = frozenset(word.lower() for word in ABSENT_WORDS) | {""}
_DATE_NAME = re.compile(r"dat(e|um|a)?\b|dat(e|um)|_dt\b|\bdt_?|day|tag\b|valuta|日期|时间|日$", re.IGNORECASE)
_ID_NAME = re.compile(
    r"(^|[_\W])(id|nr|no|num|key|code|konto|account)$|(id|nr|nummer|number|schl(ü|ue)ssel|编号|号码?|代码)$",
    re.IGNORECASE,
)
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?")
_POINT = re.compile(r"[-+(\u2212]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][-+]?\d+)?[-)]?")
_COMMA = re.compile(r"[-+(\u2212]?(\d{1,3}([.\s\u00a0\u202f'\u2019]\d{3})+|\d+)?(,\d*)?[-)]?")
_SIGNS = re.compile(r"[$€£¥￥₹]|\b(?:EUR|USD|CHF|GBP|CNY|RMB|JPY|元)\b|元$|^[A-Z]{3} | [A-Z]{3}$")
_TRUTHS = frozenset({*TRUE_WORDS, *FALSE_WORDS})
_FORMS = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dd": "%d"}
_CODE_OF = re.compile("|".join(_FORMS))


def likely_kind(name: str, values: Sequence[str], *, rows: int, distinct: int) -> LikelyKind:
    """The kind of a column by different ``values`` of it; ``rows`` and ``distinct`` count filled and different ones.

    >>> likely_kind("Valuta", ["30.09.2023", "01.02.2023"], rows=2, distinct=2).pattern
    'dd.mm.yyyy'
    """
    filled = [value.strip() for value in values if value.strip().lower() not in _ABSENT]
    if not filled:
        return LikelyKind(kind=LookedKind.EMPTY)
    if len({value.lower() for value in filled} - _TRUTHS) == 0 and len(filled) <= 2:  # noqa: PLR2004 - yes and no
        return LikelyKind(kind=LookedKind.TRUTH)
    pattern = _date_pattern(name, filled)
    if pattern:
        return LikelyKind(kind=LookedKind.DATE, pattern=pattern)
    number = _number(filled)
    if number is not None and not _is_id(name, filled):
        return number
    unique = distinct >= rows > 1 and all(re.fullmatch(r"[\w./-]{1,40}", value) for value in filled)
    is_id = _is_id(name, filled) or (unique and any(re.search(r"\d", value) for value in filled))
    return LikelyKind(kind=LookedKind.ID if is_id else LookedKind.TEXT)


def _is_id(name: str, values: Sequence[str]) -> bool:
    """Ids are named so, or begin with zeros, as no number does."""
    zeros = any(re.fullmatch(r"0\d+", value) for value in values)
    return zeros or bool(_ID_NAME.search(name.strip()) and all(re.fullmatch(r"[\w./-]+", value) for value in values))


def _most(found: Iterable[bool], total: int) -> bool:
    return sum(found) >= _MOST * total


def _date_pattern(name: str, values: Sequence[str]) -> str:
    """The pattern by which most values are dates; those that are only digits must be named like a date as well."""
    if _most((bool(_ISO.fullmatch(value)) for value in values), len(values)):
        return ISO
    is_named = bool(_DATE_NAME.search(name))
    candidates = dict.fromkeys(pattern for value in values[:50] for pattern in likely_patterns(value))
    for pattern in candidates:
        if pattern in (SAS_SECONDS, UNIX_SECONDS):
            if is_named and pattern == UNIX_SECONDS and _all_digits(values):
                return pattern
        elif pattern in (SAS_DAYS, EXCEL_DAYS):
            if is_named and _all_digits(values):
                return SAS_DAYS if max(float(value) for value in values) < LAST_SAS_DAY else EXCEL_DAYS
        elif (is_named or not pattern.isalpha()) and _most((_fits(value, pattern) for value in values), len(values)):
            return pattern
    return ""


def _all_digits(values: Sequence[str]) -> bool:
    return all(re.fullmatch(r"\d+(\.0*)?", value) for value in values)


def _fits(value: str, pattern: str) -> bool:
    form = _CODE_OF.sub(lambda part: _FORMS[part.group()], pattern)
    day = re.split(r"[T ,]+(?=\d{1,2}:)", value)[0].removesuffix(".0")
    try:
        datetime.strptime(day, form)
    except ValueError:
        return False
    return True


def _number(values: Sequence[str]) -> LikelyKind | None:
    signs = tuple(dict.fromkeys(sign.strip() for value in values for sign in _SIGNS.findall(value)))
    bare = [_SIGNS.sub("", value).strip() for value in values]
    point = sum(bool(_POINT.fullmatch(value) and re.search(r"\d", value)) for value in bare)
    comma = sum(bool(_COMMA.fullmatch(value) and re.search(r"\d", value)) for value in bare)
    if max(point, comma) < _MOST * len(bare):
        return None
    only_comma = any(_COMMA.fullmatch(value) and not _POINT.fullmatch(value) for value in bare)
    has_signs = any("," in value or "." in value for value in bare)
    decimal = "," if comma >= point and only_comma else "." if has_signs and point > comma else ""
    return LikelyKind(kind=LookedKind.NUMBER, decimal=decimal, number_signs=signs)
