"""The table of treatments: rows for tier, type, stage and warning, and the check that each case has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from models.config.base import Count, Name, Section, Severity
from models.config.labels import Wording
from models.config.policy.dimensions import Points
from models.config.policy.problems import EXAMPLES, some_of, unknown_name
from models.config.policy.tiers import TierName, TierScale, unknown_tier
from models.errors import UserError
from models.vocab import BoolArray, IntArray, RelationshipType, Stage

ANY = "any"
OTHER = "other"
"""All dimensions of a warning that ``WarnedConfig.dimensions`` does not name."""
KEYS = ("tier", "relationship_type", "stage")
"""The keys of a row, in the order of the axes of a table of cases."""
WARNING_KEYS = ("severity", "dimension")
"""Those that a row names where it is for clients that warn; their axes stand behind the others."""
TIGHTENED = ("limit_action", "monitoring_months", "next_step")
"""What every warning must decide."""
Axes = Mapping[str, tuple[str, ...]]
"""Key of a row -> what it may be, in the order of the axes of a table of cases."""


def _one_or_several(given: Any) -> Any:
    return () if given == ANY else (given,) if isinstance(given, str) else given


_Chosen = BeforeValidator(_one_or_several)


class TreatmentFields(Section):
    """What a treatment says; a row states some of it, the whole table all of it for every client."""

    rate_bp: Annotated[int, Field(ge=-1_000, le=1_000)] | None = Field(
        default=None, description="Added to the standard margin, in basis points; below 0 is a discount."
    )
    least_credit_points: Points | None = Field(
        default=None, description="Credit score below which no new business is approved."
    )
    collateral_cover: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, description="Least collateral over limit."
    )
    limit_action: Literal["raise", "hold", "cut"] | None = None
    monitoring_months: Count | None = Field(default=None, description="Months between two reviews.")
    coverage: Name | None = Field(default=None, description="Who looks after the client.")
    contact_plan: Name | None = None
    next_step: Name | None = Field(default=None, description="Win, grow, retain, win back or exit.")


FIELDS = tuple(TreatmentFields.model_fields)


class TreatmentRow(TreatmentFields):
    """One row: for these tiers, relationship types and stages (left away: any), these fields.

    A row that names severity or dimension is for clients that warn so, and tightens what the other rows say.
    """

    tier: Annotated[tuple[TierName, ...], _Chosen] = ()
    relationship_type: Annotated[tuple[RelationshipType, ...], _Chosen] = ()
    stage: Annotated[tuple[Stage, ...], _Chosen] = ()
    severity: Annotated[tuple[Name, ...], _Chosen] = Field(default=(), description="Of warned.severities, by name.")
    dimension: Annotated[tuple[Name, ...], _Chosen] = Field(
        default=(), description="Of warned.dimensions, or other: all that these do not name."
    )

    @property
    def for_warned(self) -> bool:
        """Whether it is for clients that warn only."""
        return bool(self.severity or self.dimension)

    @property
    def keys_named(self) -> int:
        """How many of the keys it names; a row that names more goes before one that names fewer."""
        return sum(bool(getattr(self, key)) for key in (*KEYS, *WARNING_KEYS))

    def cases(self, axes: Axes) -> BoolArray:
        """The cases it is for. Shape: how many kinds each of the axes has."""
        cases = np.ones([len(kinds) for kinds in axes.values()], dtype=np.bool_)
        for axis, (key, kinds) in enumerate(axes.items()):
            named = getattr(self, key)
            chosen = np.array([not named or kind in named for kind in kinds], dtype=np.bool_)
            cases &= chosen.reshape([-1 if axis == other else 1 for other in range(len(axes))])
        return cases


class WarnedConfig(Section):
    """By what the rows tell warnings apart: how severe they are, and in which dimension.

    ``severities`` rise; a warning below the first changes nothing. Of several dimensions in which a client warns, the
    first of ``dimensions`` decides, else the warning is one of ``other``.
    """

    severities: Annotated[dict[Name, Severity], Field(min_length=1)] = Field(
        description="Name -> from which severity on, e.g. raised: 50."
    )
    dimensions: tuple[Name, ...] = Field(default=(), description="Of those in the section warnings of the config.")

    def problems(self) -> list[UserError]:
        """What is wrong with it."""
        problems, steps = [], list(self.severities.values())
        if steps != sorted(set(steps)):
            problems.append(UserError(rule="warned.severities must rise", got=steps, remedy="order them"))
        if len({*self.dimensions, OTHER}) <= len(self.dimensions):
            rule = f"warned.dimensions must be named once, and {OTHER} is all that they do not name"
            problems.append(UserError(rule=rule, got=list(self.dimensions), remedy="leave out what is too much"))
        return problems


class TreatmentsConfig(Section):
    """All treatments: words for who, how and what next, and the rows.

    Each field is taken from the row that states it and names most of tier, relationship type and stage. Of a client
    that warns, rows that name the warning then tighten it: the harder limit action, the sooner review, the higher rate,
    cover and credit points, and what they say of coverage, contact and next step.
    """

    coverage: dict[Name, Wording]
    contact_plans: dict[Name, Wording]
    next_steps: dict[Name, Wording]
    warned: WarnedConfig | None = Field(default=None, description="None: treatments do not follow warnings.")
    rows: Annotated[tuple[TreatmentRow, ...], Field(min_length=1)]

    def axes(self, scale: TierScale) -> Axes:
        """The keys of the rows for all clients."""
        others = tuple(kind.value for kind in RelationshipType), tuple(stage.value for stage in Stage)
        return dict(zip(KEYS, (scale.names, *others), strict=True))

    def warned_axes(self, scale: TierScale) -> Axes:
        """The keys of the rows for clients that warn; no kinds of warnings where treatments do not follow them."""
        kinds = ((), ()) if self.warned is None else (tuple(self.warned.severities), (*self.warned.dimensions, OTHER))
        return {**self.axes(scale), **dict(zip(WARNING_KEYS, kinds, strict=True))}

    def problems(self, scale: TierScale) -> list[UserError]:
        """Everything that is wrong with the table: names without words, cases without a treatment or with two."""
        problems = [
            problem
            for number, row in enumerate(self.rows, start=1)
            for problem in (*unknown_words(f"row {number}", row, self), *self._unknown_keys(number, row, scale))
        ]
        problems += [] if self.warned is None else self.warned.problems()
        for field in FIELDS:
            plain = StatedField(field, self.rows, self.axes(scale), for_warned=False)
            warned = StatedField(field, self.rows, self.warned_axes(scale), for_warned=True)
            problems += [*plain.missing(), *plain.ambiguous(), *warned.ambiguous()]
            problems += warned.missing() if field in TIGHTENED else []
        return problems

    def _unknown_keys(self, number: int, row: TreatmentRow, scale: TierScale) -> Iterator[UserError]:
        for name in row.tier:
            yield from unknown_tier(f"the tier of row {number}", name, scale)
        for key, known in list(self.warned_axes(scale).items())[len(KEYS) :]:
            for name in getattr(row, key):
                if name not in known:
                    yield unknown_name(f"the {key} of row {number}, among those of warned,", name, known)


def unknown_words(where: str, fields: TreatmentFields, words: TreatmentsConfig) -> Iterator[UserError]:
    """Names of coverage, contact plans and next steps that have no words."""
    for field, known in (
        ("coverage", words.coverage),
        ("contact_plan", words.contact_plans),
        ("next_step", words.next_steps),
    ):
        name = getattr(fields, field)
        if name is not None and name not in known:
            yield unknown_name(f"the {field} of {where}", name, known)


@dataclass(frozen=True)
class StatedField:
    """One field of the treatments: the rows that state it, and which of them decides it in each case.

    ``rows`` are all of the policy, of which those for clients that warn count, or all others. Cases have the shape of
    ``axes``.
    """

    name: str
    rows: Sequence[TreatmentRow]
    axes: Axes
    for_warned: bool

    def deciding_rows(self) -> IntArray:
        """Place of the row that decides the field in each case, or -1. Shape of cases."""
        most = self._most_keys_named()
        decided = np.full(most.shape, -1)
        for place, row in self._stating():
            decided[row.cases(self.axes) & (row.keys_named == most) & (decided < 0)] = place
        return decided

    def missing(self) -> Iterator[UserError]:
        """The cases that no row states the field for."""
        nobody = self.deciding_rows() < 0
        if nobody.any():
            yield UserError(
                rule=f"every {self._keys} must have a {self.name}",
                got=f"a treatment missing: none for {self._some(nobody)}",
                remedy="add a row that states it",
            )

    def ambiguous(self) -> Iterator[UserError]:
        """Two rows of equal rank that say different things, where no row that names more goes before them."""
        most = self._most_keys_named()
        for (first, one), (second, other) in combinations(self._stating(), 2):
            said = getattr(one, self.name), getattr(other, self.name)
            both = one.cases(self.axes) & other.cases(self.axes)
            both &= (one.keys_named == most) & (other.keys_named == most)
            if said[0] != said[1] and both.any():
                yield UserError(
                    rule=f"rows {first + 1} and {second + 1} must not both decide {self.name}",
                    got=f"a contradiction, {said[0]} against {said[1]}: {self._some(both)}",
                    remedy=f"add a row that names more of {self._keys}",
                )

    @property
    def _keys(self) -> str:
        *first, last = (key.replace("_", " ") for key in self.axes)
        return f"{', '.join(first)} and {last}"

    def _stating(self) -> Iterator[tuple[int, TreatmentRow]]:
        for place, row in enumerate(self.rows):
            if row.for_warned == self.for_warned and getattr(row, self.name) is not None:
                yield place, row

    def _most_keys_named(self) -> IntArray:
        most = np.full([len(kinds) for kinds in self.axes.values()], -1)
        for _, row in self._stating():
            most = np.where(row.cases(self.axes), np.maximum(most, row.keys_named), most)
        return most

    def _some(self, chosen: BoolArray) -> str:
        places = np.argwhere(chosen)
        return some_of(map(self._case, islice(places, EXAMPLES)), len(places))

    def _case(self, place: IntArray) -> str:
        return ", ".join(names[at] for names, at in zip(self.axes.values(), place.tolist(), strict=True))
