"""Fingerprint of the rows of a table as integer sums that every database computes alike.

Texts become whole numbers by DuckDB's hash, which a database is given beside the few texts that a column may hold.
All else is arithmetic on 64-bit integers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.lazy import lazy

ibis = lazy("ibis")

PRIME = 2_147_483_629
"""The second largest prime below 2^31: the product of two remainders stays within 64 bits."""
_LIMB = 2**30
_WEIGHTS = 2**29
"""Weights lie below: eight products of one with a limb below 2^31 add up within 64 bits."""
_AT_ONCE = 8
_EARLIEST = 3_000_000
"""Days before 1970 that still make a number from 0 on."""
_NOTHING = 2**30 - 35
TEXT_BITS = 31


@dataclass(frozen=True, kw_only=True)
class RowSums:
    """Number of rows and two sums of their hashes, whatever the order of the rows."""

    rows: int = 0
    forward: int = 0
    backward: int = 0

    def __add__(self, other: RowSums) -> RowSums:
        return RowSums(
            rows=self.rows + other.rows,
            forward=self.forward + other.forward,
            backward=self.backward + other.backward,
        )


NO_ROWS = RowSums()
Expressions = Mapping[str, Any]
"""Ibis expressions by name."""


def text_number(text: Any) -> Any:
    """A column of text of DuckDB as whole numbers below 2^31."""
    return (text.hash() & (2**TEXT_BITS - 1)).cast("!int64")


def row_sums(table: Any, *, numbered: Expressions | None = None, columns: Sequence[str] | None = None) -> RowSums:
    """The sums over all rows of ``table`` and its ``columns``, which are all unless they are named.

    ``numbered`` are its columns of text as numbers; without it DuckDB makes them.

    Two books that were made to look alike may; that anything changed by itself shows.
    """
    names = sorted(table.columns if columns is None else columns)
    ways = {way: _sum_of(table, names, numbered, way) for way in ("forward", "backward")}
    found = table.aggregate(rows=table.count(), **ways)
    row = found.to_pyarrow().to_pylist()[0]
    return RowSums(**{name: int(value or 0) for name, value in row.items()})


def _sum_of(table: Any, names: Sequence[str], numbered: Expressions | None, way: str) -> Any:
    """Sum of the cubes of weighted sums of what a row holds, modulo a prime: no other row makes good for a change."""
    limbs = [
        (limb * ibis.literal(_weight(way, name, place), type="int64"))
        for name in names
        for place, limb in enumerate(_limbs(table, name, numbered))
    ]
    parts = [sum(limbs[start : start + _AT_ONCE]) % PRIME for start in range(0, len(limbs), _AT_ONCE)]
    mixed = _remainder(parts)
    return ((mixed * mixed) % PRIME * mixed % PRIME).sum()


def _remainder(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else sum(parts[1:], parts[0]) % PRIME


def _weight(way: str, name: str, place: int) -> int:
    digest = hashlib.sha256(f"{way} {name} {place}".encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % (_WEIGHTS - 1)


def _limbs(table: Any, name: str, numbered: Expressions | None) -> list[Any]:
    """Whole numbers from 0, below 2^31, that tell one value of a column."""
    value = table[name]
    kind = value.type()
    if kind.is_string():
        number = text_number(value) if numbered is None else numbered[name]
        return [number.fill_null(_NOTHING)]
    if kind.is_date():
        return [(value.delta(ibis.date("1970-01-01"), unit="day").cast("int64") + _EARLIEST).fill_null(_NOTHING)]
    if kind.is_boolean():
        return [_one(value).fill_null(_NOTHING)]
    return _of_number(value.cast("float64"))


def _one(truth: Any) -> Any:
    """1 or 0, null for null: not every database casts a truth."""
    return ibis.cases((truth, ibis.literal(1, type="int64")), (~truth, ibis.literal(0, type="int64")))


def _of_number(value: Any) -> list[Any]:
    """Sign and leading part, the rest of the whole part, and sixty bits behind the point: each step is exact."""
    size = value.abs()
    whole = size.floor().cast("float64")
    high = (whole / _LIMB).floor().cast("float64")
    first = (size - whole) * _LIMB
    second = (first - first.floor().cast("float64")) * _LIMB
    leading = ibis.least(high, float(_LIMB - 1)).cast("int64") * 2 + _one(value < 0)
    low = (whole - high * _LIMB).cast("int64")
    behind = [part.floor().cast("int64") for part in (first, second)]
    return [leading.fill_null(_NOTHING), *(part.fill_null(0) for part in (low, *behind))]
