"""Coverage of a policy: the number of clients for which each feature and bound that it uses is known.

A cap or a criterion that goes without must not fall away in silence: each is a notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.config.policy.dimensions import CriterionConfig, DimensionConfig
from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig
from models.grading.facts import FORECAST, Facts
from models.grading.scores import FALLBACKS, Scored, absent_features, looked_at, scores_of
from models.grading.tier_rules import with_tier_rules
from models.notices import Notice, Severity
from models.text import Text, in_a_row

IDLE_CAPS = "caps_not_in_force"
"""The fact of a run's manifest that lists the caps whose feature the book lacks."""
_BRING = Text("bring the table or column that the feature is made of, or change the policy")
_ABSENT_HOLDS_ALL = Text(
    "the cap looks at {feature} and the book does not have it, so it holds every client at {tier} at most"
)
_EMPTY_HOLDS_ALL = Text(
    "the cap looks at {feature} and the book tells it of no client, so it holds every client at {tier} at most"
)
_HOLDS_NOBODY = Text(
    "the cap looks at {feature} and the book does not have it, so it cannot be checked and holds nobody"
)
_ONLY_ESTIMATED = Text(
    "{places} rest on {feature}, which is only estimated from cashflows: true days past due may be more or fewer"
)
_BRING_ARREARS = Text("bring the table arrears with days_past_due by date")
_NO_POINTS = Text("no client gets points for {criteria}, so {fate}")
_NOT_IN_BOOK = Text("{name} (not in the book)")
_OTHER_VALUES = Text("{name} (other values than the policy names)")
_OF_NO_CLIENT = Text("{name} (known of no client)")
_SOME_COUNT = Text("{some} of its {all} criteria count")
_NO_SCORE = Text("no client has a score in it")
_TAKEN_AS = Text("every client is taken as {level} in it")
_STANDS_IN = Text("{instead} stands in for it")
_NO_MEASURE = Text("the models know no {measure} of any client, so {fate}")
_MORE_ORIGINS = Text("train with more origins, which bounds are made of, or measure the expectation itself")
_BRING_DEFAULTS = Text("bring a book that knows defaults, or change the policy")
_NO_SEVERITY = Text(
    "no row names a severity, so treatments do not follow warnings: who just turned worse keeps its own"
)
_ADD_ROWS = Text("add treatments.warned and rows for it, as configs/policies/project_finance.yaml has")
_NOBODY_WARNS = Text("rows for warnings name {dimensions}, in which no client of the book can warn")
_NAME_SOME = Text("name some of {dimensions}, or add them to warnings.dimensions")
_ARREARS_UNKNOWN = Text(
    "the book does not have {feature}, so margin and limit keep clients in arrears up as they do others"
)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What some clients of a book let a policy see.

    Attributes:
        clients: how many they are.
        absent: features that the policy looks at and the book does not have at all.
        known: feature or prediction -> of how many clients it is known.
        scored: dimension -> to how many clients each of its criteria gives points.
        estimated: features that it looks at and the book does not report, so that others stand in for them.
    """

    clients: int
    absent: tuple[str, ...]
    known: Mapping[str, int]
    scored: Mapping[str, tuple[int, ...]]
    estimated: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: PolicyConfig, facts: Facts, scores: Mapping[str, Scored]) -> Coverage:
        """What ``facts`` let a policy see; ``scores`` are their numbers in its dimensions."""
        absent = absent_features(settings, facts)
        features = [name for name in looked_at(settings) if name not in absent]
        known = {name: int(facts.features[name].notna().sum()) for name in features}
        known |= {name: int(np.count_nonzero(~np.isnan(getattr(facts, name)))) for name in FORECAST}
        scored = {name: tuple((~np.isnan(each.points)).sum(axis=1).tolist()) for name, each in scores.items()}
        estimated = tuple(name for name in features if name in facts.estimated)
        return cls(clients=len(facts), absent=absent, known=known, scored=scored, estimated=estimated)

    @classmethod
    def joined(cls, parts: Sequence[Coverage]) -> Coverage:
        """The clients of several blocks of one book, at least one, as one."""
        first = parts[0]
        return cls(
            clients=sum(part.clients for part in parts),
            absent=first.absent,
            estimated=first.estimated,
            known={name: sum(part.known[name] for part in parts) for name in first.known},
            scored={
                name: tuple(map(sum, zip(*(part.scored[name] for part in parts), strict=True))) for name in first.scored
            },
        )

    def is_empty(self, name: str) -> bool:
        """Whether a feature or bound is known of no client, also where the book has it."""
        return not self.known.get(name)

    def goes_without(self, settings: PolicyConfig, asked: CapConfig | CriterionConfig) -> bool:
        """Whether a part of the policy is left away in silence: it is optional, and the book lacks what it looks at."""
        if isinstance(asked, CriterionConfig) and asked.dimension:
            return asked.optional and self.leaves_out(settings, asked.dimension)
        return asked.optional and asked.feature in self.absent

    def leaves_out(self, settings: PolicyConfig, dimension: str) -> bool:
        """Whether nothing of a dimension is left in this book."""
        criteria = settings.dimensions[dimension].criteria
        return bool(criteria) and all(self.goes_without(settings, each) for each in criteria)

    def criteria_of(self, settings: PolicyConfig, dimension: str) -> tuple[int, int]:
        """How many criteria a dimension has, and how many of them look at features that the book does not have.

        A criterion that counts another dimension stands for that dimension's criteria.
        """
        counts = [
            self.criteria_of(settings, each.dimension) if each.dimension else (1, int(each.feature in self.absent))
            for each in settings.dimensions[dimension].criteria
            if not self.goes_without(settings, each)
        ]
        return sum(number for number, _ in counts), sum(absent for _, absent in counts)


def policy_notices(settings: PolicyConfig, facts: Facts) -> list[Notice]:
    """What a policy goes without in ``facts`` that lie in memory as a whole."""
    known = with_tier_rules(settings, facts)
    return coverage_notices(settings, Coverage.of(settings, known, scores_of(settings, known)))


def coverage_notices(settings: PolicyConfig, coverage: Coverage, warned: Collection[str] | None = None) -> list[Notice]:
    """Every cap, criterion, bound and treatment of a policy that goes without what it looks at, in the policy's order.

    ``warned`` are the dimensions in which clients of the book may warn; None where nobody was asked whether they do.
    """
    if not coverage.clients:
        return []
    treatments = [] if warned is None else _treatments(settings, warned, coverage.clients)
    parts = (_estimates, _caps, _criteria, _bounds, _stability)
    return [*(notice for part in parts for notice in part(settings, coverage)), *treatments]


def idle_caps(settings: PolicyConfig, coverage: Coverage) -> tuple[CapConfig, ...]:
    """The caps that are not in force, since the book lacks their feature and they hold of nobody who misses it."""
    lacking = (cap for cap in settings.caps if cap.feature in coverage.absent and not cap.or_missing)
    return tuple(cap for cap in lacking if not coverage.goes_without(settings, cap))


def _estimates(settings: PolicyConfig, coverage: Coverage) -> Iterator[Notice]:
    """Caps and criteria that rest on what is only estimated, one notice for each feature."""
    for name in coverage.estimated:
        caps = [f"caps.{cap.name}" for cap in settings.caps if cap.feature == name]
        dimensions = [
            f"dimensions.{dimension}"
            for dimension, each in settings.dimensions.items()
            if any(criterion.feature == name for criterion in each.criteria)
        ]
        if caps or dimensions:
            found = _ONLY_ESTIMATED.filled(feature=name, places=", ".join([*caps, *dimensions]))
            yield _notice("feature_only_estimated", "policy", found, _BRING_ARREARS, coverage.clients)


def _caps(settings: PolicyConfig, coverage: Coverage) -> Iterator[Notice]:
    for cap in settings.caps:
        found = None if coverage.goes_without(settings, cap) else _cap_without(cap, coverage)
        if found is not None:
            yield _notice("cap_without_feature", f"policy.caps.{cap.name}", found, _BRING, coverage.clients)


def _cap_without(cap: CapConfig, coverage: Coverage) -> Text | None:
    """What becomes of a cap that goes without its feature, None of one that does not.

    A cap that missing values do not touch may meet a book in which no client has one, such as no default ever.
    """
    if cap.or_missing and coverage.is_empty(cap.feature):
        holds = _ABSENT_HOLDS_ALL if cap.feature in coverage.absent else _EMPTY_HOLDS_ALL
        return holds.filled(feature=cap.feature, tier=cap.at_most)
    return _HOLDS_NOBODY.filled(feature=cap.feature) if cap.feature in coverage.absent else None


def _criteria(settings: PolicyConfig, coverage: Coverage) -> Iterator[Notice]:
    for name, dimension in settings.dimensions.items():
        without = [
            _criterion_without(each, coverage)
            for each, scored in zip(dimension.criteria, coverage.scored[name], strict=False)
            if not (scored or coverage.goes_without(settings, each))
        ]
        if without:
            every = sum(not coverage.goes_without(settings, each) for each in dimension.criteria)
            rest = every - len(without)
            counting = _SOME_COUNT.filled(some=rest, all=every)
            fate = counting if rest else _unknown(dimension)
            found = _NO_POINTS.filled(criteria=in_a_row(without), fate=fate)
            yield _notice("criterion_without_feature", f"policy.dimensions.{name}", found, _BRING, len(without))


def _criterion_without(criterion: CriterionConfig, coverage: Coverage) -> Text:
    """A criterion that gives no client points, and why."""
    if criterion.feature in coverage.absent:
        return _NOT_IN_BOOK.filled(name=criterion.name)
    named = criterion.points and not coverage.is_empty(criterion.name)
    return (_OTHER_VALUES if named else _OF_NO_CLIENT).filled(name=criterion.name)


def _unknown(dimension: DimensionConfig) -> Text:
    if not dimension.levels:
        return _NO_SCORE
    return _TAKEN_AS.filled(level=dimension.level_names[dimension.unknown_level])


def _bounds(settings: PolicyConfig, coverage: Coverage) -> Iterator[Notice]:
    for name, dimension in settings.dimensions.items():
        measure = dimension.measure or ""
        if measure not in FORECAST or not coverage.is_empty(measure):
            continue
        instead = FALLBACKS.get(measure, "")
        known = bool(instead) and not coverage.is_empty(instead)
        fate = _STANDS_IN.filled(instead=instead) if known else _unknown(dimension)
        found = _NO_MEASURE.filled(measure=measure, fate=fate)
        remedy = _MORE_ORIGINS if known else _BRING_DEFAULTS
        code = "measure_without_bound" if known else "measure_unknown"
        yield _notice(code, f"policy.dimensions.{name}", found, remedy, coverage.clients)


def _treatments(settings: PolicyConfig, warned: Collection[str], clients: int) -> Iterator[Notice]:
    """What of the treatments no warning of the book reaches."""
    if settings.treatments is None:
        return
    if settings.treatments.warned is None:
        yield _notice("treatment_without_warnings", "policy.treatments", _NO_SEVERITY, _ADD_ROWS, clients)
        return
    unknown = [name for name in settings.treatments.warned.dimensions if name not in warned]
    if unknown:
        found = _NOBODY_WARNS.filled(dimensions=", ".join(unknown))
        remedy = _NAME_SOME.filled(dimensions=", ".join(warned))
        yield _notice("treatment_of_no_warning", "policy.treatments.warned", found, remedy, 0)


def _stability(settings: PolicyConfig, coverage: Coverage) -> Iterator[Notice]:
    name = settings.stability.arrears
    if settings.stability.holds and name in coverage.absent:
        found = _ARREARS_UNKNOWN.filled(feature=name)
        yield _notice("stability_without_arrears", "policy.stability.arrears", found, _BRING, coverage.clients)


def _notice(code: str, subject: str, found: Text, remedy: Text, count: int) -> Notice:
    return Notice.of(code, Severity.WARNING, subject, found=found, remedy=remedy, count=count)
