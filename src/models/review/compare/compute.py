"""The same rows of several published clients side by side, those that differ first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from models.directory.report import Cell
from models.grading.criterion_text import criterion_name, criterion_value, number_in_unit
from models.grading.fitted import GradingPolicy
from models.panel.features.words import FeatureWords
from models.profiles.kind_names import kind_in_words
from models.reasons.figures import money, percentage
from models.review.client.published import PublishedClient
from models.text import Language, Text, number

_TITLES: Final = {
    "tier": Text("Tier"),
    "stage": Text("Stage"),
    "relationship_type": Text("Relationship"),
    "need_type": Text("Need"),
    "value": Text("Value"),
    "margin": Text("Expected margin"),
    "credit_loss": Text("Expected credit loss"),
    "decline_probability": Text("Decline"),
    "default_probability": Text("Default", "probability"),
    "warning_severity": Text("Severity of the warning", "comparison"),
    "model_version": Text("Model version", "comparison"),
}
_FACTS: Final = {
    "outstanding": Text("Exposure"),
    "limit": Text("Limit", "comparison"),
    "utilisation": Text("Limit use", "header"),
    "days_overdue": Text("Days overdue", "header"),
    "rating": Text("Rating", "header"),
    "group_id": Text("Group", "tab"),
    "country": Text("Country", "comparison"),
    "industry": Text("Industry", "comparison"),
    "manager": Text("Owner", "header"),
}
_MONEY = frozenset({"value", "margin", "credit_loss", "outstanding", "limit"})
_SHARES = frozenset({"decline_probability", "default_probability", "utilisation"})
_KINDS = frozenset({"stage", "relationship_type", "need_type"})
_POINTS: Final = Text("{observed}; {points} points", "comparison")
_UNKNOWN: Final = Text("unknown")


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A column: what was published, and the cells of the index, none at an earlier date."""

    title: str
    subtitle: str
    client_id: str
    published: PublishedClient | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """A row: a text for each column; ``off`` marks those that are not as the first."""

    title: str
    texts: tuple[str, ...]
    off: tuple[bool, ...]

    @property
    def differs(self) -> bool:
        """Whether the columns are not all alike."""
        return any(self.off)


@dataclass(frozen=True, kw_only=True)
class RowSpeaker:
    """How figures of a book are written: its policy, the words of its features, its currency, in one language."""

    policy: GradingPolicy
    words: Mapping[str, FeatureWords]
    currency: str
    language: Language

    def written(self, column: str, value: object) -> str:
        """A cell in words; empty where nothing is known."""
        lang = self.language
        if value is None or value == "":
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            if column in _MONEY:
                return money(float(value), self.currency, lang)
            return percentage(float(value), lang, 1) if column in _SHARES else number(f"{value:,.0f}", lang)
        if column == "tier":
            return self.policy.settings.scale.labels(lang).get(str(value), str(value))
        return kind_in_words(str(value), lang) if column in _KINDS else str(value)


def compared_rows(columns: Sequence[Compared], speaker: RowSpeaker) -> list[ComparedRow]:
    """The same rows of every column, those that differ first, otherwise in their usual order."""
    rows = [row for row in _rows(columns, speaker) if any(row.texts)]
    return sorted(rows, key=lambda row: not row.differs)


def _rows(columns: Sequence[Compared], speaker: RowSpeaker) -> Iterator[ComparedRow]:
    lang = speaker.language
    for name, title in _TITLES.items():
        yield _row(title.within(lang), columns, lambda each, name=name: _published(each, name, speaker))  # type: ignore[misc]
    if all(each.cells for each in columns):
        for name, title in _FACTS.items():
            yield _row(title.within(lang), columns, lambda each, name=name: speaker.written(name, each.cells.get(name)))  # type: ignore[misc]
    for name, dimension in speaker.policy.settings.dimensions.items():
        label = dimension.label.within(lang)
        yield _row(label[:1].upper() + label[1:], columns, lambda each, name=name: _dimension(each, name, speaker))  # type: ignore[misc]
        for criterion in dimension.criteria:
            if criterion.dimension:
                continue
            called = criterion_name(criterion.name, speaker.policy, speaker.words, lang)
            yield _row(f"· {called}", columns, lambda each, key=(name, criterion.name): _criterion(each, key, speaker))  # type: ignore[misc]


def _row(title: str, columns: Sequence[Compared], written: Callable[[Compared], str]) -> ComparedRow:
    texts = tuple(map(written, columns))
    return ComparedRow(title=title, texts=texts, off=tuple(text != texts[0] for text in texts))


def _published(each: Compared, name: str, speaker: RowSpeaker) -> str:
    return "" if each.published is None else speaker.written(name, each.published.row.get(name))


def _dimension(each: Compared, name: str, speaker: RowSpeaker) -> str:
    numbers = {} if each.published is None else each.published.row.get("tier_dimensions") or {}
    value = numbers.get(name) if isinstance(numbers, Mapping) else None
    if value is None:
        return _UNKNOWN.within(speaker.language)
    unit = speaker.policy.settings.dimensions[name].unit
    return number_in_unit(float(value), unit, speaker.currency, speaker.language)


def _criterion(each: Compared, key: tuple[str, str], speaker: RowSpeaker) -> str:
    rows = [] if each.published is None else each.published.row.get("tier_criteria") or []
    found = [row for row in rows if (row["dimension"], row["criterion"]) == key] if isinstance(rows, list) else []
    if not found or found[0]["points"] is None:
        return _UNKNOWN.within(speaker.language)
    seen = found[0]["observed"] if found[0]["observed"] is not None else found[0]["observed_text"]
    observed = criterion_value(key[1], seen, speaker.policy, speaker.words, speaker.language)
    points = number(f"{found[0]['points']:.1f}", speaker.language)
    return _POINTS.within(speaker.language, observed=observed, points=points)
