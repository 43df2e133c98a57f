"""Judges warnings on the simulated book: replayed month by month, beside rules of a spreadsheet and the model alone.

Run: python -m bench alarms. All that rings at a date was computed from what was known before it, by models that learned
from outcomes that were complete before the first date. WARNINGS.md keeps what this prints.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.loading import load_config
from models.config.root import Config
from models.metrics.bootstrap import Interval
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.splits import learning_origins
from models.pipeline.origins import learning_panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models, with_peers
from models.pipeline.selection import learn_calibration
from models.vocab import FloatArray, SilentProgress
from models.warnings.compute import DeteriorationReading
from models.warnings.replay import (
    AlarmOutcomes,
    RaisedByWeek,
    alarm_figures,
    causes_of,
    first_defaults,
    outcomes_of,
    precision_difference,
    readings_at,
    replayed,
    rival,
    spreadsheet_scores,
)
from models.workspace.opening import open_book

ROOT = Path(__file__).parents[1]
OURS = "warnings"
HEADS = (
    "who rings",
    "alarms",
    "precision",
    "recall",
    "recall of money",
    "lead, periods",
    "in the first period",
    "defaults, lead",
    "repeats",
    "warnings' precision less this one's",
)


@dataclass(frozen=True)
class Judged:
    """What all contenders are judged on, and at which budget."""

    readings: dict[int, DeteriorationReading]
    alone: FloatArray
    rows: Panel
    outcomes: AlarmOutcomes
    config: Config


def main() -> int:
    """Replay, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--book", default=str(ROOT / "data" / "raw" / "demo"))
    parser.add_argument("--first", type=date.fromisoformat, default=date(2022, 1, 1))
    parser.add_argument("--work", default="", help="where checked tables go; default: as the config says")
    given = parser.parse_args()
    places = [f"run.work_dir={given.work}"] if given.work else []
    config = load_config(ROOT / "configs" / "demo.yaml", ["run.threads=1", *places])
    book = open_book(config, given.book, SilentProgress())
    models = models_before(book, config, given.first)
    judged = judged_from(book, config, models, given.first)
    for share in (config.warnings.weekly_budget, config.warnings.weekly_budget / 4):
        print_table(judged, share)
    return 0


def models_before(book: Book, config: Config, day: date) -> FittedModels:
    """Models that learned from what had come of clients before ``day``."""
    grid = PeriodGrid(config.time.period, day)
    origins = learning_origins(config, grid, book.first_date, outcomes_before=0)
    learned = learning_panel(book, config, grid, origins.taught_by)
    calibration = learn_calibration(OutOfTimeForecasts(learned.panel, config).of(origins), config)
    models = replace(fit_models(learned.panel, origins, calibration, config), notes=learned.notes)
    return with_peers(models, learned.panel, origins.latest)


def judged_from(book: Book, config: Config, models: FittedModels, first: date) -> Judged:
    """All periods from ``first`` on whose outcomes are complete, and those that warnings look back at."""
    end = book.known_until
    grid = PeriodGrid(config.time.period, end)
    dates = range(grid.index_of(first), 1 - config.time.horizon_periods)
    back = max(*config.warnings.compare_periods, config.time.activity_periods)  # nobody's latest business lies before
    origins = range(dates[0] - back, dates[-1] + 1)
    with prepared_book(book, config, end, models.notes) as prepared:
        panel = panel_of(prepared, config, list(origins), targets=True)
    rows = panel.at(dates)
    return Judged(
        readings=readings_at(models, panel, dates, config),
        alone=models.decline.predict(models.contract.encode(rows.features)),
        rows=rows,
        outcomes=outcomes_of(rows, first_defaults(book), config),
        config=config,
    )


def with_rules(config: Config, **rules: float) -> Config:
    """The same with other rules for warnings."""
    return config.model_copy(update={"warnings": config.warnings.model_copy(update=rules)})


def benchmarks(judged: Judged, share: float) -> dict[str, RaisedByWeek]:
    """Warnings, the same ranked otherwise, and as many alarms at each date by rivals that rest for a horizon."""
    rows, config = judged.rows, judged.config
    ours = {
        name: replayed(judged.readings, rows, with_rules(config, weekly_budget=share, stake_weight=weight))
        for name, weight in {
            OURS: config.warnings.stake_weight,
            "warnings, by what is at stake": 1.0,
            "warnings, by probability": 0.0,
        }.items()
    }
    shown = ours[OURS].shown
    counts = {int(origin): int(shown[rows.origin == origin].sum()) for origin in np.unique(rows.origin)}
    scores = {"decline probability alone": judged.alone, **spreadsheet_scores(rows)}
    rest = config.time.horizon_periods
    return ours | {name: rival(rows, score, counts, mute_periods=rest) for name, score in scores.items()}


def print_table(judged: Judged, share: float) -> None:
    """A row for each contender."""
    rows, outcomes, config = judged.rows, judged.outcomes, judged.config
    rings = benchmarks(judged, share)
    clients, dates = rows.client_id.nunique(), len(np.unique(rows.origin))
    print(f"\n{share:.2%} of the clients a week, {dates} dates, {clients:,} clients, ", end="")
    print(f"outcome follows {outcomes.followed.mean():.1%} of {len(rows):,} client dates\n")
    print("| " + " | ".join(HEADS) + " |")
    print("|---" * len(HEADS) + "|")
    for name, rung in rings.items():
        figures = alarm_figures(rows, rung, outcomes, config)
        apart = "" if name == OURS else reported(precision_difference(rows, rings[OURS], rung, outcomes, config))
        cells = [
            name,
            f"{figures.alarms:,}",
            *(reported(each) for each in (figures.precision, figures.recall, figures.money)),
            f"{figures.lead:g}",
            f"{1 - figures.early:.0%}",
            f"{figures.defaults}, {figures.default_lead:g}",
            f"{figures.repeats:.0%}",
            apart,
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
    print(f"\nright alarms of warnings by cause: {causes_of(rows, rings[OURS])}")


def reported(interval: Interval) -> str:
    """A share with its interval."""
    return f"{interval.estimate:.3f} ({interval.low:.3f} to {interval.high:.3f})"


if __name__ == "__main__":
    sys.exit(main())
