"""Figures and verdicts of a backtest as text, shared by terminal and page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from models.backtest.contents import (
    ActingResult,
    BacktestHeadline,
    BacktestReport,
    GradingStability,
    GrowthResult,
    HeadlineClaim,
    HeadlineUnit,
    OverrideOutcome,
    OverrideOutcomes,
    RecoveryResult,
    RiskResult,
    SavedLosses,
    ScreeningResult,
)
from models.backtest.lists import ANEW, FORECAST, LISTED, OURS, PERFECT, RULE, WARNED
from models.lists.rules import Purpose
from models.lists.text import list_name
from models.metrics.bootstrap import ReportedInterval
from models.shell.small_plots import short_number


def share_range(figure: ReportedInterval, *, signed: bool = False, digits: int = 0) -> str:
    """A share with its interval, in per cent; a dash for what is not known.

    >>> share_range(ReportedInterval(estimate=0.384, low=0.208, high=0.537))
    '38% (21 to 54)'
    >>> share_range(ReportedInterval(estimate=-0.012, low=-0.02, high=0.01), signed=True, digits=1)
    '-1.2% (-2.0 to +1.0)'
    """
    sign = "+" if signed else ""
    return _ranged(figure, lambda share: f"{100 * share:{sign}.{digits}f}", "%")


def amount_range(figure: ReportedInterval) -> str:
    """An amount with its interval; a dash for what is not known.

    >>> amount_range(ReportedInterval(estimate=12_345.0, low=-900.0, high=15_000.0))
    '12.3k (-900 to 15.0k)'
    """
    return _ranged(figure, short_number, "")


HEADLINE_HEADS = ("purpose", "our grades", "our lists", "the rule", "chance", "lists against the rule")
_BROUGHT = {
    HeadlineUnit.REVIEWS: "clients reviewed for {budget:.0%} of the value",
    HeadlineUnit.SHARE: "{found} by {budget:.0%} of the {of}",
    HeadlineUnit.AMOUNT: "{currency} per client, of offers to {budget:.0%} of the clients",
}
_FOUND = {
    Purpose.ACT_EARLY: ("credit losses saved", "clients"),
    Purpose.GROW: ("growth found", "clients"),
    Purpose.CUT_OR_COVER: ("credit losses saved", "exposure"),
}


def headline_rows(claims: Sequence[HeadlineClaim], currency: str) -> Iterator[tuple[str, ...]]:
    """Per purpose what it brought by our grades, our lists, the rule and chance, and how our lists did beside the rule.

    The cells are those of ``HEADLINE_HEADS``.
    """
    for claim in claims:
        is_amount = claim.unit is HeadlineUnit.AMOUNT
        found, of = _FOUND.get(claim.purpose, ("", ""))
        what = _BROUGHT[claim.unit].format(budget=claim.budget, currency=currency, found=found, of=of)
        brought = (
            amount_range(alone(figure)) if is_amount else _alone(figure, digits=1) for figure in claim.brought.values()
        )
        yield f"{list_name(claim.purpose)}: {what}", *brought, _against(claim, LISTED)


def headline_verdicts(headline: BacktestHeadline) -> Iterator[str]:
    """What a run says of whether its grades and its lists would have paid, good or bad, our grades first."""
    if not headline.claims:
        yield (
            f"Too few clients were judged to tell whether grading pays: {headline.rows:,}. "
            "Replay more dates with clientvalue backtest."
        )
        return
    dates = ", ".join(map(str, headline.dates))
    yield f"Judged at {dates}: {headline.rows:,} grades, each date graded anew by models that knew only what was known."
    for name, called in ((OURS, "Our grades"), (LISTED, "Our work lists")):
        yield f"{called} against the spreadsheet rule: {_by_outcome(headline.claims, name)}."


def beside_the_rule(figure: ReportedInterval) -> str:
    """Whether something did better or worse than the rule, or whether these clients cannot tell."""
    if figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
        return "no clear difference"
    return "better" if figure.low > 0 else "worse"


def _by_outcome(claims: Sequence[HeadlineClaim], name: str) -> str:
    """The purposes by how they came out, the worst first."""
    parts = []
    for outcome in ("worse", "better", "no clear difference"):
        met = [each for each in claims if beside_the_rule(each.against[name]) == outcome]
        if met:
            listed = ", ".join(f"{list_name(each.purpose)} {_against(each, name)}{_unit(each)}" for each in met)
            parts.append(f"{outcome} in {listed}")
    return "; ".join(parts)


def _against(claim: HeadlineClaim, name: str) -> str:
    figure = claim.against[name]
    if claim.unit is HeadlineUnit.AMOUNT:
        return _ranged(figure, lambda amount: f"{'+' if amount > 0 else ''}{short_number(amount)}", "")
    if claim.unit is HeadlineUnit.REVIEWS:
        fewer = ReportedInterval(
            estimate=_negative(figure.estimate), low=_negative(figure.high), high=_negative(figure.low)
        )
        return share_range(fewer, signed=True)
    return share_range(figure, signed=True)


def _unit(claim: HeadlineClaim) -> str:
    return " reviews" if claim.unit is HeadlineUnit.REVIEWS else ""


def _negative(number: float | None) -> float | None:
    return None if number is None else -number


def verdicts(report: BacktestReport) -> Iterator[str]:
    """Each claim in a sentence, with what perfect foresight would reach."""
    for each in report.screening:
        yield _screening(each, report.aim)
    yield _growth(report.growth)
    if report.recovery is None or report.risk is None:
        yield "Recovery and portfolio risk cannot be reported: the book knows no exposure, or no losses."
    else:
        yield from _acting(report.acting)
        yield _recovery(report.recovery)
        yield _risk(report.risk)
    if report.stability is not None:
        yield _stability(report.stability)
    if report.overrides is not None:
        yield _overrides(report.overrides)


def ways_apart(stability: GradingStability) -> bool:
    """Whether margin or limit kept any tier: if not, there is only one way to grade."""
    return any(stability.held.values())


def override_cells(outcome: OverrideOutcome) -> list[str]:
    """What the clients brought on average, the share that declined, and the mean loss."""
    declined = "–" if outcome.declined is None else f"{outcome.declined:.0%}"
    return [short_number(outcome.value), declined, short_number(outcome.loss)]


def _acting(acting: ActingResult | None) -> Iterator[str]:
    if acting is None:
        yield "What acting early saves cannot be reported: only a simulated book knows what did not happen."
        return
    if acting.expected is not None:
        best = "a list made of half of the simulated futures"
        yield _acting_on(acting, acting.expected, losses="credit losses to be expected", best=best)
    yield _acting_on(acting, acting.actual, losses="credit losses that then came", best="perfect foresight")


def _acting_on(acting: ActingResult, found: SavedLosses, *, losses: str, best: str) -> str:
    saved, change = found.saved, found.change[OURS]
    reaches = "reaches" if (change.estimate or 0.0) >= acting.aim else "falls short of"
    return (
        f"Recovery by acting early on {acting.budget:.0%} of the clients, of the {losses}: by our grades "
        f"{_alone(saved[OURS])} are saved, by the rule {_alone(saved[RULE])}: "
        f"{share_range(change, signed=True)}{_sure(change, more_is_better=True)}. It {reaches} the aim of "
        f"{acting.aim:+.0%}; our work list saves {_alone(saved[LISTED])}, "
        f"{share_range(found.change[LISTED], signed=True)} against the rule, the forecast alone "
        f"{_alone(saved[FORECAST])}, "
        f"our warnings {_alone(saved[WARNED])}, "
        f"{best} {_alone(saved[PERFECT])}."
    )


def _stability(stability: GradingStability) -> str:
    same, held = stability.same_tier, stability.held
    kept = f"Steadiness: {share_range(same[OURS])} of the clients keep their tier from one date to the next"
    if not ways_apart(stability):
        return f"{kept}, by the rule {_alone(same[RULE])}; the policy holds no tier by margin or limit on moves."
    saved = ", ".join(f"{each.ours:.0%} instead of {each.anew:.0%}" for each in stability.efficiency)
    return (
        f"{kept}, graded anew {_alone(same[ANEW])}, by the rule {_alone(same[RULE])}. The margin held "
        f"{held['margin']:,} tiers, the limit on moves {held['limit']:,}; reviews saved are {saved}."
    )


def _overrides(overrides: OverrideOutcomes) -> str:
    ways = ", ".join(f"{each.clients:,} {way}" for way, each in overrides.ways.items())
    return f"Overrides: {overrides.clients:,} grades ({overrides.share:.1%}), {ways}. They count in no list above."


def _growth(growth: GrowthResult) -> str:
    found, change = growth.found, growth.change[LISTED]
    return (
        f"Growth beyond the past pace, among the first {growth.budget:.0%} of the clients: our lists hold "
        f"{_alone(found[LISTED])} of it, our grades {_alone(found[OURS])}, the rule {_alone(found[RULE])}: "
        f"{share_range(change, signed=True)} for our lists{_sure(change, more_is_better=True)}."
    )


def _recovery(recovery: RecoveryResult) -> str:
    change, perfect = recovery.change[OURS], recovery.change[PERFECT]
    return (
        f"Recovery by limits alone: cutting those of {recovery.cut:.0%} of the exposure by our grades saves "
        f"{_alone(recovery.saved[OURS])} of all losses, by the rule {_alone(recovery.saved[RULE])}: "
        f"{share_range(change, signed=True)}{_sure(change, more_is_better=True)}. "
        f"Perfect foresight saves {_alone(recovery.saved[PERFECT])}, {_alone(perfect, signed=True)}."
    )


def _risk(risk: RiskResult) -> str:
    change, rate = risk.loss_rate_change[OURS], risk.loss_rate
    return (
        f"Risk: our best {risk.volume:.0%} of the exposure lose {_alone(rate[OURS], digits=2)}, the rule's "
        f"{_alone(rate[RULE], digits=2)}: {share_range(change, signed=True)}{_sure(change, more_is_better=False)}; "
        f"volatility {_alone(risk.volatility_change[OURS], signed=True)}. Perfect foresight loses "
        f"{_alone(rate[PERFECT], digits=2)}."
    )


def _screening(each: ScreeningResult, aim: float) -> str:
    ours, reviewed = each.efficiency[OURS], each.reviewed
    if ours.estimate is None:
        return f"Screening for {each.share:.0%} of future value cannot be reported: nothing came."
    reached = "reaches" if ours.estimate >= aim else "falls short of"
    return (
        f"Screening for {each.share:.0%} of future value: {_alone(reviewed[OURS], digits=1)} of the clients are "
        f"reviewed instead of {_alone(reviewed[RULE], digits=1)}, {share_range(ours)} fewer"
        f"{_sure(ours, more_is_better=True)}. It {reached} the aim of {aim:.0%}; our work list saves "
        f"{share_range(each.efficiency[LISTED])}, perfect foresight would save "
        f"{_alone(each.efficiency[PERFECT])}."
    )


def alone(figure: ReportedInterval) -> ReportedInterval:
    """A figure without its interval."""
    return ReportedInterval(estimate=figure.estimate)


def _alone(figure: ReportedInterval, *, signed: bool = False, digits: int = 0) -> str:
    return share_range(alone(figure), signed=signed, digits=digits)


def _sure(figure: ReportedInterval, *, more_is_better: bool) -> str:
    if figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
        return ", which these clients cannot tell from nothing"
    return "" if (figure.low > 0) == more_is_better else ", which is worse"


def _ranged(figure: ReportedInterval, say: Callable[[float], str], unit: str) -> str:
    if figure.estimate is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{say(figure.estimate)}{unit}"
    return f"{say(figure.estimate)}{unit} ({say(figure.low)} to {say(figure.high)})"
