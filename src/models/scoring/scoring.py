"""Scores and explains the clients of a panel in memory, all of a block or a few by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from models.book.door import Book
from models.config.root import Config
from models.grading.known_overrides import overrides_at
from models.grading.stability import EVERY_MOVE, MoveLimit
from models.learners.contributions import Contributions
from models.panel.blocks import PreparedBook
from models.panel.build import in_reach_of, panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel, joined
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import FittedModels, completed
from models.publications.merged_ids import under_ids_of
from models.publications.past import settled_scores
from models.publications.previous import PreviousScores
from models.scoring.absent import absence
from models.scoring.block import DECLINE, FIRST_SEEN, MOVES, DecisionContext, ScoredBlock
from models.scoring.columns import REMEMBERED
from models.scoring.policy_in_force import policy_in_force, scoring_config
from models.scoring.run_key import run_folder, run_key
from models.store.sealed import MANIFEST, OF_SCORES, read_manifest
from models.vocab import FloatArray

REHEARSED = 16


def rehearse(models: FittedModels, panel: Panel) -> None:
    """Explain the first rows of a panel as prediction will, before models are published.

    Models that cannot be explained to the last row are no use. It also leaves the machine code of the explanation on
    this machine's disk, for which the first client to be explained would otherwise wait. Raises ``AdditivityError``.
    """
    few = panel.where(np.arange(len(panel)) < REHEARSED)
    matrix = models.contract.encode(few.features)
    _, served = explain_matrix(models, matrix)
    value = models.value.parts_explained(matrix, served)
    completed(models, matrix, few, value=value, probability=served[DECLINE].prediction)


def score_block(bundle: Bundle, panel: Panel, decision_context: DecisionContext = FIRST_SEEN) -> ScoredBlock:
    """Score and explain a block. Raises ``AdditivityError`` if any row's contributions miss its prediction.

    Parts are rounded once, here, so that terminal, reasons and ledger tell the same numbers.
    """
    models = bundle.models
    matrix = models.contract.encode(panel.features)
    explained, served = explain_matrix(models, matrix)
    return ScoredBlock(
        panel=panel,
        matrix=matrix,
        predictions=completed(
            models,
            matrix,
            panel,
            value=models.value.parts_explained(matrix, served),
            probability=served[DECLINE].prediction,
        ),
        explained=explained,
        served=served,
        decision_context=decision_context,
    )


def explain_matrix(
    models: FittedModels, matrix: FloatArray
) -> tuple[dict[str, Contributions], dict[str, Contributions]]:
    """Parts of all models for encoded features (n_rows, n_features), in their own units and in those served.

    Value and decline; where credit loss is known also margin, probability of default and credit loss.
    """
    explained, served = models.value.explain_all(matrix)
    explained[DECLINE] = models.decline.explain(matrix).rounded()
    served[DECLINE] = models.decline.in_served_unit(explained[DECLINE])
    for parts in (*explained.values(), *served.values()):
        parts.check()
    return explained, served


@dataclass(frozen=True, kw_only=True)
class ScoringBasis:
    """Everything that clients of a book are scored and decided from at a date, opened once for however many of them.

    ``bundle`` grades by the caller's policy, see ``policy_in_force``, and ``settings`` are those of ``scoring_config``;
    ``prepared`` is the ledger of the whole book.
    """

    book: Book
    bundle: Bundle
    settings: Config
    as_of: date
    prepared: PreparedBook
    context: DecisionContext

    @classmethod
    def of(
        cls, book: Book, bundle: Bundle, config: Config, as_of: date | None = None, *, earlier: Path | None = None
    ) -> ScoringBasis:
        """Open the ledger at ``as_of``, else at the end of the book, and what was published before.

        ``earlier`` is the folder below which scores are published: the newest of an earlier date are built upon, and
        where the whole book was scored for the same date, its limit on changes of tier holds. None: nothing was.
        """
        settings, when = scoring_config(bundle, config), as_of or book.known_until
        published = _published_run(book, bundle, settings, when, earlier)
        return cls(
            book=book,
            bundle=policy_in_force(book, bundle, config, when, published=published.manifest).bundle,
            settings=settings,
            as_of=when,
            prepared=kept_book(book, settings, when, bundle.models.notes),
            context=DecisionContext(
                previous=published.previous, limit=published.limit, overrides=overrides_at(book, when)
            ),
        )

    def score(self, clients: Sequence[str]) -> ScoredBlock:
        """Score and explain a few clients, the same as they would be in the whole book.

        Raises ``UnknownClientError`` for a client that the book does not hold or that is not active.
        """
        found, prepared = self.panel_of(clients, [0]), self.prepared
        missing = sorted(set(clients) - set(found.client_id))
        if missing:
            raise absence(prepared.narrowed_to(clients), missing[0], self.settings, self.as_of)
        return score_block(self.bundle, found, self.context)

    def panel_of(self, clients: Sequence[str], origins: Sequence[int]) -> Panel:
        """What was known of a few clients at each of ``origins`` at which they were such as the bundle speaks of.

        Raises ``UnknownClientError`` if the book holds none of them.
        """
        prepared, settings = self.prepared.narrowed_to(clients), self.settings
        if not prepared.block_numbers:
            raise absence(prepared, min(clients), settings, self.as_of)
        if self.bundle.models.starts_cold:
            panels = [in_reach_of(prepared, settings, origins, targets=False).cold]
        else:
            panels = list(panels_by_block(prepared, settings, origins, targets=False))
        return joined([panel.where(panel.client_id.isin(clients).to_numpy()) for panel in panels])

    def for_client(self, client: str) -> ScoringBasis:
        """The same, where the client is not active but starts cold, with the models that speak of such clients."""
        bundle = self.bundle.for_cold_start()
        if bundle is None or len(self.panel_of([client], [0])):
            return self
        cold = replace(self, bundle=bundle)
        return cold if len(cold.panel_of([client], [0])) else self


def score_clients(
    book: Book,
    bundle: Bundle,
    config: Config,
    clients: Sequence[str],
    as_of: date | None = None,
    *,
    earlier: Path | None = None,
) -> ScoredBlock:
    """Score and explain a few clients of a book that is opened for them alone, see ``ScoringBasis``."""
    return ScoringBasis.of(book, bundle, config, as_of, earlier=earlier).score(clients)


@dataclass(frozen=True, kw_only=True)
class _PublishedRun:
    """The scores that a run builds on, and the manifest of the run that scored the whole book, where it was published.

    Without one every client may change tier.
    """

    previous: PreviousScores | None = None
    manifest: Mapping[str, Any] | None = None

    @property
    def limit(self) -> MoveLimit:
        """Who may change tier in the whole book, as the run found it."""
        return EVERY_MOVE if self.manifest is None else MoveLimit(**self.manifest[MOVES])


def _published_run(book: Book, bundle: Bundle, settings: Config, as_of: date, earlier: Path | None) -> _PublishedRun:
    """What was published below ``earlier``: the newest scores of an earlier date, and the run of this one. None: no."""
    if earlier is None:
        return _PublishedRun()
    previous = under_ids_of(book, settled_scores(earlier, as_of, REMEMBERED, settings.time.period))
    folder = run_folder(earlier, as_of, run_key(book, bundle, settings, as_of, previous))
    manifest = read_manifest(folder, remedies=OF_SCORES) if (folder / MANIFEST).is_file() else None
    return _PublishedRun(previous=previous, manifest=manifest)
