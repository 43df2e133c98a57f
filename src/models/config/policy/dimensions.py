"""Grading dimensions, their scoring criteria, and levels by cut-offs."""

from __future__ import annotations

import operator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Name, PositiveFloat, Section, Share
from models.config.labels import Wording
from models.config.policy.problems import unknown_name
from models.errors import UserError

Prediction = Literal["value", "value_low", "value_high", "decline_probability", "decline_low", "decline_high"]
Measure = Literal[
    "value",
    "value_low",
    "margin",
    "credit_loss",
    "credit_loss_high",
    "default_probability",
    "decline_probability",
    "decline_high",
    "treating_profit",
]
Unit = Literal["points", "currency", "probability"]
CutOffKind = Literal["share", "points", "amount", "probability"]
Points = Annotated[float, Field(ge=0, le=100)]
FULL = 100.0
PROBABILITIES = ("decline_probability", "decline_high", "default_probability")
RISKS = (*PROBABILITIES, "credit_loss", "credit_loss_high")
"""Measures of which less is better."""
KIND_OF_UNIT: dict[Unit, CutOffKind] = {"points": "points", "currency": "amount", "probability": "probability"}


class CriterionConfig(Section):
    """One thing that scores a dimension: 0 points at ``worst``, 100 at ``best``, evenly between; or points by name.

    It looks at a feature of the panel, a prediction, or the score of another dimension (which runs from 0 to 100
    itself). ``scale: log`` counts in ratios, for amounts: from 1m to 10m is as far as from 10m to 100m.
    """

    feature: str | None = None
    prediction: Prediction | None = None
    dimension: Name | None = None
    weight: PositiveFloat = 1.0
    worst: float | None = None
    best: float | None = None
    scale: Literal["linear", "log"] = "linear"
    points: dict[str, Points] = Field(default_factory=dict, description="For a category: its value -> points.")
    optional: bool = Field(
        default=False,
        exclude_if=operator.not_,
        description="Whether books without the feature go without it in silence.",
    )

    @property
    def name(self) -> str:
        """What it looks at."""
        return self.feature or self.prediction or self.dimension or ""

    @property
    def ends(self) -> tuple[float, float]:
        """Where it gives 0 and where 100 points."""
        return (0.0 if self.worst is None else self.worst), (FULL if self.best is None else self.best)

    def problems(self) -> list[UserError]:
        """Everything that is wrong with it."""
        return [*self._source_problems(), *self._scale_problems()]

    def _source_problems(self) -> list[UserError]:
        named = [name for name in (self.feature, self.prediction, self.dimension) if name]
        if len(named) == 1:
            return []
        rule = "a criterion must look at one of feature, prediction and dimension"
        return [UserError(rule=rule, got=", ".join(named) or "none", remedy="name exactly one")]

    def _scale_problems(self) -> list[UserError]:
        given = [end for end in (self.worst, self.best) if end is not None]
        if self.points:
            rule = "points by name are for features that are categories, without worst and best"
            return (
                [] if self.feature and not given else [UserError(rule=rule, got=self.name, remedy="drop one of them")]
            )
        if len(given) < 2 and not (self.dimension and not given):  # noqa: PLR2004
            rule = f"{self.name} must tell worst (0 points) and best (100 points), or points by name"
            return [UserError(rule=rule, got=f"{len(given)} of the two", remedy="add them")]
        worst, best = self.ends
        if worst == best:
            rule = f"worst and best of {self.name} must differ"
            return [UserError(rule=rule, got=worst, remedy="move one of them")]
        if self.scale == "log" and min(worst, best) <= 0:
            rule = f"worst and best of {self.name} must be above 0 on a scale of ratios"
            return [UserError(rule=rule, got=min(worst, best), remedy="use scale: linear")]
        return []


class LevelConfig(Section):
    """One level of a dimension: from its cut-off on, in the better direction. The last level has none.

    The cut-off is points of the score, an amount in book currency, a probability, or a share: what so many of the
    book at which the models were fitted reach.
    """

    name: Name
    share: Share | None = None
    points: Points | None = None
    amount: float | None = None
    probability: Share | None = None
    label: Wording | None = None

    @property
    def cut_offs(self) -> dict[CutOffKind, float]:
        """Kind -> number of the cut-offs given: one, or none for the last level."""
        given: dict[CutOffKind, float | None] = {
            "share": self.share,
            "points": self.points,
            "amount": self.amount,
            "probability": self.probability,
        }
        return {kind: number for kind, number in given.items() if number is not None}


class DimensionConfig(Section):
    """One dimension: a score of its criteria from 0 to 100, or a measure in its own unit; and its levels, best first.

    A client of which nothing is known here is taken at the level ``unknown``: by default the middle one.
    """

    label: Wording
    criteria: tuple[CriterionConfig, ...] = ()
    measure: Measure | None = None
    levels: tuple[LevelConfig, ...] = Field(default=(), description="Best first; none: it only informs.")
    unknown: Name | None = None

    @property
    def unit(self) -> Unit:
        """What its numbers are counted in."""
        if self.measure is None:
            return "points"
        return "probability" if self.measure in PROBABILITIES else "currency"

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return -1.0 if self.measure in RISKS else 1.0

    @property
    def level_names(self) -> list[str]:
        """Names of the levels, best first."""
        return [level.name for level in self.levels]

    @property
    def unknown_level(self) -> int:
        """Place of the level at which a client is taken of which nothing is known."""
        return self.level_names.index(self.unknown) if self.unknown else (len(self.levels) - 1) // 2

    def problems(self) -> list[UserError]:
        """Everything that is wrong with it and its criteria."""
        own = [*self._source_problems(), *self._name_problems(), *self._cut_off_problems()]
        return own + [problem for criterion in self.criteria for problem in criterion.problems()]

    def _source_problems(self) -> list[UserError]:
        if bool(self.criteria) != bool(self.measure):
            return []
        got = "both" if self.criteria else "neither"
        return [UserError(rule="a dimension must have either criteria or a measure", got=got, remedy="keep one")]

    def _name_problems(self) -> list[UserError]:
        names, problems = self.level_names, []
        if len(names) == 1:
            problems.append(UserError(rule="a dimension must have two levels or none", got=names[0], remedy="add one"))
        if len(set(names)) < len(names):
            problems.append(
                UserError(rule="levels must differ in name", got=", ".join(names), remedy="rename one of them")
            )
        if self.unknown and self.unknown not in names:
            problems.append(unknown_name("the level for unknown clients", self.unknown, names))
        return problems

    def _cut_off_problems(self) -> list[UserError]:
        if not self.levels:
            return []
        problems = [problem for level in self.levels[:-1] for problem in self._wrong_cut_off(level)]
        if self.levels[-1].cut_offs:
            rule = "the last level takes the rest and must have no cut-off"
            problems.append(UserError(rule=rule, got=self.levels[-1].name, remedy="drop it, or add a level below"))
        return problems or self._empty_levels()

    def _wrong_cut_off(self, level: LevelConfig) -> list[UserError]:
        allowed = {"share", KIND_OF_UNIT[self.unit]}
        if len(level.cut_offs) == 1 and set(level.cut_offs) <= allowed:
            return []
        rule = f"level {level.name} must have one cut-off, {' or '.join(sorted(allowed))}"
        return [UserError(rule=rule, got=", ".join(level.cut_offs) or "none", remedy="give exactly one")]

    def _empty_levels(self) -> list[UserError]:
        """Neighbours with cut-offs of one kind must part: of shares and probabilities the better is the smaller."""
        problems = []
        for better, worse in pairwise(self.levels[:-1]):
            (kind, high), (other, low) = *better.cut_offs.items(), *worse.cut_offs.items()
            rising = kind in ("share", "probability")
            if kind == other and (high >= low if rising else high <= low):
                rule = f"level {worse.name} must have room below {better.name}: its {kind} must be "
                problems.append(
                    UserError(
                        rule=f"{rule}{'above' if rising else 'below'} {high:g}",
                        got=f"{low:g}, which leaves an empty range",
                        remedy="move one cut-off",
                    )
                )
        return problems
