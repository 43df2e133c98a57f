"""Fits and scores what the project itself brings to a book, and lays the same rows out for rivals elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench.accuracy.books import OpenBook
from bench.accuracy.parts import JudgedBook, Standing, write_judged

from models.config.root import Config
from models.evaluation.compute import JudgedOrigin, evaluate_origin
from models.evaluation.metrics import Realised
from models.panel.panel import Panel
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.rows import contract_of, rows_of
from models.vocab import BoolArray, IntArray


def judge(book: OpenBook, folder: Path) -> None:
    """Judge the recipe and the baselines at all test origins, and leave the rows for rivals in ``folder``."""
    started = time.perf_counter()
    forecasts = OutOfTimeForecasts(book.panel, book.config)
    origins = [evaluate_origin(forecasts, test, fit, book.config, book.truth) for test, fit in book.tests.items()]
    facts = _facts(origins) | {"seconds": time.perf_counter() - started}
    realised = Realised.pooled([origin.realised for origin in origins])
    write_judged(
        folder,
        JudgedBook(
            outcomes={"decline": realised.declined, "value": realised.value},
            groups=np.concatenate([origin.groups for origin in origins]),
            standings=_standings(origins),
            order=_lay_out(book, folder),
            facts=facts,
        ),
    )


def _facts(origins: Sequence[JudgedOrigin]) -> dict[str, Any]:
    reports = [origin.report for origin in origins]
    return {
        "as_of": [report.as_of.isoformat() for report in reports],
        "clients": [report.clients for report in reports],
        "learning_rows": [report.learning_rows for report in reports],
        "chosen": [report.choice.chosen for report in reports],
    }


def _standings(origins: Sequence[JudgedOrigin]) -> dict[str, Standing]:
    """Of whoever competes at every origin."""
    pooled: dict[str, dict[str, Any]] = {}
    forecasts: dict[str, set[str]] = {}
    for target, benchmarks in origins[0].contest.items():
        for name, benchmark in benchmarks.items():
            parts = [origin.contest[target][name].score for origin in origins if name in origin.contest[target]]
            if len(parts) == len(origins):
                pooled.setdefault(name, {})[target] = np.concatenate(parts)
                forecasts.setdefault(name, set()).update({target} if benchmark.is_forecast else ())
    return {name: Standing(scores=scores, forecasts=frozenset(forecasts[name])) for name, scores in pooled.items()}


def _lay_out(book: OpenBook, folder: Path) -> IntArray:
    """Write each fit's rows, encoded as ours are; returns the places of the scored rows among those of all tests.

    Where sponsor groups are known they are kept apart as in the contest: a client is scored by what saw none of its.
    """
    for old in folder.glob("fit_*.npz"):
        old.unlink()
    places: list[IntArray] = []
    first = 0
    for test, fit in book.tests.items():
        rows, learn = book.panel.at([test]), book.panel.at(fit.learn)
        for apart, inside in _folds(learn, rows, book.config):
            _write_fit(folder / f"fit_{len(places):02}.npz", learn.where(apart), rows.where(inside), book.config)
            places.append(first + np.flatnonzero(inside))
        first += len(rows)
    return np.concatenate(places)


def _folds(learn: Panel, test: Panel, config: Config) -> list[tuple[BoolArray, BoolArray]]:
    if not test.groups_known:
        return [(np.ones(len(learn), dtype=np.bool_), np.ones(len(test), dtype=np.bool_))]
    folds = config.origins.group_folds
    learned, place = learn.group_fold(folds), test.group_fold(folds)
    return [(learned != fold, place == fold) for fold in range(folds) if (place == fold).any()]


def _write_fit(path: Path, learn: Panel, test: Panel, config: Config) -> None:
    contract = contract_of(learn, config)
    rows = rows_of(learn, contract)
    codes = [(place, max(contract.features[place].codes.values(), default=0) + 1) for place in contract.categorical]
    np.savez(
        path,
        learned=rows.matrix,
        decline=rows.declined.astype(np.float64),
        value=rows.value,
        scored=contract.encode(test.features),
        codes=np.array(codes, dtype=np.int64).reshape(-1, 2),
    )
