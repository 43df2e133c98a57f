"""The tiers of a whole book under two policies, and the clients that would move between them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from models.book.door import Book
from models.config.loading import change_policy
from models.config.root import Config
from models.grading.comparison import WhatIf, what_if
from models.grading.compute import facts_of
from models.grading.coverage import coverage_notices
from models.grading.facts import Facts
from models.grading.known_overrides import overrides_at
from models.grading.reasons_text import reasons
from models.grading.scores import looked_at
from models.notices import Notice, by_severity
from models.panel.build import panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.scoring.scoring import scoring_config
from models.scoring.without_effect import settings_without_effect
from models.vocab import Progress, SilentProgress

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
    """Grade all clients active before ``as_of`` by the policy of the bundle, and by it with ``changes`` (key=value).

    Earlier tiers count in neither, overrides that hold on the day in both.
    Raises ``ConfigError`` if the changed policy does not hold together.
    """
    policy = bundle.models.policy
    settings = change_policy(policy.settings, changes, bundle.config.features)
    when = as_of or book.known_until
    names = {*looked_at(policy.settings), *looked_at(settings)}
    facts = _book_facts(book, bundle, scoring_config(bundle, config), when, names, progress)
    facts = replace(facts, overrides=overrides_at(book, when))
    found = what_if(policy, settings, facts)
    return TierShift(
        as_of=when,
        currency=policy.currency,
        changes=tuple(changes),
        tiers=found.tiers,
        clients=tuple(map(tuple, found.clients.tolist())),
        value=tuple(map(tuple, found.value.tolist())),
        overridden=found.before.overridden,
        movers=_movers(found, facts),
        notices=by_severity(
            [*bundle.models.learned.notices(when), *settings_without_effect(bundle, config), *_without(found)]
        ),
    )


def _without(found: WhatIf) -> list[Notice]:
    """What the two policies go without; where both do, once."""
    return [
        each
        for assessment in (found.before.assessment, found.after.assessment)
        for each in coverage_notices(assessment.policy.settings, assessment.coverage)
    ]


def _book_facts(
    book: Book, bundle: Bundle, settings: Config, as_of: date, names: Set[str], progress: Progress
) -> Facts:
    prepared = kept_book(book, settings, as_of, bundle.models.notes)
    panels = panels_by_block(prepared, settings, [0], targets=False)
    tracked = progress.track(panels, total=len(prepared.block_numbers), title="Scoring")
    return Facts.joined([_block_facts(bundle, panel, names) for panel in tracked if len(panel)])


def _block_facts(bundle: Bundle, panel: Panel, names: Set[str]) -> Facts:
    """With those features only that the policy or its change looks at."""
    models = bundle.models
    matrix = models.contract.encode(panel.features)
    forecast = models.bounds.around(models.value.predict(matrix), models.decline.predict(matrix))
    return facts_of(forecast, panel).with_features(sorted(names))


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
