"""The tiers of a whole book under two policies, and the clients that would move between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from models.book.door import Book
from models.config.loading import change_policy
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.errors import TooLittleDataError
from models.grading.coverage import coverage_notices
from models.grading.decision import TierDecisions, grade_book
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, refit_policy
from models.grading.known_overrides import overrides_at
from models.grading.reasons_text import reasons
from models.grading.scores import looked_at
from models.grading.tier_rules import features_for
from models.notices import Notice, by_severity
from models.pipeline.bundle import Bundle
from models.scoring.policy_in_force import book_facts, policy_hash, policy_in_force, scoring_config
from models.scoring.without_effect import policy_in_force_notices, settings_without_effect
from models.vocab import BoolArray, FloatArray, IntArray, Progress, SilentProgress

MOVERS = 10


@dataclass(frozen=True, kw_only=True)
class MovingClient:
    """A client that would change tier: its expected value, both tiers, and what decides the new one."""

    client_id: str
    value: float
    before: str
    after: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TierShift:
    """Two gradings of one book.

    Attributes:
        changes: what was set, as it was asked for.
        policies: what identifies the policy before and after; without changes those of the models and of the config.
        tiers: names, best first.
        clients: (tiers before, tiers after), how many; best tier first. ``value`` likewise, in book currency.
        overridden: of how many clients a person's decision counts, which it does under both.
        movers: those of the largest expected value that would move.
        notices: what of the config is without effect, and what either policy goes without, the gravest first.
        moved: how many clients would change tier.
    """

    as_of: date
    currency: str
    changes: tuple[str, ...]
    policies: tuple[str, str]
    tiers: tuple[str, ...]
    clients: tuple[tuple[int, ...], ...]
    value: tuple[tuple[float, ...], ...]
    overridden: int
    movers: tuple[MovingClient, ...]
    notices: tuple[Notice, ...] = ()
    moved: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        tiers = range(len(self.tiers))
        moved = sum(self.clients[old][new] for old in tiers for new in tiers if old != new)
        object.__setattr__(self, "moved", moved)


def tier_shift(
    book: Book,
    bundle: Bundle,
    config: Config,
    changes: Sequence[str],
    as_of: date | None = None,
    *,
    progress: Progress = SilentProgress(),
) -> TierShift:
    """Grade all clients active before ``as_of`` by the policy of the config, and by it with ``changes`` (key=value).

    Without changes it is held against the policy that the models were published with. Earlier tiers count in neither,
    overrides that hold on the day in both. Raises ``ConfigError`` if the changed policy does not hold together,
    ``TooLittleDataError`` if no client is active.
    """
    when = as_of or book.known_until
    serving = policy_in_force(book, bundle, config, when, progress=progress).bundle
    own, policy = bundle.models.policy, serving.models.policy
    settings = change_policy(policy.settings, changes, bundle.config.features)
    names = {name for each in (own.settings, policy.settings, settings) for name in features_for(each, looked_at(each))}
    facts = book_facts(book, bundle, scoring_config(bundle, config), when, names, progress=progress)
    if facts is None:
        raise TooLittleDataError(
            rule=f"some clients must be active before {when}", got="none", remedy="choose another --as-of"
        )
    facts = replace(facts, overrides=overrides_at(book, when))
    found = what_if(policy, settings, facts) if changes else compared(own, policy, facts)
    return TierShift(
        as_of=when,
        currency=policy.currency,
        changes=tuple(changes),
        policies=(policy_hash(found.before.assessment.policy.settings), policy_hash(settings)),
        tiers=found.tiers,
        clients=tuple(map(tuple, found.clients.tolist())),
        value=tuple(map(tuple, found.value.tolist())),
        overridden=found.before.overridden,
        movers=_movers(found, facts),
        notices=by_severity(
            [
                *bundle.models.learned.notices(when),
                *policy_in_force_notices(serving),
                *settings_without_effect(bundle, config),
                *_without(found),
            ]
        ),
    )


def _without(found: WhatIf) -> list[Notice]:
    """What the two policies go without; where both do, once."""
    return [
        each
        for assessment in (found.before.assessment, found.after.assessment)
        for each in coverage_notices(assessment.policy.settings, assessment.coverage)
    ]


def _movers(found: WhatIf, facts: Facts) -> tuple[MovingClient, ...]:
    moved = np.flatnonzero(found.moved)
    largest = moved[np.lexsort((facts.client_id[moved], -facts.value[moved]))][:MOVERS]
    why = reasons(found.after)
    return tuple(
        MovingClient(
            client_id=str(facts.client_id[row]),
            value=float(facts.value[row]),
            before=str(found.before.tier[row]),
            after=str(found.after.tier[row]),
            reason=str(why[row]),
        )
        for row in largest
    )


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Two gradings of the same clients.

    Attributes:
        tiers: names, best first.
        clients: (tiers before, tiers after), how many; best tier first.
        value: (tiers before, tiers after), their expected value in book currency.
        moved: (n_clients,), whose tier would be another.
    """

    tiers: tuple[str, ...]
    before: TierDecisions
    after: TierDecisions
    clients: IntArray
    value: FloatArray
    moved: BoolArray


def what_if(policy: GradingPolicy, settings: PolicyConfig, facts: Facts) -> WhatIf:
    """Grade ``facts`` by a fitted policy and by changed settings of it.

    Both are asked what they would say of these clients now: earlier tiers, and with them margin and limit, count for
    neither. Cut-offs of dimensions that did not change stay; what a share amounts to in the others is settled on these
    clients.
    """
    return compared(policy, refit_policy(policy, settings, replace(facts, previous=None)), facts)


def compared(old_policy: GradingPolicy, new_policy: GradingPolicy, facts: Facts) -> WhatIf:
    """The same by two fitted policies."""
    alone = replace(facts, previous=None)
    before, after = (grade_book(each, alone) for each in (old_policy, new_policy))
    scale = new_policy.scale.with_others(old_policy.scale.names)
    old, new = (scale.ranks(each.tier, len(facts)) for each in (before, after))
    tiers = len(scale)
    place = old * tiers + new
    return WhatIf(
        tiers=scale.names,
        before=before,
        after=after,
        clients=np.bincount(place, minlength=tiers * tiers).reshape(tiers, tiers),
        value=np.bincount(place, weights=facts.value, minlength=tiers * tiers).astype(np.float64).reshape(tiers, tiers),
        moved=np.asarray(old != new),
    )
