"""The pieces of SQL that the language of expressions has, and the value that each becomes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis
from sqlglot import exp

from models.book.columns import Kind
from models.book.mapping.formulas import CASTS, KNOWN, Formula, Maker, Piece, lost_of, written


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
    days = number.value.cast("int64")
    moved = left.value + days.as_interval("D") if isinstance(tree, exp.Add) else left.value - days.as_interval("D")
    return Formula(value=_whole_day(moved), kind=Kind.DATE, lost=lost_of([left, number]))


def _whole_day(moved: Any) -> Any:
    """DuckDB makes a moment of a day and an interval, while Ibis takes it for a day and leaves a plain cast away."""
    return moved.cast("timestamp").cast("date")


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


def _case(maker: Maker, tree: exp.Case) -> Formula:
    """Of several cases the first that holds; ``case x when a then b`` asks whether x is a."""
    ifs = tree.args["ifs"]
    asked = [exp.EQ(this=tree.this.copy(), expression=each.this.copy()) if tree.this else each.this for each in ifs]
    return _choice(maker, asked, [each.args["true"] for each in ifs], tree.args.get("default") or exp.Null())


def _if(maker: Maker, tree: exp.If) -> Formula:
    return _choice(maker, [tree.this], [tree.args["true"]], tree.args.get("false") or exp.Null())


def _choice(maker: Maker, asked: Sequence[exp.Expr], given: Sequence[exp.Expr], other: exp.Expr) -> Formula:
    *values, default = maker.alike(*given, other)
    questions = [maker.as_kind(each, Kind.TRUTH).value for each in asked]
    chosen = ibis.cases(*zip(questions, [each.value for each in values], strict=True), else_=default.value)
    cases = [
        replace(each, lost=tuple(ibis.ifelse(question, text, ibis.null("string")) for text in each.lost))
        for question, each in zip(questions, values, strict=True)
    ]
    return Formula(value=chosen, kind=default.kind, lost=lost_of(cases) if cases else ())


def _several(operation: Callable[..., Any]) -> Piece:
    def made(maker: Maker, tree: exp.Func) -> Formula:
        parts = maker.alike(tree.this, *tree.expressions)
        return Formula(value=operation(*(each.value for each in parts)), kind=parts[0].kind, lost=lost_of(parts))

    return made


def _nullif(maker: Maker, tree: exp.Nullif) -> Formula:
    value, other = maker.alike(tree.this, tree.expression)
    return replace(value, value=value.value.nullif(other.value))


def _greatest(operation: Callable[..., Any]) -> Piece:
    def made(maker: Maker, tree: exp.Func) -> Formula:
        parts = maker.ordered(tree.this, *tree.expressions)
        return Formula(value=operation(*(each.value for each in parts)), kind=parts[0].kind, lost=lost_of(parts))

    return made


def _call(result: Kind, operation: Callable[..., Any], **arguments: Kind) -> Piece:
    """A function of values by the names of sqlglot's arguments, each of one kind; one that is not given is left out."""

    def made(maker: Maker, tree: exp.Func) -> Formula:
        given = {name: tree.args[name] for name in arguments if tree.args.get(name) is not None}
        parts = {name: maker.as_kind(each, arguments[name]) for name, each in given.items()}
        value = operation(**{name: each.value for name, each in parts.items()})
        return Formula(value=value, kind=result, lost=lost_of(list(parts.values())))

    return made


def _concatenated(maker: Maker, tree: exp.Func) -> Formula:
    parts = [tree.left, tree.right] if isinstance(tree, exp.DPipe) else tree.expressions
    texts = [maker.as_kind(each, Kind.TEXT) for each in parts]
    value = texts[0].value
    for each in texts[1:]:
        value = value + each.value
    return Formula(value=value, kind=Kind.TEXT)


def _named(maker: Maker, tree: exp.Anonymous) -> Formula:
    """``number(...)``, ``text(...)``: what SQL has no function of one name for."""
    kind = {"number": Kind.NUMBER, "text": Kind.TEXT}.get(tree.name.lower())
    if kind is None or len(tree.expressions) != 1:
        raise maker.refused(f"{tree.name}, which it does not know", KNOWN)
    return maker.as_kind(tree.expressions[0], kind)


def _as_date(maker: Maker, tree: exp.Date) -> Formula:
    if tree.this is None or tree.args.get("zone") or tree.expressions:
        raise maker.refused(written(tree), "date takes one column or text")
    return maker.as_kind(tree.this, Kind.DATE)


def _cast(maker: Maker, tree: exp.Cast) -> Formula:
    kind = next((kind for kind, names in _CAST_TYPES.items() if tree.to.this in names), None)
    if kind is None:
        raise maker.refused(written(tree), CASTS)
    return maker.as_kind(tree.this, kind)


_CAST_TYPES = {
    Kind.NUMBER: {exp.DType.DOUBLE, exp.DType.FLOAT, exp.DType.DECIMAL, exp.DType.INT, exp.DType.BIGINT},
    Kind.DATE: {exp.DType.DATE},
    Kind.TEXT: {exp.DType.TEXT, exp.DType.VARCHAR},
}
_NUMBER, _TEXT, _DATE = Kind.NUMBER, Kind.TEXT, Kind.DATE


def _rounded(this: Any, decimals: Any = None) -> Any:
    return this.round() if decimals is None else this.round(decimals.cast("int32"))


def _substring(this: Any, start: Any, length: Any = None) -> Any:
    """SQL counts from 1."""
    begin = start.cast("int64") - 1
    return this.substr(begin) if length is None else this.substr(begin, length.cast("int64"))


def _padded(this: Any, expression: Any, fill_pattern: Any) -> Any:
    """Never shortened: a number that is too long is another number."""
    width = expression.cast("int64")
    return ibis.ifelse(this.length() >= width, this, this.lpad(width, fill_pattern))


def _part(this: Any, delimiter: Any, part_index: Any) -> Any:
    return this.split(delimiter)[part_index.cast("int64") - 1]


def _months_later(this: Any, expression: Any) -> Any:
    return _whole_day(this + expression.cast("int64").as_interval("M"))


def _month_end(this: Any) -> Any:
    return _whole_day(this.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1))


def _day(year: Any, month: Any, day: Any) -> Any:
    return ibis.date(year.cast("int64"), month.cast("int64"), day.cast("int64"))


def _number_of(part: str) -> Callable[[Any], Any]:
    return lambda this: getattr(this, part)().cast("float64")


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
    exp.Case: _case,
    exp.If: _if,
    exp.Coalesce: _several(ibis.coalesce),
    exp.Nullif: _nullif,
    exp.Greatest: _greatest(ibis.greatest),
    exp.Least: _greatest(ibis.least),
    exp.Concat: _concatenated,
    exp.DPipe: _concatenated,
    exp.Anonymous: _named,
    exp.Date: _as_date,
    exp.Cast: _cast,
    exp.Abs: _call(_NUMBER, lambda this: this.abs(), this=_NUMBER),
    exp.Sign: _call(_NUMBER, lambda this: this.sign(), this=_NUMBER),
    exp.Floor: _call(_NUMBER, lambda this: this.floor().cast("float64"), this=_NUMBER),
    exp.Ceil: _call(_NUMBER, lambda this: this.ceil().cast("float64"), this=_NUMBER),
    exp.Round: _call(_NUMBER, _rounded, this=_NUMBER, decimals=_NUMBER),
    exp.Upper: _call(_TEXT, lambda this: this.upper(), this=_TEXT),
    exp.Lower: _call(_TEXT, lambda this: this.lower(), this=_TEXT),
    exp.Trim: _call(_TEXT, lambda this: this.strip(), this=_TEXT),
    exp.Length: _call(_NUMBER, lambda this: this.length().cast("float64"), this=_TEXT),
    exp.Left: _call(
        _TEXT, lambda this, expression: this.left(expression.cast("int64")), this=_TEXT, expression=_NUMBER
    ),
    exp.Right: _call(
        _TEXT, lambda this, expression: this.right(expression.cast("int64")), this=_TEXT, expression=_NUMBER
    ),
    exp.Substring: _call(_TEXT, _substring, this=_TEXT, start=_NUMBER, length=_NUMBER),
    exp.Replace: _call(
        _TEXT,
        lambda this, expression, replacement: this.replace(expression, replacement),
        this=_TEXT,
        expression=_TEXT,
        replacement=_TEXT,
    ),
    exp.SplitPart: _call(_TEXT, _part, this=_TEXT, delimiter=_TEXT, part_index=_NUMBER),
    exp.Pad: _call(_TEXT, _padded, this=_TEXT, expression=_NUMBER, fill_pattern=_TEXT),
    exp.StartsWith: _call(
        Kind.TRUTH, lambda this, expression: this.startswith(expression), this=_TEXT, expression=_TEXT
    ),
    exp.Contains: _call(Kind.TRUTH, lambda this, expression: this.contains(expression), this=_TEXT, expression=_TEXT),
    exp.Year: _call(_NUMBER, _number_of("year"), this=_DATE),
    exp.Month: _call(_NUMBER, _number_of("month"), this=_DATE),
    exp.Day: _call(_NUMBER, _number_of("day"), this=_DATE),
    exp.LastDay: _call(_DATE, _month_end, this=_DATE),
    exp.AddMonths: _call(_DATE, _months_later, this=_DATE, expression=_NUMBER),
    exp.DateFromParts: _call(_DATE, _day, year=_NUMBER, month=_NUMBER, day=_NUMBER),
}
"""Kind of piece, as sqlglot calls it -> how it becomes a value; what stands not here is refused."""
