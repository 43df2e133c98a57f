"""What goes and what stays, by hand: balances, pace of business, limits that ended, maturities ahead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from support.books import panel_from, rows

CLIENTS = rows("client_id group_id country", ("builder", None, None), ("newcomer", None, None))
CASHFLOWS = rows(
    "client_id date kind amount",
    ("builder", date(2019, 9, 10), "drawdown", 600.0),
    ("builder", date(2020, 2, 15), "commitment", 60.0),
    ("builder", date(2020, 6, 5), "repayment", 300.0),
    ("builder", date(2020, 6, 20), "commitment", 30.0),
    ("builder", date(2020, 7, 1), "repayment", 300.0),
    ("newcomer", date(2020, 6, 10), "commitment", 50.0),
)
FACILITIES = rows(
    "facility_id client_id limit signed maturity closed exit_cause",
    ("open", "builder", 1000.0, date(2019, 1, 1), date(2021, 7, 1), None, None),
    ("long", "builder", 3000.0, date(2019, 1, 1), date(2022, 7, 1), None, None),
    ("refinanced", "builder", 500.0, date(2019, 1, 1), date(2022, 1, 1), date(2020, 5, 20), "refinanced_away"),
    ("repaid", "builder", 250.0, date(2019, 1, 1), date(2020, 6, 25), date(2020, 6, 25), "matured"),
    ("kept secret", "builder", 1500.0, date(2019, 1, 1), date(2022, 1, 1), date(2020, 1, 20), None),
    ("soon lost", "builder", 0.0, date(2019, 1, 1), date(2021, 1, 1), date(2020, 7, 1), "refinanced_away"),
)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """At 1 July 2020, with an activity window of six months."""
    tables = {"clients": CLIENTS, "cashflows": CASHFLOWS, "facilities": FACILITIES}
    panel = panel_from(tables, tmp_path_factory.mktemp("book"))
    return panel.features.set_axis(pd.Index(panel.client_id), axis=0)


def test_a_client_that_repaid_half_in_june_owes_less_than_its_usual_balance(features: pd.DataFrame) -> None:
    """300 now, 600 at the end of each of the five months before; what is repaid on the as-of date is not known."""
    builder = features.loc["builder"]
    assert builder["balance_level_6p"] == pytest.approx(300 / ((300 + 5 * 600) / 6))
    assert builder[["balance_growth_1p", "balance_growth_3p"]].tolist() == pytest.approx([-1 / 3, -1 / 3])
    assert builder["balance_per_activity_6p"] == pytest.approx(300 / 90)


def test_the_pace_is_business_per_month_against_that_of_half_a_year(features: pd.DataFrame) -> None:
    """90 in six months are 15 a month; June brought 30, the last quarter 10 a month."""
    builder = features.loc["builder"]
    assert builder[["activity_pace_1p", "activity_pace_3p"]].tolist() == pytest.approx([30 / 15, 10 / 15])


def test_limits_that_left_off_schedule_are_told_from_those_that_matured(features: pd.DataFrame) -> None:
    """4,000 stay open; 500 were refinanced in May, 1,500 ended in January, long before their maturity."""
    builder = features.loc["builder"]
    shares = builder[[f"facility_early_end_share_{window}p" for window in (1, 3, 6, 12)]]
    assert shares.tolist() == pytest.approx([0.0, 500 / 4500, 2000 / 6000, 2000 / 6000])
    growth = builder[[f"facility_limit_growth_{window}p" for window in (1, 3, 6)]]
    assert growth.tolist() == pytest.approx([-250 / 8250, -750 / 8750, -2250 / 10250])


def test_maturities_are_counted_in_days_from_the_as_of_date(features: pd.DataFrame) -> None:
    """A facility that ends on the as-of date itself still counts as open."""
    builder = features.loc["builder"]
    assert builder["facility_first_maturity_days"] == (date(2021, 1, 1) - date(2020, 7, 1)).days
    assert builder["facility_last_maturity_days"] == (date(2022, 7, 1) - date(2020, 7, 1)).days


def test_a_client_without_balance_and_facilities_has_only_a_pace(features: pd.DataFrame) -> None:
    newcomer = features.loc["newcomer"]
    assert newcomer["activity_pace_1p"] == pytest.approx(6.0)
    silent = ["balance_level_6p", "balance_growth_1p", "facility_early_end_share_12p", "facility_first_maturity_days"]
    assert newcomer[silent].isna().all()
    assert newcomer["balance_per_activity_6p"] == 0.0


def test_a_book_without_facilities_says_nothing_of_them(tmp_path: Path) -> None:
    panel = panel_from({"clients": CLIENTS, "cashflows": CASHFLOWS}, tmp_path)
    assert not [name for name in panel.features if name.startswith(("balance_", "activity_pace_", "facility_"))]
