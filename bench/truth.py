"""Judges the models on simulated books of several seeds, beside recency, untuned LightGBM and what can be known.

Run: python -m bench truth --seeds 21 22 23 24. Each book is the demo of another seed, judged at the config's test
origin by models that learned before it. One book alone hangs on a few hundred declines; several tell how far the models
come.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from models.book.loading import load_book
from models.config.loading import load_config
from models.evaluation.benchmarks import OURS, RECENCY, TRUTH, UNTUNED
from models.evaluation.book import evaluate_book
from models.evaluation.report.contents import OriginReport
from models.evaluation.report.frequency import CoverageGroup
from models.simulator.book import simulate
from models.vocab import SilentProgress

CLIENTS, MONTHS = 5_000, 72
MILLION = 1e6
BANDS = ("value_by_value", "value_by_risk", "credit_loss_by_risk")
TARGETS = {"decline": "auc", "value": "normalized_gini"}


def main() -> int:
    """Simulate and judge one book after the other, and print tables of figures, causes, bands and coverage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[21, 22, 23, 24])
    parser.add_argument("--clients", type=int, default=CLIENTS)
    asked = parser.parse_args()
    judged = {}
    for seed in asked.seeds:
        judged[seed] = judged_at_test(seed, clients=asked.clients)
        ways = ", ".join(f"{target} {_way(judged[seed], target):.1%}" for target in TARGETS)
        print(f"seed {seed}: of the way to the truth {ways}", flush=True)
    print(table([figures(each) for each in judged.values()], list(judged)))
    reports = list(judged.values())
    print(cause_table(reports))
    for name in BANDS:
        print(band_table(reports, name))
    print(coverage_table(reports))
    return 0


def judged_at_test(seed: int, *, clients: int) -> OriginReport:
    """The report of the test origin of one simulated book."""
    with tempfile.TemporaryDirectory() as folder:
        place, work = Path(folder) / "book", Path(folder) / "work"
        config = load_config(Path("configs/demo.yaml"), [f"run.work_dir={work}"])
        simulate(config.simulation, clients=clients, months=MONTHS, seed=seed, out=place)
        book = load_book(config, str(place), work, SilentProgress())
        return evaluate_book(book, config, truth=place / "truth.parquet").origins[-1]


def figures(judged: OriginReport) -> dict[str, float]:
    """Of one book: how much of the way from recency to the truth is gone, and how well figures are calibrated."""
    ours = judged.decline.metrics[OURS], judged.value.metrics[OURS]
    found: dict[str, float] = {}
    for target, metric in TARGETS.items():
        known = judged.of(target).metrics
        found |= {f"{metric} {name}": known[name][metric].estimate for name in (RECENCY, UNTUNED, OURS, TRUTH)}
        found[f"{metric} share of the way"] = _way(judged, target)
    found |= {name: ours[0][name].estimate for name in ("calibration_slope", "calibration_intercept", "ece")}
    found["coverage"] = ours[1]["interval_coverage"].estimate
    tiers = judged.parts.coverage.groups if judged.parts.coverage else ()
    return found | {f"coverage {each.name}": each.realised for each in tiers if each.name in ("AA", "A", "B")}


def _way(judged: OriginReport, target: str) -> float:
    way = judged.of(target).way
    return np.nan if way is None else way.estimate


def table(rows: Sequence[dict[str, float]], seeds: Sequence[int]) -> str:
    """A column per book, then the mean and twice its standard error."""
    frame = pd.DataFrame(rows, index=pd.Index(seeds, name="seed")).T
    mean, error = frame.mean(axis=1), frame.std(axis=1, ddof=1) / np.sqrt(len(seeds))
    return _markdown(frame.assign(mean=mean, **{"two errors": 2 * error}))


def cause_table(reports: Sequence[OriginReport]) -> str:
    """Cause -> share of clients foreseen, known and come, over all books; and foreseen to known in each."""
    names = list(reports[0].parts.causes)
    every = {name: [report.parts.causes[name][0] for report in reports] for name in names}
    rows = {
        name: {
            column: np.mean([getattr(each, column) for each in parts]) for column in ("foreseen", "known", "realised")
        }
        | {f"to known {place + 1}": each.foreseen / (each.known or np.nan) for place, each in enumerate(parts)}
        for name, parts in every.items()
    }
    return _markdown(pd.DataFrame(rows).T)


def band_table(reports: Sequence[OriginReport], name: str) -> str:
    """Band -> totals over all books, in millions, and foreseen to known and to realised; to known also in each book."""
    by_book = [{each.name: each for each in getattr(report.parts.totals, name)} for report in reports]
    rows = {}
    for band in dict.fromkeys(band for book in by_book for band in book):
        there = [book.get(band) for book in by_book]
        sums = {
            column: sum(getattr(each, column) or 0 for each in there if each is not None)
            for column in ("clients", "foreseen", "known")
        }
        realised = sum(each.realised.estimate or 0.0 for each in there if each is not None)
        rows[band] = {
            "clients": sums["clients"],
            **{column: sums[column] / MILLION for column in ("foreseen", "known")},
            "realised": realised / MILLION,
            "to known": sums["foreseen"] / (sums["known"] or np.nan),
            "to realised": sums["foreseen"] / (realised or np.nan),
            **{
                f"to known {place + 1}": np.nan if each is None or not each.known else each.foreseen / each.known
                for place, each in enumerate(there)
            },
        }
    return _markdown(pd.DataFrame(rows).T) if rows else ""


def coverage_table(reports: Sequence[OriginReport]) -> str:
    """Group of clients -> share covered, below and above its interval, over all books."""
    covers = [report.parts.coverage for report in reports if report.parts.coverage is not None]
    every: dict[str, list[CoverageGroup]] = {}
    for each in covers:
        for by, groups in (("tier", each.groups), ("P(default)", each.by_risk), ("value", each.by_value)):
            for group in groups:
                every.setdefault(f"{by}: {group.name}", []).append(group)
    rows = {}
    for name, groups_of_books in every.items():
        clients = np.array([group.clients for group in groups_of_books])
        covered, below = (
            float(clients @ [getattr(group, share) for group in groups_of_books] / clients.sum())
            for share in ("realised", "below")
        )
        rows[name] = {"clients": clients.sum(), "covered": covered, "below": below, "above": 1 - covered - below}
    return _markdown(pd.DataFrame(rows).T) if rows else ""


def _markdown(frame: pd.DataFrame) -> str:
    lines = [["", *map(str, frame.columns)], ["---"] * (1 + frame.shape[1])]
    lines += [
        [str(name), *(f"{value:.3f}" for value in row)] for name, row in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
