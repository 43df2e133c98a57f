"""The rules of letters: which reasons are the principal ones, and what may help, out of what decided the grade.

Only what the protected list of ``config/letter.py`` leaves open becomes a reason; the rest is named by its dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, zip_longest
from typing import Final, Literal

from models.config.letter import LetterConfig, Topic
from models.config.policy.policy import PolicyConfig
from models.grading.decision import Basis
from models.grading.known_overrides import COUNTING
from models.grading.report import CriterionEvidence, DimensionEvidence, GradeReport, Lacking

MOST_REASONS: Final = 4
"""More than four reasons help nobody to understand. Source: Regulation B, 12 CFR 1002.9(b)(2), comment 1."""
_MOST_WEIGHED = 2
_SPEAKS_FROM = 60.0
"""Points of 100 from which on a criterion speaks for a client."""

Subject = Literal[Topic, "person", "steady", "unknown", "dimension", "whole", "worth", "staying", "repaying"]
"""Topics of the protected list, and what a reason can be about beside: a person's decision, a grade that waits before
it moves, a dimension of which nothing is known or nothing may be said, the whole, and the three forecasts."""

_FORECASTS: Final[tuple[tuple[str, Subject], ...]] = (
    ("decline", "staying"),
    ("default", "repaying"),
    ("credit_loss", "repaying"),
    ("", "worth"),
)
"""What a forecast is about, by the beginning of its name."""


class Stance(StrEnum):
    """Whether a reason holds the grade down whatever else is, costs, or speaks for the client."""

    HOLDS = "holds"
    COSTS = "costs"
    SPEAKS = "speaks"


@dataclass(frozen=True, kw_only=True)
class PrincipalReason:
    """One reason; ``dimension`` and ``criterion`` are "" where it has none, ``weighed`` weighs in a forecast."""

    subject: Subject
    stance: Stance
    dimension: str = ""
    criterion: str = ""
    weighed: tuple[Topic, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Features that weigh in the forecasts of one client, largest first: those that cost, and those that speak."""

    costs: Mapping[Subject, tuple[str, ...]]
    speaks: Mapping[Subject, tuple[str, ...]]

    def of(self, measure: str, stance: Stance) -> tuple[str, ...]:
        """The features that weigh in a forecast on one side."""
        return (self.speaks if stance is Stance.SPEAKS else self.costs).get(forecast_subject(measure), ())


def forecast_subject(measure: str) -> Subject:
    """What a forecast is about.

    >>> forecast_subject("value_low"), forecast_subject("decline_high"), forecast_subject("credit_loss")
    ('worth', 'staying', 'repaying')
    """
    return next(subject for start, subject in _FORECASTS if measure.startswith(start))


def principal_reasons(
    grade: GradeReport, policy: PolicyConfig, config: LetterConfig, weighed: Weighed
) -> tuple[PrincipalReason, ...]:
    """The reasons of a grade, at most four, each subject once: first what holds whatever else is, then what costs most.

    Of the best grade, what speaks for it. What only rules would say is left out where a person or a cap decided.
    """
    every = _Reasons(grade=grade, policy=policy, config=config, weighed=weighed)
    found = list(every.all()) or [PrincipalReason(subject="whole", stance=Stance.COSTS)]
    return _first_of_each(found)[:MOST_REASONS]


def helpful(grade: GradeReport, reasons: Sequence[PrincipalReason]) -> tuple[Subject, ...]:
    """What steps may be about: what a reason is about that costs, arrears first; under a cap, only what ends the cap.

    Nobody is asked to do anything where a person decided, or the grade is the best.
    """
    if decided_by_a_person(grade):
        return ()
    held = tuple(each.subject for each in reasons if each.stance is Stance.HOLDS)
    costing = tuple(each.subject for each in reasons if each.stance is Stance.COSTS)
    if held and grade.barred_by:
        return held
    first: tuple[Subject, ...] = ("arrears",) if grade.in_arrears else ()
    return tuple(dict.fromkeys((*first, *held, *costing)))


def decided_by_a_person(grade: GradeReport) -> bool:
    """Whether a person asked for the grade that holds, and rules alone would give another."""
    return grade.basis == Basis.OVERRIDE and grade.override in COUNTING


@dataclass(frozen=True, kw_only=True)
class _Reasons:
    """All reasons of one grade, in the order of their weight."""

    grade: GradeReport
    policy: PolicyConfig
    config: LetterConfig
    weighed: Weighed

    def all(self) -> Iterator[PrincipalReason]:
        if decided_by_a_person(self.grade):
            yield PrincipalReason(subject="person", stance=Stance.COSTS)
            return
        yield from self._caps()
        if self.grade.tier != self.grade.by_rule:  # what rules lack beyond a cap is no reason for what it leaves
            return
        if self._is_kept_down():
            yield PrincipalReason(subject="steady", stance=Stance.COSTS)
        if self.grade.next_tier:
            yield from _in_turn(self._lacking(each) for each in self.grade.lacking)
        elif not self.grade.barred_by:
            yield from _in_turn(self._speaking(each) for each in self.grade.dimensions if each.decides)

    def _caps(self) -> Iterator[PrincipalReason]:
        for cap in self.grade.caps:
            if cap.lowers or cap.at_most == self.grade.tier:
                subject: Subject = self.config.topic_of(cap.feature) or "whole"
                yield PrincipalReason(subject=subject, stance=Stance.HOLDS, criterion=cap.feature)

    def _is_kept_down(self) -> bool:
        rank = self.policy.scale.rank
        return bool(self.grade.kept_by) and rank(self.grade.ruled) < rank(self.grade.by_rule)

    def _lacking(self, lacking: Lacking) -> list[PrincipalReason]:
        name, costs = lacking.dimension, Stance.COSTS
        if lacking.amount is None:
            return [PrincipalReason(subject="unknown", stance=costs, dimension=name)]
        measure = self.policy.dimensions[name].measure
        if measure:
            return [self._forecast(name, measure, costs)]
        open_ones = [(need, self.config.topic_of(need.criterion)) for need in lacking.needs if need.costs > 0]
        said = [
            PrincipalReason(subject=topic, stance=costs, dimension=need.dimension, criterion=need.criterion)
            for need, topic in open_ones
            if topic
        ]
        return said or [PrincipalReason(subject="dimension", stance=costs, dimension=name)]

    def _speaking(self, found: DimensionEvidence) -> list[PrincipalReason]:
        measure = self.policy.dimensions[found.name].measure
        if measure:
            return [self._forecast(found.name, measure, Stance.SPEAKS)]
        ranked = sorted(self._leaves(found, 1.0), key=lambda each: -each[0])
        said = ((self.config.topic_of(criterion.name), criterion) for _, criterion in ranked)
        return [
            PrincipalReason(subject=topic, stance=Stance.SPEAKS, dimension=found.name, criterion=criterion.name)
            for topic, criterion in said
            if topic
        ]

    def _leaves(self, found: DimensionEvidence, part: float) -> Iterator[tuple[float, CriterionEvidence]]:
        """What each criterion that speaks for the client gives, followed through those that count a dimension."""
        named = {each.name: each for each in self.grade.dimensions}
        for criterion in found.criteria:
            given = part * criterion.share
            if criterion.looks_at == "dimension":
                yield from self._leaves(named[criterion.name], given)
            elif criterion.points is not None and criterion.points >= _SPEAKS_FROM:
                yield given * criterion.points, criterion

    def _forecast(self, dimension: str, measure: str, stance: Stance) -> PrincipalReason:
        features = self.weighed.of(measure, stance)
        topics = dict.fromkeys(topic for each in features if (topic := self.config.topic_of(each)))
        return PrincipalReason(
            subject=forecast_subject(measure), stance=stance, dimension=dimension, weighed=tuple(topics)[:_MOST_WEIGHED]
        )


def _in_turn(several: Iterable[Sequence[PrincipalReason]]) -> Iterator[PrincipalReason]:
    """The first of each, then the second of each, and so on."""
    return (each for each in chain.from_iterable(zip_longest(*several)) if each is not None)


def _first_of_each(reasons: Iterable[PrincipalReason]) -> tuple[PrincipalReason, ...]:
    """Each subject once; of dimensions, each dimension once."""
    kept: dict[tuple[str, str], PrincipalReason] = {}
    for each in reasons:
        part = each.dimension if each.subject in {"unknown", "dimension"} else ""
        kept.setdefault((each.subject, part), each)
    return tuple(kept.values())
