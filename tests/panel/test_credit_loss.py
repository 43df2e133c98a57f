"""What became of clients, margin and credit loss apart: a recovery counts with the write-off that it belongs to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.panel.panel import Panel
from support.books import panel_from, rows

SETTINGS = ("value.kinds={interest: 1.0, write_off: -1.0, recovery: 1.0}", "value.discount_rate_annual=0.0")
NAMES = ("before", "within", "both", "unnamed", "ended", "ended_before", "worked_out", "good")
SIGNED, MATURES = date(2019, 1, 1), date(2022, 1, 1)
FACILITIES = rows(
    "facility_id client_id limit signed maturity closed exit_cause",
    ("F1", "before", 500.0, SIGNED, MATURES, None, None),
    ("F2", "within", 500.0, SIGNED, MATURES, None, None),
    ("F3", "both", 500.0, SIGNED, MATURES, None, None),
    ("F4", "both", 500.0, SIGNED, MATURES, None, None),
    ("F5", "ended", 500.0, SIGNED, MATURES, date(2020, 8, 10), "default"),
    ("F6", "ended_before", 500.0, SIGNED, MATURES, date(2020, 8, 10), "default"),
    ("F8", "worked_out", 500.0, SIGNED, MATURES, date(2020, 8, 10), "default"),
    ("F9", "worked_out", 500.0, SIGNED, MATURES, None, None),
    ("F7", "good", 500.0, SIGNED, MATURES, date(2020, 8, 10), "matured"),
)
CASHFLOWS = rows(
    "client_id facility_id date kind amount",
    ("before", "F1", date(2020, 3, 2), "write_off", 100.0),
    ("before", "F1", date(2020, 8, 3), "recovery", 30.0),
    ("within", "F2", date(2020, 7, 15), "write_off", 200.0),
    ("within", "F2", date(2020, 9, 10), "recovery", 50.0),
    ("within", "F2", date(2020, 10, 1), "recovery", 70.0),  # after the horizon
    ("both", "F3", date(2020, 2, 3), "write_off", 300.0),
    ("both", "F4", date(2020, 7, 1), "write_off", 100.0),
    ("both", "F4", date(2020, 8, 3), "recovery", 20.0),
    ("both", None, date(2020, 8, 4), "recovery", 10.0),  # of whom something was lost before
    ("both", "F3", date(2020, 9, 30), "recovery", 5.0),
    ("unnamed", None, date(2020, 8, 3), "write_off", 80.0),
    ("unnamed", None, date(2020, 9, 3), "recovery", 15.0),
    ("ended_before", "F6", date(2020, 6, 30), "write_off", 90.0),
    ("worked_out", "F9", date(2020, 6, 1), "write_off", 90.0),
    *((name, None, date(2020, 5, 4), "commitment", 10.0) for name in NAMES),
    *((name, None, date(2020, 7, 20), "interest", 40.0) for name in NAMES),
)


def panel(folder: Path, *overrides: str) -> Panel:
    """At 1 July 2020 with outcomes of three months."""
    clients = rows("client_id group_id country", *((name, None, None) for name in NAMES))
    tables = {"clients": clients, "cashflows": CASHFLOWS, "facilities": FACILITIES}
    return panel_from(tables, folder, *SETTINGS, *overrides, targets=True)


def of_clients(panel: Panel) -> pd.DataFrame:
    outcomes = {name: getattr(panel, name) for name in ("value", "margin", "credit_loss", "defaulted")}
    return pd.DataFrame(outcomes, index=pd.Index(panel.client_id)).loc[list(NAMES)]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return of_clients(panel(tmp_path_factory.mktemp("apart")))


def test_recoveries_of_what_was_lost_before_are_no_value(apart: pd.DataFrame) -> None:
    assert apart["margin"].tolist() == [40.0] * len(NAMES)
    assert apart["credit_loss"].tolist() == pytest.approx([0.0, 150.0, 80.0, 65.0, 0.0, 0.0, 0.0, 0.0])
    assert apart["value"].tolist() == pytest.approx((apart["margin"] - apart["credit_loss"]).tolist())


def test_a_default_is_a_write_off_or_an_end_in_default_of_a_client_without_losses_before(apart: pd.DataFrame) -> None:
    assert dict(apart["defaulted"]) == {
        "before": False,
        "within": True,
        "both": True,
        "unnamed": True,
        "ended": True,
        "ended_before": False,
        "worked_out": False,  # the end of another facility comes when the workout of the default is over
        "good": False,
    }


def test_by_config_recoveries_of_the_past_are_value(tmp_path: Path, apart: pd.DataFrame) -> None:
    counted = of_clients(panel(tmp_path, "credit.past_recoveries=value"))
    assert (counted["value"] - apart["value"]).tolist() == pytest.approx([30.0, 0.0, 15.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert (counted["margin"] - apart["margin"]).tolist() == (counted["value"] - apart["value"]).tolist()
    assert counted["credit_loss"].equals(apart["credit_loss"])


def test_losses_and_margin_are_discounted_alike(tmp_path: Path, apart: pd.DataFrame) -> None:
    later = of_clients(panel(tmp_path, "value.discount_rate_annual=0.12"))
    assert (later["margin"] < apart["margin"]).all()
    lost = apart["credit_loss"] > 0
    assert (later["credit_loss"][lost] < apart["credit_loss"][lost]).all()
    assert later["value"].tolist() == pytest.approx((later["margin"] - later["credit_loss"]).tolist())


def test_where_value_counts_no_write_offs_value_is_the_margin(tmp_path: Path) -> None:
    plain = panel(tmp_path, "value.kinds={interest: 1.0}")
    assert plain.credit_loss is None
    assert plain.defaulted is None
    assert plain.value is not None
    assert plain.value.tolist() == [40.0] * len(NAMES)
