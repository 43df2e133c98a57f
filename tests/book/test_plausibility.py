"""Tables that contradict each other: every check holds on a sound book, and finds the one breach made for it."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models.book.columns import Kind
from models.book.contract import TABLES
from models.book.plausibility.all_checks import ALL_CHECKS
from models.book.plausibility.checks import MAX_EXAMPLES, CheckResult, CheckScope, run_checks
from support.sound_book import Rows, day, sound_book

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.TRUTH: pa.bool_(),
}
KNOWN_UNTIL = date(2024, 1, 1)


def run(rows: Rows, *names: str) -> dict[str, CheckResult]:
    checks = [check for check in ALL_CHECKS if check.name in names or not names]
    connection = ibis.duckdb.connect()
    tables = {}
    for name, listed in rows.items():
        schema = pa.schema([(column.name, TYPES[column.kind]) for column in TABLES[name].columns])
        tables[name] = connection.create_table(name, pa.Table.from_pylist(listed, schema=schema))
    scope = CheckScope(tables=tables, known_until=KNOWN_UNTIL, money_step=0.01)
    return {result.name: result for result in run_checks(checks, scope)}


def test_a_sound_book_passes_every_check_and_all_of_them_look_at_something() -> None:
    results = run(sound_book())
    assert {name: result.failing for name, result in results.items() if result.failing} == {}
    assert [name for name, result in results.items() if result.skipped or not result.looked_at] == []


def changed(table: str, place: int, **values: Any) -> Rows:
    rows = copy.deepcopy(sound_book())
    rows[table][place].update(values)
    return rows


def added(table: str, place: int, **values: Any) -> Rows:
    rows = copy.deepcopy(sound_book())
    rows[table].append({**rows[table][place], **values})
    return rows


BREACHES = {
    "one_balance_a_day": (added("balances", 1), "C1, F1, 2021-02-28", "2 rows"),
    "drawn_and_undrawn_make_the_limit": (
        changed("balances", 0, undrawn=38.9),
        "C1, F1, 2021-01-31",
        "drawn 60.0, undrawn 38.9, limit 100.0",
    ),
    "one_report_of_arrears_a_day": (added("arrears", 0), "C1, F1, 2021-01-31", "2 rows"),
    "days_past_due_rise_by_the_day": (
        changed("arrears", 1, days_past_due=32.0),
        "C1, F1, 2021-02-28",
        "32.0 days, 3.0 on 2021-01-31",
    ),
    "breach_has_no_headroom": (
        changed("covenants", 1, headroom=0.1),
        "C1, F1, 2021-02-28",
        "breached with a headroom of 0.1",
    ),
    "drawings_within_limit": (changed("facilities", 0, limit=99.99), "F1", "owed 100.0 of a limit of 99.99"),
    "repaid_what_was_drawn": (
        changed("cashflows", 3, amount=90.01),
        "F1",
        "repaid and written off 0.01 more than drawn",
    ),
    "cashflow_after_signing": (
        changed("cashflows", 0, date=day("2020-05-31")),
        "F1, 2020-05-31, drawdown 100.0",
        "signed 2020-06-01",
    ),
    "cashflow_before_closing": (
        changed("cashflows", 4, kind="fee"),
        "F1, 2022-07-01, fee 5.0",
        "closed 2022-06-01",
    ),
    "cashflow_of_one_client": (
        changed("cashflows", 4, client_id="C2"),
        "F1, 2022-07-01, recovery 5.0",
        "client C2, the facility's is C1",
    ),
    "limit_above_zero": (added("facilities", 0, facility_id="F2", limit=None), "F2", "limit nothing"),
    "effective_after_signing": (
        changed("facilities", 0, effective=day("2020-05-01")),
        "F1",
        "effective 2020-05-01, signed 2020-06-01",
    ),
    "effective_before_maturity": (
        changed("facilities", 0, effective=day("2022-06-02")),
        "F1",
        "effective 2022-06-02, maturity 2022-06-01",
    ),
    "end_has_a_cause": (
        added("facilities", 0, facility_id="F2", exit_cause=None),
        "F2",
        "closed 2022-06-01, exit_cause nothing",
    ),
    "matured_at_maturity": (
        changed("facilities", 0, maturity=day("2023-06-01")),
        "F1",
        "closed 2022-06-01, maturity 2023-06-01",
    ),
    "closed_after_maturity": (
        added("facilities", 0, facility_id="F2", closed=None, exit_cause=None),
        "F2",
        "maturity 2022-06-01, not closed",
    ),
    "known_before_the_deal": (
        changed("clients", 0, relationship_start=day("2020-06-02")),
        "C1",
        "first signed 2020-06-01, relationship from 2020-06-02",
    ),
    "amount_not_negative": (changed("cashflows", 4, amount=-5.0), "C1, 2022-07-01, recovery", "amount -5.0"),
    "amount_in_steps": (changed("cashflows", 4, amount=5.001), "C1, 2022-07-01, recovery", "amount 5.001"),
    "amount_usual": (changed("cashflows", 44, amount=1e7), "C2, 2021-02-09, fee", "amount 10000000.0, typical"),
    "client_has_business": (added("clients", 1, client_id="C3"), "C3", "no cashflow"),
    "country_in_one_region": (
        added("clients", 1, client_id="C3", region="Pacific"),
        "CN",
        "2 regions, among them Asia and Pacific",
    ),
    "campaign_known": (
        added("interactions", 0, campaign_id="K9"),
        "C1, 2021-03-05, campaign",
        "campaign K9",
    ),
    "campaign_started": (
        changed("campaigns", 0, start=day("2021-03-06")),
        "C1, 2021-03-05, campaign",
        "campaign K1 starts 2021-03-06",
    ),
    "campaign_named": (
        added("interactions", 0, campaign_id=None),
        "C1, 2021-03-05, campaign",
        "no campaign_id",
    ),
    "answered_before_settled": (
        changed("interactions", 0, resolution_hours=1.0),
        "C1, 2021-03-05, campaign",
        "answered after 2.0 hours, settled after 1.0",
    ),
    "stages_go_forward": (
        changed("opportunities", 1, entered=day("2020-03-15")),
        "O1, 2020-03-15",
        "assessed after due_diligence",
    ),
    "opportunity_of_one_client": (changed("opportunities", 4, client_id="C2"), "O1", "C1 and C2"),
    "outcome_with_its_day": (
        changed("opportunities", 0, outcome=None),
        "O1, identified",
        "outcome nothing, closed 2020-05-01",
    ),
    "won_when_signed": (
        added("opportunities", 0, opportunity_id="O2"),
        "O2",
        "won, reached identified",
    ),
    "pd_given": (changed("ratings", 0, pd=None), "C1, 2020-01-01", "grade BB"),
    "pd_fits_grade": (changed("ratings", 0, pd=0.9), "C1, 2020-01-01", "grade BB with pd 0.9, typical"),
    "one_rating_a_day": (added("ratings", 0, grade="B"), "C1, 2020-01-01", "2 rows"),
    "survey_answered": (
        added("surveys", 0, date=day("2021-04-02"), csat=None),
        "C1, 2021-04-02",
        "neither csat nor nps",
    ),
    "one_survey_a_day": (added("surveys", 0, csat=1.0), "C1, 2021-04-01", "2 rows"),
    "one_report_per_publication": (added("financials", 0, revenue=11.0), "C1, 2020-12-31, 2021-05-01", "2 rows"),
    "earned_within_revenue": (changed("financials", 0, ebitda=11.0), "C1, 2020-12-31", "ebitda 11.0, revenue 10.0"),
    "published_in_time": (
        changed("financials", 0, published=day("2022-12-31")),
        "C1, 2020-12-31",
        "published 2022-12-31",
    ),
    "one_figure_per_country": (added("macro", 0, gdp_growth=0.1), "FR, 2020-12-31, 2021-02-01", "2 rows"),
    "country_followed": (changed("macro", 0, country="DE"), "FR", "1 clients, no macro figures"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found_and_told_by_its_row(name: str) -> None:
    rows, row, found = BREACHES[name]
    result = run(rows, name)[name]
    assert result.failing == 1
    assert result.examples[0].row == row
    assert result.examples[0].found.startswith(found)


def test_every_check_has_a_breach_here() -> None:
    assert {check.name for check in ALL_CHECKS} - set(BREACHES) == {"country_in_one_currency"}


def test_a_country_counted_in_another_currency_is_told() -> None:
    rows = sound_book()
    rows["clients"].append({"client_id": "C3", "country": "ID", "region": "Asia"})
    rupiah = {"client_id": "C3", "kind": "fee", "amount": 160_000.0}
    rows["cashflows"] += [{**rupiah, "date": day("2021-01-01") + timedelta(days=n)} for n in range(30)]
    result = run(rows, "country_in_one_currency")["country_in_one_currency"]
    assert (result.looked_at, result.failing, result.examples[0].row) == (2, 1, "ID")


def test_the_highest_amount_owed_agrees_with_a_running_sum_in_pandas() -> None:
    noise = np.random.default_rng(5)
    size = 400
    flows = pd.DataFrame(
        {
            "facility_id": noise.choice([f"F{n}" for n in range(25)], size),
            "date": [day("2021-01-01") + timedelta(days=int(n)) for n in noise.integers(0, 300, size)],
            "kind": noise.choice(["drawdown", "repayment", "write_off", "interest"], size),
            "amount": noise.integers(1, 10_000, size) / 100,
            "client_id": "C1",
        }
    )
    rows = {
        "clients": [{"client_id": "C1"}],
        "facilities": [{"facility_id": f"F{n}", "client_id": "C1", "limit": 60.0} for n in range(25)],
        "cashflows": flows.to_dict("records"),
    }
    change = flows["amount"] * flows["kind"].map({"drawdown": 1, "repayment": -1, "write_off": -1, "interest": 0})
    moved = flows.assign(change=change.round(2))[flows["kind"] != "interest"]
    daily = moved.groupby(["facility_id", "date"])["change"].sum()
    peaks = daily.groupby("facility_id").cumsum().round(2).groupby("facility_id").agg(["max", "min"])
    results = run(rows, "drawings_within_limit", "repaid_what_was_drawn")
    assert results["drawings_within_limit"].failing == int((peaks["max"] > 60).sum()) > 0
    assert results["repaid_what_was_drawn"].failing == int((peaks["min"] < 0).sum()) > 0


def test_at_most_twenty_rows_are_told_in_order() -> None:
    rows = sound_book()
    rows["clients"] += [{"client_id": f"X{number:03d}"} for number in range(50)]
    result = run(rows, "client_has_business")["client_has_business"]
    assert (result.failing, result.looked_at) == (50, 52)
    assert [example.row for example in result.examples] == [f"X{number:03d}" for number in range(MAX_EXAMPLES)]


def test_without_its_table_or_column_a_check_says_so() -> None:
    rows = sound_book()
    del rows["campaigns"]
    for row in rows["facilities"]:
        row["closed"] = None
    rows["macro"] = []
    results = run(rows, "campaign_known", "cashflow_before_closing", "country_followed")
    assert results["campaign_known"].skipped == "there is no table campaigns"
    assert results["cashflow_before_closing"].skipped == "facilities.closed is empty throughout"
    assert results["country_followed"].skipped == "table macro has no rows"
