"""Replays a book every month, every week and every night: where do they end, and what changes in between?

Run: python -m bench nights --clients 500. Models learn from the years before; each schedule scores the same simulated
book into a folder of its own. At each month's end a schedule must end where monthly runs end: in the same stages,
types, tiers and alarms. Between two month's ends a night may show what was not, or no longer, so at either end.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from models.book.loading import load_book
from models.config.loading import load_config
from models.pipeline.bundle import read_bundle
from models.pipeline.refit import models_of_day
from models.publications.past import official_runs
from models.scoring.compute import predict_book
from models.simulator.book import simulate
from models.vocab import SilentProgress

MONTHS = 72
FIRST = date(2022, 1, 1)
SETTLED = ("tier", "tier_by_rule", "stage", "relationship_type", "need_type")
SEEN = ("tier", "stage")


@dataclass(frozen=True)
class Schedule:
    """As-of dates, and the month's ends among them."""

    dates: tuple[date, ...]
    ends: tuple[date, ...]


def main() -> int:
    """Simulate, learn, score by each schedule, and print one line per schedule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--months", type=int, default=24, help="months that are scored every month")
    parser.add_argument("--nights", type=int, default=181)
    parser.add_argument("--weeks", type=int, default=26)
    asked = parser.parse_args()
    schedules = {
        "monthly": monthly(asked.months),
        "weekly": with_ends(FIRST + timedelta(weeks=week) for week in range(asked.weeks + 1)),
        "nightly": with_ends(FIRST + timedelta(days=night) for night in range(asked.nights + 1)),
    }
    with tempfile.TemporaryDirectory() as folder:
        runs = replayed(Path(folder), schedules, clients=asked.clients, seed=asked.seed)
        print(f"{asked.clients:,} clients, seed {asked.seed}")
        print(f"{'':<9}{'runs':>6}{'ends':>6}{'equal':>7}{'settled':>9}{'alarms':>8}{'passing':>9}{'moved':>8}")
        for name, schedule in schedules.items():
            print(line(name, schedule, runs[name], runs["monthly"]))
    return 0


def monthly(months: int) -> Schedule:
    """The first day of each of so many months, and of the one after."""
    days = tuple(d.date() for d in pd.date_range(FIRST, periods=months + 1, freq="MS"))
    return Schedule(dates=days, ends=days)


def with_ends(dates: Iterable[date]) -> Schedule:
    """These days, and the first of each month among them."""
    days = sorted(dates)
    ends = [d.date() for d in pd.date_range(days[0], days[-1], freq="MS")]
    return Schedule(dates=tuple(sorted({*days, *ends})), ends=tuple(ends))


def replayed(
    folder: Path, schedules: Mapping[str, Schedule], *, clients: int, seed: int
) -> dict[str, dict[date, Path]]:
    """Schedule -> as-of date -> the folder of its official run."""
    settings = [f"run.work_dir={folder}/work", "features.text_components=0", "run.threads=1"]
    config = load_config(Path("configs/demo.yaml"), settings)
    simulate(config.simulation, clients=clients, months=MONTHS, seed=seed, out=folder / "book")
    book = load_book(config, str(folder / "book"), folder / "work", SilentProgress())
    bundle = read_bundle(models_of_day(book, config, FIRST, folder / "bundles"), threads=1)
    found = {}
    for name, schedule in schedules.items():
        for day in schedule.dates:
            predict_book(book, bundle, config, folder / name, day)
        found[name] = {run.as_of: run.folder for run in official_runs(folder / name)}
    return found


def line(name: str, schedule: Schedule, runs: Mapping[date, Path], by_month: Mapping[date, Path]) -> str:
    """How many month's ends are byte for byte those of monthly runs, or alike in what is settled and in alarms."""
    ends = [day for day in schedule.ends if day in by_month]
    equal = sum(contents(runs[day]) == contents(by_month[day]) for day in ends)
    settled = sum(columns(runs[day], SETTLED).equals(columns(by_month[day], SETTLED)) for day in ends)
    alarms = sum(alarms_of(runs[day]).equals(alarms_of(by_month[day])) for day in ends)
    moved, passing = changes(runs, schedule)
    counts = f"{len(runs):>6}{len(ends):>6}{equal:>7}{settled:>9}{alarms:>8}"
    return f"{name:<9}{counts}{passing:>9.2%}{moved:>8.2%}"


def contents(run: Path) -> dict[str, bytes]:
    """All files of a run, the manifest too."""
    return {file.name: file.read_bytes() for file in sorted(run.iterdir())}


def columns(run: Path, names: Iterable[str]) -> pd.DataFrame:
    """Columns of scores, by client."""
    return pq.read_table(run / "scores.parquet", columns=["client_id", *names]).to_pandas().set_index("client_id")


def alarms_of(run: Path) -> pd.DataFrame:
    """What was shown of whom, in which order."""
    return pq.read_table(run / "warnings.parquet", columns=["client_id", "state", "rank", "severity"]).to_pandas()


def changes(runs: Mapping[date, Path], schedule: Schedule) -> tuple[float, float]:
    """Share of clients whose tier or stage moved from month's end to month's end, and in between only. Means."""
    moved, passing = [], []
    for begin, end in zip(schedule.ends, schedule.ends[1:], strict=False):
        first, last = columns(runs[begin], SEEN), columns(runs[end], SEEN)
        both = first.index.intersection(last.index)
        first, last = first.loc[both], last.loc[both]
        nights = [day for day in schedule.dates if begin < day < end]
        seen = np.zeros(len(both), dtype=bool)
        for night in nights:
            between = columns(runs[night], SEEN).reindex(both)
            seen |= (between.ne(first) & between.ne(last) & between.notna()).any(axis=1).to_numpy()
        moved.append(float(first.ne(last).any(axis=1).mean()))
        passing.append(float(seen.mean()))
    return float(np.mean(moved)), float(np.mean(passing))


if __name__ == "__main__":
    raise SystemExit(main())
