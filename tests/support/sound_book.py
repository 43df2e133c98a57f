"""The rows of a small book in which no table contradicts another; what breaks it is each test's own business."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
"""Table -> rows."""
FUNNEL = ("identified", "assessed", "due_diligence", "approved", "signed")


def day(text: str) -> date:
    return date.fromisoformat(text)


def sound_book() -> Rows:
    """A loan of one client drawn, repaid and closed in time, and everything else a lender notes down."""
    return {
        **_dealings(),
        **_contacts(),
        "ratings": [
            {"client_id": "C1", "date": day("2020-01-01") + timedelta(days=number), "grade": "BB", "pd": 0.02}
            for number in range(30)
        ],
        "financials": [_report(period_end="2020-12-31", published="2021-05-01", revenue=10.0, ebitda=3.0)],
        "opportunities": [_opportunity(stage, month) for month, stage in enumerate(FUNNEL, start=1)],
        "macro": [
            {"country": country, "date": day("2020-12-31"), "published": day("2021-02-01")} for country in ("FR", "CN")
        ],
        **_states(),
    }


def _states() -> Rows:
    """The loan at two ends of months."""
    loan = {"client_id": "C1", "facility_id": "F1"}
    ends = [{**loan, "date": day(text)} for text in ("2021-01-31", "2021-02-28")]
    tested = [("met", 0.2), ("breached", -0.1)]
    return {
        "balances": [{**end, "drawn": 60.0, "undrawn": 40.0, "limit": 100.0} for end in ends],
        "arrears": [{**end, "days_past_due": days, "amount": 1.0} for end, days in zip(ends, (3.0, 31.0), strict=True)],
        "covenants": [
            {**end, "covenant": "leverage", "outcome": outcome, "headroom": headroom}
            for end, (outcome, headroom) in zip(ends, tested, strict=True)
        ],
    }


def _dealings() -> Rows:
    """The borrower, another client, the borrower's loan, and what was paid."""
    since = day("2020-01-01")
    loan = {
        "facility_id": "F1",
        "client_id": "C1",
        "limit": 100.0,
        "signed": day("2020-06-01"),
        "effective": day("2020-06-02"),
        "maturity": day("2022-06-01"),
        "closed": day("2022-06-01"),
        "exit_cause": "matured",
    }
    return {
        "clients": [
            {"client_id": "C1", "country": "FR", "region": "Europe", "relationship_start": since},
            {"client_id": "C2", "country": "CN", "region": "Asia", "relationship_start": since},
        ],
        "facilities": [loan],
        "cashflows": [*_flows_of_the_loan(), *_fees()],
    }


def _flows_of_the_loan() -> list[dict[str, Any]]:
    flows = [
        ("2020-06-02", "drawdown", 100.0),
        ("2021-06-02", "repayment", 60.0),
        ("2021-07-02", "drawdown", 50.0),
        ("2022-06-01", "repayment", 90.0),
        ("2022-07-01", "recovery", 5.0),
    ]
    return [
        {"client_id": "C1", "facility_id": "F1", "date": day(when), "kind": kind, "amount": amount}
        for when, kind, amount in flows
    ]


def _fees() -> list[dict[str, Any]]:
    """Forty days with a fee each, so that it can be told what is usual."""
    return [
        {"client_id": "C2", "date": day("2021-01-01") + timedelta(days=n), "kind": "fee", "amount": 1.0 + n}
        for n in range(40)
    ]


def _contacts() -> Rows:
    """A campaign, the contact that it led to, and a survey."""
    answer = {"campaign_id": "K1", "response_hours": 2.0, "resolution_hours": 2.0}
    return {
        "interactions": [{"client_id": "C1", "date": day("2021-03-05"), "kind": "campaign", **answer}],
        "surveys": [{"client_id": "C1", "date": day("2021-04-01"), "csat": 4.0}],
        "campaigns": [{"campaign_id": "K1", "start": day("2021-03-01")}],
    }


def _report(*, period_end: str, published: str, revenue: float, ebitda: float) -> dict[str, Any]:
    dates = {"period_end": day(period_end), "published": day(published)}
    return {"client_id": "C1", **dates, "revenue": revenue, "ebitda": ebitda}


def _opportunity(stage: str, month: int) -> dict[str, Any]:
    """One row of a deal that was won in May 2020, a stage a month."""
    return {
        "opportunity_id": "O1",
        "client_id": "C1",
        "stage": stage,
        "entered": date(2020, month, 1),
        "outcome": "won",
        "closed": day("2020-05-01"),
    }
