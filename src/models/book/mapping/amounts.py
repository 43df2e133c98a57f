"""Amounts that a mapping changes: their signs by kind of cashflow; what stood at the source stays beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from models.book.columns import Kind
from models.book.parsing import as_text, typed
from models.book.written import WRITTEN_PREFIX
from models.config.mapping import Sign


def with_number(rows: Any, name: str, number: Any) -> Any:
    """Rows with a column changed to ``number``, beside what stood there; the door tells of what is null by it."""
    written = WRITTEN_PREFIX + name
    before = rows[written] if written in rows.columns else as_text(rows[name])
    return rows.mutate(**{name: number.cast("float64"), written: before})


def signed(rows: Any, signs: Mapping[str, Sign]) -> Any:
    """Cashflows with the amounts of some kinds turned around, or without their sign; unreadable ones as they stand."""
    if not signs or "amount" not in rows.columns:
        return rows
    number, kind = typed(rows.amount, Kind.NUMBER), as_text(rows.kind)
    cases = [
        (kind == name, -number if sign == "turn" else number.abs()) for name, sign in signs.items() if sign != "keep"
    ]
    return with_number(rows, "amount", ibis.cases(*cases, else_=number)) if cases else rows
