"""A bank's month-end extract, all the way: days past due, caps, balances and covenants as a reviewer reads them."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from models.explanation.job import client_story
from models.explanation.page import client_page
from models.explanation.story import ClientStory
from models.explanation.terminal import show
from support.graded import PROJECT_FINANCE
from support.lending_book import drawn_tables
from support.trained_lender import TrainedLender, trained_lender

ENDS = [day.date() for day in pd.date_range("2019-01-31", "2022-12-31", freq="ME")]
LATE, VERY_LATE, PUNCTUAL = "C0100", "C0101", "C0102"
DAYS = {LATE: 36, VERY_LATE: 95, PUNCTUAL: 0}
POLICY = PROJECT_FINANCE.model_dump(mode="json")
ESTIMATED = "estimated from cashflows"


def kept_alive(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The cashflows, in which the three clients pay every month to the end and nobody has flows of arrears."""
    flows = tables["cashflows"]
    paid = [
        {
            "client_id": client,
            "facility_id": f"F{_place(client):04d}",
            "date": day.replace(day=15),
            "kind": "interest",
            "amount": 900.0,
        }
        for client in DAYS
        for day in ENDS
    ]
    return pd.concat([flows[~flows.client_id.isin(DAYS)], pd.DataFrame(paid)], ignore_index=True)


def _place(client: str) -> int:
    clients = drawn_tables()["clients"]
    return int(clients.index[clients.client_id == client][0])


def bank_tables() -> dict[str, pd.DataFrame]:
    """The drawn lender with what a core system writes at each month end."""
    tables = drawn_tables()
    tables["cashflows"] = kept_alive(tables)
    facility = {client: f"F{_place(client):04d}" for client in DAYS}
    arrears = [(client, facility[client], ENDS[-1], days, 50.0) for client, days in DAYS.items()]
    arrears += [(client, facility[client], end, 0, 0.0) for client in DAYS for end in ENDS[:-1]]
    tables["arrears"] = pd.DataFrame(arrears, columns=["client_id", "facility_id", "date", "days_past_due", "amount"])
    drawn = [(client, facility[client], end, 600.0, 400.0) for client in DAYS for end in ENDS]
    tables["balances"] = pd.DataFrame(drawn, columns=["client_id", "facility_id", "date", "drawn", "undrawn"])
    tests = [(LATE, ENDS[-7], "leverage", "met", 0.1), (LATE, ENDS[-1], "leverage", "breached", -0.2)]
    tables["covenants"] = pd.DataFrame(tests, columns=["client_id", "date", "covenant", "outcome", "headroom"])
    return tables


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> TrainedLender:
    signals = {
        "dimensions": {"covenants": {"up": {"covenant_breached_last": 1}}, "arrears": {"up": {"arrears_days": 30}}}
    }
    return trained_lender(tmp_path_factory.mktemp("bank"), bank_tables(), policy=POLICY, warnings=signals)


@pytest.fixture(scope="module")
def story(bank: TrainedLender) -> ClientStory:
    return client_story(bank.config, LATE)


def manifest_of(bank: TrainedLender) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((bank.predicted.folder / "manifest.json").read_text(encoding="utf-8"))
    return facts


def test_a_client_36_days_past_due_is_capped_by_the_true_days(bank: TrainedLender) -> None:
    reason = dict(zip(bank.column("client_id"), bank.column("tier_reason"), strict=True))
    tier = dict(zip(bank.column("client_id"), bank.column("tier"), strict=True))
    assert "more than 30 days overdue" in reason[LATE]
    assert "more than 90 days overdue" in reason[VERY_LATE]
    assert (tier[LATE] != "AA", tier[VERY_LATE]) == (True, "B")
    assert "overdue" not in reason[PUNCTUAL]
    assert ESTIMATED not in "".join(reason.values())


def test_the_page_tells_the_days_and_the_balance_of_the_extract(story: ClientStory) -> None:
    page = client_page(story)
    assert "36 days (special mention)" in page
    assert ESTIMATED not in page
    printed = io.StringIO()
    show(Console(file=printed, width=200), story)
    assert "36 days" in printed.getvalue()
    observed = {line.what: line.observed for dimension in story.grade_text.dimensions for line in dimension.criteria}
    assert observed["days past due"] == "36 days (special mention)"
    assert observed["outstanding balance as a share of the open limits"] == "60%"


def test_the_directory_and_the_overview_know_the_true_days(bank: TrainedLender) -> None:
    listed = pd.read_parquet(bank.predicted.folder / "clients.parquet").set_index("client_id")
    assert listed.loc[list(DAYS), "days_overdue"].tolist() == [36.0, 95.0, 0.0]
    assert listed.loc[list(DAYS), "outstanding"].tolist() == [600.0] * 3
    assert "feature_only_estimated" not in {each["code"] for each in manifest_of(bank)["notices"]}


def test_a_breach_and_a_jump_of_the_days_warn(bank: TrainedLender) -> None:
    warned = pd.read_parquet(bank.predicted.folder / "warnings.parquet").set_index("client_id")
    assert set(warned.loc[LATE, "dimensions"]) == {"covenants", "arrears"}
    assert list(warned.loc[VERY_LATE, "dimensions"]) == ["arrears"]
