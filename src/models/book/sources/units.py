"""The unit that a header states, such as ``Amount (k EUR)``, held against the unit that the contract counts in.

What a header does not say is not guessed; words in brackets that are no unit (``net``, ``approved``) say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from models.book.columns import Column, Unit

BRACKETED = re.compile(r"[(\[{（【]([^)\]}）】]*)[)\]}）】]")
_SIGNS = re.compile(r"US\s*\$|R\$|HK\$|[$€£¥￥₹₽₺₩%‰]", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+\$?|'?000s?|[%‰]|[$€£¥￥₹₽₺₩]")
_RANGE = re.compile(r"^\s*([-\u2212]?\d+)\s*(?:-|\u2013|to|\.\.|bis|至|~)\s*(\d+)\s*$")
_POWER = re.compile(r"(?:10 ?(?:\^|\*\*) ?|1e\+?0?)([369])(?!\d)|10([³⁶⁹])", re.IGNORECASE)
_POWERS = {
    **dict.fromkeys("3³", " thousand "),
    **dict.fromkeys("6⁶", " million "),
    **dict.fromkeys("9⁹", " billion "),
}
_CURRENCY = re.compile(
    r"AED|AFN|AMD|AOA|ARS|AUD|AZN|BAM|BDT|BGN|BHD|BIF|BND|BOB|BRL|BWP|BYN|CAD|CDF|CHF|"
    r"CLP|CNH|CNY|COP|CRC|CZK|DKK|DOP|DZD|EGP|ETB|EUR|GBP|GEL|GHS|GMD|GNF|GTQ|HKD|HNL|"
    r"HRK|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KGS|KHR|KRW|KWD|KZT|LAK|LBP|LKR|"
    r"LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MRU|MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|"
    r"NZD|OMR|PGK|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SDG|SEK|SGD|SOS|SYP|SZL|THB|"
    r"TJS|TMT|TND|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VND|XAF|XDR|XOF|YER|ZAR|ZMW|ZWL"
)
"""Codes of ISO 4217, without those that are English words as well (ALL, CUP, PEN, TOP, TRY)."""
_DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"})
_NAMES: dict[str, frozenset[str]] = {
    "$": _DOLLARS,
    "dollar": _DOLLARS,
    "us$": frozenset({"USD"}),
    "美元": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "港元": frozenset({"HKD"}),
    "r$": frozenset({"BRL"}),
    "€": frozenset({"EUR"}),
    "euro": frozenset({"EUR"}),
    "欧元": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "pound": frozenset({"GBP"}),
    "sterling": frozenset({"GBP"}),
    "英镑": frozenset({"GBP"}),
    "¥": frozenset({"CNY", "JPY"}),
    "￥": frozenset({"CNY", "JPY"}),
    "yen": frozenset({"JPY"}),
    "日元": frozenset({"JPY"}),
    "yuan": frozenset({"CNY"}),
    "rmb": frozenset({"CNY"}),
    "renminbi": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    "₹": frozenset({"INR"}),
    "rupee": frozenset({"INR", "PKR", "LKR", "NPR"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₩": frozenset({"KRW"}),
}
_SCALES = {
    "thousands": ("k", "thousand", "thsd", "tsd", "ths", "'000", "000", "千", "千元"),
    "ten thousands": ("万", "万元"),
    "hundred thousands": ("lakh", "lac"),
    "millions": ("m", "mm", "mn", "mio", "mil", "mln", "million", "百万", "百万元"),
    "ten millions": ("crore", "cr", "千万", "千万元"),
    "hundred millions": ("亿", "亿元"),
    "billions": ("b", "bn", "bln", "mrd", "billion"),
    "hundredths": ("cent", "cts", "ct", "pence", "penny", "fen", "minor", "分"),
}
_SHARES = {
    "percent": ("%", "percent", "pct", "percentage"),
    "thousandths": ("‰", "permille"),
    "basis points": ("bp", "bps", "basis"),
}
_TIMES = {
    "hours": ("h", "hr", "hour", "std", "小时"),
    "minutes": ("min", "minute", "mins", "分钟"),
    "seconds": ("s", "sec", "second", "秒"),
    "days": ("d", "day", "天"),
}
_CHINESE = (
    "百万",
    "千万",
    "人民币",
    "美元",
    "欧元",
    "英镑",
    "日元",
    "港元",
    "分钟",
    "小时",
    "万",
    "亿",
    "千",
    "秒",
    "天",
)
UNIT_WORDS = {
    Unit.SHARE: "as a share between 0 and 1",
    Unit.RATIO: "as a ratio",
    Unit.BASIS_POINTS: "in basis points",
    Unit.HOURS: "in hours",
    Unit.COUNT: "one by one",
    Unit.SCORE: "on its own scale",
    Unit.DAYS: "in days",
}
_FITTING = {
    Unit.BASIS_POINTS: frozenset({"basis points"}),
    Unit.HOURS: frozenset({"hours"}),
    Unit.DAYS: frozenset({"days"}),
}
_ON_A_SCALE = (Unit.SCORE, Unit.SHARE)


def contradiction(header: str, column: Column, currency: str) -> str | None:
    """What a header states that the contract's unit of the column is not; None if they agree or it states nothing.

    >>> from models.book.contract import TABLES
    >>> amount = TABLES["cashflows"].columns[-1]
    >>> [contradiction(header, amount, "USD") for header in ("Amount (USD)", "amount (net)", "Amount (k EUR)")]
    [None, None, 'thousands, EUR']
    """
    if column.unit is None:
        return None
    wrong = [word for word in _stated(header) if not _fits(word, column, currency)]
    return ", ".join(dict.fromkeys(wrong)) or None


def stated_units(header: str) -> frozenset[str]:
    """Scales, currencies and other units that a header states, in words.

    >>> sorted(stated_units("Loan (Million - USD)"))
    ['USD', 'millions']
    """
    return frozenset(_stated(header))


def _fits(word: str, column: Column, currency: str) -> bool:
    scale = _RANGE.match(word)
    if scale:
        bounds = (float(scale.group(1).replace("\u2212", "-")), float(scale.group(2)))
        as_share = column.unit is Unit.SHARE and max(map(abs, bounds)) <= 1
        return column.unit not in _ON_A_SCALE or as_share or bounds == (column.low, column.high)
    if column.unit is Unit.MONEY:
        return currency in word.split(" or ")
    return word in _FITTING.get(column.unit or Unit.COUNT, frozenset())


def _stated(header: str) -> Iterator[str]:
    for inside in BRACKETED.findall(header):
        if _RANGE.match(inside):
            yield inside.strip()
        else:
            yield from _units_in(_tokens(inside))
    yield from _units_in(_SIGNS.findall(BRACKETED.sub(" ", header)))


def _tokens(inside: str) -> Iterator[str]:
    whole = re.sub(r"(per|US|HK|R)\s+(cent\b|\$)", r"\1\2", inside, flags=re.IGNORECASE)
    whole = _POWER.sub(lambda power: _POWERS[power[1] or power[2]], whole)
    for word in _WORDS.findall(whole):
        parts = re.findall("|".join(_CHINESE) + "|分", word)
        yield from parts or [word]


def _units_in(tokens: Iterable[str]) -> Iterator[str]:
    for token in tokens:
        for part in _parts(token):
            yield from _named(part)


def _parts(token: str) -> tuple[str, ...]:
    """``kEUR`` and ``USDm`` are a scale and a currency."""
    for code, rest in ((token[-3:], token[:-3]), (token[:3], token[3:])):
        if _CURRENCY.fullmatch(code.upper()) and any(rest.casefold() in words for words in _SCALES.values()):
            return rest, code.upper()
    if len(token) == len("TEUR") and token[0] in "Tt" and _CURRENCY.fullmatch(token[1:].upper()):
        return "k", token[1:].upper()
    return (token,)


def _named(token: str) -> Iterator[str]:
    if _CURRENCY.fullmatch(token.upper()):
        yield token.upper()
        return
    low = "".join(token.split()).casefold()
    for word in (low, low.removesuffix("s")):
        if word in _NAMES:
            yield " or ".join(sorted(_NAMES[word]))
            return
        for meanings in (_SCALES, _SHARES, _TIMES):
            found = [meaning for meaning, words in meanings.items() if word in words]
            if found:
                yield found[0]
                return
