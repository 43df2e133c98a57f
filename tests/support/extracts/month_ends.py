"""Month-end balances and days past due instead of flows, in three currencies, with rates by month and merged ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from support.extracts.lender import lender

CURRENCIES = ("EUR", "USD", "CHF")
MERGED = 6
"""So many clients had an old number until the middle of the book."""
MERGED_ON = "2020-07-01"


def month_ends() -> pd.DataFrame:
    """One row per facility and month in which it lives: what is drawn, limit, what came in, and days past due."""
    tables = lender()
    flows = tables["cashflows"].assign(month=pd.to_datetime(tables["cashflows"]["date"]).dt.to_period("M"))
    sums = flows.pivot_table(index=["facility_id", "month"], columns="kind", values="amount", aggfunc="sum").fillna(0.0)
    sums = sums.reset_index().sort_values(["facility_id", "month"])
    overdue = (sums["arrears"] > 0).groupby(sums["facility_id"])
    run = overdue.transform(lambda each: each.groupby((~each).cumsum()).cumsum())
    facilities = tables["facilities"].set_index("facility_id")
    number = sums["facility_id"].str[1:].astype(int)
    return pd.DataFrame(
        {
            "loan_no": sums["facility_id"],
            "client_no": facilities.loc[sums["facility_id"], "client_id"].to_numpy(),
            "month_end": sums["month"].dt.to_timestamp(how="end").dt.date,
            "currency": np.array(CURRENCIES)[number % len(CURRENCIES)],
            "balance": (sums["drawdown"].groupby(sums["facility_id"]).cumsum() / 10).round(2),
            "credit_limit": facilities.loc[sums["facility_id"], "limit"].to_numpy(),
            "interest_paid": sums["interest"].round(2),
            "fees_paid": sums["fee"].round(2),
            "dpd": (run * 30 - number % 7 * (run > 0)).astype(int),
        }
    )


def rates() -> pd.DataFrame:
    """Per month: what a unit of each other currency was worth in EUR."""
    months = pd.period_range("2017-12", "2022-12", freq="M")
    steps = np.arange(len(months))
    worth = {"USD": 0.85 + 0.002 * steps, "CHF": 0.88 + 0.001 * steps}
    parts = [
        pd.DataFrame({"date": months.to_timestamp(how="start").date, "currency": name, "rate": each.round(4)})
        for name, each in worth.items()
    ]
    return pd.concat(parts, ignore_index=True)


def merged() -> pd.DataFrame:
    """Old number, present number, and the day from which both were one."""
    present = sorted(lender()["clients"]["client_id"])[:MERGED]
    return pd.DataFrame({"old_id": [f"A{each[1:]}" for each in present], "client_id": present, "date": MERGED_ON})


def write(folder: Path) -> Path:
    """borrowers.csv, balances.csv, arrears.csv, rates.csv and aliases.csv, parted by a bar."""
    rows, old = month_ends(), merged().set_index("client_id")["old_id"]
    before = pd.to_datetime(rows["month_end"]) < pd.Timestamp(MERGED_ON)
    rows["client_no"] = rows["client_no"].where(~before, rows["client_no"].map(old).fillna(rows["client_no"]))
    clients = lender()["clients"].rename(columns={"client_id": "client_no", "name": "borrower_name"})
    ids = ["loan_no", "client_no", "month_end"]
    written = {
        "borrowers": clients[["client_no", "borrower_name", "country", "industry"]],
        "balances": rows[[*ids, "currency", "balance", "credit_limit", "interest_paid", "fees_paid"]],
        "arrears": rows.loc[rows["dpd"] > 0, [*ids, "dpd"]],
        "rates": rates(),
        "aliases": merged(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in written.items():
        frame.to_csv(folder / f"{name}.csv", sep="|", index=False)
    return folder
