"""A lender's book drawn from a seed, as files of a folder, with its config: 300 clients over 60 months."""

from __future__ import annotations

import copy
import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from models.config.loading import load_config
from models.config.root import Config

CLIENTS, MONTHS = 300, 60
START, KNOWN_UNTIL = date(2018, 1, 1), date(2023, 1, 1)
TRICKY_IDS = (
    "00123",
    "123",
    "NA",
    "null",
    "nan",
    "None",
    "1e5",
    "TRUE",
    "2021-01-01",
    "中国进出口银行",
    'Smith, "Sons" & Co',
    "Line\nBreak Ltd",
    "acme",
    "acme ",
    " acme",
)
"""Ids that readers like to change: numbers, missing values, dates, blanks, signs of CSV."""

PRODUCTS = ("loan", "guarantee", "advice")
COUNTRIES = ("KE", "BR", "CN", "VN", "NA")

CONFIG: dict[str, Any] = {
    "book": {"name": "lender", "source": "files", "currency": "EUR", "known_until": KNOWN_UNTIL.isoformat()},
    "time": {"period": "month", "horizon_periods": 6, "activity_periods": 12},
    "activity": {"kinds": ["interest", "drawdown"]},
    "value": {"kinds": {"interest": 1.0, "fee": 1.0, "funding_cost": -1.0}, "discount_rate_annual": 0.08},
    "decline": {"rule": "lapse"},
    "features": {
        "windows": [3, 6, 12],
        "measures": {
            "fee": {"kinds": ["fee"]},
            "arrears": {"kinds": ["arrears"]},
            "loan": {"kinds": ["interest"], "products": ["loan"]},
            "guarantee": {"kinds": ["interest"], "products": ["guarantee"]},
        },
        "mix": ["loan", "guarantee"],
        "attributes": ["country", "industry"],
        "context": ["country"],
    },
    "origins": {"test": ["2022-01-01", "2022-07-01"], "spacing_periods": 3, "min_history_periods": 12, "max_count": 10},
    "learners": {
        "value": {"trees": 12, "leaves": 6, "min_clients_per_leaf": 10, "learning_rate": 0.1},
        "decline": {"trees": 12, "leaves": 6, "min_clients_per_leaf": 10, "learning_rate": 0.1},
        "segments": {"clusters": 3, "features": ["value_sum_12p", "activity_recency_days", "tenure_days"]},
    },
    "stages": {
        "acquisition_max_periods": 9,
        "churned_after_periods": 11,
        "trend_window_periods": 6,
        "decline_probability": 0.5,
        "hold_periods": 2,
    },
    "relationships": {
        "drivers": {
            "depth": {"features": {"activity_count_ever": 1.0}},
            "standing": {"features": {"value_sum_ever": 1.0}},
            "trust": {"features": {"tenure_days": 1.0}},
            "distress": {"features": {"arrears_sum_6p": 1.0}},
        },
    },
    "needs": {
        "drivers": {
            "borrowing": {"features": {"loan_share_ever": 1.0}},
            "building": {"features": {"activity_size_ever": 1.0}},
            "protection": {"features": {"guarantee_share_ever": 1.0}},
        },
    },
}


@dataclass(frozen=True)
class Lender:
    """The folder of a book, the file of its config, and the config itself."""

    book: Path
    config_file: Path
    config: Config


def drawn_tables(seed: int = 7) -> dict[str, pd.DataFrame]:
    """Clients, facilities and cashflows. Clients live from a first month until one is drawn as their last."""
    random = np.random.default_rng(seed)
    ids = np.array([*TRICKY_IDS, *(f"C{number:04d}" for number in range(CLIENTS - len(TRICKY_IDS)))], dtype=object)
    size = random.lognormal(9.0, 1.2, CLIENTS)
    country = random.choice(COUNTRIES, CLIENTS)
    born = random.integers(0, 48, CLIENTS)
    hazard = np.where(country == "BR", 0.05, 0.015) * np.exp(-0.4 * (np.log(size) - 9.0))
    died = born + random.geometric(np.clip(hazard, 0.002, 0.3))
    group = np.where(np.arange(CLIENTS) % 3 == 0, random.integers(0, 40, CLIENTS), -1)
    clients = pd.DataFrame(
        {
            "client_id": ids,
            "group_id": [f"G{number}" if number >= 0 else None for number in group],
            "name": [f"Client {number}" for number in range(CLIENTS)],
            "country": country,
            "industry": random.choice(["energy", "transport", "water"], CLIENTS),
        }
    )
    product = random.choice(PRODUCTS, CLIENTS, p=(0.6, 0.25, 0.15))
    facilities = pd.DataFrame(
        {
            "facility_id": [f"F{number:04d}" for number in range(CLIENTS)],
            "client_id": ids,
            "product": product,
            "limit": np.round(size * 40, 2),
            "signed": _days(born, 1),
            "maturity": _days(born + 36, 1),
        }
    )
    return {"clients": clients, "facilities": facilities, "cashflows": _flows(random, ids, size, born, died)}


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], *, ending: str = "csv") -> Path:
    """Each table as one file of ``folder``: CSV in which only an absent text is an empty field, or Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if ending == "parquet":
            table.to_parquet(folder / f"{name}.parquet", index=False)
        else:
            table.to_csv(folder / f"{name}.csv", index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    return folder


def settings_of(root: Path, **sections: Mapping[str, Any]) -> dict[str, Any]:
    """The config as a mapping, with all that a run leaves below ``root``; ``sections`` are merged over it."""
    settings = copy.deepcopy(CONFIG)
    settings["run"] = {
        "threads": 1,
        "bootstrap_resamples": 100,
        "tracking_uri": f"sqlite:///{root}/mlruns/mlflow.db",
        "artifact_dir": f"{root}/mlruns/artifacts",
        "work_dir": f"{root}/processed",
    }
    for section, values in sections.items():
        settings[section] = settings.get(section, {}) | dict(values)
    return settings


def lender_in(
    root: Path, tables: Mapping[str, pd.DataFrame] | None = None, *, ending: str = "csv", **sections: Mapping[str, Any]
) -> Lender:
    """A book and its config below ``root``, ready to train."""
    book = write_tables(root / "book", drawn_tables() if tables is None else tables, ending=ending)
    settings = settings_of(root, **sections)
    settings["book"]["path"] = str(book)
    file = root / "lender.yaml"
    file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return Lender(book=book, config_file=file, config=load_config(file))


def _days(months: np.ndarray, day: int) -> list[date]:
    return [date(START.year + month // 12, month % 12 + 1, day) for month in months.tolist()]


def _flows(
    random: np.random.Generator, ids: np.ndarray, size: np.ndarray, born: np.ndarray, died: np.ndarray
) -> pd.DataFrame:
    client, month = np.nonzero(np.ones((CLIENTS, MONTHS), dtype=bool))
    alive = (month >= born[client]) & (month < died[client])
    client, month = client[alive], month[alive]
    ending = (month >= died[client] - 4) & (random.random(len(client)) < 0.7)
    kinds = {
        "drawdown": ((month == born[client]) | (random.random(len(client)) < 0.05), 10.0),
        "interest": (random.random(len(client)) < np.where(ending, 0.35, 0.8), 1.0),
        "fee": (random.random(len(client)) < 0.15, 0.3),
        "funding_cost": (random.random(len(client)) < 0.3, 0.4),
        "arrears": (ending & (random.random(len(client)) < 0.4), 0.5),
    }
    parts = []
    for kind, (chosen, scale) in kinds.items():
        who, when = client[chosen], month[chosen]
        amount = np.round(size[who] * scale * random.lognormal(0.0, 0.4, len(who)), 2)
        part = {"client_id": ids[who], "facility_id": [f"F{number:04d}" for number in who.tolist()]}
        parts.append(pd.DataFrame(part | {"date": _days(when, 15), "kind": kind, "amount": amount}))
    return pd.concat(parts, ignore_index=True)
