"""A lender whose models learned until the middle of a year, and whose book went on until its end: room for nights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from models.config.loading import load_config
from models.config.root import Config
from models.training.job import train
from support.lending_book import drawn_tables, lender_in, write_tables

LEARNED_UNTIL = date(2022, 7, 1)


@dataclass(frozen=True)
class NightLender:
    """The config of a lender at work, whose champion learned until ``LEARNED_UNTIL``; its book ends half a year later.

    ``whole`` are the tables of the book, ``root`` the folder below which all stands.
    """

    config_file: Path
    whole: Mapping[str, pd.DataFrame]
    root: Path

    def at_work(self, folder: Path, until: date, **run: Any) -> Config:
        """The config as it is on the day ``until``, with the book of that day and results below ``folder``."""
        book = write_tables(folder / f"book-{until}", before(self.whole, until))
        settings = [f"book.path={book}", f"book.known_until={until}", f"run.work_dir={folder}/work"]
        settings.append("nightly.monitor=false")  # unless a test asks for it
        return load_config(self.config_file, [*settings, *(f"{name}={value}" for name, value in run.items())])


def before(tables: Mapping[str, pd.DataFrame], until: date) -> dict[str, pd.DataFrame]:
    """The tables as they were known on a day: without cashflows and facilities from then on."""
    flows, facilities = tables["cashflows"], tables["facilities"]
    known = facilities["signed"] < until
    return {
        **tables,
        "facilities": facilities[known],
        "cashflows": flows[(flows["date"] < until) & flows["facility_id"].isin(facilities["facility_id"][known])],
    }


def night_lender(root: Path, **sections: Mapping[str, Any]) -> NightLender:
    """Draw the book and train on what of it was known in the middle of the year."""
    whole = drawn_tables()
    origins = {"test": ["2021-07-01"], "spacing_periods": 3, "min_history_periods": 12, "max_count": 10}
    book = {"known_until": LEARNED_UNTIL.isoformat()}
    merged = {"book": book, "origins": origins, **sections}
    lender = lender_in(root, before(whole, LEARNED_UNTIL), **merged)
    train(lender.config)
    return NightLender(config_file=lender.config_file, whole=whole, root=root)
