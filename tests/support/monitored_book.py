"""A lender trained on what was known at the end of 2020, and published at six dates of the year after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from models.config.guard import GuardConfig
from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.monitoring.job import Places
from models.publications.past import official_runs
from models.scoring.job import predict
from models.training.job import train
from support.lending_book import drawn_tables, lender_in, write_tables

TRAINED, KNOWN_UNTIL = date(2021, 1, 1), date(2022, 1, 1)
DATES = tuple(date(2021, month, 1) for month in (1, 4, 7, 8, 9, 10))
LATEST = DATES[-1]
DRIFTED = date(2021, 11, 1)
"""The date of a feed that went wrong: a month after the latest publication."""
OVERRIDDEN = 12
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class MonitoredBook:
    """The config of the whole book, its tables, and all that training and publishing left below ``root``."""

    root: Path
    config: Config
    config_file: Path
    tables: Tables

    def feed(self, name: str, change: Callable[[Tables], None]) -> str:
        """The place of a feed that went wrong."""
        tables = dict(self.tables)
        change(tables)
        return str(write_tables(self.root / name, tables))

    def settings(self, **sections: dict[str, Any]) -> Config:
        """The config with other sections, and a door and a guard that refuse nothing, so that monitoring must."""
        lenient = {name: {"refused": None} for name in GuardConfig.model_fields}
        values = {"guard": lenient} | sections
        raw = self.config.model_dump(mode="json") | {
            name: self.config.model_dump(mode="json").get(name, {}) | given for name, given in values.items()
        }
        return Config.model_validate(raw)


def monitored_book(root: Path, *, rule: str = "drop", dates: Sequence[date] = DATES) -> MonitoredBook:
    """Train on the book as it was at the end of 2020, then publish at each of ``dates`` from the whole of it."""
    tables = tables_of_the_book()
    sections: dict[str, Any] = {
        "book": {"known_until": KNOWN_UNTIL.isoformat()},
        "decline": {"rule": rule, "share": 0.5},
        "origins": {"test": ["2020-01-01"], "max_count": 8},
    }
    lender = lender_in(root, tables, **sections)
    early = write_tables(root / "early", known_before(tables, TRAINED))
    at_training = [f"book.path={early}", f"book.known_until={TRAINED}"]
    train(load_config(lender.config_file, at_training))
    for when in dates:
        predict(lender.config, as_of=when)
    return MonitoredBook(root=root, config=lender.config, config_file=lender.config_file, tables=tables)


def tables_of_the_book() -> Tables:
    """The lender's tables: facilities do not end, and some tiers are decided by people."""
    tables = drawn_tables()
    tables["facilities"] = tables["facilities"].drop(columns="maturity")
    ids = tables["clients"]["client_id"].iloc[20 : 20 + OVERRIDDEN]
    tables["overrides"] = pd.DataFrame(
        {
            "client_id": ids.to_numpy(),
            "tier": ["AA"] * (OVERRIDDEN // 2) + ["B"] * (OVERRIDDEN // 2),
            "reason": "the committee knows more of this client",
            "decided_by": "committee",
            "decided_on": date(2020, 12, 1),
            "valid_until": date(2023, 12, 1),
        }
    )
    return known_before(tables, KNOWN_UNTIL)  # later no client is born, and the book would age


def known_before(tables: Tables, day: date) -> Tables:
    """What was known before a day."""
    dated = {"cashflows": "date", "facilities": "signed", "overrides": "decided_on"}
    cut = {name: rows[rows[dated[name]] < day] if name in dated else rows for name, rows in tables.items()}
    known = cut["facilities"]["facility_id"]
    return cut | {"cashflows": cut["cashflows"][cut["cashflows"]["facility_id"].isin(known)]}


def scores_at(published: MonitoredBook, when: date) -> tuple[Path, pd.DataFrame]:
    """The folder of a publication, and its scores by client."""
    place = work_dir(published.config) / SCORES_FOLDER
    folder = next(run.folder for run in official_runs(place) if run.as_of == when)
    return folder, pq.read_table(folder / "scores.parquet").to_pandas().set_index("client_id")


def beside(published: MonitoredBook, name: str) -> Places:
    """Other files than the book's own."""
    return Places(page=published.root / f"{name}.html", prometheus=published.root / f"{name}.prom")


__all__ = [
    "DATES", "DRIFTED", "KNOWN_UNTIL", "LATEST", "MonitoredBook", "Tables", "beside", "monitored_book", "scores_at",
]  # fmt: skip
