"""Small boosters of every kind that LightGBM fits, drawn at random; what is said of them is up to the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np


@dataclass(frozen=True, kw_only=True)
class DrawnBooster:
    """A booster and rows that it never saw, with numbers on its thresholds, zeros, gaps and unknown categories."""

    booster: lightgbm.Booster
    rows: np.ndarray

    @property
    def text(self) -> str:
        return str(self.booster.model_to_string(num_iteration=-1))

    def pred_contrib(self) -> np.ndarray:
        return np.asarray(self.booster.predict(self.rows, pred_contrib=True, num_threads=1))

    def raw_score(self) -> np.ndarray:
        raw = self.booster.predict(self.rows, raw_score=True, num_threads=1)
        return np.asarray(raw).reshape(len(self.rows), -1)


def drawn_booster(
    seed: int,
    *,
    rows: int = 300,
    numbers: int = 4,
    categories: int = 0,
    trees: int = 5,
    gaps: float = 0.0,
    **params: Any,
) -> DrawnBooster:
    """Fit to a target with steps, products and category effects. ``gaps``: share of numbers that are NaN."""
    generator = np.random.default_rng(seed)
    matrix = _matrix(generator, rows, numbers, categories, gaps)
    target = _target(generator, matrix, numbers, int(params.get("num_class", 1)))
    settings = {"objective": "regression", "num_leaves": 8, "min_data_in_leaf": 3, "min_data_per_group": 3}
    settings |= {"cat_smooth": 1.0, "cat_l2": 1.0}
    settings |= {"num_threads": 1, "verbosity": -1, "seed": seed, "deterministic": True, "force_col_wise": True}
    places = list(range(numbers, numbers + categories))
    data = lightgbm.Dataset(matrix, target, categorical_feature=places, params=settings | params)
    booster = lightgbm.train(settings | params, data, num_boost_round=trees)
    unseen = _matrix(generator, 60, numbers, categories, gaps + 0.1)
    return DrawnBooster(booster=booster, rows=np.concatenate([matrix[:40], unseen, _odd(generator, unseen)]))


def _matrix(generator: np.random.Generator, rows: int, numbers: int, categories: int, gaps: float) -> np.ndarray:
    """Numbers with ties and zeros, then categories 0 to 39."""
    drawn = generator.normal(size=(rows, numbers)).round(2)
    drawn[generator.random(drawn.shape) < 0.2] = 0.0
    codes = generator.integers(0, 40, size=(rows, categories)).astype(float)
    matrix = np.concatenate([drawn, codes], axis=1)
    matrix[generator.random(matrix.shape) < gaps] = np.nan
    return matrix


def _target(generator: np.random.Generator, matrix: np.ndarray, numbers: int, classes: int) -> np.ndarray:
    filled = np.nan_to_num(matrix, nan=-1.0)
    score = filled[:, 0] + filled[:, 0] * filled[:, numbers - 1] + filled[:, :numbers].sum(axis=1) % 3
    score += 2 * (filled[:, numbers:] % 7 < 3).sum(axis=1) + generator.normal(size=len(matrix)) / 2
    if classes == 1:
        return np.asarray(score)
    return np.digitize(score, np.quantile(score, np.arange(1, classes) / classes)).astype(float)


def _odd(generator: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    """The rows with what a careless source delivers: infinities, specks beside zero, negative or unknown categories."""
    odd = np.array([np.inf, -np.inf, 1e-36, -1e-36, 1e-34, -1e-34, -0.0, -0.5, 0.5, -3.0, 1e12, 77.0, 39.9, np.nan])
    return np.where(generator.random(rows.shape) < 0.4, generator.choice(odd, size=rows.shape), rows)
