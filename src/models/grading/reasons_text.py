"""The reason for each tier as a sentence: rule, margin, limit, override and caps.

A sentence says all that holds, also where two things meet: what the tier would be otherwise, a cap that holds without
having to, an override that does not count, and what could not be checked since the book does not tell it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np

from models.config.policy.dimensions import DimensionConfig
from models.config.policy.rules import CapConfig
from models.config.policy.tiers import UNRANKED
from models.grading.coverage import Coverage, idle_caps
from models.grading.decision import Basis, TierDecisions
from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy
from models.grading.overrides import OverrideState
from models.reasons.figures import exact_money
from models.text import CLAUSES, ENGLISH, Language, Slot, Text, joined
from models.vocab import IntArray, TextArray

_OF_MORE: Final = {
    (True, True): Text("{label} at or above {worse} and below {better}"),
    (True, False): Text("{label} at or above {worse}"),
    (False, True): Text("{label} below {better}"),
}
"""How a range is said where more is better: by whether it has a cut-off to reach, and one that would be too good."""
_OF_LESS: Final = {
    (True, True): Text("{label} above {better} and at most {worse}"),
    (True, False): Text("{label} at most {worse}"),
    (False, True): Text("{label} above {better}"),
}
"""The same where less is better."""
_PROBABILITY: Final = Text("{number:.4g}%", "cut-off")
_POINTS: Final = Text("{number:.4g} points", "score")


def level_range(policy: GradingPolicy, name: str, levels: Sequence[str], language: Language = ENGLISH) -> str:
    """Some neighbouring levels of a dimension by their cut-offs, e.g. ``decline at most 30%``."""
    dimension, cut_offs = policy.settings.dimensions[name], policy.cut_offs[name]
    places = [dimension.level_names.index(level) for level in levels]
    better = written_cut_off(dimension, policy.currency, cut_offs[min(places) - 1], language) if min(places) else ""
    worse = (
        written_cut_off(dimension, policy.currency, cut_offs[max(places)], language)
        if max(places) < len(cut_offs)
        else ""
    )
    if not worse and not better:
        return ""
    words = (_OF_MORE if dimension.sign > 0 else _OF_LESS)[bool(worse), bool(better)]
    return words.within(language, label=dimension.label.phrase(), worse=worse, better=better)


def level_name(dimension: DimensionConfig, place: int, language: Language = ENGLISH) -> str:
    """What people call one level of a dimension."""
    level = dimension.levels[place]
    return level.label.within(language) if level.label else level.name.replace("_", " ")


def written_cut_off(dimension: DimensionConfig, currency: str, number: float, language: Language) -> str:
    """A cut-off as a reviewer must be able to check it."""
    if dimension.unit == "currency":
        return exact_money(number, currency, language)
    if dimension.unit == "probability":
        return _PROBABILITY.within(language, number=100 * number)
    return _POINTS.within(language, number=number)


_STANDS: Final = {
    Basis.RULE: Text("{by_rule}: {rules}", "tier"),
    Basis.MARGIN: Text(
        "{by_rule} as by rule before, not past the cut-off by {margin:.0%} of it; now the rules say {ruled}: {rules}",
        "tier",
    ),
    Basis.LIMIT: Text(
        "{by_rule} as by rule before, at most {limit:.0%} of the clients change tier in one run; "
        "now the rules say {ruled}: {rules}",
        "tier",
    ),
}
"""The tier by rule and what decided it."""
_PART_OF_THE_WAY: Final = Text(
    "{by_rule} instead of {previous} by rule before, but not past the next cut-off by {margin:.0%} of it; "
    "now the rules say {ruled}: {rules}",
    "tier",
)
"""Where the margin lets a client go from its earlier tier, but not as far as the rules say."""
_OTHERWISE: Final = (Text("the rules say {ruled}: {rules}", "tier"), Text("else {stands}", "tier"))
"""What would hold without override and cap: where the rule alone decides it, and where margin or limit do."""
_OVERRIDDEN: Final = Text("{tier}: by override; {otherwise}", "tier")
_AT_MOST: Final = Text("{tier} at most: {cap}{whatever}; {otherwise}", "tier")
_CAPPED_FROM: Final = Text("{tier}: capped from {asked}: {cap}{whatever}; {otherwise}", "tier")
"""Where the rules alone say less than a cap leaves: what it takes away is given by an override, a margin or a limit."""
_WHATEVER: Final = Text(", whatever the override asks", "tier")
_IDLE: Final = {
    OverrideState.AGREES: Text("; the override agrees", "tier"),
    OverrideState.EXPIRED: Text("; an override has run out", "tier"),
    OverrideState.NOT_YET: Text("; an override does not count yet", "tier"),
}
"""Overrides that change nothing."""
_IN_ANY_CASE: Final = Text("; in any case no better than {least}: {cap}", "tier")
"""A cap that holds and does not have to hold down."""
_NOT_CHECKED: Final = Text("; not checked, since the book does not tell: {caps}", "tier")
"""Caps that might hold down, if the book knew what they look at; of one feature the first."""
_NOT_IN_BOOK: Final = Text("{cap} (not known to the book)", "tier")
_ESTIMATED: Final = Text("{cap} (estimated from cashflows)", "tier")
_ANYBODY: Final = Text("any client", "tier")
_UNKNOWN: Final = Text("{label} unknown, taken as {level}", "tier")
_ABSENT: Final = Text("{label} not known to the book, taken as {level}", "tier")
_PARTLY_ABSENT: Final = Text("{range} ({absent} of {criteria} criteria not known to the book)", "tier")


@dataclass(frozen=True, kw_only=True)
class _Case:
    """All that a sentence tells of a client but what is unknown of it; ranks are of the policy's tiers, -1 is none."""

    tier: int
    by_rule: int
    held: int
    basis: int
    rule: int
    previous: int
    state: int
    asked: int
    cap: int


@dataclass(frozen=True)
class _Sentences:
    """The sentences of one grading in one language."""

    table: DecisionTable
    coverage: Coverage
    language: Language

    def of(self, case: _Case, unknown: Sequence[int]) -> str:
        """The sentence of a case; ``unknown`` is 1 for each dimension of the table of which nothing is known."""
        return "".join(self._clauses(case, unknown))

    def _clauses(self, case: _Case, unknown: Sequence[int]) -> Iterator[str]:
        slots, basis = self._slots(case, unknown), list(Basis)[case.basis]
        stands = self._stands(case).within(self.language, **slots)
        alone, held = _OTHERWISE
        otherwise = alone if list(Basis)[case.held] is Basis.RULE else held
        slots["otherwise"] = otherwise.within(self.language, **slots, stands=stands)
        if basis is Basis.CAP:
            settings = self.table.policy.settings
            ruled = settings.scale.rank(settings.rules[case.rule].tier)
            yield (_AT_MOST if ruled <= case.tier else _CAPPED_FROM).within(self.language, **slots)
        else:
            yield _OVERRIDDEN.within(self.language, **slots) if basis is Basis.OVERRIDE else stands
        idle = _IDLE.get(list(OverrideState)[case.state])
        yield "" if idle is None else idle.within(self.language)
        if case.cap != UNRANKED and basis is not Basis.CAP:
            yield _IN_ANY_CASE.within(self.language, **slots)
        yield self._not_checked(case.tier)

    def _slots(self, case: _Case, unknown: Sequence[int]) -> dict[str, Slot]:
        settings, names = self.table.policy.settings, self._tiers
        state = list(OverrideState)[case.state]
        return {
            "tier": names[case.tier],
            "by_rule": names[case.by_rule],
            "previous": "" if case.previous == UNRANKED else names[case.previous],
            "asked": names[case.asked if state is OverrideState.CAPPED else case.by_rule],
            "ruled": names[settings.scale.rank(settings.rules[case.rule].tier)],
            "rules": self._rules(case.rule, unknown),
            "margin": settings.stability.margin,
            "limit": settings.stability.max_changed_share,
            "cap": "" if case.cap == UNRANKED else self._caps[case.cap],
            "least": "" if case.cap == UNRANKED else names[settings.scale.rank(settings.caps[case.cap].at_most)],
            "whatever": _WHATEVER.within(self.language) if state is OverrideState.CAPPED else "",
        }

    def _stands(self, case: _Case) -> Text:
        held = list(Basis)[case.held]
        part_of_the_way = held is Basis.MARGIN and case.by_rule != case.previous
        return _PART_OF_THE_WAY if part_of_the_way else _STANDS[held]

    @cached_property
    def _tiers(self) -> tuple[str, ...]:
        """What people call the tiers, best first."""
        return tuple(self.table.policy.settings.scale.labels(self.language).values())

    @cached_property
    def _caps(self) -> tuple[str, ...]:
        """Why each cap holds, with whether the book knows what it looks at."""
        return tuple(self._cap(cap) for cap in self.table.policy.settings.caps)

    def _cap(self, cap: CapConfig) -> str:
        said, coverage = cap.because.within(self.language), self.coverage
        marked = _NOT_IN_BOOK if cap.feature in coverage.absent else _ESTIMATED
        is_plain = cap.feature not in coverage.absent and cap.feature not in coverage.estimated
        return said if is_plain else marked.within(self.language, cap=said)

    def _not_checked(self, rank: int) -> str:
        settings = self.table.policy.settings
        unchecked = {
            cap.feature: cap.because.within(self.language)
            for cap in reversed(settings.caps)
            if cap in idle_caps(settings, self.coverage) and settings.scale.rank(cap.at_most) > rank
        }
        caps = joined(reversed(unchecked.values()), self.language, CLAUSES)
        return _NOT_CHECKED.within(self.language, caps=caps) if caps else ""

    def _rules(self, rule: int, unknown: Sequence[int]) -> str:
        when = self.table.policy.settings.rules[rule].when
        said = [self._range(name, levels) for name, levels in when.items()]
        said += [self._unknown(name) for name, missing in zip(self.table.dimensions, unknown, strict=True) if missing]
        return joined(filter(None, said), self.language, CLAUSES) or _ANYBODY.within(self.language)

    def _range(self, name: str, levels: Sequence[str]) -> str:
        said = level_range(self.table.policy, name, levels, self.language)
        criteria, absent = self.coverage.criteria_of(self.table.policy.settings, name)
        if not said or not 0 < absent < criteria:
            return said
        return _PARTLY_ABSENT.within(self.language, range=said, absent=absent, criteria=criteria)

    def _unknown(self, name: str) -> str:
        settings = self.table.policy.settings
        criteria, absent = self.coverage.criteria_of(settings, name)
        words = _ABSENT if criteria and absent == criteria else _UNKNOWN
        dimension = settings.dimensions[name]
        level = level_name(dimension, dimension.unknown_level, self.language)
        return words.within(self.language, label=dimension.label.phrase(), level=level)


def reasons(decided: TierDecisions, language: Language = ENGLISH) -> TextArray:
    """What decided each client's tier, in one sentence. Shape (n_clients,); clients decided alike share it.

    ``override_sentence`` reports what a person asked for.
    """
    assessment = decided.assessment
    table = DecisionTable(assessment.policy)
    sentences, cases = _Sentences(table, assessment.coverage, language), _cases(decided)
    unknown = [np.isnan(assessment.scores[name].numbers).astype(np.int64) for name in table.dimensions]
    distinct, place = np.unique(np.stack([*cases.values(), *unknown]), axis=1, return_inverse=True)
    reported = [
        sentences.of(_Case(**dict(zip(cases, column, strict=False))), column[len(cases) :])
        for column in distinct.T.tolist()
    ]
    return np.array(reported, dtype=np.str_)[place.ravel()]


def _cases(decided: TierDecisions) -> dict[str, IntArray]:
    """The fields of a ``_Case``, of every client. Shapes (n_clients,)."""
    assessment, clients = decided.assessment, len(decided.tier)
    return {
        "tier": decided.scale.ranks(decided.tier, clients),
        "by_rule": decided.scale.ranks(decided.by_rule, clients),
        "held": _places(decided.by_rule_basis, list(Basis)),
        "basis": _places(decided.basis, list(Basis)),
        "rule": assessment.rule,
        "previous": assessment.previous_rank,
        "state": _places(decided.override, list(OverrideState)),
        "asked": decided.asked_rank,
        "cap": assessment.cap,
    }


def _places(values: TextArray, among: Sequence[StrEnum]) -> IntArray:
    return np.asarray(np.select([values == each.value for each in among], range(len(among))))
