"""Judges how steady what is published of a client is when a simulated book is scored every month for two years.

Run: python -m bench steadiness --clients 2000. Models learn from the years before; each month then gives every client a
segment, a stage and types, once as the rules say and once held by the rules against flapping. The simulator knows when
a client really changed.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.book.loading import load_book
from models.book.periods import PeriodGrid
from models.config.loading import load_config
from models.config.root import Config
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.pipeline.origins import learning_panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models, segment_rows
from models.pipeline.selection import learn_calibration
from models.profiles.compute import AXES
from models.profiles.migrations import Steadiness, steadiness
from models.profiles.rescoring import held_histories, held_over, raw_histories
from models.simulator.book import simulate
from models.vocab import SilentProgress

MONTHS = 72
FIRST, LAST = 48, 71
"""Months of the book, from 0, at whose beginning it is scored."""
ANCHOR = date(2022, 1, 1)
LEARN = (-36, -30, -24)
"""Learned from so many months before the anchor; outcomes of the last end a year before the first scoring."""
SEGMENT = "segment"
HELD_MONTHS = 2
"""Segments are published as they are found; this asks what holding them would change."""


@dataclass(frozen=True)
class Scored:
    """Axis -> kinds, a row per month and a column per client: as rules say, as published, and as they truly are."""

    raw: dict[str, pd.DataFrame]
    held: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def main() -> int:
    """Simulate, learn, score every month, and print one line per axis."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=77)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scored = rescored(Path(folder), clients=asked.clients, seed=asked.seed)
    print(f"{asked.clients:,} clients, seed {asked.seed}, {LAST - FIRST + 1} months; shares of steps, then of clients")
    print(f"{'axis':<20}{'':<11}{'changed':>9}{'idle':>9}{'ever':>9}{'ever idle':>11}")
    for axis in (SEGMENT, *AXES):
        for manner, histories in (("each month", scored.raw), ("held", scored.held)):
            reported(axis, manner, steadiness(histories[axis], scored.truth[axis]))
    truly = steadiness(scored.truth[SEGMENT])
    print(f"true stage or type changed at {truly.changed_steps:.2%} of steps, ever for {truly.changed_clients:.2%}")
    return 0


def reported(axis: str, manner: str, found: Steadiness) -> None:
    """One line of the table."""
    shares = (found.changed_steps, found.idle_steps, found.changed_clients)
    print(f"{axis:<20}{manner:<11}" + "".join(f"{share:>9.2%}" for share in shares) + f"{found.idle_clients:>11.2%}")


def rescored(folder: Path, *, clients: int, seed: int) -> Scored:
    """A simulated book, and what is said of its clients month by month."""
    config = load_config(Path("configs/demo.yaml"), ["features.text_components=0", "simulation.truth.paths=2"])
    months = list(range(FIRST, LAST + 1))
    place = folder / "book"
    simulate(config.simulation, clients=clients, months=MONTHS, seed=seed, out=place, as_of_months=months)
    book = load_book(config, str(place), folder, SilentProgress())
    grid = PeriodGrid(config.time.period, ANCHOR)
    panel = learning_panel(book, config, grid, [*LEARN, *range(LAST - FIRST + 1)]).panel
    models = learned(panel, config)
    now = panel.at(range(LAST - FIRST + 1))
    probability = models.decline.predict(models.contract.encode(now.features))
    raw = dict(raw_histories(models.kinds, now, probability, config)) | {SEGMENT: segments_over_time(models, now)}
    held = dict(held_histories({axis: raw[axis] for axis in AXES}, config))
    return Scored(
        raw=raw,
        held=held | {SEGMENT: held_over(raw[SEGMENT], HELD_MONTHS)},
        truth=truths(pd.read_parquet(place / "truth.parquet"), grid),
    )


def learned(panel: Panel, config: Config) -> FittedModels:
    """The models as they would have been trained before the first scoring."""
    fit = LearningOrigins(learn=LEARN, out_of_time=(OutOfTimeOrigins(LEARN[-1], LEARN[:1]),))
    known = panel.at(LEARN)
    return fit_models(known, fit, learn_calibration(OutOfTimeForecasts(known, config).of(fit), config), config)


def segments_over_time(models: FittedModels, panel: Panel) -> pd.DataFrame:
    """The segment of each client at each month, as text."""
    number = models.segments.assign(segment_rows(models.segments, panel)).segment
    rows = pd.DataFrame({"origin": panel.origin, "client_id": panel.client_id.to_numpy(), "kind": number.astype(str)})
    rows["kind"] = rows["kind"].astype(object)
    return rows.pivot(index="origin", columns="client_id", values="kind")


def truths(truth: pd.DataFrame, grid: PeriodGrid) -> dict[str, pd.DataFrame]:
    """True stages and types by month. Segments have no truth: they count as stirred when stage or a type changes."""
    truth = truth.assign(origin=[grid.number_of(day) for day in pd.to_datetime(truth["as_of"]).dt.date])
    kinds = truth[list(AXES)].astype(str)
    truth[SEGMENT] = kinds["stage"] + " " + kinds["relationship_type"] + " " + kinds["need_type"]
    return {
        axis: truth.pivot(index="origin", columns="client_id", values=axis).astype(object).replace({np.nan: None})
        for axis in (SEGMENT, *AXES)
    }


if __name__ == "__main__":
    raise SystemExit(main())
