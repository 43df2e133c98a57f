"""Exposure at default and what of it would be lost, by hand: conversion, amortisation, arrears, collateral."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.panel.facilities import FOREVER, Facilities
from models.panel.facility_flows import FacilityFlows
from models.panel.features.credit import exposures_at_default
from support.books import panel_from, rows

HORIZON = 100.0
LOSSES = "value.kinds={interest: 1.0, write_off: -1.0, recovery: 1.0}"
ENDLESS = date(2040, 1, 1)


def facility(**changes: object) -> Facilities:
    """One facility of a limit of 1,000 and a CCF of 40%, of which 600 are drawn and nothing is repaid."""
    terms: dict[str, object] = {
        "limit_steps": 1_000,
        "maturity": FOREVER,
        "closed": FOREVER,
        "written_off": FOREVER,
        "conversion": 0.4,
        "revolving": False,
        "amortising": False,
        "drawn": 600,
        "repaid": 0,
    }
    terms |= changes
    days = {name: np.array([terms[name]], dtype=np.int32) for name in ("maturity", "closed", "written_off")}
    one = np.zeros(1, dtype=np.int64)
    flows = replace(
        FacilityFlows.none(),
        **dict.fromkeys(("facility", "period", "written_off", "recovered"), one),
        last_day=one.astype(np.int32),
        drawn=np.array([terms["drawn"]]),
        repaid=np.array([terms["repaid"]]),
    )
    return Facilities(
        client=one,
        limit_steps=np.array([terms["limit_steps"]]),
        signed=np.array([-1_000], dtype=np.int32),
        **days,
        cause=np.array([-1], dtype=np.int8),
        spread_bp=np.full(1, np.nan),
        collateral_cover=np.full(1, np.nan),
        counted=np.zeros((1, 0), dtype=np.bool_),
        own=np.empty((1, 0)),
        lgd=np.full(1, 0.45),
        unsecured=np.full(1, 0.45),
        conversion=np.array([terms["conversion"]]),
        revolving=np.array([terms["revolving"]]),
        amortising=np.array([terms["amortising"]]),
        country=np.full(1, None, dtype=object),
        flows=flows,
    )


def exposure(**changes: object) -> float:
    return float(exposures_at_default(facility(**changes), 0, HORIZON)[0])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 600 + 0.4 * 400),  # creditriskengine 0.31.0 calculates the same: calculate_ead(600, 400, 0.4) = 760
        ({"conversion": 0.0}, 600),
        ({"limit_steps": 500}, 600),  # drawn beyond the limit
        ({"maturity": 50}, 0.5 * (600 + 0.4 * 400)),
        ({"maturity": 100}, 600 + 0.4 * 400),
        ({"maturity": 50, "amortising": True}, 0.25 * 600 + 0.5 * 0.4 * 400),
        ({"maturity": 200, "amortising": True}, 0.75 * 600 + 0.4 * 400),
        ({"amortising": True}, 600 + 0.4 * 400),  # until when is not known
        ({"drawn": 900, "repaid": 500}, 400 + 0.4 * 100),  # what was repaid cannot be drawn again
        ({"drawn": 900, "repaid": 500, "revolving": True}, 400 + 0.4 * 600),
        ({"drawn": 100, "repaid": 150}, 0.4 * 900),
        ({"maturity": -10}, 600),  # overdue: all of it stands, and nothing more can be drawn
        ({"maturity": -10, "amortising": True}, 600),
        ({"maturity": 0}, 600),
        ({"closed": -5}, 0),
        ({"written_off": -5}, 0),  # in default already
    ],
)
def test_exposure_by_hand(changes: dict[str, object], expected: float) -> None:
    assert exposure(**changes) == pytest.approx(expected)


@given(left=st.integers(1, 1_000))
def test_what_is_repaid_in_instalments_is_exposed_by_its_mean_balance(left: int) -> None:
    time = (np.arange(20_000) + 0.5) / 20_000 * HORIZON
    mean = 600 * np.maximum(1 - time / left, 0).mean()
    found = exposure(maturity=left, amortising=True, conversion=0.0)
    assert found == pytest.approx(mean, rel=1e-3)


def test_nothing_of_the_future_is_exposed() -> None:
    known = facility(closed=50, written_off=40).known_before(30)
    assert exposures_at_default(known, 30, HORIZON).tolist() == [0 + 0.4 * 400 + 600]
    assert exposures_at_default(facility().known_before(-2_000), -2_000, HORIZON).tolist() == []


def test_what_moved_on_the_as_of_date_is_not_known() -> None:
    found = facility()
    moved = replace(found, flows=replace(found.flows, last_day=np.array([30], dtype=np.int32)))
    assert exposures_at_default(moved.known_before(30), 30, HORIZON).tolist() == [0.4 * 1_000]
    assert exposures_at_default(moved.known_before(31), 31, HORIZON).tolist() == [600 + 0.4 * 400]


CLIENTS = ("told", "plain", "half", "twice", "risky", "safe", "two", "beside", "lost", "idle")
FACILITIES = rows(
    "facility_id client_id product limit signed maturity collateral_cover lgd",
    ("F-told", "told", "loan", 1000.0, date(2019, 1, 1), ENDLESS, 2.0, 0.3),
    ("F-plain", "plain", "loan", 1000.0, date(2019, 1, 1), ENDLESS, None, None),
    ("F-half", "half", "loan", 1000.0, date(2019, 1, 1), ENDLESS, 0.5, None),
    ("F-twice", "twice", "loan", 1000.0, date(2019, 1, 1), ENDLESS, 2.0, None),
    ("F-risky", "risky", "bond", 1000.0, date(2019, 1, 1), ENDLESS, 0.5, None),
    ("F-safe", "safe", "advance", 1000.0, date(2019, 1, 1), ENDLESS, 0.5, None),
    ("F-two-1", "two", "loan", 1000.0, date(2019, 1, 1), ENDLESS, None, 0.2),
    ("F-two-2", "two", "bond", 5000.0, date(2019, 1, 1), ENDLESS, None, 0.8),
    ("F-lost", "lost", "loan", 1000.0, date(2019, 1, 1), ENDLESS, None, None),
)
DRAWN = (*((f"F-{name}", name, 600.0) for name in CLIENTS[:6]), ("F-two-1", "two", 600.0), ("F-two-2", "two", 0.0))
CASHFLOWS = rows(
    "client_id facility_id date kind amount",
    *((client, loan, date(2019, 6, 3), "drawdown", amount) for loan, client, amount in DRAWN),
    ("beside", None, date(2019, 6, 3), "drawdown", 500.0),
    ("beside", None, date(2020, 1, 3), "repayment", 180.0),
    ("lost", "F-lost", date(2019, 6, 3), "drawdown", 600.0),
    ("lost", "F-lost", date(2020, 1, 3), "write_off", 600.0),
    *((name, None, date(2020, 5, 4), "commitment", 10.0) for name in CLIENTS),
)
PRODUCTS = "credit.products={bond: {loss_given_default: 0.75, conversion: 0.1}, advance: {loss_given_default: 0.1}}"


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """At 1 July 2020."""
    clients = rows("client_id group_id country", *((name, None, None) for name in CLIENTS))
    tables = {"clients": clients, "cashflows": CASHFLOWS, "facilities": FACILITIES}
    panel = panel_from(tables, tmp_path_factory.mktemp("book"), LOSSES, PRODUCTS)
    return panel.features.set_axis(pd.Index(panel.client_id), axis=0)


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("told", 0.3),  # the book says it, whatever the collateral
        ("plain", 0.45),
        ("half", 0.7 * 0.45 + 0.3 * 0.2),  # half covered, of which 40% are not counted
        ("twice", 0.2),
        ("risky", 0.7 * 0.75 + 0.3 * 0.2),
        ("safe", 0.1),  # collateral makes nothing worse
        ("two", (760 * 0.2 + 500 * 0.8) / 1260),  # weighted by exposure: 600 and 40% of 400, 10% of 5,000
        ("beside", 0.45),
    ],
)
def test_loss_given_default_by_hand(features: pd.DataFrame, client: str, expected: float) -> None:
    assert features.loc[client, "loss_given_default"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("plain", 600 + 0.4 * 400),
        ("risky", 600 + 0.1 * 400),
        ("two", 1260),
        ("beside", 320),  # owed beside any facility
        ("lost", 0),  # written off, and not owed any more
        ("idle", 0),
    ],
)
def test_exposure_of_clients_by_hand(features: pd.DataFrame, client: str, expected: float) -> None:
    assert features.loc[client, "exposure_at_default"] == pytest.approx(expected)


def test_of_nothing_exposed_no_share_is_lost(features: pd.DataFrame) -> None:
    assert features.loc[["lost", "idle"], "loss_given_default"].isna().all()


def test_where_value_counts_no_write_offs_there_is_no_exposure(tmp_path: Path) -> None:
    clients = rows("client_id group_id country", ("told", None, None))
    flows = CASHFLOWS[CASHFLOWS.client_id == "told"].reset_index(drop=True)
    found = panel_from({"clients": clients, "cashflows": flows, "facilities": FACILITIES.iloc[:1]}, tmp_path)
    assert not {"exposure_at_default", "loss_given_default"} & set(found.features)


GRADES = "credit.grades={BB: 0.02, CCC: 0.3}"


def test_a_grade_stands_in_where_a_rating_has_no_pd(tmp_path: Path) -> None:
    names = ("both", "grade", "unknown", "neither", "later")
    ratings = rows(
        "client_id date grade pd",
        ("both", date(2020, 1, 1), "BB", 0.05),
        ("grade", date(2020, 1, 1), "CCC", None),
        ("unknown", date(2020, 1, 1), "D-", None),
        ("neither", date(2020, 1, 1), None, None),
        ("later", date(2020, 1, 1), "BB", 0.05),
        ("later", date(2020, 2, 1), "BB", None),
        ("later", date(2020, 7, 1), "CCC", None),
    )
    tables = {
        "clients": rows("client_id group_id country", *((name, None, None) for name in names)),
        "cashflows": rows(
            "client_id date kind amount", *((name, date(2020, 5, 4), "commitment", 10.0) for name in names)
        ),
        "ratings": ratings,
    }
    panel = panel_from(tables, tmp_path / "mapped", GRADES)
    found = panel.features["pd_last"].set_axis(pd.Index(panel.client_id))
    assert found[["both", "grade", "later"]].tolist() == [0.05, 0.3, 0.02]
    assert found[["unknown", "neither"]].isna().all()
    plain = panel_from(tables, tmp_path / "plain")
    told = plain.features["pd_last"].set_axis(pd.Index(plain.client_id))
    assert told[["both", "later"]].tolist() == [0.05, 0.05]
    assert told[["grade", "unknown", "neither"]].isna().all()
