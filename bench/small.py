"""Judges what serves on small books, made of some countries of the IBRD's public borrowers, beside simple models.

Run: python -m bench small --seeds 1 2 3 4 5 6. Each book holds countries drawn at random until about 70 borrowers are
active at the latest test origin. The config is that of the whole book; trees alone stand beside.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from bench.accuracy.books import real_data

from models.book.loading import load_book
from models.config.loading import load_config
from models.errors import InternalError
from models.evaluation.book import evaluate_book
from models.evaluation.report.contents import BenchmarkSummary, EvaluationReport
from models.metrics.bootstrap import Interval
from models.pipeline.serving import Serving
from models.vocab import SilentProgress

FILE = "ibrd/ibrd_loans_2022-05-31.csv.gz"
TESTS = ("2015-07-01", "2017-07-01", "2019-01-01")
ACTIVE_YEARS = 10
"""Time of activity of the config: a borrower without a loan for longer is not looked at."""
RIVALS = {"value": ("past_sum", "btyd"), "decline": ("logistic",)}
WITHOUT = ("learners.value.simple=[]", "learners.decline.simple=[]")


@dataclass(frozen=True, kw_only=True)
class SmallBook:
    """What came of one book, over all test origins: clients, who served, and ours minus each rival."""

    clients: tuple[int, ...]
    serving: tuple[dict[str, Serving], ...]
    ours: dict[str, float]
    trees: dict[str, float]
    minus: dict[str, Interval]


def main() -> int:
    """Make and judge one book after the other, and print a row of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6])
    parser.add_argument("--clients", type=int, default=70)
    asked = parser.parse_args()
    judged = {}
    for seed in asked.seeds:
        judged[seed] = judged_book(seed, clients=asked.clients)
        print(f"book {seed}: {judged[seed].minus['past_sum']}", flush=True)
    print(table(judged))
    return 0


def judged_book(seed: int, *, clients: int) -> SmallBook:
    """One book, judged with simple models and by trees alone."""
    with tempfile.TemporaryDirectory() as folder:
        file = write_countries(real_data() / FILE, Path(folder) / "loans.csv", clients=clients, seed=seed)
        report, trees = (evaluated(file, Path(folder), *more) for more in ((), WITHOUT))
    return SmallBook(
        clients=tuple(origin.clients for origin in report.origins),
        serving=tuple({"value": each.serving.value, "decline": each.serving.decline} for each in report.origins),
        ours=_main_figures(report),
        trees=_main_figures(trees),
        minus={name: _pooled(report, target).ours_minus[name] for target in RIVALS for name in RIVALS[target]},
    )


def write_countries(published: Path, file: Path, *, clients: int, seed: int) -> Path:
    """The loans of countries drawn at random, until so many borrowers had one in the years before the last test."""
    loans = pd.read_csv(published, dtype=str, keep_default_na=False)
    approved = pd.to_datetime(loans["Board Approval Date"], format="%m/%d/%Y %I:%M:%S %p", errors="coerce")
    until = pd.Timestamp(TESTS[-1])
    active = loans[(approved < until) & (approved >= until - pd.DateOffset(years=ACTIVE_YEARS))]
    borrowers = active.groupby("Country")["Borrower"].nunique().sort_index()
    drawn = borrowers.sample(frac=1.0, random_state=seed)
    countries = drawn.index[: int(np.searchsorted(drawn.cumsum().to_numpy(), clients)) + 1]
    loans[loans["Country"].isin(countries)].to_csv(file, index=False)
    return file


def evaluated(file: Path, folder: Path, *overrides: str) -> EvaluationReport:
    """The report of the whole book's config on one file."""
    settings = [f"run.work_dir={folder / 'work'}", "run.threads=1", f"origins.test=[{','.join(TESTS)}]", *overrides]
    config = load_config(Path("configs/ibrd.yaml"), settings)
    return evaluate_book(load_book(config, str(file), folder / "work", SilentProgress()), config)


def _main_figures(report: EvaluationReport) -> dict[str, float]:
    return {
        "AUC": _pooled(report, "decline").metrics["ours"]["auc"].estimate,
        "nGini": _pooled(report, "value").metrics["ours"]["normalized_gini"].estimate,
    }


def _pooled(report: EvaluationReport, target: str) -> BenchmarkSummary:
    if report.pooled is None:
        raise InternalError("figures of several test origins are needed")
    return report.pooled.decline if target == "decline" else report.pooled.value


def table(judged: dict[int, SmallBook]) -> str:
    """A row per book, as Markdown."""
    names = [name for target in RIVALS for name in RIVALS[target]]
    head = ["book", "clients", "value by", "decline by", "AUC", "by trees", "nGini", "by trees"]
    rows = [[*head, *(f"ours minus {name}" for name in names)]]
    for seed, book in judged.items():
        served = [", ".join(_served(each[target]) for each in book.serving) for target in RIVALS]
        figures = [each[name] for name in ("AUC", "nGini") for each in (book.ours, book.trees)]
        rows.append(
            [
                str(seed),
                ", ".join(map(str, book.clients)),
                *served,
                *(f"{figure:.3f}" for figure in figures),
                *(
                    f"{gap.estimate:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
                    for gap in map(book.minus.get, names)
                    if gap
                ),
            ]
        )
    return "\n".join([_row(rows[0]), _row(["---"] * len(rows[0])), *map(_row, rows[1:])])


def _served(who: Serving) -> str:
    return who.names[0] if len(who.names) == 1 else f"{who.share:.0%} {who.leader} + {who.simple}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
