"""The table of treatments: rows for tier, relationship type and stage, and the check that each case has its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from models.config.base import Count, Name, Section
from models.config.labels import Wording
from models.config.policy.dimensions import Points
from models.config.policy.problems import EXAMPLES, some_of, unknown_name
from models.errors import UserError
from models.vocab import BoolArray, IntArray, RelationshipType, Stage, Tier

ANY = "any"
KEYS = {"tier": tuple(Tier), "relationship_type": tuple(RelationshipType), "stage": tuple(Stage)}
"""The keys of a row and what each may be, in the order of the axes of a table of cases."""
SHAPE = tuple(len(kinds) for kinds in KEYS.values())


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

    tier: Annotated[tuple[Tier, ...], _Chosen] = ()
    relationship_type: Annotated[tuple[RelationshipType, ...], _Chosen] = ()
    stage: Annotated[tuple[Stage, ...], _Chosen] = ()

    @property
    def keys_named(self) -> int:
        """How many of the keys it names; a row that names more goes before one that names fewer."""
        return sum(bool(getattr(self, key)) for key in KEYS)

    @property
    def cases(self) -> BoolArray:
        """The cases it is for. Shape (tiers, relationship types, stages)."""
        chosen = [
            np.array([not getattr(self, key) or kind in getattr(self, key) for kind in KEYS[key]]) for key in KEYS
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

    def problems(self) -> list[UserError]:
        """Everything that is wrong with the table: names without words, cases without a treatment or with two."""
        problems = [
            problem
            for number, row in enumerate(self.rows, start=1)
            for problem in unknown_words(f"row {number}", row, self)
        ]
        for field in FIELDS:
            problems += [*_missing(field, self.rows), *_ambiguous(field, self.rows)]
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


def deciding_rows(field: str, rows: Sequence[TreatmentRow]) -> IntArray:
    """Place of the row that decides a field in each case, or -1. Shape (tiers, relationship types, stages)."""
    decided, most = np.full(SHAPE, -1), _most_keys_named(field, rows)
    for place, row in _stating(field, rows):
        decided[row.cases & (row.keys_named == most) & (decided < 0)] = place
    return decided


def _most_keys_named(field: str, rows: Sequence[TreatmentRow]) -> IntArray:
    most = np.full(SHAPE, -1)
    for _, row in _stating(field, rows):
        most = np.where(row.cases, np.maximum(most, row.keys_named), most)
    return most


def _stating(field: str, rows: Sequence[TreatmentRow]) -> Iterator[tuple[int, TreatmentRow]]:
    return ((place, row) for place, row in enumerate(rows) if getattr(row, field) is not None)


def _missing(field: str, rows: Sequence[TreatmentRow]) -> Iterator[UserError]:
    nobody = deciding_rows(field, rows) < 0
    if nobody.any():
        yield UserError(
            rule=f"every tier, relationship type and stage must have a {field}",
            got=f"a treatment missing: none for {_told(nobody)}",
            remedy="add a row that states it",
        )


def _ambiguous(field: str, rows: Sequence[TreatmentRow]) -> Iterator[UserError]:
    """Two rows of equal rank that say different things, where no row that names more goes before them."""
    most = _most_keys_named(field, rows)
    for (first, one), (second, other) in combinations(_stating(field, rows), 2):
        said = getattr(one, field), getattr(other, field)
        both = one.cases & other.cases & (one.keys_named == most) & (other.keys_named == most)
        if said[0] != said[1] and both.any():
            yield UserError(
                rule=f"rows {first + 1} and {second + 1} must not both decide {field}",
                got=f"a contradiction, {said[0]} against {said[1]}: {_told(both)}",
                remedy="add a row that names more of tier, relationship type and stage",
            )


def _told(chosen: BoolArray) -> str:
    places = np.argwhere(chosen)
    return some_of(map(_case, islice(places, EXAMPLES)), len(places))


def _case(place: IntArray) -> str:
    return ", ".join(kinds[at].value for kinds, at in zip(KEYS.values(), place.tolist(), strict=True))
