"""Scores and explains the clients of a panel in memory, all of a block or a few by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from models.book.door import Book
from models.config.root import Config
from models.grading.known_overrides import overrides_at
from models.grading.stability import EVERY_MOVE, MoveLimit
from models.learners.contributions import Contributions
from models.panel.blocks import PreparedBook
from models.panel.build import panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel, joined
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import FittedModels, completed
from models.publications.previous import earlier_scores
from models.scoring.absent import absence
from models.scoring.block import DECLINE, FIRST_SEEN, MOVES, VALUE, DecisionContext, ScoredBlock
from models.scoring.columns import REMEMBERED
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
    completed(models, matrix, few, value=served[VALUE].prediction, probability=served[DECLINE].prediction)


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
            models, matrix, panel, value=served[VALUE].prediction, probability=served[DECLINE].prediction
        ),
        explained=explained,
        served=served,
        decision_context=decision_context,
    )


def explain_matrix(
    models: FittedModels, matrix: FloatArray
) -> tuple[dict[str, Contributions], dict[str, Contributions]]:
    """Parts of both models for encoded features (n_rows, n_features), in their own units and in those served."""
    explained = {VALUE: models.value.explain(matrix).rounded(), DECLINE: models.decline.explain(matrix).rounded()}
    served = {
        VALUE: models.value.in_served_unit(explained[VALUE]),
        DECLINE: models.decline.in_served_unit(explained[DECLINE]),
    }
    for parts in (*explained.values(), *served.values()):
        parts.check()
    return explained, served


def scoring_config(bundle: Bundle, config: Config) -> Config:
    """The bundle's settings, with the caller's place of the book, limits of what is plausible, and way of running."""
    return bundle.config.model_copy(update={"book": config.book, "guard": config.guard, "run": config.run})


@dataclass(frozen=True, kw_only=True)
class ScoringBasis:
    """Everything that clients of a book are scored and decided from at a date, opened once for however many of them.

    ``settings`` are those of the bundle, see ``scoring_config``; ``prepared`` is the ledger of the whole book.
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

        ``earlier`` is the folder below which scores are published, see ``grounds_at``.
        """
        settings, when = scoring_config(bundle, config), as_of or book.known_until
        return cls(
            book=book,
            bundle=bundle,
            settings=settings,
            as_of=when,
            prepared=kept_book(book, settings, when, bundle.models.notes),
            context=grounds_at(book, bundle, settings, when, earlier),
        )

    def score(self, clients: Sequence[str]) -> ScoredBlock:
        """Score and explain a few clients, the same as they would be in the whole book.

        Raises ``UnknownClientError`` for a client that the book does not hold or that is not active.
        """
        prepared = self.prepared.narrowed_to(clients)
        panels = panels_by_block(prepared, self.settings, [0], targets=False)
        chosen = [panel.where(panel.client_id.isin(clients).to_numpy()) for panel in panels]
        found = {client for panel in chosen for client in panel.client_id}
        missing = [client for client in clients if client not in found]
        if missing:
            raise absence(prepared, missing[0], self.settings, self.as_of)
        return score_block(self.bundle, joined(chosen), self.context)


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


def grounds_at(book: Book, bundle: Bundle, settings: Config, as_of: date, earlier: Path | None) -> DecisionContext:
    """What decisions about clients of a book rest on at a date, as in a run that scored the whole book.

    ``earlier`` is the folder below which scores are published: the newest of an earlier date are built upon, and where
    the whole book was scored for the same date, its limit on changes of tier holds. None: nothing was published.
    """
    overrides = overrides_at(book, as_of)
    if earlier is None:
        return DecisionContext(overrides=overrides)
    previous = earlier_scores(earlier, as_of, REMEMBERED)
    limit = _published_limit(run_folder(earlier, as_of, run_key(book, bundle, settings, as_of, previous)))
    return DecisionContext(previous=previous, limit=limit, overrides=overrides)


def _published_limit(folder: Path) -> MoveLimit:
    """Who may change tier in the whole book, as the run that published it found; all may, where none did."""
    if not (folder / MANIFEST).is_file():
        return EVERY_MOVE
    return MoveLimit(**read_manifest(folder, remedies=OF_SCORES)[MOVES])
