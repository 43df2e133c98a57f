"""Titles and figures of segments as people read them, on a page and in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.learners.segments.choice import Reason
from models.panel.features.words import FigureUnit
from models.profiles.kind_names import kind_in_words
from models.profiles.regions import Place
from models.reasons.figures import figure_in_words
from models.segments.contents import NAME_ZH, SegmentProfile, SegmentsReport
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Text, heard, number

AXES: Final = ("stage", "relationship_type", "need_type")
"""Labels of clients that move from date to date."""
_TITLES: Final = {
    "stage": Text("Stages"),
    "relationship_type": Text("Relationship types"),
    "need_type": Text("Need types"),
    "tier": Text("Tiers"),
    "value_class": Text("Value classes"),
    "region_class": Text("Classes of region"),
    "region": Text("Region", "label of clients"),
    "country": Text("Country", "label of clients"),
}
KIND_TITLES: Final = tuple(name for name in _TITLES if name not in {"region", "country"})
"""The decisions of clients, in the order in which they are taken."""
_BY_SEGMENT: Final = {
    "stage": Text("Stage by segment"),
    "relationship_type": Text("Relationship type by segment"),
    "need_type": Text("Need type by segment"),
    "tier": Text("Tier by segment"),
    "value_class": Text("Value class by segment"),
    "region_class": Text("Region class by segment"),
    "region": Text("Region by segment"),
    "country": Text("Country by segment"),
}
_METHODS: Final = {"kmeans": Text("k-means"), "mixture": Text("Gaussian mixture")}
_CHOSEN_BY: Final = {
    "separation": Text(
        "the one whose segments lie farthest apart, of those that hold under resampling and are large enough"
    ),
    "fewest": Text("the fewest that hold under resampling, since nothing lies apart"),
    "stability": Text("the steadiest of all, since none holds under resampling as the config asks"),
}
_NUMBERED: Final = Text("{number}: {name}", "segment")
_OTHER: Final = Text("other", "group of clients")
_NOT_KNOWN: Final = Text("not known", "group of clients")
_REASONS: Final = {
    "named a key region": Text("named a key region"),
    "named an emerging market": Text("named an emerging market"),
    "neither named, nor large, nor growing fast": Text("neither named, nor large, nor growing fast"),
}
_GROWS: Final = Text("activity {growth:+.0%}", "class of a place")
_LARGE: Final = Text("{share:.0%} of the expected value", "class of a place")
_LITTLE: Final = Text("<1%")


@dataclass(frozen=True)
class ProfileWords:
    """What a page of segments calls things in one language."""

    report: SegmentsReport
    language: Language = ENGLISH

    def segment(self, each: SegmentProfile) -> str:
        """The number and name of a segment."""
        return _NUMBERED.within(self.language, number=each.number, name=self.name(each))

    def name(self, each: SegmentProfile) -> str:
        """The name of a segment."""
        return heard({ENGLISH: each.name, NAME_ZH: each.name_zh}, self.language)

    def kind(self, label: str, name: str) -> str:
        """What a group of a label is called: a tier, a stage, a type; what the book calls so stays as it is."""
        if label == "tier" and name in self.report.tier_names:
            return heard(self.report.tier_names[name], self.language)
        if name in {"other", "not known"}:
            return (_OTHER if name == "other" else _NOT_KNOWN).within(self.language)
        return kind_in_words(name, self.language) if label in KIND_TITLES else name

    def title(self, label: str) -> str:
        """The heading of a label."""
        return _TITLES[label].within(self.language) if label in _TITLES else label.replace("_", " ").capitalize()

    def by_segment(self, label: str) -> str:
        """The title of a plot of a label by segment."""
        if label in _BY_SEGMENT:
            return _BY_SEGMENT[label].within(self.language)
        return f"{self.title(label)} by segment"

    def feature(self, name: str) -> str:
        """What a feature is called."""
        called: Mapping[str, Mapping[str, str]] = self.report.called
        return called.get(self.language, called[ENGLISH]).get(name, name)

    def median(self, name: str, median: float | None, currency: str) -> str:
        """The median of a feature in a segment, as a person writes it."""
        if median is None:
            return _NOT_KNOWN.within(self.language)
        figure = self.report.figures.get(name)
        if figure is None:
            return short_number(median, self.language)
        return figure_in_words(median, FigureUnit(figure), self.language, currency=currency)

    def place_reason(self, place: Place) -> str:
        """Why a place is of its class."""
        if place.reason in _REASONS:
            return _REASONS[place.reason].within(self.language)
        if place.reason.startswith("activity"):
            return _GROWS.within(self.language, growth=place.growth or 0.0)
        return _LARGE.within(self.language, share=place.value_share)

    def method(self, name: str) -> str:
        """What a method of clustering is called."""
        return method_name(name, self.language)

    def chosen_by(self, reason: Reason) -> str:
        """By which rule the number of segments was chosen."""
        return chosen_by(reason, self.language)

    def percent(self, share: float | None) -> str:
        """A share in per cent, see ``percent_or_dash``."""
        return percent_or_dash(share, self.language)


def kind_title(label: str, language: Language = ENGLISH) -> str:
    """The heading of a label of clients."""
    return _TITLES[label].within(language)


def method_name(name: str, language: Language = ENGLISH) -> str:
    """What a method of clustering is called."""
    return _METHODS[name].within(language) if name in _METHODS else name


def chosen_by(reason: Reason, language: Language = ENGLISH) -> str:
    """By which rule the number of segments was chosen."""
    return _CHOSEN_BY[reason].within(language)


def percent_or_dash(share: float | None, language: Language = ENGLISH) -> str:
    """A share in per cent; what is not known is a dash, and little is not said to be nothing.

    >>> percent_or_dash(0.256), percent_or_dash(None), percent_or_dash(0.0), percent_or_dash(0.001)
    ('26%', '–', '0%', '<1%')
    """
    if share is None:
        return "–"
    if 0 < share < 0.005:  # noqa: PLR2004 - what would be rounded to nothing
        return _LITTLE.within(language)
    return number(f"{share:.0%}", language)
