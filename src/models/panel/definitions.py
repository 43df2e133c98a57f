"""Definitions of decline, value and horizon in one book, as every page prints them."""

from __future__ import annotations

from collections.abc import Mapping

from models.book.periods import MONTHS_PER_PERIOD, PeriodName
from models.config.own import OwnConfig
from models.config.root import Config
from models.panel.features.labels import PERIODS, STRETCHES, label_of
from models.text import ENGLISH, OR, Language, Phrase, Spoken, Text, languages, listed

_IN_MONTHS = {"week": Text("{periods} (about {months})"), "quarter": Text("{periods} ({months})")}
_LENDING = frozenset({"interest", "fee", "drawdown"})
"""Business under contracts, of which a book may tell how they ended."""
_LOSSES = frozenset({"write_off", "recovery"})
_DEFINED = 3
_LAPSE = Text("Decline: no {any_activity} within {horizon} of the as-of date{matured}.")
_DROP = Text(
    "Decline: {activity} per {each} within {horizon} of the as-of date fall below {share:.0%} of what they were per "
    "{each} in the {past} before, or end{matured}."
)
_DEFAULT = Text(
    "Decline: default within {horizon} of the as-of date, that is {days} days or more past due, a write-off, or a "
    "facility that ends in default; who is in default at the as-of date and stays so counts as well."
)
_MATURED = Text("; contracts that all end on schedule are no decline")
_VALUE = Text(
    "Value: {brought}{less}{loss} expected within the horizon, {discounted}; an interval holds {level:.0%} of clients."
    "{recoveries}"
)
_LESS = Text(" less {costs}")
_LESS_LOSS = Text(
    " less the expected credit loss (probability of default x share lost by the end of the horizon x exposure at "
    "default)"
)
_RECOVERIES = Text(" Recoveries of what was written off before are no part of it.")
_DISCOUNTED = Text("discounted at {rate:.3g}% a year")
_AS_IT_IS = Text("not discounted")
_TIMES = Text("{weight:.3g} times {label}")
_HORIZON = Text("Horizon: {horizon}.")
_COLD_START = Text(
    "Cold start: not active in the {past} before the as-of date. What is said here is what came of clients who began "
    "alike ({who}), at earlier dates; bounds are wider than those of active clients."
)


def definitions(config: Config, language: Language = ENGLISH, *, cold_start: bool = False) -> tuple[str, str, str]:
    """Decline, value and horizon, a sentence each, in the order in which a reader needs them.

    Decline is what the targets count: by the rule of the config, over its horizon, against its activity window. Of a
    client without activity (``cold_start``), which has nothing to fall below, it is that none comes, but for rule
    ``default``.
    """
    kinds = [label_of(kind, config.book.own) for kind in config.activity.kinds]
    decline = _rule(config, cold_start=cold_start).within(
        language,
        activity=listed(kinds),
        any_activity=listed(kinds, OR),
        horizon=_stretch(config.time.horizon_periods, config.time.period, language),
        past=_stretch(config.time.activity_periods, config.time.period, language),
        each=PERIODS[config.time.period],
        share=config.decline.share,
        days=config.decline.days_past_due,
        matured=_MATURED if _LENDING & set(config.activity.kinds) and not cold_start else "",
    )
    horizon = _stretch(config.time.horizon_periods, config.time.period, language)
    return decline, _value(config, language), _HORIZON.within(language, horizon=horizon)


def _rule(config: Config, *, cold_start: bool) -> Text:
    if config.decline.rule == "default":
        return _DEFAULT
    return _LAPSE if config.decline.rule == "lapse" or cold_start else _DROP


def spoken_definitions(config: Config) -> tuple[Spoken, ...]:
    """The same in every language, as reports hold it."""
    by_language = {language: definitions(config, language) for language in languages()}
    return tuple({language: said[place] for language, said in by_language.items()} for place in range(_DEFINED))


def cold_start_mark(config: Config, who: str, language: Language) -> str:
    """What must be known of a client without activity; ``who`` are those who began alike, in the language."""
    past = _stretch(config.time.activity_periods, config.time.period, language)
    return _COLD_START.within(language, past=past, who=who)


def _value(config: Config, language: Language) -> str:
    rate, kinds = config.value.discount_rate_annual, config.value.kinds
    loses = "write_off" in kinds
    margin = {kind: weight for kind, weight in kinds.items() if not (loses and kind in _LOSSES)}
    own = config.book.own
    brought = _weighted({kind: weight for kind, weight in margin.items() if weight > 0}, own)
    costs = {kind: -weight for kind, weight in margin.items() if weight < 0}
    return _VALUE.within(
        language,
        brought=brought,
        less=_LESS.filled(costs=_weighted(costs, own)) if costs else "",
        loss=_LESS_LOSS if loses else "",
        recoveries=_RECOVERIES if loses and config.credit.past_recoveries == "apart" else "",
        discounted=_DISCOUNTED.filled(rate=100 * rate) if rate else _AS_IT_IS,
        level=config.learners.interval_level,
    )


def _weighted(kinds: Mapping[str, float], own: OwnConfig) -> Phrase:
    """Kinds of cashflow, each with the share that counts where that is not the whole."""
    labels = ((label_of(kind, own), weight) for kind, weight in kinds.items())
    return listed([label if weight == 1 else _TIMES.filled(weight=weight, label=label) for label, weight in labels])


def _stretch(periods: int, period: PeriodName, language: Language) -> str:
    """So many periods, in months as well.

    >>> _stretch(13, "week", "en"), _stretch(36, "month", "en")
    ('13 weeks (about 3 months)', '36 months')
    """
    reported = STRETCHES[period].filled(count=periods)
    if period not in _IN_MONTHS:
        return reported.within(language)
    months = STRETCHES["month"].filled(count=round(periods * MONTHS_PER_PERIOD[period]))
    return _IN_MONTHS[period].within(language, periods=reported, months=months)
