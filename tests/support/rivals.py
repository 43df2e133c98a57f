"""A lender's book with four registered versions: the champion, a good challenger, a crippled one, and a fresh one.

All but the fresh one learned until ``LEARNED_UNTIL``, so that a whole horizon of outcomes came since. Apart from the
book itself, since MLflow loads slowly.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from models.config.loading import load_config
from models.config.root import Config
from models.training.job import train
from models.training.result import TrainResult
from support.lending_book import lender_in

LEARNED_UNTIL = "2022-07-01"
CHAMPION, GOOD, CRIPPLED, FRESH = "1", "2", "3", "4"
_HELD_BACK = f"origins.learn_until={LEARNED_UNTIL}"
_WAYS = {
    CHAMPION: (_HELD_BACK,),
    GOOD: (_HELD_BACK, "run.seed=5"),
    CRIPPLED: (_HELD_BACK, "learners.decline.min_clients_per_leaf=5000", "learners.value.min_clients_per_leaf=5000"),
    FRESH: (),
}
GATE = {
    "least_clients": 50,
    "least_events": 10,
    "least_reason_correlation": 0.0,
    "auc_margin": 0.05,
    "declines": {"low": 0.5, "high": 2.0},
    "value_ranking_margin": 0.15,
    "value_error_margin": 0.3,
    "calibration_slope": {"low": 0.3, "high": 3.0},
    "value_total": {"low": 0.5, "high": 2.0},
    "coverage_tolerance": 0.2,
    "most_tier_moves": 0.6,
}
"""Wide, as 300 clients and a dozen trees need."""


@dataclass(frozen=True)
class Rivals:
    """The folder of everything, the config, and what each training left by version."""

    root: Path
    config_file: Path
    config: Config
    trained: dict[str, TrainResult]

    def settings(self, *overrides: str) -> Config:
        """The config with other values."""
        return load_config(self.config_file, overrides)

    def copied(self, root: Path, *overrides: str) -> Config:
        """A config of a copy of registry and results below ``root``, for tests that change the champion.

        The files of the bundles stay where they are.
        """
        shutil.copytree(self.root / "processed", root / "processed")
        with closing(sqlite3.connect(self.root / "mlruns" / "mlflow.db")) as source:
            (root / "mlruns").mkdir()
            with closing(sqlite3.connect(root / "mlruns" / "mlflow.db")) as copy:
                source.backup(copy)
        own = (f"run.tracking_uri=sqlite:///{root}/mlruns/mlflow.db", f"run.work_dir={root}/processed")
        return self.settings(*own, *overrides)


def rivals_in(root: Path) -> Rivals:
    """Draw the book and train each version, in the order of their numbers."""
    origins = {"test": ["2022-01-01"], "spacing_periods": 3, "min_history_periods": 12, "max_count": 8}
    lender = lender_in(root, origins=origins, gate=GATE, regions={"level": "country"})
    trained = {version: train(lender.config_file, overrides=ways) for version, ways in _WAYS.items()}
    return Rivals(root, lender.config_file, lender.config, trained)
