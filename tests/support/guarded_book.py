"""A plain lender's book of 200 clients over three years as frames, and its profile: what the guard is tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import ibis
import numpy as np
import pandas as pd

from models.book.guard.measuring import profile_book
from models.book.guard.profile import BookProfile
from models.config.root import Config
from support.books import settings, write_table

Frames = dict[str, pd.DataFrame]
Change = Callable[[Frames], None]
CLIENTS = 200
START, END = date(2019, 1, 1), date(2022, 1, 1)
MONTHS = 36


def lender_frames(seed: int = 1) -> Frames:
    """Clients, facilities, monthly interest and fees, ratings a year, and reports."""
    dice = np.random.default_rng(seed)
    ids = [f"C{number}" for number in range(CLIENTS)]
    countries = dice.choice(["KE", "BR", "VN"], CLIENTS)
    regions = {"KE": "Africa", "BR": "Americas", "VN": "Asia"}
    clients = pd.DataFrame(
        {"client_id": ids, "country": countries, "region": [regions[each] for each in countries], "industry": "power"}
    )
    signed = [START + timedelta(days=int(day)) for day in np.linspace(0, 1090, CLIENTS)]
    facilities = pd.DataFrame(
        {
            "facility_id": [f"F{number}" for number in range(CLIENTS)],
            "client_id": ids,
            "product": dice.choice(["loan", "guarantee"], CLIENTS),
            "limit": dice.lognormal(14, 1, CLIENTS).round(2),
            "signed": signed,
            "effective": [day + timedelta(days=20) for day in signed],
            "maturity": [
                day + timedelta(days=int(more))
                for day, more in zip(signed, dice.integers(1500, 4000, CLIENTS), strict=True)
            ],
            "spread_bp": dice.uniform(80, 400, CLIENTS).round(1),
        }
    )
    return {"clients": clients, "facilities": facilities, "cashflows": _flows(facilities, dice), **_states(ids, dice)}


def _flows(facilities: pd.DataFrame, dice: np.random.Generator) -> pd.DataFrame:
    first = facilities.assign(
        date=facilities["effective"], kind="drawdown", amount=(facilities["limit"] * 0.8).round(2)
    )
    monthly = []
    for month in range(MONTHS):
        day = date(START.year + month // 12, month % 12 + 1, 1)
        for kind, share in (("interest", 0.004), ("fee", 0.0002)):
            noise = dice.lognormal(0, 0.3, len(facilities))
            days = [day + timedelta(days=int(more)) for more in dice.integers(0, 28, len(facilities))]
            monthly.append(
                facilities.assign(date=days, kind=kind, amount=(facilities["limit"] * share * noise).round(2))
            )
    columns = ["client_id", "facility_id", "date", "kind", "amount"]
    flows = pd.concat([first, *monthly], ignore_index=True)
    return flows[flows["date"] >= flows["effective"]].reset_index(drop=True)[columns]


def _states(ids: list[str], dice: np.random.Generator) -> Frames:
    years = [(client, year) for client in ids for year in (2019, 2020, 2021)]
    size = len(years)
    revenue = dice.lognormal(16, 1, size).round(2)
    clients = [client for client, _ in years]
    days = [
        date(year, 1, 1) + timedelta(days=int(more))
        for (_, year), more in zip(years, dice.integers(0, 364, size), strict=True)
    ]
    return {
        "ratings": pd.DataFrame(
            {"client_id": clients, "date": days, "grade": "BB", "pd": dice.uniform(0.001, 0.1, size)}
        ),
        "financials": pd.DataFrame(
            {
                "client_id": clients,
                "period_end": [date(year - 1, 12, 31) for _, year in years],
                "published": days,
                "revenue": revenue,
                "ebitda": (revenue * dice.uniform(0.1, 0.3, size)).round(2),
            }
        ),
    }


def guard_settings(work_dir: Path, *overrides: str) -> Config:
    """A config that learns from all of it."""
    return settings(*overrides, work_dir=work_dir)


def profile_of(frames: Mapping[str, pd.DataFrame], folder: Path, known_until: date = END) -> BookProfile:
    """The profile of frames, as the door takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = ibis.duckdb.connect()
    for name, rows in frames.items():
        write_table(name, rows, folder / f"{name}.parquet")
    tables = {name: connection.read_parquet(folder / f"{name}.parquet") for name in frames}
    return profile_book(tables, guard_settings(folder), known_until)
