"""The grade of one client as sentences: rule, dimensions with criteria, caps, and what is lacking for the next tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from models.config.policy.dimensions import DimensionConfig
from models.config.policy.rules import CapConfig
from models.grading.criteria import CriterionNeed
from models.grading.criterion_text import criterion_name, criterion_value
from models.grading.decision import Basis
from models.grading.distance_text import distance_sentence
from models.grading.fitted import GradingPolicy
from models.grading.reasons_text import level_name, level_range, written_cut_off
from models.grading.report import CriterionEvidence, DimensionEvidence, GradeReport, HoldingCap, Lacking
from models.panel.features.words import FeatureWords, plain_words
from models.reasons.figures import day, exact_money, money, rounded_away
from models.text import CLAUSES, SENTENCES, Language, Slot, Text, joined
from models.text import number as number_in

_RULE: Final = Text("Row {row} of {rows} of the decision table gives {tier}: {when}", "grade")
_ANYBODY: Final = Text("any client", "tier")
_DIMENSION: Final = Text("{label} {number}", "grade")
_LEVEL: Final = Text("{label} {number}: {level}", "grade")
_UNKNOWN: Final = Text("{label} unknown: taken as {level}", "grade")
_UNKNOWN_SCORE: Final = Text("{label} unknown", "grade")
_BETTER: Final = {
    1.0: Text("{better} from {cut_off}", "grade"),
    -1.0: Text("{better} up to {cut_off}", "grade"),
}
"""Where the next better level begins, by whether more is better."""
_BEST: Final = Text("no better level", "grade")
_CRITERION: Final = Text("{what} {observed}{on}: {points} of 100 points, weight {weight}, {source}", "grade")
_NOT_KNOWN: Final = Text("{what} not known: left out with its weight {weight}, {source}", "grade")
_NO_POINTS: Final = Text(
    "{what} {observed}{on}: no points in the policy, left out with its weight {weight}, {source}", "grade"
)
_ON: Final = Text(" of {day}", "grade")
_CAP: Final = Text("{tier} at most: {because}, {what} {observed}", "grade")
_CAP_MISSING: Final = Text("{tier} at most: {because}, {what} not known", "grade")
_CAP_NOT_IN_BOOK: Final = Text("{tier} at most: {because} (not known to the book)", "grade")
_KEPT: Final = {
    Basis.MARGIN: Text(
        "{by_rule} by the stability margin, {margin:.0%} of a cut-off; the decision table gives {ruled}", "grade"
    ),
    Basis.LIMIT: Text(
        "{by_rule} by the limit on moves, {limit:.0%} of the clients in one run; the decision table gives {ruled}",
        "grade",
    ),
}
_IN_ARREARS: Final = Text("in arrears, so neither margin nor limit keeps the tier up", "grade")
_NOT_IN_FORCE: Final = Text("{cap} ({tier} at most)", "grade")
_COSTLIEST: Final = Text("{label}: {what} costs most, {costs} points", "grade")
_ALONE: Final = Text("enough alone: {needs}", "grade")
_NONE_ALONE: Final = Text("no criterion alone is enough", "grade")
_NEED: Final = Text("{what} {now} → {needed}", "grade")
_POINTS: Final = Text("{number} points", "score")
_PERCENT: Final = Text("{number}%", "share")
SOURCES: Final = {
    "clients": Text("clients", "table"),
    "facilities": Text("facilities", "table"),
    "cashflows": Text("cashflows", "table"),
    "interactions": Text("interactions", "table"),
    "surveys": Text("surveys", "table"),
    "ratings": Text("ratings", "table"),
    "financials": Text("financial statements", "table"),
    "opportunities": Text("opportunities", "table"),
    "macro": Text("economy", "table"),
    "balances": Text("balances", "table"),
    "arrears": Text("days past due", "table"),
    "collateral": Text("collateral", "table"),
    "covenants": Text("covenants", "table"),
    "guarantees": Text("guarantees", "table"),
    "countries": Text("country risk", "table"),
    "esg": Text("ESG grades", "table"),
    "models": Text("forecast of the models", "table"),
    "policy": Text("score of the policy", "table"),
}
_MOST_DIGITS = 6
_NEAR = 0.005
"""An amount this near to a cut-off, as a share of it, is written to the last unit of the currency."""


@dataclass(frozen=True, kw_only=True)
class CriterionLine:
    """One criterion in words: each part for a table, and all of it as a sentence."""

    what: str
    observed: str
    on: str
    source: str
    points: str
    weight: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class DimensionLine:
    """One dimension in words; ``next_level`` says where the next better level begins."""

    label: str
    number: str
    level: str
    next_level: str
    sentence: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True, kw_only=True)
class GradeText:
    """Everything about one client's grade in words; a part that there is none of is empty."""

    rule: str
    kept: str
    dimensions: tuple[DimensionLine, ...]
    caps: tuple[str, ...]
    not_in_force: str
    lacking: str
    needs: tuple[str, ...]


def grade_in_words(
    report: GradeReport, policy: GradingPolicy, words: Mapping[str, FeatureWords], language: Language
) -> GradeText:
    """The grade in a language; ``words`` are those of the book's features, others are called by their names."""
    speaker = _Speaker(report=report, policy=policy, words=words, language=language)
    return GradeText(
        rule=speaker.rule(),
        kept=speaker.kept(),
        dimensions=tuple(map(speaker.dimension, report.dimensions)),
        caps=tuple(map(speaker.cap, report.caps)),
        not_in_force=joined(speaker.idle(), language, CLAUSES),
        lacking=distance_sentence(report, policy, language),
        needs=tuple(speaker.needs(each) for each in report.lacking if each.needs),
    )


@dataclass(frozen=True, kw_only=True)
class _Speaker:
    """How one grade is spoken of in one language."""

    report: GradeReport
    policy: GradingPolicy
    words: Mapping[str, FeatureWords]
    language: Language

    def rule(self) -> str:
        """The row of the decision table that holds."""
        fired = self.report.rule
        ranges = (level_range(self.policy, name, levels, self.language) for name, levels in fired.when.items())
        when = joined(filter(None, ranges), self.language, CLAUSES) or _ANYBODY.within(self.language)
        tier = self._tier(fired.tier)
        return _RULE.within(self.language, row=fired.row, rows=fired.rows, tier=tier, when=when)

    def kept(self) -> str:
        """What keeps the tier by rule from what the table says, and that arrears let nothing do so."""
        report, stability = self.report, self.policy.settings.stability
        said = []
        if report.kept_by:
            said.append(
                _KEPT[Basis(report.kept_by)].within(
                    self.language,
                    by_rule=self._tier(report.by_rule),
                    ruled=self._tier(report.ruled),
                    margin=stability.margin,
                    limit=stability.max_changed_share,
                )
            )
        if report.in_arrears and stability.holds:
            said.append(_IN_ARREARS.within(self.language))
        return joined(said, self.language, SENTENCES)

    def dimension(self, found: DimensionEvidence) -> DimensionLine:
        """One dimension, with its criteria."""
        settings = self.policy.settings.dimensions[found.name]
        number = "" if found.number is None else self._number(found)
        level = level_name(settings, settings.level_names.index(found.level), self.language) if found.level else ""
        following = self._better(found, settings) if found.level else ""
        words = {
            (True, True): _LEVEL,
            (True, False): _DIMENSION,
            (False, True): _UNKNOWN,
            (False, False): _UNKNOWN_SCORE,
        }[found.number is not None, bool(level)]
        said = words.within(self.language, label=settings.label.phrase(), number=number, level=level)
        return DimensionLine(
            label=settings.label.within(self.language),
            number=number,
            level=level,
            next_level=following,
            sentence=joined(filter(None, [said, following]), self.language, SENTENCES),
            criteria=tuple(self._criterion(each) for each in found.criteria),
        )

    def cap(self, cap: HoldingCap) -> str:
        """A cap that holds, with what was seen."""
        settings = self._caps[cap.name]
        words = _CAP_NOT_IN_BOOK if not cap.in_book else _CAP_MISSING if cap.observed is None else _CAP
        return words.within(
            self.language,
            tier=self._tier(cap.at_most),
            because=settings.because.phrase(),
            what=self._called(cap.feature),
            observed=self._seen(cap.feature, cap.observed),
        )

    def idle(self) -> Iterator[str]:
        """The caps that are not in force."""
        for cap in self.report.not_in_force:
            because = self._caps[cap.name].because.phrase()
            yield _NOT_IN_FORCE.within(self.language, cap=because, tier=self._tier(cap.at_most))

    def needs(self, lacking: Lacking) -> str:
        """Which criterion costs a dimension most, and which would be enough alone."""
        first = lacking.needs[0]
        alone = [self._need(each) for each in lacking.needs if each.needed is not None]
        enough = _ALONE.within(self.language, needs=joined(alone, self.language, CLAUSES))
        costs = _COSTLIEST.within(
            self.language,
            label=self.policy.settings.dimensions[lacking.dimension].label.phrase(),
            what=self._called(first.criterion),
            costs=number_in(f"{first.costs:.1f}", self.language),
        )
        return joined([costs, enough if alone else _NONE_ALONE.within(self.language)], self.language, SENTENCES)

    @property
    def _caps(self) -> dict[str, CapConfig]:
        return {cap.name: cap for cap in self.policy.settings.caps}

    def _tier(self, name: str) -> str:
        return self.policy.scale.label(name, self.language)

    def _number(self, found: DimensionEvidence) -> str:
        """The number with so many digits that it stands on its own side of the cut-offs as they are written."""
        ends = [end for end in (found.cut_off, found.better_from) if end is not None]
        if found.number is None:
            return ""
        if found.unit == "currency":
            near = any(abs(found.number - end) < _NEAR * abs(end) for end in ends)
            return (exact_money if near else money)(found.number, self.policy.currency, self.language)
        scale, words = (100.0, _PERCENT) if found.unit == "probability" else (1.0, _POINTS)
        written = apart(found.number * scale, [end * scale for end in ends])
        return words.within(self.language, number=number_in(written, self.language))

    def _better(self, found: DimensionEvidence, settings: DimensionConfig) -> str:
        if found.better_from is None:
            return _BEST.within(self.language)
        return _BETTER[settings.sign].within(
            self.language,
            better=level_name(settings, settings.level_names.index(found.better), self.language),
            cut_off=written_cut_off(settings, self.policy.currency, found.better_from, self.language),
        )

    def _criterion(self, found: CriterionEvidence) -> CriterionLine:
        parts: dict[str, Slot] = {
            "what": self._called(found.name),
            "observed": self._seen(found.name, found.observed),
            "on": ""
            if found.observed_on is None
            else _ON.within(self.language, day=day(found.observed_on, self.language)),
            "source": SOURCES[found.source].within(self.language),
            "points": "" if found.points is None else number_in(f"{found.points:.1f}", self.language),
            "weight": number_in(f"{found.weight:g}", self.language),
        }
        words = _CRITERION if found.points is not None else _NOT_KNOWN if found.observed is None else _NO_POINTS
        dated = "" if found.observed_on is None else day(found.observed_on, self.language)
        texts = {name: str(part) for name, part in parts.items()} | {"on": dated}
        return CriterionLine(**texts, sentence=words.within(self.language, **parts))

    def _need(self, need: CriterionNeed) -> str:
        dimension = next(each for each in self.report.dimensions if each.name == need.dimension)
        now = next(each.observed for each in dimension.criteria if each.name == need.criterion)
        needed = need.needed
        if isinstance(needed, float) and isinstance(now, float):
            needed = rounded_away(needed, now, self._words(need.criterion).figure)
        return _NEED.within(
            self.language,
            what=self._called(need.criterion),
            now=self._seen(need.criterion, now),
            needed=self._seen(need.criterion, needed),
        )

    def _called(self, name: str) -> str:
        return criterion_name(name, self.policy, self.words, self.language)

    def _seen(self, name: str, value: float | str | None) -> str:
        return criterion_value(name, value, self.policy, self.words, self.language)

    def _words(self, feature: str) -> FeatureWords:
        return self.words.get(feature) or plain_words(feature)


def apart(number: float, ends: list[float]) -> str:
    """A number with one digit after the point, or with as many as tell it from each end that it differs from.

    >>> apart(31.62, [35.0]), apart(34.996, [35.0]), apart(35.0, [35.0])
    ('31.6', '34.996', '35.0')
    """
    for digits in range(1, _MOST_DIGITS + 1):
        written = f"{number:.{digits}f}"
        if all(
            (float(written) >= end) == (number >= end) and (float(written) <= end) == (number <= end) for end in ends
        ):
            return written
    return f"{number:.{_MOST_DIGITS}f}"
