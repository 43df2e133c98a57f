"""How the figures of a backtest are written, and its verdicts as sentences; terminal and page share them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.interfaces.plots import short_number

Facts = Mapping[str, Any]


Range = Mapping[str, float | None]


def share_range(figure: Range, *, signed: bool = False, digits: int = 0) -> str:
    """A share with its interval, in per cent; a dash for what is not known.

    >>> share_range({"estimate": 0.384, "low": 0.208, "high": 0.537})
    '38% (21 to 54)'
    >>> share_range({"estimate": -0.012, "low": -0.02, "high": 0.01}, signed=True, digits=1)
    '-1.2% (-2.0 to +1.0)'
    """
    sign = "+" if signed else ""
    return _ranged(figure, lambda share: f"{100 * share:{sign}.{digits}f}", "%")


def amount_range(figure: Range) -> str:
    """An amount with its interval; a dash for what is not known.

    >>> amount_range({"estimate": 12_345.0, "low": -900.0, "high": 15_000.0})
    '12.3k (-900 to 15.0k)'
    """
    return _ranged(figure, short_number, "")


def verdicts(facts: Facts) -> Iterator[str]:
    """Each claim in a sentence, with what perfect foresight would reach."""
    for each in facts["screening"]:
        yield _screening(each, facts["aim"])
    if facts["recovery"] is None:
        yield "Recovery and portfolio risk cannot be told: the book knows no exposure, or no losses."
        return
    yield _recovery(facts["recovery"])
    yield _risk(facts["risk"])


def _recovery(recovery: Facts) -> str:
    change, perfect = recovery["change"]["ours"], recovery["change"]["perfect"]
    return (
        f"Recovery: cutting the limits of {recovery['cut']:.0%} of the exposure by our grades saves "
        f"{_alone(recovery['saved']['ours'])} of all losses, by the rule {_alone(recovery['saved']['rule'])}: "
        f"{share_range(change, signed=True)}{_sure(change, more_is_better=True)}. "
        f"Perfect foresight saves {_alone(recovery['saved']['perfect'])}, {_alone(perfect, signed=True)}."
    )


def _risk(risk: Facts) -> str:
    change, rate = risk["loss_rate_change"]["ours"], risk["loss_rate"]
    return (
        f"Risk: our best {risk['volume']:.0%} of the exposure lose {_alone(rate['ours'], digits=2)}, the rule's "
        f"{_alone(rate['rule'], digits=2)}: {share_range(change, signed=True)}{_sure(change, more_is_better=False)}; "
        f"volatility {_alone(risk['volatility_change']['ours'], signed=True)}. Perfect foresight loses "
        f"{_alone(rate['perfect'], digits=2)}."
    )


def _screening(each: Facts, aim: float) -> str:
    ours, reviewed = each["efficiency"]["ours"], each["reviewed"]
    if ours["estimate"] is None:
        return f"Screening for {each['share']:.0%} of future value cannot be told: nothing came."
    reached = "reaches" if ours["estimate"] >= aim else "falls short of"
    return (
        f"Screening for {each['share']:.0%} of future value: {reviewed['ours']['estimate']:.1%} of the clients are "
        f"reviewed instead of {reviewed['rule']['estimate']:.1%}, {share_range(ours)} fewer"
        f"{_sure(ours, more_is_better=True)}. It {reached} the aim of {aim:.0%}; perfect foresight would save "
        f"{each['efficiency']['perfect']['estimate']:.0%}."
    )


def _alone(figure: Range, *, signed: bool = False, digits: int = 0) -> str:
    """A share without its interval."""
    return share_range({**figure, "low": None}, signed=signed, digits=digits)


def _sure(figure: Range, *, more_is_better: bool) -> str:
    low, high = figure["low"], figure["high"]
    if low is None or high is None or low <= 0 <= high:
        return ", which these clients cannot tell from nothing"
    return "" if (low > 0) == more_is_better else ", which is worse"


def _ranged(figure: Range, say: Callable[[float], str], unit: str) -> str:
    estimate, low, high = (figure[name] for name in ("estimate", "low", "high"))
    if estimate is None:
        return "–"
    if low is None or high is None:
        return f"{say(estimate)}{unit}"
    return f"{say(estimate)}{unit} ({say(low)} to {say(high)})"
