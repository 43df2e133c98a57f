"""Texts as they are compared: case, accents and width folded, Chinese also by pinyin; whole columns at once.

A character is looked up once, however many clients have it in their name.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.lazy import lazy
from models.vocab import IntArray

pypinyin = lazy("pypinyin")
constants = lazy("pypinyin.constants")
babel = lazy("babel")

FIELD = "\n"
"""Stands between the fields of a client's text: no word that is looked for reaches from one into the next."""
_HAN = r"\p{Han}"
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
"""Letters that people type without what Unicode does not part from them."""
_AT_ONCE = 100_000
_END = ord(FIELD)


def folded(texts: pa.Array) -> pa.Array:
    """Texts without case, accents and width; null stays null.

    >>> folded(pa.array(["SÃO Paulo ＡＢＣ", "Müller Straße", None])).to_pylist()
    ['sao paulo abc', 'muller strasse', None]
    """
    bare = pc.utf8_lower(pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKD"), r"\p{Mn}+", ""))
    for letter, typed in _LETTERS.items():
        bare = pc.replace_substring(bare, letter, typed)
    return bare


def folded_words(text: str) -> tuple[str, ...]:
    """The words of one text, folded, in their order and each once."""
    return tuple(dict.fromkeys(folded(pa.array([text], type=pa.string()))[0].as_py().split()))


def pinyin(names: pa.Array) -> pa.Array:
    r"""The pinyin of each name, then its initials; null where it holds no Chinese.

    A character with several readings is read as in a word with its neighbour, if there is such a word.

    >>> pinyin(pa.array(["华能重庆银行", "Silver Ltd", None])).to_pylist()
    ['huanengchongqingyinhang\nhncqyh', None, None]
    """
    chinese = np.flatnonzero(np.asarray(pc.match_substring_regex(names, _HAN).fill_null(False)))
    read = pa.concat_arrays([pa.array([], pa.string()), *_read_in_parts(names.take(pa.array(chinese)))])
    places = np.full(len(names), -1)
    places[chinese] = np.arange(len(chinese))
    return read.take(pa.array(places, mask=places < 0))


def _read_in_parts(names: pa.Array) -> Iterator[pa.Array]:
    for start in range(0, len(names), _AT_ONCE):
        yield _read(names.slice(start, _AT_ONCE))


def _read(names: pa.Array) -> pa.Array:
    codes = _codes(names)
    known, place = np.unique(codes, return_inverse=True)
    words = [_reading(chr(code)) for code in known.tolist()]
    place = _in_context(codes, known, place, words)
    ends = np.flatnonzero(codes == _END)
    offsets = pa.array(np.concatenate([[0], ends + 1]).astype(np.int32))
    full, first = (pa.array(each, type=pa.string()) for each in (words, [word[:1] for word in words]))
    read = [pc.binary_join(pa.ListArray.from_arrays(offsets, each.take(pa.array(place))), "") for each in (full, first)]
    return pc.binary_join_element_wise(*read, FIELD)


def _codes(names: pa.Array) -> IntArray:
    """The characters of all names, each name with an end behind it."""
    whole = FIELD.join([*names.to_pylist(), ""])
    return np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)


def _in_context(codes: IntArray, known: IntArray, place: IntArray, words: list[str]) -> IntArray:
    """The place in ``words`` of each character's reading, which grow by those that only words of two have."""
    several = np.array([_has_several(chr(code)) for code in known.tolist()])[place]
    begins = np.flatnonzero(several[:-1] | several[1:])
    pairs, of_pair = np.unique(np.stack([codes[begins], codes[begins + 1]]), axis=1, return_inverse=True)
    spoken = np.array([_placed_pair(chr(first) + chr(second), words) for first, second in pairs.T.tolist()])
    place, said = place.copy(), spoken.reshape(-1, 2)[of_pair.ravel()]
    for step in (0, 1):
        meant = said[:, step] >= 0
        place[begins[meant] + step] = said[meant, step]
    return place


def _placed_pair(pair: str, words: list[str]) -> tuple[int, int]:
    """Where in ``words`` the readings of two characters stand, put there now; -1 where they are no word."""
    if pair not in constants.PHRASES_DICT:
        return -1, -1
    words += pypinyin.lazy_pinyin(pair)
    return len(words) - 2, len(words) - 1


@cache
def _reading(character: str) -> str:
    """One character in Latin letters; what is no Chinese stays, but for blanks and ends."""
    if character.isspace():
        return ""
    return str(pypinyin.lazy_pinyin(character)[0]).lower()


@cache
def _has_several(character: str) -> bool:
    return len(pypinyin.pinyin(character, heteronym=True, style=pypinyin.Style.NORMAL)[0]) > 1


def country_words(countries: pa.Array) -> pa.Array:
    """Countries, folded, with their Chinese name behind; each distinct one is looked up once."""
    coded = countries.dictionary_encode()
    english = {folded_name: code for code, folded_name in _territories("en")}
    chinese = dict(babel.Locale("zh").territories)
    found = []
    for name in folded(coded.dictionary).to_pylist():
        code = name.upper() if name.upper() in chinese else english.get(name, "")
        found.append(FIELD.join([name, *([chinese[code]] if code in chinese else [])]))
    return pa.array(found, type=pa.string()).take(coded.indices)


def _territories(language: str) -> list[tuple[str, str]]:
    names = dict(babel.Locale(language).territories)
    return list(zip(names, folded(pa.array(names.values(), type=pa.string())).to_pylist(), strict=True))
