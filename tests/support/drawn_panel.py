"""A panel drawn from a seed, without a book behind it: who did little before is likely to decline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.book.periods import PeriodGrid
from models.config.root import Config
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models
from models.pipeline.selection import learn_calibration
from support.lending_book import settings_of

GRID = PeriodGrid("month", date(2022, 1, 1))
ORIGINS = (-24, -18, -12, -6, 0)
"""The last one is tested."""
FIT = LearningOrigins(learn=ORIGINS[:-1], out_of_time=(OutOfTimeOrigins(ORIGINS[-2], ORIGINS[:-2]),))
"""What it is learned from: the origins before, the last of which is foretold by those before it."""


def small_config(**sections: dict[str, object]) -> Config:
    """The config of the lender's book."""
    return Config.model_validate(settings_of(Path("nowhere"), **sections))


def drawn_panel(clients: int = 120, *, groups: int | None = None, group_tells_all: bool = False) -> Panel:
    """Clients at five origins with what the recipe needs of features.

    ``groups`` sponsor groups (None: not known). ``group_tells_all``: the outcome is drawn once per group, and one
    feature is the group's name; nothing else is worth knowing.
    """
    random = np.random.default_rng(11)
    rows = clients * len(ORIGINS)
    client = np.tile(np.arange(clients), len(ORIGINS))
    group = client if groups is None else client % groups
    total = random.lognormal(8.0, 1.0, rows)
    recency = random.gamma(2.0, 40.0, rows)
    odds = 0.03 * (recency - 70) - 0.8 * (np.log(total) - 8)
    declined = random.random(rows) < 1 / (1 + np.exp(-odds))
    if group_tells_all:
        declined = (random.random(clients) < 0.5)[group]
    value = np.where(declined, 0.0, total * random.lognormal(0.0, 0.3, rows))
    features = _features(random, total, recency, group)
    return Panel(
        client_id=pd.Series([f"C{number:03d}" for number in client], dtype="str"),
        origin=np.repeat(ORIGINS, clients),
        group=group.astype(np.int64),
        features=features,
        units=dict.fromkeys(features.columns, "units"),
        grid=GRID,
        grouped=None if groups is None else np.ones(rows, dtype=np.bool_),
        value=value,
        declined=declined,
        event_period=np.where(declined, 0, 1 + np.arange(rows) % 6),
    )


def _features(random: np.random.Generator, total: np.ndarray, recency: np.ndarray, group: np.ndarray) -> pd.DataFrame:
    """What the pipeline needs of features, of clients that brought ``total`` within a year."""
    rows = len(total)
    return pd.DataFrame(
        {
            "activity_recency_days": recency,
            "activity_count_12p": random.poisson(6, rows).astype(np.float64),
            "activity_count_ever": random.poisson(12, rows).astype(np.float64),
            "activity_active_periods": 1.0 + random.poisson(random.gamma(1.5, 2.0, rows)),
            "value_sum_ever": 2.0 * total,
            "activity_growth_6p": random.uniform(-1, 1, rows),
            "value_sum_3p": total * random.uniform(0, 0.5, rows),
            "value_sum_12p": total,
            "tenure_days": recency + random.uniform(100, 1500, rows),
            "country": pd.Series([f"G{number}" for number in group], dtype="str"),
        }
    )


def indebted_panel(clients: int = 300, *, defaults: bool = True, rated: bool = True) -> Panel:
    """The same clients in debt: who pays late may default, and then loses part of what it owes.

    ``defaults``: whether any came; ``rated``: whether clients have ratings with a PD.
    """
    panel, random = drawn_panel(clients), np.random.default_rng(12)
    assert panel.value is not None
    recency = panel.features["activity_recency_days"].to_numpy()
    exposure = panel.features["value_sum_12p"].to_numpy() * random.lognormal(2.0, 0.5, len(panel))
    lgd = random.uniform(0.2, 0.7, len(panel))
    chance = 1 / (1 + np.exp(5.0 - 0.03 * recency))
    defaulted = defaults & (random.random(len(panel)) < chance)
    lost = np.where(defaulted, exposure * lgd * random.uniform(0.8, 1.2, len(panel)), 0.0)
    debts = {"exposure_at_default": exposure, "loss_given_default": lgd}
    ratings = {"pd_last": np.where(random.random(len(panel)) < 0.9, chance, np.nan)} if rated else {}
    features = panel.features.assign(**debts, **ratings)
    return replace(
        panel,
        features=features,
        units=dict.fromkeys(features.columns, "units"),
        value=panel.value - lost,
        margin=panel.value,
        credit_loss=lost,
        defaulted=defaulted,
    )


def fitted_models(config: Config | None = None, panel: Panel | None = None) -> FittedModels:
    """The pipeline fitted on the drawn panel or another one, calibrated on its out-of-time forecast."""
    panel, config = panel or drawn_panel(), config or small_config()
    return fit_models(panel, FIT, learn_calibration(OutOfTimeForecasts(panel, config).of(FIT), config), config)
