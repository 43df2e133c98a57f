"""On a simulated book of another seed than any weight was chosen on, types are recovered and flap less when held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.book.loading import load_book
from models.config.loading import load_config
from models.config.root import Config
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.profiles.compute import fit_kinds
from models.profiles.labels import agreement
from models.profiles.migrations import steadiness
from models.profiles.rescoring import held_histories, raw_histories
from models.profiles.types import NEEDS, RELATIONSHIPS, driver_scores, memberships_of
from models.simulator.book import simulate
from models.vocab import SilentProgress

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
CLIENTS, MONTHS, SEED = 1_500, 72, 4_711
JUDGED = tuple(range(54, 61))
"""Months of the book, from July 2022 to January 2023."""


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(DEMO, ["features.text_components=0", "run.threads=1", "simulation.truth.paths=2"])


@pytest.fixture(scope="module")
def folder(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds") / "book"
    simulate(config.simulation, clients=CLIENTS, months=MONTHS, seed=SEED, out=folder, as_of_months=JUDGED)
    return folder


@pytest.fixture(scope="module")
def panel(config: Config, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    book = load_book(config, str(folder), tmp_path_factory.mktemp("work"), SilentProgress())
    with prepared_book(book, config, date(2023, 1, 1)) as prepared:
        return panel_of(prepared, config, range(-6, 1), targets=False)


@pytest.fixture(scope="module")
def truth(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "truth.parquet")


@pytest.mark.parametrize(("axis", "at_least"), [("relationship_type", 0.90), ("need_type", 0.80)])
def test_types_are_recovered(config: Config, panel: Panel, truth: pd.DataFrame, axis: str, at_least: float) -> None:
    learned, judged = panel.at([-6]), panel.at([0])
    model = fit_kinds(learned, learned.features["value_sum_12p"].to_numpy(), np.zeros(len(learned)), config)
    related = axis == "relationship_type"
    settings, kinds = (config.relationships, RELATIONSHIPS) if related else (config.needs, NEEDS)
    scores = driver_scores(judged.features, model.relationships if related else model.needs, settings)
    known = truth[pd.to_datetime(truth["as_of"]) == "2023-01-01"].set_index("client_id")
    labels = known.loc[judged.client_id, axis].to_numpy(dtype=np.str_)
    assert agreement(memberships_of(scores, settings, kinds), labels).macro_auc >= at_least


def test_held_types_change_less_without_cause(config: Config, panel: Panel, truth: pd.DataFrame) -> None:
    learned = panel.at([-6])
    model = fit_kinds(learned, learned.features["value_sum_12p"].to_numpy(), np.zeros(len(learned)), config)
    raw = raw_histories(model, panel, np.full(len(panel), 0.2), config)
    held = held_histories(raw, config)
    months = [panel.grid.index_of(day) for day in pd.to_datetime(truth["as_of"]).dt.date]
    for axis in ("relationship_type", "need_type"):
        known = truth.assign(month=months).pivot(index="month", columns="client_id", values=axis)
        loose, firm = steadiness(raw[axis], known), steadiness(held[axis], known)
        assert firm.idle_steps < 0.8 * loose.idle_steps
