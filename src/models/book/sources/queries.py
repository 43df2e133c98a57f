"""Queries of a config: one SELECT over tables of the database, which neither writes nor reads files beside it."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from models.errors import UserError

_DIALECTS = {"postgresql": "postgres"}
_OF_FILES = ("duckdb", "sqlite")
"""Databases in this process: what a query of theirs may do, it does with our rights."""
_WRITES = (exp.DML, exp.DDL, exp.Into, exp.Command, exp.Copy, exp.Drop, exp.Alter, exp.Set, exp.Pragma, exp.Attach)


def require_one_select(setting: str, query: str, scheme: str) -> None:
    """Raises ``UserError`` for anything but one SELECT over tables; ``scheme`` is that of the database's address."""
    name = _DIALECTS.get(scheme, scheme)
    try:
        found = sqlglot.parse(query, dialect=name if name in Dialect.classes else None)
    except (SqlglotError, RecursionError):
        raise _refused(setting, "a text that is no SQL of this database") from None
    statements = [each for each in found if each is not None and not isinstance(each, exp.Semicolon)]
    if len(statements) != 1:
        raise _refused(setting, f"{len(statements)} statements")
    tree = statements[0]
    if not isinstance(tree, exp.Query) or any(_is_written(each) for each in tree.walk()):
        raise _refused(setting, "a statement that is no SELECT, or writes")
    if scheme in _OF_FILES and any(_is_no_table(each) for each in tree.walk()):
        raise _refused(setting, "a FROM that names a function or a file")


def _is_written(tree: exp.Expr) -> bool:
    return isinstance(tree, _WRITES) and not isinstance(tree, exp.Query)


def _is_no_table(tree: exp.Expr) -> bool:
    """A function or a file where a table belongs: DuckDB reads a file whose name stands in the place of a table."""
    if isinstance(tree, exp.Lateral):
        return not isinstance(tree.this, exp.Subquery)
    if not isinstance(tree, exp.Table):
        return False
    return not isinstance(tree.this, exp.Identifier) or any(sign in tree.name for sign in "./\\:*")


def _refused(setting: str, got: str) -> UserError:
    return UserError(
        rule=f"{setting} must be one SELECT over tables of the database",
        got=got,
        remedy="write one SELECT; files are read with book.source files, all else as a view at the source",
    )
