"""The decision table of a policy: rules, caps and stability, and the check that each case is decided exactly once."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice
from math import prod
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from models.config.base import Name, OpenShare, Section, Share
from models.config.labels import Wording
from models.config.policy.dimensions import DimensionConfig
from models.config.policy.problems import EXAMPLES, some_of, unknown_name
from models.config.policy.tiers import TierName, TierScale, unknown_tier
from models.config.policy.treatments import TreatmentFields
from models.errors import UserError
from models.vocab import BoolArray, IntArray

MAX_CASES = 100_000


def _one_or_several(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Levels = Annotated[tuple[Name, ...], BeforeValidator(_one_or_several), Field(min_length=1)]


class RuleConfig(Section):
    """One line of the table: clients at these levels get this tier. A dimension that is left away may be at any."""

    tier: TierName
    when: dict[Name, Levels] = Field(default_factory=dict, description="Dimension -> one level or several.")


class CapConfig(Section):
    """What holds a client down whatever models, rules or people say: the tier is at most ``at_most``.

    It acts where the feature lies above or below a number, or is missing. In a book that lacks the feature it is
    missing of all clients; a cap that does not act on missing values cannot be checked there, with a notice, unless it
    is ``optional``.
    """

    name: Name
    feature: str
    above: float | None = None
    below: float | None = None
    or_missing: bool = Field(default=False, description="Also where the client's feature is missing.")
    at_most: TierName
    because: Wording
    treatment: TreatmentFields | None = Field(default=None, description="What it changes in the treatment.")
    optional: bool = Field(
        default=False,
        exclude_if=operator.not_,
        description="Whether books without the feature go without it in silence.",
    )

    def problems(self) -> list[UserError]:
        """Everything that is wrong with it."""
        problems = []
        if self.above is not None and self.below is not None:
            problems.append(UserError(rule="a cap must look one way", got="above and below", remedy="make it two caps"))
        if self.above is None and self.below is None and not self.or_missing:
            problems.append(UserError(rule="a cap must say when it acts", got="never", remedy="give above or below"))
        if self.optional and self.or_missing:
            rule = "an optional cap must not act on missing values: books without the feature would be capped"
            problems.append(UserError(rule=rule, got="optional and or_missing", remedy="drop one of them"))
        return problems


class StabilityConfig(Section):
    """What keeps tiers from flickering: a margin to pass, and a limit on how many may change in one run."""

    margin: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.0, description="A client changes tier once it is past a cut-off by this share of the cut-off."
    )
    max_changed_share: Share = Field(
        default=1.0, description="At most this share of the clients graded before may change tier; caps not counted."
    )
    arrears: str = Field(
        default="arrears_days",
        description="Feature above 0 of a client in arrears: neither margin nor limit keeps its tier up.",
    )

    @property
    def holds(self) -> bool:
        """Whether margin or limit can keep a tier at all."""
        return self.margin > 0 or self.max_changed_share < 1


class TreatingConfig(Section):
    """What treating a client is expected to bring: success * probability of decline * value, less the cost."""

    success: OpenShare = Field(description="Share of declining clients that are kept by it.")
    cost: Annotated[float, Field(ge=0)] = Field(description="Per client, in book currency.")


def table_dimensions(dimensions: Mapping[str, DimensionConfig], rules: Sequence[RuleConfig]) -> list[str]:
    """The dimensions that the table turns on: those with levels that some rule names."""
    named = {name for rule in rules for name in rule.when}
    return [name for name, dimension in dimensions.items() if name in named and dimension.levels]


def covered(dimensions: Mapping[str, DimensionConfig], rules: Sequence[RuleConfig]) -> BoolArray:
    """Which rule holds in which case. Shape (n_rules, levels of the first dimension, of the second, ...).

    A rule that names an unknown dimension or level only holds where it would without that level.
    """
    names = table_dimensions(dimensions, rules)
    shape = [len(dimensions[name].levels) for name in names]
    table = np.ones((len(rules), *shape), dtype=np.bool_)
    for place, rule in enumerate(rules):
        if set(rule.when) - set(names):
            table[place] = False
        for axis, name in enumerate(names):
            if name in rule.when:
                allowed = np.array([level in rule.when[name] for level in dimensions[name].level_names])
                table[place] &= allowed.reshape([-1 if axis == other else 1 for other in range(len(names))])
    return table


def table_problems(
    dimensions: Mapping[str, DimensionConfig], rules: Sequence[RuleConfig], scale: TierScale
) -> list[UserError]:
    """Everything that is wrong with the table: unknown names, gaps, overlaps, contradictions, a tier that falls."""
    problems = [*_unknown_names(dimensions, rules), *_unknown_tiers(rules, scale)]
    names = table_dimensions(dimensions, rules)
    cases = prod(len(dimensions[name].levels) for name in names)
    if cases > MAX_CASES:
        rule = f"the table must have at most {MAX_CASES:,} cases"
        return [*problems, UserError(rule=rule, got=f"{cases:,}", remedy="name fewer dimensions in the rules")]
    table = covered(dimensions, rules)
    reported = _Cases(dimensions, names)
    problems += [*_gaps(table, reported), *_doubles(table, rules, reported)]
    return problems or list(_falls(table, rules, scale, reported))


class _Cases:
    """Tells cases of the table in words."""

    def __init__(self, dimensions: Mapping[str, DimensionConfig], names: Sequence[str]) -> None:
        self._levels = {name: dimensions[name].level_names for name in names}

    def some(self, chosen: BoolArray) -> str:
        """A few of the chosen cases. Shape (levels of the first dimension, ...)."""
        places = np.argwhere(chosen)
        return some_of(map(self.one, islice(places, EXAMPLES)), len(places))

    def one(self, place: NDArray[np.integer[Any]]) -> str:
        """One case by its levels."""
        named = zip(self._levels.items(), place.tolist(), strict=True)
        return ", ".join(f"{name} {levels[level]}" for (name, levels), level in named) or "any client"


def _unknown_names(dimensions: Mapping[str, DimensionConfig], rules: Sequence[RuleConfig]) -> Iterator[UserError]:
    with_levels = [name for name, dimension in dimensions.items() if dimension.levels]
    for number, rule in enumerate(rules, start=1):
        for name, levels in rule.when.items():
            if name not in with_levels:
                yield unknown_name(f"the dimension in rule {number}", name, with_levels)
                continue
            for level in levels:
                if level not in dimensions[name].level_names:
                    yield unknown_name(f"the level of {name} in rule {number}", level, dimensions[name].level_names)


def _unknown_tiers(rules: Sequence[RuleConfig], scale: TierScale) -> Iterator[UserError]:
    for number, rule in enumerate(rules, start=1):
        yield from unknown_tier(f"the tier of rule {number}", rule.tier, scale)


def _gaps(table: BoolArray, reported: _Cases) -> Iterator[UserError]:
    nobody = np.asarray(~table.any(axis=0))
    if nobody.any():
        yield UserError(
            rule="every case must be decided by a rule",
            got=f"a gap: none for {reported.some(nobody)}",
            remedy="add a rule, or widen one",
        )


def _doubles(table: BoolArray, rules: Sequence[RuleConfig], reported: _Cases) -> Iterator[UserError]:
    for first, second in combinations(range(len(rules)), 2):
        both = table[first] & table[second]
        if both.any():
            tiers = rules[first].tier, rules[second].tier
            what = "an overlap" if tiers[0] == tiers[1] else f"a contradiction, {tiers[0]} against {tiers[1]}"
            yield UserError(
                rule=f"rules {first + 1} and {second + 1} must not decide the same case",
                got=f"{what}: {reported.some(both)}",
                remedy="narrow one of them",
            )


def _falls(table: BoolArray, rules: Sequence[RuleConfig], scale: TierScale, reported: _Cases) -> Iterator[UserError]:
    """A client that is better in one dimension and alike in all others must not get a lower tier."""
    ranks, names = ranks_of_cases(table, rules, scale), scale.names
    for axis in range(ranks.ndim):
        fewer = np.diff(ranks, axis=axis) < 0
        if fewer.any():
            better = tuple(np.argwhere(fewer)[0])
            worse = tuple(place + (axis == other) for other, place in enumerate(better))
            yield UserError(
                rule="a better client must not get a lower tier",
                got=f"a contradiction: {names[ranks[better]]} for {reported.one(np.array(better))}, "
                f"but {names[ranks[worse]]} for {reported.one(np.array(worse))}",
                remedy="exchange the tiers of the two rules",
            )


def ranks_of_cases(table: BoolArray, rules: Sequence[RuleConfig], scale: TierScale) -> IntArray:
    """The rank of the tier of each case, 0 the best. Shape (levels of the first dimension, ...)."""
    return np.asarray(np.array([scale.rank(rule.tier) for rule in rules])[table.argmax(axis=0)])


def cap_problems(caps: Sequence[CapConfig], scale: TierScale) -> list[UserError]:
    """Caps at no tier or at the best, caps of one name, and caps that a wider and harder one leaves nothing to do."""
    problems = [problem for cap in caps for problem in _cap_tier_problems(cap, scale)]
    return problems or _caps_side_by_side(caps, scale)


def _cap_tier_problems(cap: CapConfig, scale: TierScale) -> Iterator[UserError]:
    yield from unknown_tier(f"the tier of cap {cap.name}", cap.at_most, scale)
    if cap.at_most == scale.names[0]:
        remedy = f"set {' or '.join(scale.names[1:])}"
        yield UserError(rule=f"caps.{cap.name}: a cap must hold below the best tier", got=cap.at_most, remedy=remedy)


def _caps_side_by_side(caps: Sequence[CapConfig], scale: TierScale) -> list[UserError]:
    problems = []
    for first, second in combinations(caps, 2):
        if first.name == second.name:
            problems.append(UserError(rule="caps must differ in name", got=first.name, remedy="rename one of them"))
        for wide, narrow in ((first, second), (second, first)):
            if _holds_wherever(wide, narrow) and scale.rank(wide.at_most) > scale.rank(narrow.at_most):
                problems.append(
                    UserError(
                        rule=f"cap {narrow.name} must be as hard as {wide.name}, which holds wherever it does",
                        got=f"a contradiction, {narrow.at_most} against {wide.at_most}",
                        remedy="exchange their tiers",
                    )
                )
    return problems


def _holds_wherever(wide: CapConfig, narrow: CapConfig) -> bool:
    if wide.feature != narrow.feature or (narrow.or_missing and not wide.or_missing):
        return False
    if wide.above is not None and narrow.above is not None:
        return wide.above <= narrow.above
    return wide.below is not None and narrow.below is not None and wide.below >= narrow.below
