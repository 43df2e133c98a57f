"""What published accounts say: leverage, coverage, margin, growth and how stale they are."""

from __future__ import annotations

from collections.abc import Iterator

from models.panel.features.causes import DEBT, EARNINGS
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.states import state_names
from models.panel.features.words import LESS, NEWER, FigureUnit, Said, Saying, Topic, words_for
from models.vocab import FloatArray

_ACCOUNTS_AGE = Topic("accounts_age", Said("age of the accounts", "财务报表时效"))
_RATIOS = (
    (
        ("accounts_leverage", "debt", "ebitda"),
        DEBT,
        Saying(
            figure=FigureUnit.MULTIPLE,
            description=Said("debt as a multiple of EBITDA", "债务与EBITDA之比"),
            statement=Said("debt is {value} EBITDA", "债务为EBITDA的{value}"),
            missing=Said("debt against EBITDA is not known", "债务与EBITDA之比未知"),
        ),
    ),
    (
        ("accounts_gearing", "debt", "equity"),
        DEBT,
        Saying(
            figure=FigureUnit.MULTIPLE,
            description=Said("debt as a multiple of equity", "债务与净资产之比"),
            statement=Said("debt is {value} equity", "债务为净资产的{value}"),
            missing=Said("debt against equity is not known", "债务与净资产之比未知"),
        ),
    ),
    (
        ("accounts_cash_cover", "cash", "debt"),
        DEBT,
        Saying(
            figure=FigureUnit.SHARE,
            description=Said("share of debt that cash covers", "现金对债务的覆盖率"),
            statement=Said("cash covers {value} of debt", "现金覆盖债务的{value}"),
            missing=Said("the share of debt that cash covers is not known", "现金对债务的覆盖率未知"),
            than=LESS,
        ),
    ),
    (
        ("accounts_margin", "ebitda", "revenue"),
        EARNINGS,
        Saying(
            figure=FigureUnit.SHARE,
            description=Said("EBITDA margin", "EBITDA利润率"),
            statement=Said("the EBITDA margin is {value}", "EBITDA利润率为{value}"),
            missing=Said("the EBITDA margin is not known", "EBITDA利润率未知"),
        ),
    ),
)
_COVER = Saying(
    figure=FigureUnit.MULTIPLE,
    description=Said("EBITDA as a multiple of the interest {span}", "EBITDA与{span}利息之比"),
    statement=Said("EBITDA is {value} the interest {span}", "EBITDA为{span}利息的{value}"),
    missing=Said("EBITDA against the interest {span} is not known", "EBITDA与{span}利息之比未知"),
)
_GROWTH = Saying(
    figure=FigureUnit.SHARE,
    description=Said("growth of revenue {span}", "{span}营收增长"),
    statement=Said("revenue changed by {value} {span}", "{span}营收变化{value}"),
    missing=Said("the growth of revenue {span} is not known", "{span}营收增长未知"),
    none=Said("revenue did not change {span}", "{span}营收没有变化"),
    signed=True,
)
_REVENUE = Saying(
    figure=FigureUnit.MONEY,
    description=Said("last published revenue", "最近公布的营收"),
    statement=Said("the last published revenue is {value}", "最近公布的营收为{value}"),
    missing=Said("no revenue is known", "营收未知"),
)
_AGE = Saying(
    figure=FigureUnit.DAYS,
    description=Said("age of the last published accounts", "最近财务报表的公布时间"),
    statement=Said("the last published accounts are {value} old", "最近的财务报表公布距今{value}"),
    missing=Said("no accounts are known", "没有财务报表"),
    than=NEWER,
)


def account_features(known: FeatureInputs) -> Iterator[Feature]:
    """Leverage, coverage, margin, growth and staleness from the accounts published before the as-of date."""
    names = set(state_names(known, accounts=True))
    for (name, part, whole), topic, saying in _RATIOS:
        if {part, whole} <= names:
            yield Feature(
                name, "ratio", ratio(known.past.state(part), known.past.state(whole)), words_for(saying, topic)
            )
    window = known.settings.windows[-1]
    span = known.labels.span(window)
    if {"ebitda", "interest"} <= names | {flow.name for flow in known.past.measures.flows}:
        yield Feature("accounts_interest_cover", "ratio", _interest_cover(known), words_for(_COVER, DEBT, span=span))
    if "revenue" in names:
        before, now = known.past.state("revenue", ago=window), known.past.state("revenue")
        yield Feature("accounts_growth", "share", ratio(now - before, before), words_for(_GROWTH, EARNINGS, span=span))
        yield Feature("accounts_revenue", known.currency, now, words_for(_REVENUE, EARNINGS))
        age = known.past.state_age_days("revenue")
        yield Feature("accounts_age_days", "days", age, words_for(_AGE, _ACCOUNTS_AGE))


def _interest_cover(known: FeatureInputs) -> FloatArray:
    return ratio(known.past.state("ebitda"), known.past.total("interest", known.settings.windows[-1]))
