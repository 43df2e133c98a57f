"""Published accounts: leverage, coverage, margin, growth and staleness."""

from __future__ import annotations

from collections.abc import Iterator

from models.panel.features.causes import DEBT, EARNINGS
from models.panel.features.inputs import Feature, FeatureInputs, ratio
from models.panel.features.states import state_names
from models.panel.features.words import LESS, NEWER, FigureUnit, Template, Topic, words_for
from models.text import Text
from models.vocab import FloatArray

_ACCOUNTS_AGE = Topic("accounts_age", Text("age of the accounts"))
_RATIOS = (
    (
        ("accounts_leverage", "debt", "ebitda"),
        DEBT,
        Template(
            figure=FigureUnit.MULTIPLE,
            description=Text("debt as a multiple of EBITDA"),
            statement=Text("debt is {value} EBITDA"),
            missing=Text("debt against EBITDA is not known"),
        ),
    ),
    (
        ("accounts_gearing", "debt", "equity"),
        DEBT,
        Template(
            figure=FigureUnit.MULTIPLE,
            description=Text("debt as a multiple of equity"),
            statement=Text("debt is {value} equity"),
            missing=Text("debt against equity is not known"),
        ),
    ),
    (
        ("accounts_cash_cover", "cash", "debt"),
        DEBT,
        Template(
            figure=FigureUnit.SHARE,
            description=Text("share of debt that cash covers"),
            statement=Text("cash covers {value} of debt"),
            missing=Text("the share of debt that cash covers is not known"),
            than=LESS,
        ),
    ),
    (
        ("accounts_margin", "ebitda", "revenue"),
        EARNINGS,
        Template(
            figure=FigureUnit.SHARE,
            description=Text("EBITDA margin"),
            statement=Text("the EBITDA margin is {value}"),
            missing=Text("the EBITDA margin is not known"),
        ),
    ),
)
_COVER = Template(
    figure=FigureUnit.MULTIPLE,
    description=Text("EBITDA as a multiple of the interest {span}"),
    statement=Text("EBITDA is {value} the interest {span}"),
    missing=Text("EBITDA against the interest {span} is not known"),
)
_GROWTH = Template(
    figure=FigureUnit.SHARE,
    description=Text("growth of revenue {span}"),
    statement=Text("revenue changed by {value} {span}"),
    missing=Text("the growth of revenue {span} is not known"),
    none=Text("revenue did not change {span}"),
    signed=True,
)
_REVENUE = Template(
    figure=FigureUnit.MONEY,
    description=Text("last published revenue"),
    statement=Text("the last published revenue is {value}"),
    missing=Text("no revenue is known"),
)
_AGE = Template(
    figure=FigureUnit.DAYS,
    description=Text("age of the last published accounts"),
    statement=Text("the last published accounts are {value} old"),
    missing=Text("no accounts are known"),
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
