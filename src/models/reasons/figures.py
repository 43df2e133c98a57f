"""Numbers, amounts, shares, times and dates as people write them in English and Chinese: the one place for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from models.book.periods import DAYS_PER_MONTH, DAYS_PER_YEAR
from models.panel.features.words import FigureUnit, Language

CURRENCIES_ZH: Final = {
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "CNY": "元",
    "HKD": "港元",
    "JPY": "日元",
    "CHF": "瑞士法郎",
    "CAD": "加元",
    "AUD": "澳元",
    "SGD": "新加坡元",
}
_SCALES: Final = {
    "en": ((1e9, " bn"), (1e6, " m"), (1e3, " k")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
_SMALL = 0.01
_DAYS_SAID, _MONTHS_SAID = 90, 24
_CLASSES: Final = (
    (360, ("loss", "损失类")),
    (270, ("doubtful", "可疑类")),
    (90, ("substandard", "次级类")),
    (0, ("special mention", "关注类")),
)
"""More days overdue than these, and the class that a loan is put into at the least."""
_ALMOST = 1 - 1e-9
_SEVERAL_TIMES = 3.0
_TWO_UP = 2
_HUNDRED, _TEN, _TENTH = 100, 10, 0.1
_UNITS: Final[dict[FigureUnit, tuple[str, str]]] = {
    FigureUnit.HOURS: ("hour", "小时"),
    FigureUnit.WEEKS: ("week", "周"),
    FigureUnit.MONTHS: ("month", "个月"),
    FigureUnit.QUARTERS: ("quarter", "个季度"),
}
_MONTH_NAMES: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def figure_in_words(
    value: float, figure: FigureUnit, language: Language, *, currency: str = "", signed: bool = False
) -> str:
    """A feature's value as a person writes it. ``signed``: a rise carries its plus.

    >>> figure_in_words(412_345.0, FigureUnit.MONEY, "en", currency="USD")
    '412 k USD'
    >>> figure_in_words(412_345.0, FigureUnit.MONEY, "zh", currency="USD")
    '41.2万美元'
    >>> figure_in_words(1063.0, FigureUnit.DAYS, "en"), figure_in_words(1.0, FigureUnit.TIMES, "en")
    ('2.9 years', 'once')
    """
    if figure is FigureUnit.MONEY:
        return money(value, currency, language, signed=signed)
    return _WRITERS[figure](value, language, signed)


def money(value: float, currency: str, language: Language, *, signed: bool = False) -> str:
    """An amount with its currency.

    >>> money(-1_100_000.0, "USD", "en"), money(400_000.0, "USD", "zh", signed=True), money(0.0, "EUR", "en")
    ('-1.1 m USD', '+40万美元', '0 EUR')
    """
    amount = short(value, language, signed=signed)
    if language == "en":
        return f"{amount} {currency}"
    return f"{amount}{CURRENCIES_ZH[currency]}" if currency in CURRENCIES_ZH else f"{amount} {currency}"


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

    >>> short(12_345_678.0, "en"), short(12_345_678.0, "zh"), short(999_999.0, "en"), short(950.4, "en")
    ('12.3 m', '1,235万', '1 m', '950')
    """
    size, sign = abs(value), _sign(value, signed=signed)
    for limit, unit in _SCALES[language]:
        if size >= limit * (1 - 5e-4):
            return f"{sign}{_digits(size / limit)}{unit}"
    return f"{sign}{size:,.0f}" if size >= _TEN or size == round(size) else f"{sign}{_trimmed(size, _TWO_UP)}"


def points(value: float, language: Language) -> str:
    """A change of a probability, given in percentage points.

    >>> points(6.23, "en"), points(-0.04, "zh")
    ('+6.2 points', '-0.04个百分点')
    """
    size = abs(value)
    number = f"{_sign(value, signed=True)}{f'{size:.1f}' if size >= _TENTH or not size else _digits(size)}"
    return f"{number} points" if language == "en" else f"{number}个百分点"


def day(when: date, language: Language) -> str:
    """A date.

    >>> day(date(2024, 1, 2), "en"), day(date(2024, 1, 2), "zh")
    ('2 January 2024', '2024年1月2日')
    """
    if language == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {_MONTH_NAMES[when.month - 1]} {when.year}"


def _times(value: float, language: Language, signed: bool) -> str:
    number = _count(value, language, signed)
    if language == "zh":
        return f"{number}次"
    return {"1": "once", "2": "twice"}.get(number, f"{number} times")


def _count(value: float, _: Language, signed: bool) -> str:
    size = abs(value)
    whole = size == round(size) or size >= _HUNDRED
    return f"{_sign(value, signed=signed)}{f'{size:,.0f}' if whole else _trimmed(size, 1)}"


def _number(value: float, language: Language, signed: bool) -> str:
    size = abs(value)
    if size >= 1 / _SMALL:
        return short(value, language, signed=signed)
    return f"{_sign(value, signed=signed)}{_digits(size)}"


def _share(value: float, language: Language, signed: bool) -> str:
    size = abs(value) * _HUNDRED
    if language == "en" and size >= _HUNDRED * _TEN:
        return f"{_sign(value, signed=signed)}{size:,.0f}%"
    return f"{_sign(value, signed=signed)}{_percent(size)}%"


def _points_of_share(value: float, language: Language, _: bool) -> str:
    return points(value * _HUNDRED, language)


def tells_what_became(growth: float) -> bool:
    """Whether a growth is told as an end or a beginning, instead of by how much.

    >>> tells_what_became(-1.0), tells_what_became(0.5)
    (True, False)
    """
    return abs(growth) > _ALMOST


def _growth(value: float, language: Language, signed: bool) -> str:
    """From -1 (all lost) to 1 (all new) as what became of it: a clause, or where ``signed`` the bare change.

    (now - before) / (now + before) is told as now / before.
    """
    if tells_what_became(value):
        ended = {"en": ("stopped", "began anew"), "zh": ("归零", "从无到有")}[language]
        return ended[int(value > 0)]
    times = (1 + value) / (1 - value)
    if times >= _SEVERAL_TIMES:
        number = _trimmed(times, 1)
        return (
            (f"up to {number} times" if signed else f"rose to {number} times")
            if language == "en"
            else f"增至{number}倍"
        )
    change = _percent(abs(times - 1) * _HUNDRED)
    if change == "0":
        return {"en": "unchanged" if signed else "did not change", "zh": "持平"}[language]
    if language == "zh":
        return f"{'上升' if times > 1 else '下降'}{change}%"
    verb = ("up" if times > 1 else "down") if signed else ("rose by" if times > 1 else "fell by")
    return f"{verb} {change}%"


def _multiple(value: float, language: Language, signed: bool) -> str:
    number = _number(value, language, signed)
    return f"{number} times" if language == "en" else f"{number}倍"


def _basis_points(value: float, language: Language, signed: bool) -> str:
    return f"{_sign(value, signed=signed)}{abs(value):,.0f}{' bp' if language == 'en' else '个基点'}"


def _days(value: float, language: Language, _: bool) -> str:
    """Days up to three months, months up to two years, then years."""
    if value < _DAYS_SAID:
        return _counted(float(round(value)), "day", "天", language)
    if value < _MONTHS_SAID * DAYS_PER_MONTH:
        return _counted(float(round(value / DAYS_PER_MONTH)), "month", "个月", language)
    return _counted(value / DAYS_PER_YEAR, "year", "年", language)


def _days_overdue(value: float, language: Language, _: bool) -> str:
    """Days overdue, with the class of the loan that the days alone call for (China's five classes of 2023).

    >>> _days_overdue(44.0, "en", False), _days_overdue(120.0, "zh", False), _days_overdue(0.0, "zh", False)
    ('44 days (special mention)', '120天（次级类）', '0天')
    """
    days = _counted(float(round(value)), "day", "天", language)
    if value <= 0:
        return days
    english, chinese = next(names for over, names in _CLASSES if value > over)
    return f"{days} ({english})" if language == "en" else f"{days}（{chinese}）"


def _years(value: float, language: Language, signed: bool) -> str:
    return _days(value * DAYS_PER_YEAR, language, signed)


def _unit(figure: FigureUnit) -> Callable[[float, Language, bool], str]:
    english, chinese = _UNITS[figure]

    def written(value: float, language: Language, signed: bool) -> str:
        return _counted(value, english, chinese, language, signed=signed)

    return written


def _counted(value: float, english: str, chinese: str, language: Language, *, signed: bool = False) -> str:
    number = f"{_sign(value, signed=signed)}{_trimmed(abs(value), 1)}"
    if language == "zh":
        return f"{number}{chinese}"
    return f"{number} {english if number.lstrip('+-') == '1' else f'{english}s'}"


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
