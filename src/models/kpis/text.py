"""Figures of client management as people read them, in a terminal and on a page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from models.kpis.catalogue import CATALOGUE, shown_in
from models.kpis.definition import ShownIn
from models.kpis.groups import IN_NO_GROUP
from models.kpis.reasons import DIMENSIONS
from models.kpis.report import FigureMeaning, KpiReport
from models.metrics.uplift import Estimate
from models.profiles.kind_names import kind_in_words
from models.reasons.figures import currency_name
from models.shell.units import KpiUnit, written
from models.text import ENGLISH, Language, Text, heard


class Ranged(Protocol):
    """An estimate with its interval; None where it, or the interval, is not known."""

    @property
    def estimate(self) -> float | None:
        """The figure in its unit."""

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""


class OrReason(Ranged, Protocol):
    """The same, with the reason where it is not known."""

    @property
    def why(self) -> Text | None:
        """Why it is not known."""


NO_MEANINGS: Final[Mapping[str, FigureMeaning]] = MappingProxyType({})
_BETWEEN: Final = Text("{estimate} ({low} to {high})")
_POINTS: Final = Text("points", "unit")
_RANGED: Final = frozenset({KpiUnit.POINTS_TO_5, KpiUnit.POINTS_AROUND_0, KpiUnit.POINTS_TO_100})
_NO_EFFECT: Final = Text("may be no effect")


def with_interval(found: OrReason, unit: KpiUnit, language: Language = ENGLISH) -> str:
    """A figure with its interval, or why it is not known.

    >>> from models.kpis.estimates import KpiEstimate
    >>> with_interval(KpiEstimate(estimate=0.5, low=0.4, high=0.6), KpiUnit.SHARE)
    '50.0% (40.0% to 60.0%)'
    """
    if found.estimate is None:
        return "" if found.why is None else found.why.within(language)
    return _ranged(found, unit, language)


def effect(found: Estimate | None, unit: KpiUnit, language: Language = ENGLISH) -> str:
    """An estimate with its interval, a dash where there is none."""
    return "–" if found is None else _ranged(found, unit, language)


def no_effect(figure: str, found: Ranged | None, language: Language = ENGLISH) -> str:
    """What must be said of an effect whose interval holds 0; nothing of other figures, for which 0 is no mark.

    >>> no_effect("campaign_roi", Estimate(estimate=-4.0, low=-57.9, high=49.8))
    'may be no effect'
    >>> no_effect("campaign_roi", Estimate(estimate=1.2, low=0.4, high=2.0))
    ''
    >>> no_effect("nps", Estimate(estimate=-3.2, low=-7.7, high=1.2))
    ''
    """
    is_effect = figure in CATALOGUE and CATALOGUE[figure].is_effect
    if not is_effect or found is None or found.low is None or found.high is None:
        return ""
    return _NO_EFFECT.within(language) if found.low <= 0 <= found.high else ""


def unit_of(figure: str, meanings: Mapping[str, FigureMeaning] = NO_MEANINGS) -> KpiUnit:
    """The unit of a figure of the catalogue, or of a plug-in's by what a report says that it means."""
    meaning = meanings.get(figure)
    return CATALOGUE[figure].unit if meaning is None or meaning.measure is None else meaning.measure


def figure_title(
    figure: str, meanings: Mapping[str, FigureMeaning] = NO_MEANINGS, *, language: Language = ENGLISH
) -> str:
    """What a figure of the catalogue is called, or a plug-in's by what a report says that it means."""
    meaning = meanings.get(figure)
    title = CATALOGUE[figure].title if meaning is None or meaning.texts is None else meaning.texts[0]
    return title.within(language)


def shown_figures(report: KpiReport, place: ShownIn) -> tuple[str, ...]:
    """The figures that stand at a place of the page: those of the catalogue, and then those of plug-ins."""
    return (*shown_in(place), *(name for name, each in report.definitions.items() if each.is_own))


def figure_formula(meaning: FigureMeaning, language: Language = ENGLISH) -> str:
    """How a figure is counted."""
    return meaning.formula if meaning.texts is None else meaning.texts[1].within(language)


def dimension_name(dimension: str, language: Language = ENGLISH) -> str:
    """By what clients are grouped, as it is called."""
    return DIMENSIONS[dimension].within(language)


def group_name(report: KpiReport, group: str, language: Language = ENGLISH) -> str:
    """What the clients of a group are called: a tier, segment, type or region, or none of these."""
    if group in IN_NO_GROUP:
        return IN_NO_GROUP[group].within(language)
    return heard(report.called[group], language) if group in report.called else kind_in_words(group, language)


def unit_name(unit: KpiUnit, currency: str, language: Language = ENGLISH) -> str:
    """What an axis is called: the unit without its range.

    >>> unit_name(KpiUnit.POINTS_TO_5, "USD"), unit_name(KpiUnit.CURRENCY, "USD")
    ('points', 'USD')
    """
    if unit is KpiUnit.CURRENCY:
        return currency_name(currency, language)
    return _POINTS.within(language) if unit in _RANGED else unit.named(currency, language)


def unit_beside(unit: KpiUnit, currency: str, language: Language = ENGLISH) -> str:
    """What stands beside a value: nothing where the value or its column says it."""
    return "" if unit in {KpiUnit.SHARE, KpiUnit.CLIENTS} else unit_name(unit, currency, language)


def _ranged(found: Ranged, unit: KpiUnit, language: Language) -> str:
    estimate, low, high = (written(each, unit, language) for each in (found.estimate, found.low, found.high))
    return estimate if found.low is None else _BETWEEN.within(language, estimate=estimate, low=low, high=high)
