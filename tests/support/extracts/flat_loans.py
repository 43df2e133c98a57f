"""One flat file of loans out of SAS: day numbers from 1960, amounts with a dollar sign, one row per loan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from support.extracts.lender import lender

_SAS_BEGINS = date(1960, 1, 1)


def loans() -> pd.DataFrame:
    """What each loan granted, earned, repaid and lost, one row per loan; a client comes back for further loans."""
    flows = lender()["cashflows"]
    quarter = pd.to_datetime(flows["date"]).dt.to_period("Q")
    kept = flows[flows["kind"].isin(["interest", "drawdown"])].assign(quarter=quarter)
    sums = kept.pivot_table(index=["client_id", "quarter"], columns="kind", values="amount", aggfunc="sum").fillna(0.0)
    sums = sums.reset_index()
    random = np.random.default_rng(5)
    begun = sums["quarter"].dt.to_timestamp(how="start")
    lost = random.random(len(sums)) < 0.03
    granted = (sums["interest"] * 10 + sums["drawdown"]).round(2)
    known = pd.DataFrame(
        {
            "loan": [f"L{number:06d}" for number in range(len(sums))],
            "borrower": sums["client_id"],
            "begun": begun,
            "term": 90,
            "granted": granted,
            "interest": sums["interest"].round(2),
            "paid": begun + pd.Timedelta(days=80),
            "lost": (granted * 0.4 * lost).round(2),
            "lost_on": (begun + pd.Timedelta(days=85)).where(lost),
        }
    )
    return known[known["granted"] > 0]


def write(folder: Path) -> Path:
    """loans.csv."""
    known = loans()

    def sas(days: pd.Series) -> pd.Series:
        return (pd.to_datetime(days) - pd.Timestamp(_SAS_BEGINS)).dt.days.astype("Int64")

    def dollars(amounts: pd.Series) -> pd.Series:
        return amounts.map("${:,.2f}".format)

    frame = pd.DataFrame(
        {
            "LoanNumber": known["loan"],
            "BorrowerID": known["borrower"],
            "ApprovalDate": sas(known["begun"]),
            "MaturityDate": sas(known["begun"] + pd.Timedelta(days=90)),
            "LoanAmount": dollars(known["granted"]),
            "DisbursementDate": sas(known["begun"]),
            "DisbursementGross": dollars(known["granted"]),
            "InterestPaid": dollars(known["interest"]),
            "LastPaymentDate": sas(known["paid"]),
            "ChargedOffAmount": dollars(known["lost"]),
            "ChargeOffDate": sas(known["lost_on"]),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "loans.csv", index=False)
    return folder / "loans.csv"
