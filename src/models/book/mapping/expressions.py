"""Expressions of a config for each row of a table at the source: what they are for a column of the book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from sqlglot import exp

from models.book.columns import Kind
from models.book.mapping.formulas import Maker
from models.book.mapping.parsing import headers_in, read_formula
from models.book.mapping.pieces import PIECES
from models.book.mapping.raw_columns import RawColumns
from models.errors import UserError


@dataclass(frozen=True, kw_only=True)
class SourceValue:
    """What an expression is for each row, and where it was turned from text, what it was as text; null if nothing."""

    value: Any
    written: Any | None = None


@dataclass(frozen=True, kw_only=True)
class SourceFormula:
    """An expression of the config; ``setting`` is where it stands, for messages."""

    setting: str
    text: str

    def columns(self, headers: Sequence[str]) -> tuple[str, ...]:
        """The columns of the source that it looks at. Raises ``UserError``."""
        return headers_in(read_formula(self.setting, self.text, headers))

    def value(self, raw: RawColumns, kind: Kind) -> SourceValue:
        """What it is for a column of the book of that kind; a column of the source by itself stays as it stands there.

        Raises ``UserError`` for what the language has not, and for another kind.
        """
        tree = read_formula(self.setting, self.text, list(raw.columns)).unnest()
        if isinstance(tree, exp.Column) and raw.stays(kind):
            return SourceValue(value=raw.columns[tree.name].raw)
        wanted = Kind.NUMBER if kind is Kind.INTEGER else kind
        found = self._maker(raw).as_kind(tree, wanted)
        return SourceValue(value=found.value, written=None if kind is Kind.TEXT else found.as_written())

    def brings(self, raw: RawColumns) -> Any:
        """Whether it is a number other than 0, or text that should be one and cannot be read."""
        found = self._maker(raw).as_kind(read_formula(self.setting, self.text, list(raw.columns)), Kind.NUMBER)
        unread = ibis.coalesce(*found.lost, ibis.null("string")).notnull()
        return (found.value != 0).fill_null(False) | unread

    def holds(self, raw: RawColumns) -> Any:
        """Whether it is true. Raises ``UserError`` where it is no question."""
        found = self._maker(raw).made(read_formula(self.setting, self.text, list(raw.columns)))
        if found.kind is not Kind.TRUTH:
            raise UserError(
                rule=f"{self.setting} must be true or false for each row",
                got=f"{self.text!r}, which is a {found.kind.value}",
                remedy="compare it with something, such as STATUS <> 'STORNO'",
            )
        return found.value.fill_null(False)

    def _maker(self, raw: RawColumns) -> Maker:
        return Maker(setting=self.setting, raw=raw, pieces=PIECES)
