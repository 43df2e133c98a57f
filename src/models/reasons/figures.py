"""Numbers, amounts, shares, times and dates as people write them in a language: the one place for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Final

from models.book.periods import DAYS_PER_MONTH, DAYS_PER_YEAR
from models.panel.features.words import FigureUnit
from models.text import Language, Text, number, scales

_CURRENCIES: Final = {
    "USD": Text("USD", "currency"),
    "EUR": Text("EUR", "currency"),
    "GBP": Text("GBP", "currency"),
    "CNY": Text("CNY", "currency"),
    "HKD": Text("HKD", "currency"),
    "JPY": Text("JPY", "currency"),
    "CHF": Text("CHF", "currency"),
    "CAD": Text("CAD", "currency"),
    "AUD": Text("AUD", "currency"),
    "SGD": Text("SGD", "currency"),
}
_MONEY: Final = Text("{amount} {currency}", "money")
_MONEY_BY_CODE: Final = Text("{amount} {currency}", "money in a currency known by its code")
_SCALES: Final = Text("1e9 = {number} bn; 1e6 = {number} m; 1e3 = {number} k", "large numbers")
"""From which size on a number is written in which unit, largest first."""
_SMALL = 0.01
_DAYS_SAID, _MONTHS_SAID = 90, 24
_DAY: Final = Text("{number} day", plural="{number} days")
_MONTH: Final = Text("{number} month", plural="{number} months")
_YEAR: Final = Text("{number} year", plural="{number} years")
_UNITS: Final = {
    FigureUnit.HOURS: Text("{number} hour", plural="{number} hours"),
    FigureUnit.WEEKS: Text("{number} week", plural="{number} weeks"),
    FigureUnit.MONTHS: _MONTH,
    FigureUnit.QUARTERS: Text("{number} quarter", plural="{number} quarters"),
}
_CLASSES: Final = (
    (360, Text("loss", "class of a loan")),
    (270, Text("doubtful", "class of a loan")),
    (90, Text("substandard", "class of a loan")),
    (0, Text("special mention", "class of a loan")),
)
"""More days overdue than these, and the class that a loan is put into at the least."""
_CLASSED: Final = Text("{days} ({name})", "class of a loan")
_ALMOST = 1 - 1e-9
_DIGITS_MEANT = 2
_SEVERAL_TIMES = 3.0
_TWO_UP = 2
_HUNDRED, _TEN, _TENTH = 100, 10, 0.1
_TIMES: Final = {"1": Text("once"), "2": Text("twice")}
_MANY_TIMES: Final = Text("{number} times", "occurrences")
_MULTIPLE: Final = Text("{number} times", "multiple")
_BASIS_POINTS: Final = Text("{number} bp")
_POINTS: Final = Text("{number} points", "change of a probability")
_SHARE: Final = Text("{number}%", "share")
_ENDED, _BEGAN = Text("stopped", "growth"), Text("began anew", "growth")
_MULTIPLIED: Final = {True: Text("up to {number} times", "growth"), False: Text("rose to {number} times", "growth")}
_UNCHANGED: Final = {True: Text("unchanged", "growth"), False: Text("did not change", "growth")}
_MOVED: Final = {
    (True, True): Text("up {number}%", "growth"),
    (True, False): Text("down {number}%", "growth"),
    (False, True): Text("rose by {number}%", "growth"),
    (False, False): Text("fell by {number}%", "growth"),
}
"""By whether the bare change is written, and whether it is a rise."""
_DATE: Final = Text("{day} {month} {year}", "date")
_MONTH_NAMES: Final = (
    Text("January", "date"),
    Text("February", "date"),
    Text("March", "date"),
    Text("April", "date"),
    Text("May", "date"),
    Text("June", "date"),
    Text("July", "date"),
    Text("August", "date"),
    Text("September", "date"),
    Text("October", "date"),
    Text("November", "date"),
    Text("December", "date"),
)


def figure_in_words(
    value: float, figure: FigureUnit, language: Language, *, currency: str = "", signed: bool = False
) -> str:
    """A feature's value as a person writes it. ``signed``: a rise carries its plus.

    >>> figure_in_words(412_345.0, FigureUnit.MONEY, "en", currency="USD")
    '412 k USD'
    >>> figure_in_words(1063.0, FigureUnit.DAYS, "en"), figure_in_words(1.0, FigureUnit.TIMES, "en")
    ('2.9 years', 'once')
    """
    if figure is FigureUnit.MONEY:
        return money(value, currency, language, signed=signed)
    return _WRITERS[figure](value, language, signed)


def money(value: float, currency: str, language: Language, *, signed: bool = False) -> str:
    """An amount with its currency.

    >>> money(-1_100_000.0, "USD", "en"), money(400_000.0, "USD", "en", signed=True), money(0.0, "EUR", "en")
    ('-1.1 m USD', '+400 k USD', '0 EUR')
    """
    words = _MONEY if currency in _CURRENCIES else _MONEY_BY_CODE
    return words.within(
        language, amount=short(value, language, signed=signed), currency=currency_name(currency, language)
    )


def exact_money(value: float, currency: str, language: Language) -> str:
    """An amount to the last unit of its currency.

    >>> exact_money(1_234_567.0, "USD", "en")
    '1,234,567 USD'
    """
    return _MONEY.within(language, amount=number(f"{value:,.0f}", language), currency=currency_name(currency, language))


def currency_name(currency: str, language: Language) -> str:
    """What a currency is called, by its code where it has no name."""
    return _CURRENCIES[currency].within(language) if currency in _CURRENCIES else currency


def money_from(low: float, high: float, currency: str, language: Language) -> str:
    """The lower end of a range that ends with ``money(high, ...)``: the currency stands once, where that is clear.

    >>> money_from(140_000.0, 500_000.0, "USD", "en"), money_from(-324.0, 70_200.0, "USD", "en")
    ('140 k', '-324 USD')
    """
    bare = short(low, language)
    unclear = low and bare[-1].isdigit() and not short(high, language)[-1].isdigit()
    return money(low, currency, language) if unclear else bare


def short(value: float, language: Language, *, signed: bool = False) -> str:
    """A large number to three digits or so, in the language's own thousands.

    >>> short(12_345_678.0, "en"), short(999_999.0, "en"), short(950.4, "en")
    ('12.3 m', '1 m', '950')
    """
    size, sign = abs(value), _sign(value, signed=signed)
    for limit, written in scales(_SCALES, language):
        if size >= limit * (1 - 5e-4):
            return written.format(number=f"{sign}{number(_digits(size / limit), language)}")
    bare = f"{size:,.0f}" if size >= _TEN or size == round(size) else _trimmed(size, _TWO_UP)
    return f"{sign}{number(bare, language)}"


def rounded_away(then: float, now: float, figure: FigureUnit) -> float:
    """The number rounded so that who reaches what is written has reached what is meant.

    >>> rounded_away(0.2534, 0.2, FigureUnit.SHARE), rounded_away(12.34, 20.0, FigureUnit.HOURS)
    (0.26, 12.3)
    """
    if then in {0.0, now} or not math.isfinite(then):
        return then
    digits = _DIGITS_MEANT + (figure is not FigureUnit.SHARE)
    step = 10.0 ** (math.floor(math.log10(abs(then))) - digits + 1)
    steps = then / step
    whole = math.ceil(steps - 1e-9) if then > now else math.floor(steps + 1e-9)
    return round(whole * step, 12)


def percentage(share: float, language: Language, digits: int = 0) -> str:
    """A share with so many digits after the point.

    >>> percentage(0.1234, "en"), percentage(0.1234, "en", 1)
    ('12%', '12.3%')
    """
    return _SHARE.within(language, number=number(f"{share:.{digits}%}".removesuffix("%"), language))


def points(value: float, language: Language) -> str:
    """A change of a probability, given in percentage points.

    >>> points(6.23, "en"), points(-0.04, "en")
    ('+6.2 points', '-0.04 points')
    """
    size = abs(value)
    written = f"{size:.1f}" if size >= _TENTH or not size else _digits(size)
    return _POINTS.within(language, number=f"{_sign(value, signed=True)}{number(written, language)}")


def day(when: date, language: Language) -> str:
    """A date.

    >>> day(date(2024, 1, 2), "en")
    '2 January 2024'
    """
    return _DATE.within(language, day=when.day, month=_MONTH_NAMES[when.month - 1], year=when.year)


def _times(value: float, language: Language, signed: bool) -> str:
    counted = _count(value, language, signed)
    return _TIMES.get(counted, _MANY_TIMES).within(language, number=counted)


def _count(value: float, language: Language, signed: bool) -> str:
    size = abs(value)
    whole = size == round(size) or size >= _HUNDRED
    return f"{_sign(value, signed=signed)}{number(f'{size:,.0f}' if whole else _trimmed(size, 1), language)}"


def _number(value: float, language: Language, signed: bool) -> str:
    size = abs(value)
    if size >= 1 / _SMALL:
        return short(value, language, signed=signed)
    return f"{_sign(value, signed=signed)}{number(_digits(size), language)}"


def _share(value: float, language: Language, signed: bool) -> str:
    written = number(_percent(abs(value) * _HUNDRED), language)
    return _SHARE.within(language, number=f"{_sign(value, signed=signed)}{written}")


def _points_of_share(value: float, language: Language, _: bool) -> str:
    return points(value * _HUNDRED, language)


def tells_what_became(growth: float) -> bool:
    """Whether a growth is written as an end or a beginning, instead of by how much.

    >>> tells_what_became(-1.0), tells_what_became(0.5)
    (True, False)
    """
    return abs(growth) > _ALMOST


def _growth(value: float, language: Language, signed: bool) -> str:
    """From -1 (all lost) to 1 (all new) as what became of it: a clause, or where ``signed`` the bare change.

    (now - before) / (now + before) is written as now / before.
    """
    if tells_what_became(value):
        return (_BEGAN if value > 0 else _ENDED).within(language)
    times = (1 + value) / (1 - value)
    if times >= _SEVERAL_TIMES:
        return _MULTIPLIED[signed].within(language, number=number(_trimmed(times, 1), language))
    change = _percent(abs(times - 1) * _HUNDRED)
    if change == "0":
        return _UNCHANGED[signed].within(language)
    return _MOVED[signed, times > 1].within(language, number=number(change, language))


def _multiple(value: float, language: Language, signed: bool) -> str:
    return _MULTIPLE.within(language, number=_number(value, language, signed))


def _basis_points(value: float, language: Language, signed: bool) -> str:
    written = number(f"{abs(value):,.0f}", language)
    return _BASIS_POINTS.within(language, number=f"{_sign(value, signed=signed)}{written}")


def _days(value: float, language: Language, _: bool) -> str:
    """Days up to three months, months up to two years, then years."""
    if value < _DAYS_SAID:
        return _counted(float(round(value)), _DAY, language)
    if value < _MONTHS_SAID * DAYS_PER_MONTH:
        return _counted(float(round(value / DAYS_PER_MONTH)), _MONTH, language)
    return _counted(value / DAYS_PER_YEAR, _YEAR, language)


def _days_overdue(value: float, language: Language, _: bool) -> str:
    """Days overdue, with the class of the loan that the days alone call for (China's five classes of 2023).

    >>> _days_overdue(44.0, "en", False), _days_overdue(120.0, "en", False), _days_overdue(0.0, "en", False)
    ('44 days (special mention)', '120 days (substandard)', '0 days')
    """
    days = _counted(float(round(value)), _DAY, language)
    if value <= 0:
        return days
    return _CLASSED.within(language, days=days, name=next(name for over, name in _CLASSES if value > over))


def _years(value: float, language: Language, signed: bool) -> str:
    return _days(value * DAYS_PER_YEAR, language, signed)


def _unit(figure: FigureUnit) -> Callable[[float, Language, bool], str]:
    def written(value: float, language: Language, signed: bool) -> str:
        return _counted(value, _UNITS[figure], language, signed=signed)

    return written


def _counted(value: float, unit: Text, language: Language, *, signed: bool = False) -> str:
    written = number(_trimmed(abs(value), 1), language)
    return unit.within(language, count=round(abs(value), 1), number=f"{_sign(value, signed=signed)}{written}")


_WRITERS: Final[dict[FigureUnit, Callable[[float, Language, bool], str]]] = {
    FigureUnit.TIMES: _times,
    FigureUnit.COUNT: _count,
    FigureUnit.NUMBER: _number,
    FigureUnit.SHARE: _share,
    FigureUnit.POINTS: _points_of_share,
    FigureUnit.GROWTH: _growth,
    FigureUnit.MULTIPLE: _multiple,
    FigureUnit.BASIS_POINTS: _basis_points,
    FigureUnit.DAYS: _days,
    FigureUnit.DAYS_OVERDUE: _days_overdue,
    FigureUnit.YEARS: _years,
    FigureUnit.NAME: _number,
    **{figure: _unit(figure) for figure in _UNITS},
}


def _sign(value: float, *, signed: bool) -> str:
    return "-" if value < 0 else "+" if signed and value > 0 else ""


def _percent(size: float) -> str:
    """A percentage without its sign: whole above ten, else with one digit, tiny ones with what shows them."""
    if size >= _TEN:
        return f"{size:,.0f}"
    return _trimmed(size, 1) if size >= _TENTH or not size else _digits(size)


def _digits(size: float) -> str:
    """Three digits from one up, two below.

    >>> _digits(1235.4), _digits(12.345), _digits(0.456), _digits(0.00312), _digits(2.0)
    ('1,235', '12.3', '0.46', '0.0031', '2')
    """
    if size >= _HUNDRED:
        return f"{size:,.0f}"
    if size >= _TEN:
        return _trimmed(size, 1)
    return _trimmed(size, _TWO_UP) if size >= 1 or not size else f"{float(f'{size:.2g}'):.10f}".rstrip("0").rstrip(".")


def _trimmed(size: float, digits: int) -> str:
    text = f"{size:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
