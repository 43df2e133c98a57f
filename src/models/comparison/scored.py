"""A version scored in memory at a date, without fitting anything: its clients, forecasts and tiers by one policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.book.door import Book
from models.config.root import Config
from models.errors import TooLittleDataError, UserError
from models.evaluation.report.explained import Sizes, reason_sizes, sampled
from models.grading.compute import facts_of
from models.grading.decision import grade_book
from models.grading.known_overrides import overrides_at
from models.panel.blocks import PreparedBook
from models.panel.build import panel_of
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import score_panel
from models.pipeline.predictions import Predictions
from models.scoring.policy_in_force import policy_in_force, scoring_config
from models.vocab import TextArray

_SAME = ("time", "activity", "value", "decline")
"""Sections that say who is looked at and what is foreseen."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredVersion:
    """The clients active before a date as a version sees them. ``tier`` (n_clients,): each graded anew.

    ``bundle`` grades by the policy of the config; ``settings`` are those that it scores with.
    """

    bundle: Bundle
    settings: Config
    prepared: PreparedBook
    panel: Panel
    said: Predictions
    tier: TextArray

    def reason_sizes(self) -> Sizes:
        """Model -> reason -> mean size of what it adds, over a sample of the clients."""
        models = self.bundle.models
        matrix = models.contract.encode(self.panel.features.iloc[sampled(len(self.panel))])
        parts = {"value": models.value.explain(matrix), "decline": models.decline.explain(matrix)}
        return reason_sizes(parts, models.contract.names, models.words)


def scored_version(book: Book, bundle: Bundle, config: Config, when: date) -> ScoredVersion:
    """Score all clients active before ``when``; nothing is published. Raises ``TooLittleDataError`` for none."""
    serving, settings = policy_in_force(book, bundle, config, when).bundle, scoring_config(bundle, config)
    prepared = kept_book(book, settings, when, bundle.models.notes)
    panel = panel_of(prepared, settings, [0], targets=False)
    if not len(panel):
        raise TooLittleDataError(
            rule=f"some clients must be active in the {settings.time.activity_periods} {settings.time.period}s before "
            f"{when}",
            got="none",
            remedy="choose another date",
        )
    said = score_panel(serving.models, panel)
    facts = replace(facts_of(said, panel), overrides=overrides_at(book, when))
    return ScoredVersion(
        bundle=serving,
        settings=settings,
        prepared=prepared,
        panel=panel,
        said=said,
        tier=grade_book(serving.models.policy, facts).tier,
    )


def require_same_question(bundles: Sequence[Bundle]) -> None:
    """Raises ``UserError`` unless all foresee the same of the same clients."""
    first, *others = (bundle.config for bundle in bundles)
    names = [name for name in _SAME if any(getattr(first, name) != getattr(other, name) for other in others)]
    if any(first.credit.past_recoveries != other.credit.past_recoveries for other in others):
        names.append("credit.past_recoveries")
    if any(first.book.currency != other.book.currency for other in others):
        names.append("book.currency")
    if names:
        raise UserError(
            rule="two versions can only be compared where they foresee the same of the same clients",
            got=f"other settings in {', '.join(names)}",
            remedy="train one of them again with the settings of the other",
        )
