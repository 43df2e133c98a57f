"""Treatments: what tier, relationship type and stage call for, looked up in the policy for all clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig
from models.config.policy.treatments import (
    FIELDS,
    StatedField,
    TreatmentsConfig,
    kinds_of_keys,
)
from models.errors import InternalError, UserError
from models.text import ENGLISH, Language, Text
from models.vocab import IntArray, TextArray

_LIMIT_ACTIONS = {
    "raise": Text("raise the limit"),
    "hold": Text("hold the limit"),
    "cut": Text("cut the limit"),
}
_TITLES = (
    Text("Next step", "treatment"),
    Text("Coverage", "treatment"),
    Text("Contact", "treatment"),
    Text("Limit", "treatment"),
    Text("Rate", "treatment"),
    Text("Collateral", "treatment"),
    Text("Approval", "treatment"),
    Text("Monitoring", "treatment"),
)
_STANDARD, _RAISED, _LOWERED = (
    Text("standard margin"),
    Text("standard margin +{points} bp"),
    Text("standard margin -{points} bp"),
)
_SECURED, _UNSECURED = Text("at least {cover:.0%} of the limit"), Text("none required", "collateral")
_APPROVED = Text("new business from {least:g} credit points")
_MONTHLY = Text("reviewed every month")
_REVIEWED = Text("reviewed every {count} month", plural="reviewed every {count} months")


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """How a client is treated.

    Attributes:
        rate_bp: added to the standard margin, in basis points.
        least_credit_points: credit score below which no new business is approved.
        collateral_cover: least collateral over limit.
        limit_action: raise, hold or cut.
        monitoring_months: months between two reviews.
        coverage: who looks after the client; ``contact_plan``, ``next_step`` likewise names in the policy's words.
    """

    rate_bp: int
    least_credit_points: float
    collateral_cover: float
    limit_action: str
    monitoring_months: int
    coverage: str
    contact_plan: str
    next_step: str


@dataclass(frozen=True, kw_only=True)
class Treated:
    """The distinct treatments, and which of them each client gets. ``place`` has shape (n_clients,)."""

    treatments: tuple[Treatment, ...]
    place: IntArray

    def column(self, field: str) -> np.ndarray[Any, Any]:
        """One field of every client's treatment. Shape (n_clients,)."""
        return np.array([getattr(treatment, field) for treatment in self.treatments])[self.place]

    def of(self, row: int) -> Treatment:
        """The treatment of one client."""
        return self.treatments[int(self.place[row])]


@dataclass(frozen=True)
class TreatmentTable:
    """The treatments of a policy, worked out for each case. Raises ``UserError`` for a policy that has none."""

    settings: PolicyConfig

    def __post_init__(self) -> None:
        if self.settings.treatments is None:
            raise UserError(
                rule="the policy must have treatments", got="none", remedy="see configs/policies/project_finance.yaml"
            )

    @property
    def words(self) -> TreatmentsConfig:
        """The policy's section of treatments."""
        if self.settings.treatments is None:
            raise InternalError("a table of treatments is only made of a policy that has some")
        return self.settings.treatments

    @cached_property
    def cases(self) -> tuple[Treatment, ...]:
        """The treatment of each case by tier, relationship type and stage, the last changing fastest; then by cap."""
        rows = self.words.rows
        places = [StatedField(field, rows, self.settings.scale).deciding_rows().ravel() for field in FIELDS]
        plain = [
            {field: getattr(rows[place], field) for field, place in zip(FIELDS, case, strict=True)}
            for case in np.array(places).T.tolist()
        ]
        changed = [{**fields, **_changes(cap)} for cap in self.settings.caps for fields in plain]
        return tuple(Treatment(**fields) for fields in [*plain, *changed])

    def look_up(
        self, tier: TextArray, relationship_type: TextArray, stage: TextArray, cap: IntArray | None = None
    ) -> Treated:
        """The treatment of each client. Shapes (n_clients,); ``cap`` is ``Assessment.cap``: -1 where none holds.

        Raises ``InternalError`` for a tier, type or stage that there is not.
        """
        known = tuple(kinds_of_keys(self.settings.scale).values())
        shape = tuple(map(len, known))
        given = zip((tier, relationship_type, stage), known, strict=True)
        case = np.ravel_multi_index(tuple(_places(kinds, words) for kinds, words in given), shape)
        if cap is not None:
            case = case + (np.asarray(cap) + 1) * int(np.prod(shape))
        return Treated(treatments=self.cases, place=np.asarray(case))

    def describe(self, treatment: Treatment, language: Language = ENGLISH) -> list[tuple[str, str]]:
        """A treatment in words: title and text of each part, in the order in which a reader wants them."""
        words = self.words
        texts = [
            words.next_steps[treatment.next_step].within(language),
            words.coverage[treatment.coverage].within(language),
            words.contact_plans[treatment.contact_plan].within(language),
            _LIMIT_ACTIONS[treatment.limit_action].within(language),
            *_terms(treatment, language),
        ]
        return [(title.within(language), text) for title, text in zip(_TITLES, texts, strict=True)]


def _changes(cap: CapConfig) -> dict[str, Any]:
    if cap.treatment is None:
        return {}
    return cap.treatment.model_dump(include=set(FIELDS), exclude_none=True)


def _places(kinds: TextArray, known: Sequence[str]) -> IntArray:
    given = np.asarray(kinds).astype(str)
    places = np.select([given == kind for kind in known], range(len(known)), -1)
    if (places < 0).any():
        raise InternalError(f"a treatment is looked up for {sorted({*given[places < 0]})}, known are {list(known)}")
    return np.asarray(places, dtype=np.int64)


def _terms(treatment: Treatment, language: Language) -> list[str]:
    rate = _RAISED if treatment.rate_bp > 0 else _LOWERED if treatment.rate_bp else _STANDARD
    secured = _SECURED if treatment.collateral_cover else _UNSECURED
    return [
        rate.within(language, points=abs(treatment.rate_bp)),
        secured.within(language, cover=treatment.collateral_cover),
        _APPROVED.within(language, least=treatment.least_credit_points),
        (_MONTHLY if treatment.monitoring_months == 1 else _REVIEWED).within(
            language, count=treatment.monitoring_months
        ),
    ]
