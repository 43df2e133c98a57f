"""Fits one rival on rows that were laid out before; runs in an environment of its own and knows nothing of the project.

Run by ``python -m bench accuracy``: python rivals.py SIDE FOLDER --budget 60 --threads 1. Reads ``fit_*.npz`` of the
folder; writes ``SIDE.npz``, one score per test row and target in the order of the fits, and ``SIDE.facts.json``.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 20240229
LABEL = "outcome"
MISSING = "missing"
TARGETS = ("decline", "value")

Frame = pd.DataFrame
Scores = np.ndarray
Settings = argparse.Namespace


def xgboost(learned: Frame, outcome: np.ndarray, scored: Frame, target: str, settings: Settings) -> Scores:
    """XGBoost as it comes, with its own handling of categories."""
    from xgboost import XGBClassifier, XGBRegressor  # noqa: PLC0415 - each side loads only what it needs

    options = {"enable_categorical": True, "n_jobs": settings.threads, "random_state": SEED}
    if target == "decline":
        return XGBClassifier(**options).fit(learned, outcome.astype(int)).predict_proba(scored)[:, 1]
    return XGBRegressor(**options).fit(learned, outcome).predict(scored)


def catboost(learned: Frame, outcome: np.ndarray, scored: Frame, target: str, settings: Settings) -> Scores:
    """CatBoost as it comes, with its own handling of categories, which it takes as text."""
    from catboost import CatBoostClassifier, CatBoostRegressor  # noqa: PLC0415

    names = _categories(learned)
    learned, scored = (frame.assign(**{name: _as_text(frame[name]) for name in names}) for frame in (learned, scored))
    options = {
        "cat_features": names,
        "thread_count": settings.threads,
        "random_seed": SEED,
        "verbose": False,
        "allow_writing_files": False,
    }
    if target == "decline":
        return CatBoostClassifier(**options).fit(learned, outcome.astype(int)).predict_proba(scored)[:, 1]
    return CatBoostRegressor(**options).fit(learned, outcome).predict(scored)


def autogluon(learned: Frame, outcome: np.ndarray, scored: Frame, target: str, settings: Settings) -> Scores:
    """AutoGluon's default preset over LightGBM, CatBoost and XGBoost, within the budget."""
    from autogluon.tabular import TabularPredictor  # noqa: PLC0415

    decline = target == "decline"
    with tempfile.TemporaryDirectory(prefix="bench-autogluon-") as folder:
        predictor = TabularPredictor(
            label=LABEL,
            problem_type="binary" if decline else "regression",
            eval_metric="roc_auc" if decline else "root_mean_squared_error",
            path=folder,
            verbosity=0,
        ).fit(
            learned.assign(**{LABEL: outcome.astype(int) if decline else outcome}),
            time_limit=settings.budget,
            hyperparameters={"GBM": {}, "CAT": {}, "XGB": {}},
            num_cpus=settings.threads,
            num_gpus=0,
        )
        return (predictor.predict_proba(scored)[1] if decline else predictor.predict(scored)).to_numpy()


def flaml(learned: Frame, outcome: np.ndarray, scored: Frame, target: str, settings: Settings) -> Scores:
    """FLAML over all learners it chooses by itself, within the budget."""
    from flaml import AutoML  # noqa: PLC0415

    decline = target == "decline"
    search = AutoML()
    search.fit(
        learned,
        outcome.astype(int) if decline else outcome,
        task="classification" if decline else "regression",
        metric="roc_auc" if decline else "rmse",
        time_budget=settings.budget,
        n_jobs=settings.threads,
        seed=SEED,
        verbose=0,
    )
    return search.predict_proba(scored)[:, 1] if decline else search.predict(scored)


SIDES: dict[str, Callable[[Frame, np.ndarray, Frame, str, Settings], Scores]] = {
    "xgboost": xgboost,
    "catboost": catboost,
    "autogluon": autogluon,
    "flaml": flaml,
}
PACKAGES = {"xgboost": "xgboost-cpu", "catboost": "catboost", "autogluon": "autogluon.tabular", "flaml": "flaml"}


def run(settings: Settings) -> None:
    """All fits of one folder by one side."""
    scores: dict[str, list[np.ndarray]] = {target: [] for target in TARGETS}
    seconds: list[float] = []
    for file in sorted(settings.folder.glob("fit_*.npz")):
        rows = np.load(file)
        learned, scored = (_frame(rows[name], rows["codes"]) for name in ("learned", "scored"))
        for target in TARGETS:
            started = time.perf_counter()
            reported = SIDES[settings.side](learned, rows[target], scored, target, settings)
            seconds.append(time.perf_counter() - started)
            scores[target].append(np.asarray(reported, dtype=np.float64))
    joined = {name: np.concatenate(part) for name, part in scores.items()}
    np.savez(settings.folder / f"{settings.side}.npz", allow_pickle=False, **joined)
    facts = {"fits": len(seconds), "seconds": sum(seconds), "version": _version(settings.side)}
    if settings.side in {"autogluon", "flaml"}:
        facts["budget"] = settings.budget
    (settings.folder / f"{settings.side}.facts.json").write_text(json.dumps(facts))


def _frame(matrix: np.ndarray, codes: np.ndarray) -> Frame:
    """Numbers as they are; the columns of ``codes`` (place, number of codes) as categories; missing stays missing."""
    frame = pd.DataFrame(matrix, columns=[f"x{place}" for place in range(matrix.shape[1])])
    return frame.assign(**{f"x{place}": _category(matrix[:, place], count) for place, count in codes})


def _category(codes: np.ndarray, count: int) -> pd.Categorical:
    """Named, for XGBoost takes no categories that are numbers with a fraction."""
    names = [f"category {number}" for number in range(count)]
    return pd.Categorical.from_codes(np.nan_to_num(codes, nan=-1).astype(int), categories=names)


def _categories(frame: Frame) -> list[str]:
    return [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype(object).where(column.notna(), MISSING).astype(str)


def _version(side: str) -> str:
    return importlib.metadata.version(PACKAGES[side])


def main() -> None:
    """Parse the arguments and run one side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=list(SIDES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=float, required=True, help="seconds per fit, for those that search")
    parser.add_argument("--threads", type=int, required=True)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
