"""The table of treatments: rows for tier, relationship type and stage, and the check that each case has its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from models.config.base import Count, Name, Section
from models.config.labels import Wording
from models.config.policy.dimensions import Points
from models.config.policy.problems import EXAMPLES, some_of, unknown_name
from models.config.policy.tiers import TierName, TierScale, unknown_tier
from models.errors import UserError
from models.vocab import BoolArray, IntArray, RelationshipType, Stage

ANY = "any"
KEYS = ("tier", "relationship_type", "stage")
"""The keys of a row, in the order of the axes of a table of cases."""


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
    """One row: for these tiers, relationship types and stages (left away: any), these fields."""

    tier: Annotated[tuple[TierName, ...], _Chosen] = ()
    relationship_type: Annotated[tuple[RelationshipType, ...], _Chosen] = ()
    stage: Annotated[tuple[Stage, ...], _Chosen] = ()

    @property
    def keys_named(self) -> int:
        """How many of the keys it names; a row that names more goes before one that names fewer."""
        return sum(bool(getattr(self, key)) for key in KEYS)

    def cases(self, scale: TierScale) -> BoolArray:
        """The cases it is for. Shape (tiers, relationship types, stages)."""
        chosen = [
            np.array([not getattr(self, key) or kind in getattr(self, key) for kind in kinds])
            for key, kinds in kinds_of_keys(scale).items()
        ]
        return np.asarray(chosen[0][:, None, None] & chosen[1][None, :, None] & chosen[2][None, None, :])


class TreatmentsConfig(Section):
    """All treatments: words for who, how and what next, and the rows.

    Each field is taken from the row that states it and names most of tier, relationship type and stage.
    """

    coverage: dict[Name, Wording]
    contact_plans: dict[Name, Wording]
    next_steps: dict[Name, Wording]
    rows: Annotated[tuple[TreatmentRow, ...], Field(min_length=1)]

    def problems(self, scale: TierScale) -> list[UserError]:
        """Everything that is wrong with the table: names without words, cases without a treatment or with two."""
        problems = [
            problem
            for number, row in enumerate(self.rows, start=1)
            for problem in (*unknown_words(f"row {number}", row, self), *_unknown_tiers(number, row, scale))
        ]
        for field in FIELDS:
            stated = StatedField(field, self.rows, scale)
            problems += [*stated.missing(), *stated.ambiguous()]
        return problems


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


def kinds_of_keys(scale: TierScale) -> dict[str, tuple[str, ...]]:
    """Key of a row -> what it may be, in the order of the axes of a table of cases."""
    others = tuple(kind.value for kind in RelationshipType), tuple(stage.value for stage in Stage)
    return dict(zip(KEYS, (scale.names, *others), strict=True))


def _unknown_tiers(number: int, row: TreatmentRow, scale: TierScale) -> Iterator[UserError]:
    for name in row.tier:
        yield from unknown_tier(f"the tier of row {number}", name, scale)


@dataclass(frozen=True)
class StatedField:
    """One field of the treatments: the rows that state it, and which of them decides it in each case.

    Cases have the shape (tiers, relationship types, stages).
    """

    name: str
    rows: Sequence[TreatmentRow]
    scale: TierScale

    def deciding_rows(self) -> IntArray:
        """Place of the row that decides the field in each case, or -1. Shape of cases."""
        most = self._most_keys_named()
        decided = np.full(most.shape, -1)
        for place, row in self._stating():
            decided[row.cases(self.scale) & (row.keys_named == most) & (decided < 0)] = place
        return decided

    def missing(self) -> Iterator[UserError]:
        """The cases that no row states the field for."""
        nobody = self.deciding_rows() < 0
        if nobody.any():
            yield UserError(
                rule=f"every tier, relationship type and stage must have a {self.name}",
                got=f"a treatment missing: none for {self._some(nobody)}",
                remedy="add a row that states it",
            )

    def ambiguous(self) -> Iterator[UserError]:
        """Two rows of equal rank that say different things, where no row that names more goes before them."""
        most = self._most_keys_named()
        for (first, one), (second, other) in combinations(self._stating(), 2):
            said = getattr(one, self.name), getattr(other, self.name)
            both = one.cases(self.scale) & other.cases(self.scale)
            both &= (one.keys_named == most) & (other.keys_named == most)
            if said[0] != said[1] and both.any():
                yield UserError(
                    rule=f"rows {first + 1} and {second + 1} must not both decide {self.name}",
                    got=f"a contradiction, {said[0]} against {said[1]}: {self._some(both)}",
                    remedy="add a row that names more of tier, relationship type and stage",
                )

    def _stating(self) -> Iterator[tuple[int, TreatmentRow]]:
        return ((place, row) for place, row in enumerate(self.rows) if getattr(row, self.name) is not None)

    def _most_keys_named(self) -> IntArray:
        most = np.full([len(kinds) for kinds in kinds_of_keys(self.scale).values()], -1)
        for _, row in self._stating():
            most = np.where(row.cases(self.scale), np.maximum(most, row.keys_named), most)
        return most

    def _some(self, chosen: BoolArray) -> str:
        places = np.argwhere(chosen)
        return some_of(map(self._case, islice(places, EXAMPLES)), len(places))

    def _case(self, place: IntArray) -> str:
        kinds = kinds_of_keys(self.scale).values()
        return ", ".join(names[at] for names, at in zip(kinds, place.tolist(), strict=True))
