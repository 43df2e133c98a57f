"""The small language of expressions in a config: SQL's words for one row, read by sqlglot; all else is refused.

Nothing of an expression runs as code: what is read here becomes an Ibis expression in ``formulas``, piece by piece,
from the list of what there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from models.book.names import nearest
from models.book.sources.columns import squeezed
from models.errors import UserError

_MAX_CHARACTERS = 2_000
_MAX_PARTS = 300
_QUOTES = "a name with blanks or signs stands in \"double quotes\", text in 'single ones'"


def read_formula(setting: str, text: str, headers: Sequence[str]) -> exp.Expr:
    """The tree of an expression whose columns all stand among ``headers``; ``setting`` is what messages call it.

    A text that is the name of a column as it is written, blanks and signs included, is that column. Raises
    ``UserError``.
    """
    if text in headers:
        return exp.column(text, quoted=True)
    tree = _parsed(setting, text, headers)
    for column in tree.find_all(exp.Column):
        column.replace(exp.column(_header(setting, _name(column), headers), quoted=True))
    return tree


def headers_in(tree: exp.Expr) -> tuple[str, ...]:
    """The columns that an expression looks at, in their order."""
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


def _parsed(setting: str, text: str, headers: Sequence[str]) -> exp.Expr:
    if len(text) > _MAX_CHARACTERS:
        raise UserError(
            rule=f"{setting} must have at most {_MAX_CHARACTERS:,} characters",
            got=f"{len(text):,}",
            remedy="make a view at the source",
        )
    try:
        found = sqlglot.parse(text, dialect="duckdb")
    except (SqlglotError, RecursionError):
        found = []
    tree = found[0] if len(found) == 1 else None
    if tree is None or sum(1 for _ in tree.walk()) > _MAX_PARTS:
        raise not_read(setting, text, headers)
    wrapped: exp.Expr = exp.Paren(this=tree)  # so that a lone column has a parent to be replaced in
    return wrapped


def not_read(setting: str, text: str, headers: Sequence[str]) -> UserError:
    """What to tell of a text that is no expression, with the column that may be meant."""
    near = nearest(text, headers)
    return UserError(
        rule=f"{setting} must be a column of the source or an expression over its columns",
        got=repr(text),
        remedy=f"did you mean {near!r}?" if near else _QUOTES,
    )


def _name(column: exp.Column) -> str:
    return ".".join(part.name for part in column.parts)


def _header(setting: str, name: str, headers: Sequence[str]) -> str:
    """The column of the source of that name: as it is written, else the only one that is written alike."""
    if name in headers:
        return name
    alike = list(dict.fromkeys(header for header in headers if squeezed(header) == squeezed(name)))
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise UserError(
            rule=f"{setting} must name one column",
            got=" and ".join(map(repr, alike)),
            remedy="write the one that is meant as it stands, in double quotes",
        )
    near = nearest(name, headers)
    raise UserError(
        rule=f"{setting} must name columns of the source ({', '.join(headers)})",
        got=repr(name),
        remedy=f"did you mean {near!r}?" if near else _QUOTES,
    )
