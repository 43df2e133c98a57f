"""Treatments: what tier, relationship type and stage call for, looked up in the policy for all clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from models.config.policy.dimensions import Text
from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig
from models.config.policy.treatments import FIELDS, KEYS, SHAPE, TreatmentsConfig, deciding_rows
from models.errors import InternalError, UserError
from models.panel.features.words import Language
from models.vocab import IntArray, TextArray

_LIMIT_ACTIONS = {
    "raise": Text(en="raise the limit", zh="提高额度"),
    "hold": Text(en="hold the limit", zh="维持额度"),
    "cut": Text(en="cut the limit", zh="压降额度"),
}


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
        places = [deciding_rows(field, rows).ravel() for field in FIELDS]
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
        given = zip((tier, relationship_type, stage), KEYS.values(), strict=True)
        case = np.ravel_multi_index(tuple(_places(kinds, known) for kinds, known in given), SHAPE)
        if cap is not None:
            case = case + (np.asarray(cap) + 1) * int(np.prod(SHAPE))
        return Treated(treatments=self.cases, place=np.asarray(case))

    def describe(self, treatment: Treatment, language: Language = "en") -> list[tuple[str, str]]:
        """A treatment in words: title and text of each part, in the order in which a reader wants them."""
        words = self.words
        titles = ("Next step", "Coverage", "Contact", "Limit", "Rate", "Collateral", "Approval", "Monitoring")
        if language == "zh":
            titles = ("下一步", "服务团队", "联系计划", "额度", "利率", "担保", "准入", "贷后检查频率")
        texts = [
            words.next_steps[treatment.next_step].within(language),
            words.coverage[treatment.coverage].within(language),
            words.contact_plans[treatment.contact_plan].within(language),
            _LIMIT_ACTIONS[treatment.limit_action].within(language),
            *_terms(treatment, language),
        ]
        return list(zip(titles, texts, strict=True))


def _changes(cap: CapConfig) -> dict[str, Any]:
    if cap.treatment is None:
        return {}
    return cap.treatment.model_dump(include=set(FIELDS), exclude_none=True)


def _places(kinds: TextArray, known: Sequence[str]) -> IntArray:
    given = np.asarray(kinds).astype(str)
    places = np.select([given == str(kind) for kind in known], range(len(known)), -1)
    if (places < 0).any():
        raise InternalError(f"a treatment is looked up for {sorted({*given[places < 0]})}, known are {list(known)}")
    return np.asarray(places, dtype=np.int64)


def _terms(treatment: Treatment, language: Language) -> list[str]:
    cover, least, months = treatment.collateral_cover, treatment.least_credit_points, treatment.monitoring_months
    if language == "zh":
        moved = "上浮" if treatment.rate_bp > 0 else "下浮"
        rate = f"标准利差{moved}{abs(treatment.rate_bp)}个基点" if treatment.rate_bp else "标准利差"
        secured = f"担保覆盖率不低于{cover:.0%}" if cover else "无需担保"
        each = "每月" if months == 1 else f"每{months}个月"
        return [rate, secured, f"新业务信用得分不低于{least:g}分", f"{each}一次"]
    rate = f"standard margin {treatment.rate_bp:+d} bp" if treatment.rate_bp else "standard margin"
    secured = f"at least {cover:.0%} of the limit" if cover else "none required"
    every = "every month" if months == 1 else f"every {months} months"
    return [rate, secured, f"new business from {least:g} credit points", f"reviewed {every}"]
