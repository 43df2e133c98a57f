"""Pieces that take one of several values: of cases, of parts that may be absent, the greatest and the least.

A text that cannot be read counts in the rows that look at it, and no other part takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ibis
from sqlglot import exp

from models.book.columns import Kind
from models.book.mapping.formulas import Formula, Maker, Piece, lost_of


def case(maker: Maker, tree: exp.Case) -> Formula:
    """Of several cases the first that holds; ``case x when a then b`` asks whether x is a."""
    ifs = tree.args["ifs"]
    asked = [exp.EQ(this=tree.this.copy(), expression=each.this.copy()) if tree.this else each.this for each in ifs]
    return _choice(maker, asked, [each.args["true"] for each in ifs], tree.args.get("default") or exp.Null())


def if_else(maker: Maker, tree: exp.If) -> Formula:
    """One value where a question is true, another where it is not."""
    return _choice(maker, [tree.this], [tree.args["true"]], tree.args.get("false") or exp.Null())


def _choice(maker: Maker, asked: Sequence[exp.Expr], given: Sequence[exp.Expr], other: exp.Expr) -> Formula:
    *values, default = maker.alike(*given, other)
    questions = [maker.as_kind(each, Kind.TRUTH).value.fill_null(False) for each in asked]
    chosen = ibis.cases(*zip(questions, [each.value for each in values], strict=True), else_=default.value)
    lost: list[Any] = []
    is_open = ibis.literal(value=True)
    for question, each in zip(questions, values, strict=True):
        lost += _lost_where(is_open & question, each)
        is_open &= ~question
    lost += _lost_where(is_open, default)
    return Formula(value=chosen, kind=default.kind, lost=tuple(lost))


def _lost_where(counts: Any, part: Formula) -> list[Any]:
    """The texts of a part that could not be read, in the rows that look at it."""
    return [ibis.ifelse(counts, text, ibis.null("string")) for text in part.lost]


def _unless_lost(value: Any, lost: Sequence[Any]) -> Any:
    """Nothing where a text could not be read: what another part says does not stand for it."""
    return ibis.ifelse(ibis.coalesce(*lost).isnull(), value, ibis.null(value.type())) if lost else value


def coalesced(maker: Maker, tree: exp.Coalesce) -> Formula:
    """The first part that is there; one that is there and cannot be read is no absent one."""
    parts = maker.alike(tree.this, *tree.expressions)
    lost: list[Any] = []
    is_open = ibis.literal(value=True)
    for each in parts:
        lost += _lost_where(is_open, each)
        is_open &= each.value.isnull()
    value = _unless_lost(ibis.coalesce(*(each.value for each in parts)), lost)
    return Formula(value=value, kind=parts[0].kind, lost=tuple(lost))


def null_if(maker: Maker, tree: exp.Nullif) -> Formula:
    """A value, or nothing where it is the other."""
    value, other = maker.alike(tree.this, tree.expression)
    return replace(value, value=value.value.nullif(other.value))


def extreme(operation: Callable[..., Any]) -> Piece:
    """The greatest or least of several parts that are there; nothing where one of them cannot be read."""

    def made(maker: Maker, tree: exp.Func) -> Formula:
        parts = maker.ordered(tree.this, *tree.expressions)
        lost = lost_of(parts)
        value = _unless_lost(operation(*(each.value for each in parts)), lost)
        return Formula(value=value, kind=parts[0].kind, lost=lost)

    return made
