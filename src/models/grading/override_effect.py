"""The effect of an override before anybody signs it: what rules say and caps leave, and the terms now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig
from models.errors import UserError
from models.grading.treatments import NONE, Treatment, TreatmentTable, WarnedClients
from models.text import ENGLISH, Language


@dataclass(frozen=True, kw_only=True)
class GradedClient:
    """What a published row tells of a client that decides its treatment.

    Attributes:
        tier: what holds; ``by_rule``: by rules and stability, before overrides and caps.
        caps: names of the caps that hold, the hardest first.
        relationship_type, stage: as published.
        warnings, severity: the dimensions in which it warns, and how gravely; empty and 0 for who does not.
    """

    tier: str
    by_rule: str
    caps: tuple[str, ...] = ()
    relationship_type: str
    stage: str
    warnings: tuple[str, ...] = ()
    severity: float = 0.0


@dataclass(frozen=True, kw_only=True)
class HeldCap:
    """A cap that holds a client: the best tier that it leaves, and why, as the policy words it by language."""

    name: str
    at_most: str
    because: str


@dataclass(frozen=True, kw_only=True)
class TermChange:
    """One part of a treatment: what it is called, and what it is now and would be then."""

    title: str
    now: str
    then: str

    @property
    def is_other(self) -> bool:
        """Whether the override changes it."""
        return self.now != self.then


@dataclass(frozen=True, kw_only=True)
class OverrideEffect:
    """What an override would do to a client.

    Attributes:
        asked: the tier that is asked for.
        now, by_rule: the tier that holds, and by rules alone.
        leaves: the best tier that caps leave; ``caps`` those that hold, the hardest first.
        then: the tier that would hold: as asked, and never above what caps leave.
        terms: every part of the treatment now and then; empty where the policy has no treatments.
    """

    asked: str
    now: str
    by_rule: str
    leaves: str
    caps: tuple[HeldCap, ...]
    then: str
    terms: tuple[TermChange, ...] = ()

    @property
    def is_barred(self) -> bool:
        """Whether a cap holds the client below what is asked for: such an override cannot be proposed."""
        return self.then != self.asked


def override_effect(
    policy: PolicyConfig, client: GradedClient, asked: str, *, language: Language = ENGLISH
) -> OverrideEffect:
    """The effect of asking for a tier for a client, by the policy that grades it.

    Raises ``UserError`` for a tier that the policy does not have.
    """
    scale = policy.scale
    if asked not in scale.names:
        raise UserError(
            rule="an override must ask for a tier of the policy",
            got=repr(asked),
            remedy=f"choose one of {', '.join(scale.names)}",
        )
    holding = _holding(policy, client.caps)
    leaves = scale.names[max((scale.rank(cap.at_most) for cap in holding), default=0)]
    then = scale.names[max(scale.rank(asked), scale.rank(leaves))]
    return OverrideEffect(
        asked=asked,
        now=client.tier,
        by_rule=client.by_rule,
        leaves=leaves,
        caps=tuple(
            HeldCap(name=cap.name, at_most=cap.at_most, because=cap.because.within(language)) for cap in holding
        ),
        then=then,
        terms=tuple(_terms(policy, client, then, language)),
    )


def treatment_under(policy: PolicyConfig, client: GradedClient, tier: str) -> Treatment:
    """How the client would be treated in a tier. Raises ``UserError`` for a policy without treatments."""
    held = [place for place, cap in enumerate(policy.caps) if client.caps and cap.name == client.caps[0]]
    treated = TreatmentTable(policy).look_up(
        np.array([tier]),
        np.array([client.relationship_type]),
        np.array([client.stage]),
        np.array(held or [NONE]),
        WarnedClients(
            severity=np.array([client.severity]),
            warns={name: np.ones(1, dtype=np.bool_) for name in client.warnings},
        ),
    )
    return treated.of(0)


def _holding(policy: PolicyConfig, names: Sequence[str]) -> list[CapConfig]:
    by_name = {cap.name: cap for cap in policy.caps}
    return [by_name[name] for name in names if name in by_name]


def _terms(policy: PolicyConfig, client: GradedClient, then: str, language: Language) -> list[TermChange]:
    """Every part of both treatments, in the order in which a reader wants them."""
    if policy.treatments is None or client.tier not in policy.scale.names:
        return []
    table = TreatmentTable(policy)
    before, after = (
        dict(table.describe(treatment_under(policy, client, tier), language)) for tier in (client.tier, then)
    )
    return [
        TermChange(title=title, now=before.get(title, ""), then=after.get(title, ""))
        for title in dict.fromkeys([*before, *after])
    ]
