"""One client at the as-of date and at the quarter-ends before it, each as it was known then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.book.periods import WHOLE_PERIODS_PER_QUARTER, WHOLE_PERIODS_PER_YEAR, PeriodGrid
from models.errors import UserError
from models.panel.build import PanelContext, rows_of_clients
from models.panel.panel import Panel
from models.pipeline.pipeline import score_panel
from models.pipeline.predictions import Predictions
from models.profiles.compute import kinds_of
from models.scoring.absent import absence
from models.scoring.block import ScoredBlock
from models.scoring.scoring import ScoringBasis, score_block
from models.vocab import IntArray, TextArray
from models.warnings.compute import DeteriorationReading, Served, origins_to_read, read_deteriorations

QUARTERS = 8
"""So many quarter-ends before the as-of date are looked back at."""


@dataclass(frozen=True, kw_only=True)
class ClientPast:
    """What is known of one client now and was known of it before, all read by the same models.

    Attributes:
        block: the client at the as-of date, scored and explained, one row.
        panel: the client at every date looked at, oldest first; the last row is the as-of date.
        predictions: what the models say at each of these dates.
        stage: what the rule of stages says at each, on its own; shape (n_dates,).
        turned: how the client turned until the as-of date, as a run would read it; None where it starts cold.
        since: the row of ``panel`` from which a change is reported; None where the client was not active before.
    """

    block: ScoredBlock
    panel: Panel
    predictions: Predictions
    stage: TextArray
    turned: DeteriorationReading | None
    since: int | None

    @property
    def dates(self) -> tuple[date, ...]:
        """The as-of date of each row."""
        return tuple(self.panel.grid.start_of(origin) for origin in self.panel.origin.tolist())


def read_client(basis: ScoringBasis, client: str, *, since: date | None = None) -> ClientPast:
    """Score one client at the date of ``basis`` and at the quarter-ends before it in one pass over its group.

    At each date only what was known then is used; dates at which the client was not active, or of one that starts cold
    was, are left away. A change is
    reported from ``since``, else from a year before, else from the first date of the last year at which it was active.
    Raises ``UnknownClientError`` for a client that was not active, ``UserError`` for a ``since`` that does not lie a
    whole number of periods before.
    """
    settings, bundle, grid = basis.settings, basis.bundle, basis.prepared.grid
    asked = None if since is None else _before(grid, since)
    origins = _origins(grid, basis.book.first_date, asked)
    compared = origins_to_read(settings, first=grid.index_of(basis.book.first_date))
    whole = basis.panel_of([client], sorted({*origins, *compared}))
    panel = whole.at(origins)
    there = set(panel.origin.tolist())
    missing = [origin for origin in ({0} if asked is None else {asked, 0}) if origin not in there]
    if missing:
        raise absence(basis.prepared.narrowed_to([client]), client, settings, grid.start_of(max(missing)))
    predictions = score_panel(bundle.models, panel)
    block = score_block(bundle, panel.at([0]), basis.context)
    return ClientPast(
        block=block,
        panel=panel,
        predictions=predictions,
        stage=kinds_of(bundle.models.kinds, panel, predictions.decline_probability, settings).stage,
        turned=None if bundle.models.starts_cold else _turned(basis, block, whole),
        since=_since(panel.origin, WHOLE_PERIODS_PER_YEAR[settings.time.period] if asked is None else -asked),
    )


def _turned(basis: ScoringBasis, block: ScoredBlock, panel: Panel) -> DeteriorationReading:
    """How the client of ``block`` turned; ``panel`` holds it at the dates that it is compared with."""
    models, settings, prepared = basis.bundle.models, basis.settings, basis.prepared
    served = Served(block.panel, block.matrix, block.predictions, models.policy.scale)

    def earlier(clients: Sequence[str], origins: Sequence[int]) -> Sequence[Panel]:
        return rows_of_clients(prepared, settings, PanelContext.of(prepared, settings, 0), clients, origins)

    return read_deteriorations(models, panel, settings, served=served, earlier=earlier)


def _before(grid: PeriodGrid, since: date) -> int:
    number = grid.number_of(since)
    if number >= 0:
        raise UserError(
            rule=f"a change is reported from a day before the as-of date {grid.anchor}",
            got=since.isoformat(),
            remedy="choose an earlier --since",
        )
    return number


def _origins(grid: PeriodGrid, first_date: date, asked: int | None) -> list[int]:
    """The as-of date, the quarter-ends before it that the book covers, and the date that was asked for."""
    step = WHOLE_PERIODS_PER_QUARTER[grid.period]
    back = (-step * quarters for quarters in range(QUARTERS, 0, -1))
    covered = {origin for origin in back if grid.start_of(origin) > first_date}
    return sorted(covered | {0} | (set() if asked is None else {asked}))


def _since(origin: IntArray, year: int) -> int | None:
    """The latest row at least a year before, else the first within the year."""
    before = np.flatnonzero(origin <= -year)
    if before.size:
        return int(before[-1])
    return 0 if len(origin) > 1 else None
