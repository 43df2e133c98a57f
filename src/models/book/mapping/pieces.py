"""The pieces of SQL that the language of expressions has, and the value that each becomes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import ibis
from sqlglot import exp

from models.book.columns import Kind
from models.book.mapping.choosing import case, coalesced, extreme, if_else, null_if
from models.book.mapping.formulas import CASTS, KNOWN, Formula, Maker, Piece, lost_of, written
from models.book.mapping.functions import (
    LONGEST,
    MOST_DAYS,
    day_of_parts,
    month_end,
    months_later,
    number_of,
    part_of,
    rounded,
    substring,
    whole,
    whole_day,
)
from models.book.parsing import as_text


def _column(maker: Maker, tree: exp.Column) -> Formula:
    column = maker.raw.columns[tree.name]
    return Formula(value=column.read(column.kind), kind=column.kind, column=column)


def _literal(_: Maker, tree: exp.Literal) -> Formula:
    if tree.is_string:
        return Formula(value=ibis.literal(tree.this), kind=Kind.TEXT)
    return Formula(value=ibis.literal(float(tree.this)), kind=Kind.NUMBER)


def _truth(_: Maker, tree: exp.Boolean) -> Formula:
    return Formula(value=ibis.literal(bool(tree.this)), kind=Kind.TRUTH)


def _nothing(_: Maker, __: exp.Null) -> Formula:
    return Formula(value=ibis.null("string"), kind=Kind.TEXT)


def _paren(maker: Maker, tree: exp.Paren) -> Formula:
    return maker.made(tree.this)


def _negative(maker: Maker, tree: exp.Neg) -> Formula:
    found = maker.as_kind(tree.this, Kind.NUMBER)
    return replace(found, value=-found.value)


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Piece:
    def made(maker: Maker, tree: exp.Binary) -> Formula:
        left, right = maker.made(tree.left), maker.made(tree.right)
        if Kind.DATE in (left.kind, right.kind):
            return _day_arithmetic(maker, tree)
        numbers = [maker.cast(left, Kind.NUMBER, tree.left), maker.cast(right, Kind.NUMBER, tree.right)]
        return Formula(value=operation(*(each.value for each in numbers)), kind=Kind.NUMBER, lost=lost_of(numbers))

    return made


def _day_arithmetic(maker: Maker, tree: exp.Binary) -> Formula:
    """A day more or less so many days, and the days between two."""
    left, right = maker.made(tree.left), maker.made(tree.right)
    if (
        isinstance(tree, exp.Sub)
        and Kind.DATE in (left.kind, right.kind)
        and Kind.NUMBER not in (left.kind, right.kind)
    ):
        days = [maker.as_kind(side, Kind.DATE) for side in (tree.left, tree.right)]
        apart = days[0].value.delta(days[1].value, unit="day").cast("float64")
        return Formula(value=apart, kind=Kind.NUMBER, lost=lost_of(days))
    if not isinstance(tree, exp.Add | exp.Sub) or left.kind is not Kind.DATE:
        raise maker.refused(f"a date in {written(tree)}", "a date takes + and - with days after it, or - another date")
    number = maker.cast(right, Kind.NUMBER, tree.right)
    days = whole(number.value, -MOST_DAYS, MOST_DAYS)
    moved = left.value + days.as_interval("D") if isinstance(tree, exp.Add) else left.value - days.as_interval("D")
    day = whole_day(moved)
    lost = (*lost_of([left, number]), _unanswered(day, [left.value, number.value]))
    return Formula(value=day, kind=Kind.DATE, lost=lost)


def _equal(maker: Maker, tree: exp.EQ) -> Formula:
    left, right = maker.alike(tree.left, tree.right)
    return Formula(value=left.value.identical_to(right.value), kind=Kind.TRUTH)


def _not_equal(maker: Maker, tree: exp.NEQ) -> Formula:
    left, right = maker.alike(tree.left, tree.right)
    return Formula(value=~left.value.identical_to(right.value), kind=Kind.TRUTH)


def _ordered(operation: Callable[[Any, Any], Any]) -> Piece:
    def made(maker: Maker, tree: exp.Binary) -> Formula:
        left, right = maker.ordered(tree.left, tree.right)
        return Formula(value=operation(left.value, right.value).fill_null(False), kind=Kind.TRUTH)

    return made


def _between(maker: Maker, tree: exp.Between) -> Formula:
    _refuse_others(maker, tree, ("this", "low", "high"))
    value, low, high = maker.ordered(tree.this, tree.args["low"], tree.args["high"])
    return Formula(value=value.value.between(low.value, high.value).fill_null(False), kind=Kind.TRUTH)


def _in(maker: Maker, tree: exp.In) -> Formula:
    if not tree.expressions:
        raise maker.refused(f"{written(tree)}, which asks another table", "list the words: in ('a', 'b')")
    value, *several = maker.alike(tree.this, *tree.expressions)
    return Formula(value=value.value.isin([each.value for each in several]).fill_null(False), kind=Kind.TRUTH)


def _is_null(maker: Maker, tree: exp.Is) -> Formula:
    if not isinstance(tree.expression, exp.Null):
        raise maker.refused(written(tree), "is asks for null alone: use = for anything else")
    return Formula(value=maker.made(tree.this).value.isnull(), kind=Kind.TRUTH)


def _joined(operation: Callable[[Any, Any], Any]) -> Piece:
    def made(maker: Maker, tree: exp.Connector) -> Formula:
        sides = [maker.as_kind(side, Kind.TRUTH).value.fill_null(False) for side in (tree.left, tree.right)]
        return Formula(value=operation(*sides), kind=Kind.TRUTH)

    return made


def _not(maker: Maker, tree: exp.Not) -> Formula:
    return Formula(value=~maker.as_kind(tree.this, Kind.TRUTH).value.fill_null(False), kind=Kind.TRUTH)


def _like(*, exactly: bool) -> Piece:
    def made(maker: Maker, tree: exp.Binary) -> Formula:
        text, pattern = maker.as_kind(tree.left, Kind.TEXT), maker.as_kind(tree.right, Kind.TEXT)
        found = text.value.like(pattern.value) if exactly else text.value.ilike(pattern.value)
        return Formula(value=found.fill_null(False), kind=Kind.TRUTH)

    return made


def _call(result: Kind, operation: Callable[..., Any], *, can_fail: bool = False, **arguments: Kind) -> Piece:
    """A function of values by the names of sqlglot's arguments, each of one kind; one that is not given is left out.

    One that ``can_fail`` gives nothing where it has no answer to what is there: that counts as unreadable.
    """

    def made(maker: Maker, tree: exp.Func) -> Formula:
        _refuse_others(maker, tree, arguments)
        given = {name: tree.args[name] for name in arguments if tree.args.get(name) is not None}
        parts = {name: maker.as_kind(each, arguments[name]) for name, each in given.items()}
        value = operation(**{name: each.value for name, each in parts.items()})
        lost = lost_of(list(parts.values()))
        if can_fail:
            lost = (*lost, _unanswered(value, [each.value for each in parts.values()]))
        return Formula(value=value, kind=result, lost=lost)

    return made


def _refuse_others(maker: Maker, tree: exp.Expr, known: Collection[str]) -> None:
    """What would be passed over must not be written. Raises ``UserError``."""
    if any(value for name, value in tree.args.items() if name not in known):
        raise maker.refused(f"{written(tree)}, of which it does not know every part", f"leave out the part: {KNOWN}")


def _unanswered(value: Any, parts: Sequence[Any]) -> Any:
    """What a function was asked, where it has no answer though every part is there."""
    texts = [as_text(each) for each in parts]
    asked = ibis.literal(", ").join(texts)
    is_asked = reduce(operator.and_, [each.notnull() for each in parts])
    return ibis.ifelse(is_asked & value.isnull(), asked, ibis.null("string"))


def _concatenated(maker: Maker, tree: exp.Func) -> Formula:
    parts = [tree.left, tree.right] if isinstance(tree, exp.DPipe) else tree.expressions
    texts = [maker.as_kind(each, Kind.TEXT) for each in parts]
    value = texts[0].value
    for each in texts[1:]:
        value = value + each.value
    return Formula(value=value, kind=Kind.TEXT, lost=lost_of(texts))


def _named(maker: Maker, tree: exp.Anonymous) -> Formula:
    """``number(...)``, ``text(...)``: what SQL has no function of one name for."""
    kind = {"number": Kind.NUMBER, "text": Kind.TEXT}.get(tree.name.lower())
    if kind is None or len(tree.expressions) != 1:
        raise maker.refused(f"{tree.name}, which it does not know", KNOWN)
    return maker.as_kind(tree.expressions[0], kind)


def _as_date(maker: Maker, tree: exp.Date) -> Formula:
    if tree.this is None or tree.args.get("zone") or tree.expressions:
        raise maker.refused("date without one column or text", "date takes one column or text")
    return maker.as_kind(tree.this, Kind.DATE)


def _cast(maker: Maker, tree: exp.Cast) -> Formula:
    kind = next((kind for kind, names in _CAST_TYPES.items() if tree.to.this in names), None)
    if kind is None or tree.to.expressions:
        raise maker.refused(written(tree), CASTS)
    return maker.as_kind(tree.this, kind)


_CAST_TYPES = {
    Kind.NUMBER: {exp.DType.DOUBLE, exp.DType.FLOAT},
    Kind.DATE: {exp.DType.DATE},
    Kind.TEXT: {exp.DType.TEXT, exp.DType.VARCHAR},
}
_NUMBER, _TEXT, _DATE = Kind.NUMBER, Kind.TEXT, Kind.DATE


def _trimmed(maker: Maker, tree: exp.Trim) -> Formula:
    """Without the blanks, or the signs of a literal, at the start (``ltrim``), the end (``rtrim``) or both."""
    _refuse_others(maker, tree, ("this", "expression", "position"))
    text, signs = maker.as_kind(tree.this, Kind.TEXT), tree.args.get("expression")
    if signs is not None and not (isinstance(signs, exp.Literal) and signs.is_string and signs.this):
        raise maker.refused(written(tree), "write the signs to be cut as 'text'")
    group = r"\s" if signs is None else "".join(rf"\x{{{ord(sign):x}}}" for sign in signs.this)
    ends = {"LEADING": (rf"^[{group}]+",), "TRAILING": (rf"[{group}]+$",)}
    value = text.value
    for end in ends.get(str(tree.args.get("position") or ""), (rf"^[{group}]+", rf"[{group}]+$")):
        value = value.re_replace(end, "")
    return replace(text, value=value, column=None)


def _padded(maker: Maker, tree: exp.Pad) -> Formula:
    """Never shortened: a number that is too long is another number."""
    pads = _LEFT_PADDED if tree.args.get("is_left") else _RIGHT_PADDED
    return pads(maker, exp.Pad(**{name: value for name, value in tree.args.items() if name != "is_left"}))


def _padding(*, is_left: bool) -> Piece:
    def padded(this: Any, expression: Any, fill_pattern: Any) -> Any:
        width = whole(expression, 0, LONGEST)
        made = this.lpad(width, fill_pattern) if is_left else this.rpad(width, fill_pattern)
        return ibis.ifelse(this.length() >= width, this, made)

    return _call(_TEXT, padded, can_fail=True, this=_TEXT, expression=_NUMBER, fill_pattern=_TEXT)


_LEFT_PADDED, _RIGHT_PADDED = _padding(is_left=True), _padding(is_left=False)


PIECES: Mapping[type[exp.Expr], Piece] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _truth,
    exp.Null: _nothing,
    exp.Paren: _paren,
    exp.Neg: _negative,
    exp.Add: _arithmetic(operator.add),
    exp.Sub: _arithmetic(operator.sub),
    exp.Mul: _arithmetic(operator.mul),
    exp.Div: _arithmetic(operator.truediv),
    exp.Mod: _arithmetic(operator.mod),
    exp.EQ: _equal,
    exp.NEQ: _not_equal,
    exp.LT: _ordered(operator.lt),
    exp.LTE: _ordered(operator.le),
    exp.GT: _ordered(operator.gt),
    exp.GTE: _ordered(operator.ge),
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is_null,
    exp.And: _joined(operator.and_),
    exp.Or: _joined(operator.or_),
    exp.Not: _not,
    exp.Like: _like(exactly=True),
    exp.ILike: _like(exactly=False),
    exp.Case: case,
    exp.If: if_else,
    exp.Coalesce: coalesced,
    exp.Nullif: null_if,
    exp.Greatest: extreme(ibis.greatest),
    exp.Least: extreme(ibis.least),
    exp.Concat: _concatenated,
    exp.DPipe: _concatenated,
    exp.Anonymous: _named,
    exp.Date: _as_date,
    exp.Cast: _cast,
    exp.Abs: _call(_NUMBER, lambda this: this.abs(), this=_NUMBER),
    exp.Sign: _call(_NUMBER, lambda this: this.sign(), this=_NUMBER),
    exp.Floor: _call(_NUMBER, lambda this: this.floor().cast("float64"), this=_NUMBER),
    exp.Ceil: _call(_NUMBER, lambda this: this.ceil().cast("float64"), this=_NUMBER),
    exp.Round: _call(_NUMBER, rounded, can_fail=True, this=_NUMBER, decimals=_NUMBER),
    exp.Upper: _call(_TEXT, lambda this: this.upper(), this=_TEXT),
    exp.Lower: _call(_TEXT, lambda this: this.lower(), this=_TEXT),
    exp.Trim: _trimmed,
    exp.Length: _call(_NUMBER, lambda this: this.length().cast("float64"), this=_TEXT),
    exp.Left: _call(
        _TEXT,
        lambda this, expression: this.left(whole(expression, 0, LONGEST)),
        can_fail=True,
        this=_TEXT,
        expression=_NUMBER,
    ),
    exp.Right: _call(
        _TEXT,
        lambda this, expression: this.right(whole(expression, 0, LONGEST)),
        can_fail=True,
        this=_TEXT,
        expression=_NUMBER,
    ),
    exp.Substring: _call(_TEXT, substring, can_fail=True, this=_TEXT, start=_NUMBER, length=_NUMBER),
    exp.Replace: _call(
        _TEXT,
        lambda this, expression, replacement: this.replace(expression, replacement),
        this=_TEXT,
        expression=_TEXT,
        replacement=_TEXT,
    ),
    exp.SplitPart: _call(_TEXT, part_of, this=_TEXT, delimiter=_TEXT, part_index=_NUMBER),
    exp.Pad: _padded,
    exp.StartsWith: _call(
        Kind.TRUTH, lambda this, expression: this.startswith(expression), this=_TEXT, expression=_TEXT
    ),
    exp.Contains: _call(Kind.TRUTH, lambda this, expression: this.contains(expression), this=_TEXT, expression=_TEXT),
    exp.Year: _call(_NUMBER, number_of("year"), this=_DATE),
    exp.Month: _call(_NUMBER, number_of("month"), this=_DATE),
    exp.Day: _call(_NUMBER, number_of("day"), this=_DATE),
    exp.LastDay: _call(_DATE, month_end, this=_DATE),
    exp.AddMonths: _call(_DATE, months_later, can_fail=True, this=_DATE, expression=_NUMBER),
    exp.DateFromParts: _call(_DATE, day_of_parts, can_fail=True, year=_NUMBER, month=_NUMBER, day=_NUMBER),
}
"""Kind of piece, as sqlglot calls it -> how it becomes a value; what stands not here is refused."""
