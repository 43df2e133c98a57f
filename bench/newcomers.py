"""Judges the cold start on simulated books: newly won clients and all others without activity, beside the truth."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from models.book.loading import load_book
from models.config.loading import load_config
from models.evaluation.book import evaluation_plan
from models.evaluation.cold_start import judge_cold_start
from models.evaluation.report.cold_start import ColdStartGroup, ColdStartOrigin, ColdStartTotal
from models.evaluation.truth import read_truth
from models.pipeline.origins import learning_panel
from models.pipeline.pipeline import fit_segments
from models.simulator.book import simulate
from models.vocab import SilentProgress

CLIENTS, MONTHS = 5_000, 72
DATES = (date(2022, 1, 1), date(2023, 1, 1))
PARTS = ("total", "highest third", "middle third", "lowest third")
MILLION = 1e6


def main() -> int:
    """Simulate and judge one book after the other, and print tables of decline and of value."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--clients", type=int, default=CLIENTS)
    asked = parser.parse_args()
    judged = {seed: judged_at(DATES, seed=seed, clients=asked.clients) for seed in asked.seeds}
    print(_markdown(row for seed, origins in judged.items() for row in decline_rows(seed, origins)))
    print(_markdown(row for seed, origins in judged.items() for row in value_rows(seed, origins)))
    return 0


def judged_at(dates: Sequence[date], *, seed: int, clients: int) -> list[ColdStartOrigin]:
    """The cold start of one simulated book at each of ``dates``, learned from what had come before it."""
    with tempfile.TemporaryDirectory() as folder:
        place, work = Path(folder) / "book", Path(folder) / "work"
        config = load_config(Path("configs/demo.yaml"), [f"run.work_dir={work}"])
        simulate(config.simulation, clients=clients, months=MONTHS, seed=seed, out=place)
        book = load_book(config, str(place), work, SilentProgress())
        plan = evaluation_plan(book, config, dates)
        learned = learning_panel(
            book, config, plan.grid, plan.origins(), notes_before=plan.never_before, cold_start=True
        )
        if learned.cold is None:
            return []
        segments = fit_segments(learned.panel.at([max(plan.tests)]), config)
        truth = read_truth(place / "truth.parquet")
        found = [
            judge_cold_start(learned.cold, number, fit, config, truth, segments=segments)
            for number, fit in plan.tests.items()
        ]
        return [each for each in found if each is not None]


def decline_rows(seed: int, origins: Sequence[ColdStartOrigin]) -> Iterator[dict[str, object]]:
    """One row per date and group: AUC beside that of the segment and of the truth, and the level."""
    for origin in origins:
        for group in origin.groups:
            yield {
                "seed": seed,
                "as of": origin.as_of,
                "clients": group.name,
                "number": group.total.clients,
                "AUC": _auc(group),
                "segment": _digits(group.segment_auc),
                "truth": _digits(group.known_auc),
                "declined, foreseen": f"{group.foreseen_decline:.1%}",
                "realised": f"{group.realised_decline:.1%}",
                "by the truth": "" if group.known_decline is None else f"{group.known_decline:.1%}",
                "inside": "" if group.covered is None else f"{group.covered:.1%}",
            }


def value_rows(seed: int, origins: Sequence[ColdStartOrigin]) -> Iterator[dict[str, object]]:
    """One row per date, group and third: sums in millions."""
    for origin in origins:
        for group in origin.groups:
            for name, part in zip(PARTS, (group.total, *group.thirds), strict=True):
                yield {"seed": seed, "as of": origin.as_of, "clients": group.name, "of them": name, **_sums(part)}


def _sums(part: ColdStartTotal) -> dict[str, object]:
    amounts = {
        "foreseen": part.foreseen,
        "realised": part.realised,
        "truth": part.known or 0.0,
        "mean of the segment": part.segment,
    }
    return {"number": part.clients, **{name: f"{amount / MILLION:.2f}" for name, amount in amounts.items()}}


def _auc(group: ColdStartGroup) -> str:
    if group.auc is None:
        return ""
    return f"{group.auc.estimate:.3f} ({group.auc.low:.3f} to {group.auc.high:.3f})"


def _digits(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"


def _markdown(rows: Iterator[dict[str, object]]) -> str:
    frame = pd.DataFrame(list(rows)).astype(str)
    lines = [frame.columns.tolist(), ["---"] * len(frame.columns), *frame.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
