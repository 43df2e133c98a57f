"""The headline of a backtest as text: what acting for each purpose would have brought, and against the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from models.backtest.contents import BacktestHeadline, HeadlineClaim, HeadlineUnit
from models.backtest.lists import LISTED, OURS
from models.backtest.ranges import alone, amount_range, share_range, signed_amounts
from models.lists.rules import Purpose
from models.lists.text import list_name
from models.metrics.bootstrap import ReportedInterval
from models.reasons.figures import currency_name
from models.text import ENGLISH, SENTENCES, Language, Text, joined

HEADLINE_HEADS: Final = (
    Text("purpose", "head of a backtest"),
    Text("our grades", "head of a backtest"),
    Text("our lists", "head of a backtest"),
    Text("the rule", "head of a backtest"),
    Text("chance", "head of a backtest"),
    Text("lists against the rule", "head of a backtest"),
)
_REVIEWED: Final = Text("{purpose}: clients reviewed for {budget:.0%} of the value")
_SAVED: Final = Text("{purpose}: credit losses saved by {budget:.0%} of the clients")
_CUT: Final = Text("{purpose}: credit losses saved by {budget:.0%} of the exposure")
_GROWN: Final = Text("{purpose}: growth found by {budget:.0%} of the clients")
_EARNED: Final = Text("{purpose}: {currency} per client, of offers to {budget:.0%} of the clients")
_BROUGHT: Final = {
    Purpose.REVIEW_NEXT: _REVIEWED,
    Purpose.ACT_EARLY: _SAVED,
    Purpose.KEEP: _EARNED,
    Purpose.GROW: _GROWN,
    Purpose.CUT_OR_COVER: _CUT,
}
_TOO_FEW: Final = Text(
    "Too few clients were judged to tell whether grading pays: {rows:,}. Replay more dates with clientvalue backtest."
)
_JUDGED: Final = Text(
    "Judged at {dates}: {rows:,} grades, each date graded anew by models that knew only what was known."
)
_BESIDE: Final = {
    OURS: Text("Our grades against the spreadsheet rule: {found}."),
    LISTED: Text("Our work lists against the spreadsheet rule: {found}."),
}
_OUTCOMES: Final = {
    "worse": Text("worse in {purposes}"),
    "better": Text("better in {purposes}"),
    "no clear difference": Text("no clear difference in {purposes}"),
}
_PURPOSE: Final = Text("{purpose} {change}", "purpose of a backtest")
_OF_REVIEWS: Final = Text("{purpose} {change} reviews", "purpose of a backtest")


def headline_heads(language: Language = ENGLISH) -> tuple[str, ...]:
    """What stands above the cells of ``headline_rows``."""
    return tuple(head.within(language) for head in HEADLINE_HEADS)


def headline_rows(
    claims: Sequence[HeadlineClaim], currency: str, language: Language = ENGLISH
) -> Iterator[tuple[str, ...]]:
    """Per purpose what it brought by our grades, our lists, the rule and chance, and how our lists did beside the rule.

    The cells are those of ``HEADLINE_HEADS``.
    """
    called = currency_name(currency, language)
    for claim in claims:
        is_amount = claim.unit is HeadlineUnit.AMOUNT
        what = _BROUGHT[claim.purpose].within(
            language, purpose=list_name(claim.purpose, language), budget=claim.budget, currency=called
        )
        brought = (
            amount_range(alone(figure), language) if is_amount else share_range(alone(figure), language, digits=1)
            for figure in claim.brought.values()
        )
        yield what, *brought, _against(claim, LISTED, language)


def headline_verdicts(headline: BacktestHeadline, language: Language = ENGLISH) -> Iterator[str]:
    """What a run says of whether its grades and its lists would have paid, good or bad, our grades first."""
    if not headline.claims:
        yield _TOO_FEW.within(language, rows=headline.rows)
        return
    yield _JUDGED.within(language, dates=joined(map(str, headline.dates), language), rows=headline.rows)
    for name, said in _BESIDE.items():
        yield said.within(language, found=_by_outcome(headline.claims, name, language))


def beside_the_rule(figure: ReportedInterval) -> str:
    """Whether something did better or worse than the rule, or whether these clients cannot tell."""
    if figure.low is None or figure.high is None or figure.low <= 0 <= figure.high:
        return "no clear difference"
    return "better" if figure.low > 0 else "worse"


def _by_outcome(claims: Sequence[HeadlineClaim], name: str, language: Language) -> str:
    """The purposes by how they came out, the worst first."""
    parts = []
    for outcome, said in _OUTCOMES.items():
        met = [each for each in claims if beside_the_rule(each.against[name]) == outcome]
        if met:
            parts.append(said.within(language, purposes=joined((_met(each, name, language) for each in met), language)))
    return joined(parts, language, SENTENCES)


def _met(claim: HeadlineClaim, name: str, language: Language) -> str:
    said = _OF_REVIEWS if claim.unit is HeadlineUnit.REVIEWS else _PURPOSE
    purpose = list_name(claim.purpose, language)
    return said.within(language, purpose=purpose, change=_against(claim, name, language))


def _against(claim: HeadlineClaim, name: str, language: Language) -> str:
    figure = claim.against[name]
    if claim.unit is HeadlineUnit.AMOUNT:
        return signed_amounts(figure, language)
    if claim.unit is HeadlineUnit.REVIEWS:
        fewer = ReportedInterval(
            estimate=_negative(figure.estimate), low=_negative(figure.high), high=_negative(figure.low)
        )
        return share_range(fewer, language, signed=True)
    return share_range(figure, language, signed=True)


def _negative(number: float | None) -> float | None:
    return None if number is None else -number
