"""Values that stand for missing: nulls, NaN, blanks of any script, and the words a book uses for it.

Absent is one thing: whatever stood there, the stored value is null. Where a word is none is decided by column in
``conventions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt

BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""All that Unicode counts as blank, and the signs without width that copying leaves behind."""

_FIRST_SIGN, _LAST_SIGN = "!", "\x7f"
"""ASCII signs that can be seen lie between them, in the order of DuckDB, which is that of bytes."""

_trim = ibis.udf.scalar.builtin(
    lambda text, signs: None,  # noqa: ARG005 - DuckDB has the body
    name="trim",
    signature=((dt.string, dt.string), dt.string),
)


def _is_plain(sign: Any) -> Any:
    return (sign >= _FIRST_SIGN) & (sign < _LAST_SIGN)


def trimmed(text: Any) -> Any:
    r"""Text without blanks around it; only text that may have some, as few does, is looked at sign by sign.

    >>> trimmed(ibis.literal("\u00a0 N/A\u3000")).to_pyarrow().as_py()
    'N/A'
    """
    return ibis.ifelse(_is_plain(text) & _is_plain(text.right(1)), text, _trim(text, BLANKS))


def is_filled(value: Any) -> Any:
    r"""Whether there is anything but blanks; only text that begins with one, as few do, is looked at to its end.

    >>> [is_filled(ibis.literal(text)).to_pyarrow().as_py() for text in ("a", " a", " ", "", "\u00a0", "\u4e2d")]
    [True, True, False, False, False, True]
    """
    if value.type().is_floating():
        return value.notnull() & ~value.isnan()
    if not value.type().is_string():
        return value.notnull()
    return value.notnull() & ibis.ifelse(_is_plain(value), True, _trim(value, BLANKS) != "")


def is_word(value: Any, words: Sequence[str], kept: Sequence[str] = ()) -> Any:
    """Whether text is one of ``words`` (in lower case) in any case and between any blanks, but none of ``kept``.

    >>> [is_word(ibis.literal(text), ["na"], ["NA"]).to_pyarrow().as_py() for text in (" na ", "NA", "NAM")]
    [True, False, False]
    """
    if not (words and value.type().is_string()):
        return ibis.literal(False)
    longest = max(len(word) for word in words)
    may_be = (value.length() <= longest) | ~(_is_plain(value) & _is_plain(value.right(1)))
    found = ibis.ifelse(may_be, trimmed(value).lower().isin(list(words)), False)
    return found & value.notin(list(kept)) if kept else found
