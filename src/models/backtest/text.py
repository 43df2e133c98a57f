"""Figures and verdicts of a backtest as text, shared by terminal and page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.backtest.contents import (
    ActingResult,
    BacktestReport,
    GradingStability,
    GrowthResult,
    OverrideOutcome,
    OverrideOutcomes,
    RecoveryResult,
    RiskResult,
    SavedLosses,
    ScreeningResult,
)
from models.backtest.lists import ANEW, DOWN, FORECAST, LISTED, OURS, PERFECT, RULE, SAME, UP, WARNED
from models.backtest.ranges import alone, share_range
from models.metrics.bootstrap import ReportedInterval
from models.segments.text import percent_or_dash
from models.shell.small_plots import short_number
from models.text import CLAUSES, ENGLISH, SENTENCES, Language, Text, joined

WAYS: Final = {
    UP: Text("raised", "override"),
    DOWN: Text("lowered", "override"),
    SAME: Text("no other tier", "override"),
}
_NO_LENDING: Final = Text("Recovery and portfolio risk cannot be reported: the book knows no exposure, or no losses.")
_NO_ACTING: Final = Text("What acting early saves cannot be reported: only a simulated book knows what did not happen.")
_ACTING: Final = Text(
    "Recovery by acting early on {budget:.0%} of the clients, of the {losses}: by our grades {ours} are saved, by the "
    "rule {rule}: {change}{sure}. It {reaches} the aim of {aim:+.0%}; our work list saves {listed}, {listed_change} "
    "against the rule, the forecast alone {forecast}, our warnings {warned}, {best} {perfect}."
)
_EXPECTED: Final = (
    Text("credit losses to be expected"),
    Text("a list made of half of the simulated futures"),
)
_CAME: Final = (Text("credit losses that then came"), Text("perfect foresight", "within a sentence"))
_REACHES: Final = {True: Text("reaches", "an aim"), False: Text("falls short of", "an aim")}
_STEADY: Final = Text(
    "Steadiness: {same} of the clients keep their tier from one date to the next, by the rule {rule}; the policy holds "
    "no tier by margin or limit on moves."
)
_STEADY_ANEW: Final = Text(
    "Steadiness: {same} of the clients keep their tier from one date to the next, graded anew {anew}, by the rule "
    "{rule}. The margin held {margin:,} tiers, the limit on moves {limit:,}; reviews saved are {saved}."
)
_INSTEAD: Final = Text("{ours:z.0%} instead of {anew:z.0%}")
_OVERRIDES: Final = Text("Overrides: {count:,} grades ({share:.1%}), {ways}. They count in no list above.")
_WAY: Final = Text("{count:,} {way}", "overrides")
_GROWTH: Final = Text(
    "Growth beyond the past pace, among the first {budget:.0%} of the clients: our lists hold {listed} of it, our "
    "grades {ours}, the rule {rule}: {change} for our lists{sure}."
)
_RECOVERY: Final = Text(
    "Recovery by limits alone: cutting those of {cut:.0%} of the exposure by our grades saves {ours} of all losses, by "
    "the rule {rule}: {change}{sure}. Perfect foresight saves {perfect}, {perfect_change}."
)
_RISK: Final = Text(
    "Risk: our best {volume:.0%} of the exposure lose {ours}, the rule's {rule}: {change}{sure}; volatility "
    "{volatility}. Perfect foresight loses {perfect}."
)
_NOTHING_CAME: Final = Text("Screening for {share:.0%} of future value cannot be reported: nothing came.")
_SCREENING: Final = Text(
    "Screening for {share:.0%} of future value: {ours} of the clients are reviewed instead of {rule}, {fewer} fewer"
    "{sure}. It {reaches} the aim of {aim:.0%}; our work list saves {listed}, perfect foresight would save {perfect}."
)
_ANEW: Final = Text(
    "Graded anew, reviews saved of the rule's would be {saved}. The limit is meant for one run after the other, a "
    "month apart; replayed from year to year it holds more than it would."
)
_ANEW_FOR: Final = Text("{anew} instead of {ours} for {share} of the value")
_RULE: Final = Text("The rule: {tiers}; else {lowest}. In a book without ratings it goes by past value alone.")
_FIRST_TIER: Final = Text("{tier} within the top {share} by past value and a rating ({rating}) of at most {worst}")
_NEXT_TIER: Final = Text("{tier} within the top {share} and at most {worst}")
_UNRATED: Final = Text("{rule}, or without a rating")
_CANNOT_TELL: Final = Text(", which these clients cannot tell from nothing")
_IS_WORSE: Final = Text(", which is worse")


def verdicts(report: BacktestReport, language: Language = ENGLISH) -> Iterator[str]:
    """Each claim in a sentence, with what perfect foresight would reach."""
    for each in report.screening:
        yield _screening(each, report.aim, language)
    yield _growth(report.growth, language)
    if report.recovery is None or report.risk is None:
        yield _NO_LENDING.within(language)
    else:
        yield from _acting(report.acting, language)
        yield _recovery(report.recovery, language)
        yield _risk(report.risk, language)
    if report.stability is not None:
        yield _stability(report.stability, language)
    if report.overrides is not None:
        yield _overrides(report.overrides, language)


def ways_apart(stability: GradingStability) -> bool:
    """Whether margin or limit kept any tier: if not, there is only one way to grade."""
    return any(stability.held.values())


def anew_in_words(stability: GradingStability, language: Language = ENGLISH) -> str:
    """What reviews would be saved were every client graded anew at each date."""
    saved = (
        _ANEW_FOR.within(
            language,
            anew=percent_or_dash(each.anew),
            ours=percent_or_dash(each.ours),
            share=percent_or_dash(each.share),
        )
        for each in stability.efficiency
    )
    return _ANEW.within(language, saved=joined(saved, language))


def rule_in_words(report: BacktestReport, language: Language = ENGLISH) -> str:
    """The spreadsheet rule that our grades are held against."""
    tiers = [_tier_by_rule(report, tier, language) for tier in report.rule.share]
    lowest = report.tiers[OURS][-1].tier
    return _RULE.within(language, tiers=joined(tiers, language, SENTENCES), lowest=lowest)


def _tier_by_rule(report: BacktestReport, tier: str, language: Language) -> str:
    rule, is_first = report.rule, tier == next(iter(report.rule.share))
    said = (_FIRST_TIER if is_first else _NEXT_TIER).filled(
        tier=tier, share=percent_or_dash(rule.share[tier]), rating=rule.rating, worst=f"{rule.max_rating[tier]}"
    )
    return (said if tier in report.top_tiers else _UNRATED.filled(rule=said)).within(language)


def override_cells(outcome: OverrideOutcome, language: Language = ENGLISH) -> list[str]:
    """What the clients brought on average, the share that declined, and the mean loss."""
    declined = "–" if outcome.declined is None else f"{outcome.declined:.0%}"
    return [short_number(outcome.value, language), declined, short_number(outcome.loss, language)]


def _acting(acting: ActingResult | None, language: Language) -> Iterator[str]:
    if acting is None:
        yield _NO_ACTING.within(language)
        return
    if acting.expected is not None:
        yield _acting_on(acting, acting.expected, _EXPECTED, language)
    yield _acting_on(acting, acting.actual, _CAME, language)


def _acting_on(acting: ActingResult, found: SavedLosses, said: tuple[Text, Text], language: Language) -> str:
    """What acting saves of losses; ``said`` is what these are called, and what the best list is."""
    saved, change = found.saved, found.change[OURS]
    losses, best = said
    return _ACTING.within(
        language,
        budget=acting.budget,
        losses=losses,
        ours=_alone(saved[OURS], language),
        rule=_alone(saved[RULE], language),
        change=share_range(change, language, signed=True),
        sure=_sure(change, more_is_better=True),
        reaches=_REACHES[(change.estimate or 0.0) >= acting.aim],
        aim=acting.aim,
        listed=_alone(saved[LISTED], language),
        listed_change=share_range(found.change[LISTED], language, signed=True),
        forecast=_alone(saved[FORECAST], language),
        warned=_alone(saved[WARNED], language),
        best=best,
        perfect=_alone(saved[PERFECT], language),
    )


def _stability(stability: GradingStability, language: Language) -> str:
    same, held = stability.same_tier, stability.held
    kept, by_rule = share_range(same[OURS], language), _alone(same[RULE], language)
    if not ways_apart(stability):
        return _STEADY.within(language, same=kept, rule=by_rule)
    saved = (_INSTEAD.within(language, ours=each.ours, anew=each.anew) for each in stability.efficiency)
    return _STEADY_ANEW.within(
        language,
        same=kept,
        anew=_alone(same[ANEW], language),
        rule=by_rule,
        margin=held["margin"],
        limit=held["limit"],
        saved=joined(saved, language),
    )


def _overrides(overrides: OverrideOutcomes, language: Language) -> str:
    ways = (_WAY.within(language, count=each.clients, way=WAYS[way]) for way, each in overrides.ways.items())
    said = joined(ways, language, CLAUSES)
    return _OVERRIDES.within(language, count=overrides.clients, share=overrides.share, ways=said)


def _growth(growth: GrowthResult, language: Language) -> str:
    found, change = growth.found, growth.change[LISTED]
    return _GROWTH.within(
        language,
        budget=growth.budget,
        listed=_alone(found[LISTED], language),
        ours=_alone(found[OURS], language),
        rule=_alone(found[RULE], language),
        change=share_range(change, language, signed=True),
        sure=_sure(change, more_is_better=True),
    )


def _recovery(recovery: RecoveryResult, language: Language) -> str:
    change, perfect = recovery.change[OURS], recovery.change[PERFECT]
    return _RECOVERY.within(
        language,
        cut=recovery.cut,
        ours=_alone(recovery.saved[OURS], language),
        rule=_alone(recovery.saved[RULE], language),
        change=share_range(change, language, signed=True),
        sure=_sure(change, more_is_better=True),
        perfect=_alone(recovery.saved[PERFECT], language),
        perfect_change=_alone(perfect, language, signed=True),
    )


def _risk(risk: RiskResult, language: Language) -> str:
    change, rate = risk.loss_rate_change[OURS], risk.loss_rate
    return _RISK.within(
        language,
        volume=risk.volume,
        ours=_alone(rate[OURS], language, digits=2),
        rule=_alone(rate[RULE], language, digits=2),
        change=share_range(change, language, signed=True),
        sure=_sure(change, more_is_better=False),
        volatility=_alone(risk.volatility_change[OURS], language, signed=True),
        perfect=_alone(rate[PERFECT], language, digits=2),
    )


def _screening(each: ScreeningResult, aim: float, language: Language) -> str:
    ours, reviewed = each.efficiency[OURS], each.reviewed
    if ours.estimate is None:
        return _NOTHING_CAME.within(language, share=each.share)
    return _SCREENING.within(
        language,
        share=each.share,
        ours=_alone(reviewed[OURS], language, digits=1),
        rule=_alone(reviewed[RULE], language, digits=1),
        fewer=share_range(ours, language),
        sure=_sure(ours, more_is_better=True),
        reaches=_REACHES[ours.estimate >= aim],
        aim=aim,
        listed=share_range(each.efficiency[LISTED], language),
        perfect=_alone(each.efficiency[PERFECT], language),
    )


def _alone(figure: ReportedInterval, language: Language, *, signed: bool = False, digits: int = 0) -> str:
    return share_range(alone(figure), language, signed=signed, digits=digits)


def _sure(figure: ReportedInterval, *, more_is_better: bool) -> Text | str:
    if figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
        return _CANNOT_TELL
    return "" if (figure.low > 0) == more_is_better else _IS_WORSE
