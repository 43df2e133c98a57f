"""The overview in words: what things of the policy are called, what moved a client, and what a tier gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.grading.decision import Basis
from models.grading.moves import MovedBy
from models.grading.policy_names import plain
from models.grading.treatments import dimension_in_words
from models.notices import Severity
from models.overview.report import ABSENT, ColdClient, MovedClient, Overview, ValueTotal
from models.reasons.figures import currency_name, percentage
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Slot, Text, heard, joined

_ONE_IN_A_HUNDRED = 0.005
_PARTS_SAID = 3
_ABSENT: Final = Text("not scored", "group of clients")
MOVED_BY: Final = {
    MovedBy.POLICY: Text("another policy"),
    MovedBy.STABILITY: Text("margin or limit, which kept it before or keep it now"),
    MovedBy.OVERRIDE: Text("a person's decision"),
}
_SOURCES: Final = {MovedBy.DATA: Text("data", "what moved a client"), MovedBy.MODELS: Text("data or models")}
_BY_CAP: Final = Text("cap {cap}: {criterion}", "what moved a client")
_BY_DIMENSION: Final = Text("{dimension} ({by})", "what moved a client")
_BY_CRITERION: Final = Text("{dimension}: {criterion} ({by})", "what moved a client")
_OF_MIX: Final = Text("{name} ({share})", "treatments of a tier")
_LIMIT_ACTIONS: Final = {
    "raise": Text("raise", "limit"),
    "hold": Text("hold", "limit"),
    "cut": Text("cut", "limit"),
}
_KEPT_BY: Final = {
    Basis.MARGIN: Text("{count:,} by the margin", "tier"),
    Basis.LIMIT: Text("{count:,} by the limit", "tier"),
}
_LITTLE: Final = Text("<1%")
_BETWEEN: Final = Text(" ({low} to {high})")
_COUNTED: Final = {
    Severity.REFUSED: Text("{count} refused"),
    Severity.WARNING: Text("{count} warning", plural="{count} warnings"),
    Severity.NOTE: Text("{count} note", plural="{count} notes"),
}


@dataclass(frozen=True)
class OverviewWords:
    """Functions of a page of one overview in one language."""

    overview: Overview
    language: Language

    def named(self, name: str | None) -> str:
        """What people call a tier, dimension, criterion, cap or team of the policy; in English by its plain name."""
        if name is None:
            return ""
        if name == ABSENT:
            return _ABSENT.within(self.language)
        return heard(self.overview.called.get(name, plain(name)), self.language)

    def kept_by(self, name: str, count: int) -> str:
        """How many clients margin or limit keep from what the decision table gives."""
        return _KEPT_BY[Basis(name)].within(self.language, count=count)

    def feature(self, name: str) -> str:
        """What a feature is called that a cap looks at; in English by its name."""
        said = self.overview.called.get(name, name)
        return heard(said if isinstance(said, str) else {**said, ENGLISH: name}, self.language)

    def currency(self) -> str:
        """What the book's currency is called."""
        return currency_name(self.overview.currency, self.language)

    def percent(self, share: float) -> str:
        """A share in per cent; what is little is not said to be nothing."""
        return percent(share, self.language)

    def between(self, total: ValueTotal | ColdClient) -> str:
        """The interval of a value in brackets, nothing where it is not known."""
        ends = (total.value_low, total.value_high) if isinstance(total, ColdClient) else (total.low, total.high)
        if ends[0] is None:
            return ""
        low, high = (short_number(end, self.language) for end in ends)
        return _BETWEEN.within(self.language, low=low, high=high)

    def sides(self, dimensions: tuple[str, ...]) -> str:
        """In what a client turned worse."""
        return joined((dimension_in_words(each, self.language) for each in dimensions), self.language)

    def what_moved(self, client: MovedClient) -> str:
        """What moved a client to another tier; a dash where the run does not say."""
        if client.cap is not None:
            slots = {"cap": self.named(client.cap), "criterion": self.named(client.criterion)}
            return _BY_CAP.within(self.language, **slots)
        if client.moved_by is None:
            return "–"
        by = MovedBy(client.moved_by)
        if client.dimension is not None:
            return self._by_dimension(client.dimension, client.criterion, by)
        return MOVED_BY[by].within(self.language) if by in MOVED_BY else "–"

    def _by_dimension(self, dimension: str, criterion: str | None, by: MovedBy) -> str:
        words = _BY_DIMENSION if criterion in {None, dimension} else _BY_CRITERION
        slots: dict[str, Slot] = {"dimension": self.named(dimension), "criterion": self.named(criterion)}
        return words.within(self.language, **slots, by=_SOURCES.get(by, _SOURCES[MovedBy.DATA]))

    def mix(self, counts: Mapping[str, int]) -> str:
        """What most clients of a tier get, most first."""
        total = sum(counts.values())
        parts = (
            _OF_MIX.within(self.language, name=self._treatment(name), share=self.percent(count / total))
            for name, count in list(counts.items())[:_PARTS_SAID]
        )
        return joined(parts, self.language)

    def severity_count(self, severity: Severity, count: int) -> str:
        """How many notices there are of a severity."""
        return _COUNTED[severity].within(self.language, count=count)

    def _treatment(self, name: str) -> str:
        return _LIMIT_ACTIONS[name].within(self.language) if name in _LIMIT_ACTIONS else self.named(name)


def percent(share: float, language: Language = ENGLISH) -> str:
    """A share in per cent; what is little is not said to be nothing.

    >>> percent(0.256), percent(0.001), percent(0.0)
    ('26%', '<1%', '0%')
    """
    return _LITTLE.within(language) if 0 < share < _ONE_IN_A_HUNDRED else percentage(share, language)
