"""Expressions of a config as Ibis expressions over the text of a source, with the kind of what comes out.

Where a number or a date is asked for, text is read as the table's reading options say. Two values are compared as what
one of them is. A comparison is true or false, never unknown: nothing equals nothing, and is neither below nor above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
from sqlglot import exp

from models.book.columns import Kind
from models.book.mapping.raw_columns import RawColumn, RawColumns
from models.book.parsing import as_text
from models.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A value of each row, and its kind. ``lost`` are texts that could not be read, each null where it could.

    ``column`` is the column of the source that it is, where it is one as it stands.
    """

    value: Any
    kind: Kind
    lost: tuple[Any, ...] = field(default=())
    column: RawColumn | None = None

    def as_written(self) -> Any:
        """The value as text for the quarantine: where text of the source could not be read, that text."""
        return ibis.coalesce(*self.lost, as_text(self.value)) if self.lost else as_text(self.value)


Piece = Callable[["Maker", Any], Formula]
"""How one kind of piece becomes a value."""
CASTS = "write number(...), date(...) or text(...) around what is meant so"
FUNCTIONS = (
    "abs", "add_months", "ceil", "coalesce", "concat", "contains", "date", "day", "floor", "greatest", "if", "last_day",
    "least", "left", "length", "lower", "lpad", "make_date", "month", "nullif", "number", "replace", "right", "round",
    "sign", "split_part", "starts_with", "substring", "text", "trim", "upper", "year",
)  # fmt: skip
KNOWN = f"it knows + - * / %, = <> < > in between like, is null, and or not, case when, and {', '.join(FUNCTIONS)}"
_STORED = {Kind.NUMBER: "float64", Kind.DATE: "date", Kind.TEXT: "string", Kind.TRUTH: "boolean"}


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes one expression, piece by piece, of the kinds of ``pieces``; ``setting`` is what messages call it."""

    setting: str
    raw: RawColumns
    pieces: Mapping[type[exp.Expr], Piece]

    def made(self, tree: exp.Expr) -> Formula:
        """A piece with all that it is made of. Raises ``UserError`` for what there is no piece of."""
        piece = self.pieces.get(type(tree))
        if piece is None:
            raise self.refused(f"{written(tree)}, which it does not know", KNOWN)
        return piece(self, tree)

    def as_kind(self, tree: exp.Expr, kind: Kind) -> Formula:
        """A piece as a number, a date, a text or a truth. Raises ``UserError`` where it is another kind."""
        return self.cast(self.made(tree), kind, tree)

    def cast(self, found: Formula, kind: Kind, tree: exp.Expr) -> Formula:
        """A value as another kind: text is read, and all else is text if need be. Raises ``UserError``."""
        if found.kind is kind:
            return found
        if kind is Kind.TEXT:
            return replace(found, value=as_text(found.value), kind=kind, column=None)
        if isinstance(tree, exp.Null):
            return Formula(value=ibis.null(_STORED[kind]), kind=kind)
        if found.kind is not Kind.TEXT:
            raise self.refused(f"a {found.kind.value} in {written(tree)} where a {kind.value} belongs", CASTS)
        value = self.raw.read(found.value, kind) if found.column is None else found.column.read(kind)
        unread = ibis.ifelse(value.isnull() & found.value.notnull(), found.value, ibis.null("string"))
        return Formula(value=value, kind=kind, lost=(*found.lost, unread))

    def alike(self, *trees: exp.Expr) -> list[Formula]:
        """Pieces as one kind: that of those which are no text; of texts alone it is text."""
        found = [self.made(tree) for tree in trees]
        kinds = [each.kind for each, tree in zip(found, trees, strict=True) if not isinstance(tree, exp.Null)]
        kind = next((each for each in kinds if each is not Kind.TEXT), Kind.TEXT)
        return [self.cast(each, kind, tree) for each, tree in zip(found, trees, strict=True)]

    def ordered(self, *trees: exp.Expr) -> list[Formula]:
        """Pieces to be put in order: as numbers or dates, since of text nobody knows which it is."""
        found = self.alike(*trees)
        if any(each.kind is not Kind.TEXT for each in found):
            return found
        days = [tree for tree in trees if isinstance(tree, exp.Literal) and _is_day(tree)]
        if not days:
            raise self.refused(
                "text on both sides of a comparison by size", "write number(...) or date(...) around one"
            )
        return [self.as_kind(tree, Kind.DATE) for tree in trees]

    def refused(self, got: str, remedy: str) -> UserError:
        """What to tell of an expression that cannot be made."""
        return UserError(
            rule=f"{self.setting} must be an expression of SQL's words for one row", got=got, remedy=remedy
        )


def lost_of(parts: Sequence[Formula]) -> tuple[Any, ...]:
    """The texts of all parts that could not be read."""
    return tuple(text for part in parts for text in part.lost)


def written(tree: exp.Expr) -> str:
    """A piece as it is written in SQL, in quotes."""
    return repr(tree.sql(dialect="duckdb"))


def _is_day(tree: exp.Literal) -> bool:
    text = tree.this
    return bool(tree.is_string and len(text) == len("2024-12-31") and text[4] == text[7] == "-")
