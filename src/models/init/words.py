"""The words of those who deliver data for tables, columns and kinds, and names of theirs matched with ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from models.config.yaml_text import read_yaml

_WORDS = Path(__file__).with_name("words.yaml")
_NOISE = re.compile(r"[\W_]+")
_CODE = re.compile(r"[A-Z]{3}")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(_WORDS.read_bytes(), "the table of words")
    return found


def plain(name: str) -> str:
    """A name without case, accents, blanks and marks.

    >>> plain("Kunden-Nr."), plain("Fälligkeit"), plain("OrderDate"), plain("Prêt")
    ('kundennr', 'faelligkeit', 'orderdate', 'pret')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_GERMAN)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return _NOISE.sub("", bare)


def table_words(table: str) -> tuple[str, ...]:
    """What a table of the contract is called."""
    return tuple(map(plain, _words()["tables"].get(table, ())))


def column_words(table: str, column: str) -> tuple[str, ...]:
    """What a column is called: its own name first. Ids of clients and facilities are called alike in every table."""
    listed = _words()["columns"].get(table, {}).get(column) or ()
    shared = {"client_id": "clients", "facility_id": "facilities"}.get(column)
    common = _words()["columns"][shared][column] if shared else ()
    return tuple(dict.fromkeys(map(plain, (column, *listed, *common))))


def kind_of(word: str) -> str | None:
    """The kind of cashflow that a word of the source means, if any.

    >>> kind_of("ZINS"), kind_of("Charge-off"), kind_of("XYZ")
    ('interest', 'write_off', None)
    """
    bare = plain(word)
    return next((kind for kind, words in _words()["kinds"].items() if bare in map(plain, words)), None)


def side_words(table: str, column: str) -> tuple[str, ...]:
    """What a column of a table that is none of the contract is called, such as the rate of a table of rates."""
    return tuple(map(plain, _words()[table][column]))


def flat_words() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Kind of cashflow -> what its amount and its day are called in a row that tells of several."""
    return {
        kind: (tuple(map(plain, each["amount"])), tuple(map(plain, each["date"])))
        for kind, each in _words()["flat"].items()
    }


def likely_currency(signs: Sequence[str], names: Sequence[str]) -> str:
    """The currency of amounts by the signs beside them, else by the language of the columns; dollars where none tells.

    >>> likely_currency(["$"], []), likely_currency([], ["Kundennummer"]), likely_currency([], ["client"])
    ('USD', 'EUR', 'USD')
    """
    found = [_words()["signs"].get(sign, sign) for sign in signs]
    spoken = "".join(names).casefold()
    by_language = (code for code, parts in _words()["languages"].items() if any(part in spoken for part in parts))
    return next((code for code in found if _CODE.fullmatch(code)), None) or next(by_language, "USD")


def matched(names: Sequence[str], wanted: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Ours -> the name of the source that is called so; each name serves once, the first words before later ones.

    >>> matched(["Kundennummer", "Firma", "Ort"], {"client_id": ["kundennummer"], "name": ["name", "firma"]})
    {'client_id': 'Kundennummer', 'name': 'Firma'}
    """
    bare = {name: plain(name) for name in names}
    ranked = sorted(
        (words.index(each), place, ours, name)
        for place, (ours, listed) in enumerate(wanted.items())
        for words in [list(listed)]
        for name, each in bare.items()
        if each in words
    )
    found: dict[str, str] = {}
    for _, _, ours, name in ranked:
        if ours not in found and name not in found.values():
            found[ours] = name
    return {ours: found[ours] for ours in wanted if ours in found}
