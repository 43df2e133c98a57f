"""The lender's models, fitted before a date and never told of anything after it, and panels of its clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.splits import learning_origins
from models.pipeline.origins import learning_panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models, with_peers
from models.pipeline.selection import learn_calibration
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import lender_in

AS_OF = date(2021, 7, 1)


@dataclass(frozen=True)
class Warner:
    """A config and models that learned from what was known before ``AS_OF``."""

    config: Config
    models: FittedModels


def warner_in(root: Path, tables: Mapping[str, pd.DataFrame] | None = None, **sections: Mapping[str, object]) -> Warner:
    """Fit on the lender's book; ``tables`` replace the lender's own."""
    lender = lender_in(root, tables, **sections)
    book = open_book(lender.config, None, SilentProgress())
    grid = PeriodGrid(lender.config.time.period, AS_OF)
    origins = learning_origins(lender.config, grid, book.first_date, outcomes_before=0)
    panel = learning_panel(book, lender.config, grid, origins.learn).panel
    calibration = learn_calibration(OutOfTimeForecasts(panel, lender.config).of(origins), lender.config)
    models = fit_models(panel, origins, calibration, lender.config)
    return Warner(config=lender.config, models=with_peers(models, panel, origins.latest))


def panel_at(
    root: Path,
    origins: Sequence[int],
    tables: Mapping[str, pd.DataFrame] | None = None,
    /,
    *,
    targets: bool = False,
    **sections: Mapping[str, object],
) -> Panel:
    """The lender's clients at origins counted in months from ``AS_OF``; ``tables`` replace the lender's own."""
    lender = lender_in(root, tables, **sections)
    book = open_book(lender.config, None, SilentProgress())
    with prepared_book(book, lender.config, AS_OF) as prepared:
        return panel_of(prepared, lender.config, list(origins), targets=targets)
