"""A month-end extract equals hand arithmetic: balances, use, exposure, collateral, covenants, country risk."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.panel.panel import Panel
from support.books import AS_OF, panel_from, rows

MARCH, MAY, JUNE = date(2020, 3, 31), date(2020, 5, 31), date(2020, 6, 30)
LOSSES = (
    "value.kinds={interest: 1.0, write_off: -1.0}",
    "features.measures={}",
    "features.mix=[]",
    "time.horizon_periods=1",
)
ENDLESS = date(2040, 1, 1)
BALANCES = "client_id facility_id date drawn undrawn limit"


def bank(**tables: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A client A with two facilities and a client B with one, of which nothing but interest flows."""
    return {
        "clients": rows("client_id country", ("A", "KE"), ("B", "FR")),
        "facilities": rows(
            "facility_id client_id product limit signed maturity country",
            ("A1", "A", "loan", 1_000.0, date(2019, 1, 1), ENDLESS, "KE"),
            ("A2", "A", "loan", 500.0, date(2019, 1, 1), ENDLESS, "FR"),
            ("B1", "B", "loan", 300.0, date(2019, 1, 1), ENDLESS, "FR"),
        ),
        "cashflows": rows(
            "client_id date kind amount",
            *(
                (client, date(2020, month, 3), kind, 5.0)
                for client in "AB"
                for month in range(1, 7)
                for kind in ("drawdown", "interest")
            ),
        ),
        **tables,
    }


def said(made: Panel, name: str) -> list[float]:
    return [float(value) for value in made.features[name]]


def balances(*reported: tuple[object, ...]) -> pd.DataFrame:
    return rows(BALANCES, *reported)


def test_use_and_exposure_are_those_of_the_last_month_end(tmp_path: Path) -> None:
    reported = balances(
        ("A", "A1", MARCH, 200.0, 800.0, 1_000.0),
        ("A", "A1", JUNE, 600.0, 400.0, 1_000.0),
        ("A", "A2", JUNE, 100.0, 300.0, 400.0),
        ("B", "B1", MAY, 250.0, 50.0, 300.0),  # not listed in June: over
        ("A", "A1", AS_OF, 999.0, 1.0, 1_000.0),  # not known yet
    )
    made = panel_from(bank(balances=reported), tmp_path, *LOSSES)
    assert said(made, "facility_outstanding") == [700.0, 0.0]
    assert said(made, "facility_utilisation")[0] == 700 / 1_400
    assert said(made, "balance_undrawn_last") == [700.0, 0.0]
    assert said(made, "balance_limit_last") == [1_400.0, 0.0]
    assert said(made, "exposure_at_default") == [700 + 0.4 * 700, 0.0]
    assert said(made, "balance_used_change_3p")[0] == 700 / 1_400 - 200 / 1_000


def test_what_is_not_told_follows_from_limits(tmp_path: Path) -> None:
    made = panel_from(
        bank(balances=balances(("A", "A1", JUNE, 600.0, None, None), ("A", None, JUNE, 50.0, 20.0, None))),
        tmp_path,
        *LOSSES,
    )
    assert said(made, "facility_outstanding")[0] == 650.0
    assert said(made, "facility_utilisation")[0] == 650 / (1_000 + 70)
    assert said(made, "exposure_at_default")[0] == 600 + 0.4 * 400 + 0.4 * 500 + 50 + 0.4 * 20


@pytest.mark.parametrize(
    ("collateral", "lost"),
    [
        ((("A1", 500.0),), 0.45 * (760 - 300) + 0.2 * 300 + 0.45 * 240),
        ((("A1", 5_000.0),), 0.2 * 760 + 0.45 * 240),
        (((None, 1_000.0),), 0.45 * 400 + 0.2 * 600),
        ((("A1", 500.0), (None, 5_000.0)), 0.2 * 1_000),
        ((("A1", 300.0), ("A1", 200.0)), 0.45 * (760 - 300) + 0.2 * 300 + 0.45 * 240),  # two of a kind
    ],
)
def test_loss_rests_on_collateral_as_last_appraised(
    collateral: tuple[tuple[str | None, float], ...], lost: float, tmp_path: Path
) -> None:
    """EAD of A1 is 600 + 0.4 x 400, of A2 40 + 0.4 x 500; the haircut of collateral is 40%."""
    reported = balances(("A", "A1", JUNE, 600.0, 400.0, None), ("A", "A2", JUNE, 40.0, 500.0, None))
    appraised = rows(
        "client_id facility_id date kind value",
        *(("A", facility, MAY, "land", value) for facility, value in collateral),
        ("A", "A1", AS_OF, "land", 9e6),
    )
    made = panel_from(bank(balances=reported, collateral=appraised), tmp_path, *LOSSES)
    assert said(made, "exposure_at_default")[0] == 1_000.0
    assert said(made, "loss_given_default")[0] == pytest.approx(lost / 1_000, rel=1e-12)
    assert said(made, "collateral_value_last")[0] == sum(value for _, value in collateral)
    assert said(made, "collateral_cover_last")[0] == sum(value for _, value in collateral) / 640
    assert said(made, "collateral_age_days")[0] == 31


def test_the_lgd_that_the_book_tells_stands(tmp_path: Path) -> None:
    book = bank(collateral=rows("client_id facility_id date value", ("B", "B1", MAY, 9e6)))
    book["facilities"] = book["facilities"].assign(lgd=0.6)
    assert said(panel_from(book, tmp_path, *LOSSES), "loss_given_default") == [0.6, 0.6]


def test_covenants_guarantees_and_esg_are_told_as_of_the_day(tmp_path: Path) -> None:
    made = panel_from(
        bank(
            covenants=rows(
                "client_id facility_id date covenant outcome headroom",
                ("A", "A1", MARCH, "leverage", "breached", -0.1),
                ("A", "A1", JUNE, "leverage", "met", 0.2),
                ("A", "A1", JUNE, "cover", "breached", -0.05),
                ("A", "A1", AS_OF, "cover", "met", 0.5),
            ),
            guarantees=rows(
                "client_id guarantor amount from until",
                ("A", "parent", 70.0, date(2019, 1, 1), date(2021, 1, 1)),
                ("A", "state", 30.0, date(2019, 1, 1), None),
                ("A", "sister", 99.0, date(2019, 1, 1), AS_OF),  # over
                ("A", "bank", 99.0, AS_OF, None),  # not known yet
            ),
            esg=rows("client_id date grade source", ("A", MARCH, "B", "agency"), ("A", JUNE, "C", "agency")),
            balances=balances(("A", "A1", JUNE, 200.0, 800.0, None)),
        ),
        tmp_path,
        *LOSSES,
    )
    assert said(made, "covenant_breached_last")[0] == 1.0
    assert said(made, "covenant_headroom_min")[0] == -0.05
    assert said(made, "covenant_breach_count_6p")[0] == 2.0
    assert said(made, "covenant_breach_recency_days")[0] == 1.0
    assert said(made, "guaranteed_amount_last") == [100.0, 0.0]
    assert said(made, "guaranteed_share_last")[0] == 0.5
    assert said(made, "guaranteed_first_end_days")[0] == (date(2021, 1, 1) - AS_OF).days
    assert made.features["esg_grade_last"].fillna("-").tolist() == ["C", "-"]
    assert said(made, "esg_grade_age_days")[0] == 1.0


def test_of_one_guarantor_the_latest_guarantee_still_in_force_counts(tmp_path: Path) -> None:
    given = rows(
        "client_id guarantor amount from until",
        ("A", "parent", 100.0, date(2018, 1, 1), date(2023, 1, 1)),
        ("A", "parent", 10.0, date(2019, 1, 1), MARCH),  # given later, over
        ("B", "parent", 100.0, date(2018, 1, 1), date(2023, 1, 1)),
        ("B", "parent", 10.0, date(2019, 1, 1), date(2021, 1, 1)),  # takes the place of the earlier one
    )
    made = panel_from(bank(guarantees=given), tmp_path, *LOSSES)
    assert said(made, "guaranteed_amount_last") == [100.0, 10.0]
    ends = [(end - AS_OF).days for end in (date(2023, 1, 1), date(2021, 1, 1))]
    assert said(made, "guaranteed_first_end_days") == ends


def test_political_risk_is_that_of_the_client_and_the_worst_of_its_projects(tmp_path: Path) -> None:
    countries = rows(
        "country date published sovereign_rating political_risk sanctions",
        ("KE", MARCH, MARCH, "B1", 60.0, False),
        ("KE", MAY, JUNE, "B", 71.0, True),
        ("FR", MARCH, MARCH, "Aa2", 20.0, False),
        ("FR", JUNE, AS_OF, "D", 99.0, True),  # published too late
    )
    made = panel_from(bank(countries=countries), tmp_path, *LOSSES)
    assert said(made, "political_risk_last") == [71.0, 20.0]
    assert said(made, "political_risk_projects_max") == [71.0, 20.0]
    assert said(made, "political_risk_change_1p") == [11.0, 0.0]
    assert said(made, "sovereign_notch_last") == [15.0, 3.0]
    assert said(made, "sanctions_last") == [1.0, 0.0]
