"""Models of a day: fitted on what was known then, as a bundle that no registry knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.errors import TooLittleDataError
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, learning_origins, never_before
from models.pipeline.bundle import write_bundle
from models.pipeline.origins import learning_panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models, with_cold_start, with_peers
from models.pipeline.selection import learn_calibration
from models.store.code import code_of
from models.store.keys import Key
from models.store.sealed import is_complete, publish_folder
from models.vocab import Progress, SilentProgress
from models.workers import Mapper

NO_REPORT: dict[str, str] = {}
"""Models of a day are judged nowhere: training does that, at its test origins."""


def models_of_day(
    book: Book,
    config: Config,
    day: date,
    root: Path,
    *,
    mapper: Mapper | None = None,
    progress: Progress = SilentProgress(),
) -> Path:
    """The folder, below ``root``, of a bundle fitted on what ``book`` knew on ``day``; made once.

    Outcomes from ``day`` on teach nothing, as at a test origin; what is in the book late but dated earlier does.
    Raises ``TooLittleDataError`` if there was too little to learn from.
    """
    key = Key.of(book=book.fingerprint, config=config.meaning(), day=day.isoformat(), code=code_of(__name__))
    folder = root / f"{day.isoformat()}-{key.name}"
    if not is_complete(folder):
        models = _fitted(book, config, day, mapper, progress)
        publish_folder(folder, lambda draft: write_bundle(draft, models, config, NO_REPORT, book.fingerprint))
    return folder


def _fitted(book: Book, config: Config, day: date, mapper: Mapper | None, progress: Progress) -> FittedModels:
    grid = PeriodGrid(config.time.period, day)
    served = learning_origins(config, grid, book.first_date, outcomes_before=grid.index_of(day))
    learned = learning_panel(
        book,
        config,
        grid,
        served.taught_by,
        progress,
        notes_before=never_before(config, grid, book.first_date, [served]),
        cold_start=config.learners.cold_start.serve,
    )
    progress.stage(f"Fitting the models of {day}")
    calibration = learn_calibration(OutOfTimeForecasts(learned.panel, config, mapper).of(served), config)
    models = replace(fit_models(learned.panel, served, calibration, config), notes=learned.notes)
    models = with_peers(models, learned.panel, served.latest)
    return models if learned.cold is None else _with_cold(models, learned.cold, served, config)


def _with_cold(models: FittedModels, cold: Panel, served: LearningOrigins, config: Config) -> FittedModels:
    try:
        return with_cold_start(models, cold, served, config)
    except TooLittleDataError:  # clients without activity are then not scored, as after a training
        return models
