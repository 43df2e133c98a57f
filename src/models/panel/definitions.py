"""What decline, value and horizon mean in one book, by its own config: the line that every page carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.book.periods import MONTHS_PER_PERIOD
from models.config.root import Config
from models.panel.features.labels import common_label
from models.panel.features.words import Language, Said

_PERIODS = {
    "week": Said("{count} weeks (about {months} months)", "{count}周（约{months}个月）"),
    "month": Said("{count} months", "{count}个月"),
    "quarter": Said("{count} quarters ({months} months)", "{count}个季度（{months}个月）"),
}
_EACH = {"week": Said("week", "周"), "month": Said("month", "月"), "quarter": Said("quarter", "季")}
_LENDING = frozenset({"interest", "fee", "drawdown"})
"""Business under contracts, of which a book may tell how they ended."""
_LAPSE = Said(
    "Decline: no {any_activity} within {horizon} of the as-of date{matured}.",
    "业务下滑：基准日起{horizon}内没有{any_activity}{matured}。",
)
_DROP = Said(
    "Decline: {activity} per {each} within {horizon} of the as-of date fall below {share:.0%} of what they were per "
    "{each} in the {past} before, or end{matured}.",
    "业务下滑：基准日起{horizon}内{activity}的{each}均水平低于此前{past}{each}均水平的{share:.0%}，或完全停止{matured}。",
)
_MATURED = Said("; contracts that all end on schedule are no decline", "；合同全部按期到期的不算")
_VALUE = Said(
    "Value: {brought}{less} expected within the horizon, {discounted}; an interval holds {level:.0%} of clients.",
    "客户价值：预测期内预期的{brought}{less}，{discounted}；区间涵盖{level:.0%}的客户。",
)
_LESS = Said(" less {costs}", "减去{costs}")
_DISCOUNTED = Said("discounted at {rate:.3g}% a year", "按年利率{rate:.3g}%折现")
_AS_IT_IS = Said("not discounted", "未折现")
_AND, _OR = Said(" and ", "与"), Said(" or ", "或")
_HORIZON = Said("Horizon: {horizon}.", "预测期：{horizon}。")


def definitions(config: Config, language: Language = "en") -> tuple[str, str, str]:
    """Decline, value and horizon, a sentence each, in the order in which a reader needs them.

    Decline is what the targets count: by the rule of the config, over its horizon, against its activity window.
    """
    slots: dict[str, object] = {
        "activity": _listed([common_label(kind) for kind in config.activity.kinds], language),
        "any_activity": _listed([common_label(kind) for kind in config.activity.kinds], language, last=_OR),
        "horizon": _stretch(config.time.horizon_periods, config.time.period, language),
        "past": _stretch(config.time.activity_periods, config.time.period, language),
        "each": _EACH[config.time.period].within(language),
        "share": config.decline.share,
        "matured": _MATURED.within(language) if _LENDING & set(config.activity.kinds) else "",
    }
    decline = _LAPSE if config.decline.rule == "lapse" else _DROP
    reported = (decline.within(language).format(**slots), _value(config, language))
    return *reported, _HORIZON.within(language).format(**slots)


def _value(config: Config, language: Language) -> str:
    rate = config.value.discount_rate_annual
    costs = _weighted({kind: -weight for kind, weight in config.value.kinds.items() if weight < 0}, language)
    discounted = _DISCOUNTED.within(language).format(rate=100 * rate) if rate else _AS_IT_IS.within(language)
    reported: str = _VALUE.within(language).format(
        brought=_weighted({kind: weight for kind, weight in config.value.kinds.items() if weight > 0}, language),
        less=_LESS.within(language).format(costs=costs) if costs else "",
        discounted=discounted,
        level=config.learners.interval_level,
    )
    return reported


def _weighted(kinds: Mapping[str, float], language: Language) -> str:
    """Kinds of cashflow, each with the share that counts where that is not the whole."""
    labels = [
        label if weight == 1 else Said(f"{weight:.3g} times {label.en}", f"{label.zh}的{weight:.3g}倍")
        for label, weight in ((common_label(kind), weight) for kind, weight in kinds.items())
    ]
    return _listed(labels, language)


def _listed(labels: Sequence[Said], language: Language, *, last: Said = _AND) -> str:
    reported = [label.within(language) for label in labels]
    between = ", " if language == "en" else "、"
    return (
        last.within(language).join([between.join(reported[:-1]), reported[-1]])
        if len(reported) > 1
        else "".join(reported)
    )


def _stretch(periods: int, period: str, language: Language) -> str:
    """So many periods, in months as well.

    >>> _stretch(13, "week", "en"), _stretch(36, "month", "zh")
    ('13 weeks (about 3 months)', '36个月')
    """
    months = round(periods * MONTHS_PER_PERIOD[period])
    said: str = _PERIODS[period].within(language).format(count=periods, months=months)
    return said.replace("1 months", "1 month") if language == "en" and months == 1 else said
