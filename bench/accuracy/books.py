"""Which books are held up, where they lie and how each becomes a panel; nothing is fitted here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from models.book.door import Book
from models.book.loading import load_book
from models.book.periods import PeriodGrid
from models.config.loading import load_config
from models.config.root import Config
from models.evaluation.truth import read_truth
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.prepare import fit_notes
from models.panel.splits import LearningOrigins, learning_origins
from models.simulator.book import simulate
from models.vocab import SilentProgress

CONFIGS = Path("configs")
FEWEST_RESAMPLES = 100
"""The report of single origins is not looked at here; figures over all origins draw their own."""
REAL_DATA, ELSEWHERE = "CLIENTVALUE_REAL_DATA", "../shared/data"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A config and the file that it is read with; no file: the simulated book."""

    title: str
    config: str
    file: str | None = None


BOOKS = {
    "ifc": Source(title="IFC", config="ifc", file="ifc/ifc_investments_2022-07-06.csv.gz"),
    "ibrd": Source(title="IBRD", config="ibrd", file="ibrd/ibrd_loans_2022-05-31.csv.gz"),
    "online_retail": Source(title="Online Retail", config="online_retail", file="online_retail/online_retail.csv.gz"),
    "cdnow": Source(title="CDNOW", config="cdnow", file="cdnow/CDNOW_master.txt.gz"),
    "cdnow_sample": Source(title="CDNOW sample", config="cdnow", file="cdnow/CDNOW_sample.txt.gz"),
    "demo": Source(title="Demo", config="demo"),
}


@dataclass(frozen=True, kw_only=True)
class OpenBook:
    """A book with the panel of all origins that its test origins ask for, and the truth where it was simulated."""

    config: Config
    panel: Panel
    tests: dict[int, LearningOrigins]
    truth: pd.DataFrame | None


def open_book(name: str, folder: Path, *, clients: int, threads: int) -> OpenBook:
    """Read, check and lay out one book; ``folder`` takes what is written on the way."""
    source = BOOKS[name]
    overrides = [f"run.threads={threads}", f"run.work_dir={folder}", f"run.bootstrap_resamples={FEWEST_RESAMPLES}"]
    config = load_config(CONFIGS / f"{source.config}.yaml", overrides)
    path = _simulated(config, folder, clients) if source.file is None else real_data() / source.file
    book = load_book(config, str(path), folder, SilentProgress())
    grid = PeriodGrid(config.time.period, max(config.origins.test))
    tests = _tests(book, config, grid)
    truth = None if config.book.truth is None else read_truth(path / config.book.truth)
    return OpenBook(config=config, panel=_panel(book, config, grid, tests), tests=tests, truth=truth)


def real_data() -> Path:
    """The folder of public data."""
    return Path(os.environ.get(REAL_DATA, ELSEWHERE))


def _simulated(config: Config, folder: Path, clients: int) -> Path:
    """A folder that is there already is taken: the simulator gives the same bytes for the same seed."""
    out = folder / f"simulated_{clients}"
    if not out.is_dir():
        workers = config.run.threads or os.cpu_count() or 1
        simulate(config.simulation, clients=clients, months=72, seed=1, out=out, workers=workers)
    return out


def _tests(book: Book, config: Config, grid: PeriodGrid) -> dict[int, LearningOrigins]:
    numbers = [grid.number_of(day) for day in sorted(config.origins.test)]
    return {number: learning_origins(config, grid, book.first_date, outcomes_before=number) for number in numbers}


def _panel(book: Book, config: Config, grid: PeriodGrid, tests: dict[int, LearningOrigins]) -> Panel:
    origins = sorted({*tests, *(origin for fit in tests.values() for origin in fit.taught_by)})
    notes = fit_notes(book, config, grid.start_of(origins[0]))
    with prepared_book(book, config, grid.anchor, notes) as prepared:
        return panel_of(prepared, config, origins, targets=True)
