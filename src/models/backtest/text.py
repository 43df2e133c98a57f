"""How the figures of a backtest are written, and its verdicts as sentences; terminal and page share them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.shell.small_plots import short_number

Facts = Mapping[str, Any]


_WAYS = (
    ("expected", "losses to be expected", "a list made of half of the simulated futures"),
    ("actual", "losses that then came", "perfect foresight"),
)
"""Losses that acting saves: the key, what they are called, and the best list that they are held against."""
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
    else:
        yield from _acting(facts["acting"])
        yield _recovery(facts["recovery"])
        yield _risk(facts["risk"])
    if facts["stability"] is not None:
        yield _stability(facts["stability"])
    if facts["overrides"] is not None:
        yield _overrides(facts["overrides"])


def ways_apart(stability: Facts) -> bool:
    """Whether margin or limit kept any tier: if not, there is only one way to grade."""
    return any(stability["held"].values())


def override_cells(outcome: Facts) -> list[str]:
    """What the clients brought on average, the share that declined, and the mean loss."""
    declined = outcome["declined"]
    value, loss = ("–" if outcome[name] is None else short_number(outcome[name]) for name in ("value", "loss"))
    return [value, "–" if declined is None else f"{declined:.0%}", loss]


def _acting(acting: Facts | None) -> Iterator[str]:
    if acting is None:
        yield "What acting early saves cannot be told: only a simulated book knows what did not happen."
        return
    for way, losses, best in _WAYS:
        reported = acting[way]
        if reported is None:
            continue
        change = reported["change"]["ours"]
        reaches = "reaches" if (change["estimate"] or 0.0) >= acting["aim"] else "falls short of"
        yield (
            f"Recovery by acting early on {acting['budget']:.0%} of the clients, of the {losses}: by our grades "
            f"{_alone(reported['saved']['ours'])} are saved, by the rule {_alone(reported['saved']['rule'])}: "
            f"{share_range(change, signed=True)}{_sure(change, more_is_better=True)}. It {reaches} the aim of "
            f"{acting['aim']:+.0%}; the forecast alone saves {_alone(reported['saved']['forecast'])}, "
            f"our warnings {_alone(reported['saved']['warned'])}, "
            f"{best} {_alone(reported['saved']['perfect'])}."
        )


def _stability(stability: Facts) -> str:
    same, held = stability["same_tier"], stability["held"]
    kept = f"Steadiness: {share_range(same['ours'])} of the clients keep their tier from one date to the next"
    if not ways_apart(stability):
        return f"{kept}, by the rule {_alone(same['rule'])}; the policy holds no tier by margin or limit on moves."
    saved = ", ".join(f"{each['ours']:.0%} instead of {each['anew']:.0%}" for each in stability["efficiency"])
    return (
        f"{kept}, graded anew {_alone(same['anew'])}, by the rule {_alone(same['rule'])}. The margin held "
        f"{held['margin']:,} tiers, the limit on moves {held['limit']:,}; reviews saved are {saved}."
    )


def _overrides(overrides: Facts) -> str:
    ways = ", ".join(f"{each['clients']:,} {way}" for way, each in overrides["ways"].items())
    return (
        f"Overrides: {overrides['clients']:,} grades ({overrides['share']:.1%}), {ways}. They count in no list above."
    )


def _recovery(recovery: Facts) -> str:
    change, perfect = recovery["change"]["ours"], recovery["change"]["perfect"]
    return (
        f"Recovery by limits alone: cutting those of {recovery['cut']:.0%} of the exposure by our grades saves "
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
