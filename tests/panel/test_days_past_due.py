"""Days past due as the bank reports them: on the page, in the cap, and where they are only estimated, told so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.grading.caps import caps_holding
from models.grading.compute import facts_before_models
from models.grading.coverage import policy_notices
from models.notices import Severity
from models.panel.arrears_closes import arrears_notices
from models.panel.panel import Panel
from models.text import ENGLISH, Language
from support.books import AS_OF, book_of, panel_from, rows
from support.graded import PROJECT_FINANCE

ENDS = (date(2020, 4, 30), date(2020, 5, 31), date(2020, 6, 30))
CAPS = [cap.name for cap in PROJECT_FINANCE.caps]


def book(*reported: tuple[object, ...], facilities: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Two clients with two facilities each, who pay; what is past due of them is reported by facility."""
    owned = [(f"{client}{number}", client, "loan", 100.0, date(2019, 1, 1)) for client in "AB" for number in (1, 2)]
    paid = [(client, date(2020, month, 3), "drawdown", 5.0) for client in "AB" for month in range(1, 7)]
    return {
        "clients": rows("client_id", ("A",), ("B",)),
        "facilities": facilities
        if facilities is not None
        else rows("facility_id client_id product limit signed", *owned),
        "cashflows": rows("client_id date kind amount", *paid, ("A", date(2020, 6, 3), "arrears", 1.0)),
        "arrears": rows("client_id facility_id date days_past_due amount", *reported),
    }


def days(made: Panel, name: str = "arrears_days") -> list[float]:
    return [float(value) for value in made.features[name]]


def test_a_client_36_days_past_due_is_capped_and_its_page_says_36(tmp_path: Path) -> None:
    late = book(
        *(("A", "A1", end, dpd, 4.0) for end, dpd in zip(ENDS, (0.0, 6.0, 36.0), strict=True)),
        *(("A", "A2", end, 2.0, 1.0) for end in ENDS),
        *(("B", "B1", end, 0.0, 0.0) for end in ENDS),
    )
    made = panel_from(late, tmp_path)
    assert days(made) == [36.0, 0.0]
    assert days(made, "arrears_amount_last") == [5.0, 0.0]
    assert days(made, "arrears_facilities_last") == [2.0, 0.0]
    assert made.words["arrears_days"].state("36 days", ENGLISH) == "the client has been past due for 36 days"
    facts = facts_before_models(made)
    holding = dict(zip(CAPS, caps_holding(PROJECT_FINANCE, facts).tolist(), strict=True))
    assert holding["overdue_30"] == [True, False]
    assert "feature_only_estimated" not in {notice.code for notice in policy_notices(PROJECT_FINANCE, facts)}


def test_without_the_table_the_days_are_told_to_be_estimated(tmp_path: Path) -> None:
    flows = book()
    del flows["arrears"]
    made = panel_from(flows, tmp_path)
    assert days(made) == [28.0, 0.0]
    assert "(estimated from cashflows)" in made.words["arrears_days"].state("28 days", ENGLISH)
    facts = facts_before_models(made)
    found = [each.found for each in policy_notices(PROJECT_FINANCE, facts) if each.code == "feature_only_estimated"]
    assert found == [
        "caps.overdue_30, caps.substandard, caps.doubtful, caps.loss, dimensions.credit rest on arrears_days, which is "
        "only estimated from cashflows: true days past due may be more or fewer"
    ]


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([("A", "A1", ENDS[1], 40.0), ("B", "B1", ENDS[2], 3.0)], [0.0, 3.0]),  # cured: the last month end lists it not
        ([("A", "A1", date(2020, 5, 12), 40.0), ("B", "B1", date(2020, 6, 17), 3.0)], [40.0, 3.0]),  # events: it holds
        ([("A", "A1", date(2020, 6, 29), 40.0), ("B", "B1", ENDS[2], 3.0)], [40.0, 3.0]),  # the last working day
        ([("A", "A1", ENDS[2], 40.0), ("A", "A1", AS_OF, 71.0)], [40.0, 0.0]),  # not known yet
        ([("A", None, ENDS[2], 40.0), ("A", "no such", ENDS[2], 50.0)], [50.0, 0.0]),  # of the client as a whole
    ],
)
def test_what_is_last_reported_holds(reported: list[tuple[object, ...]], expected: list[float], tmp_path: Path) -> None:
    assert days(panel_from(book(*((*row, 1.0) for row in reported)), tmp_path)) == expected


def test_a_month_end_at_which_nobody_is_past_due_shows_in_the_balances(tmp_path: Path) -> None:
    late = book(("A", "A1", ENDS[1], 40.0, 1.0))
    assert days(panel_from(late, tmp_path / "alone")) == [40.0, 0.0]
    late["balances"] = rows("client_id facility_id date drawn", ("A", "A1", ENDS[2], 9.0))
    assert days(panel_from(late, tmp_path)) == [0.0, 0.0]


def unlike_closes(*arrears: tuple[date, int], balances: tuple[date, ...] = ENDS) -> dict[str, pd.DataFrame]:
    """Arrears at ends of months, each with so many facilities of client A 150 days past due, and ends with balances."""
    late = book(*(("A", "A1" if n == 0 else f"X{n}", end, 150.0, 1.0) for end, count in arrears for n in range(count)))
    late["balances"] = rows("client_id facility_id date drawn", *(("A", "A1", end, 9.0) for end in balances))
    return late


@pytest.mark.parametrize(
    ("arrears", "expected", "code"),
    [
        ([(ENDS[0], 9), (ENDS[1], 9)], 150.0, "arrears_late"),  # those of June were not delivered yet
        ([(ENDS[0], 9), (ENDS[1], 4)], 0.0, "nobody_past_due"),  # few before: none now
        ([(date(2020, 1, 31), 9), (date(2020, 3, 31), 9), (ENDS[0], 9), (ENDS[1], 9)], 0.0, "nobody_past_due"),
        ([(date(2019, 9, 30), 9), (date(2019, 12, 31), 9), (date(2020, 3, 31), 9)], 150.0, "arrears_late"),  # quarters
        ([(ENDS[1], 9), (ENDS[2], 9)], 150.0, None),
    ],
)
def test_balances_close_for_arrears_only_where_that_is_believable(
    arrears: list[tuple[date, int]], expected: float, code: str | None, tmp_path: Path
) -> None:
    ends = tuple(pd.date_range("2019-08-31", "2020-06-30", freq="ME").date)
    late = unlike_closes(*arrears, balances=ends)
    assert days(panel_from(late, tmp_path / "panel")) == [expected, 0.0]
    found = arrears_notices(book_of(late, tmp_path / "book"), AS_OF)
    assert [each.code for each in found] == ([] if code is None else [code])
    if code == "arrears_late":
        listed = arrears[-1][0]
        assert found[0].severity is Severity.WARNING
        assert found[0].found == f"arrears end on {listed}, balances on 2020-06-30: the days past due of {listed} count"
        assert f"以{listed}的逾期天数为准" in found[0].within(Language("zh"))[0]


def test_daily_balances_close_no_month_for_arrears(tmp_path: Path) -> None:
    listed, day = date(2020, 5, 31), date(2020, 6, 20)
    late = unlike_closes((listed, 2), balances=tuple(pd.date_range("2020-05-01", "2020-06-19").date))
    assert days(panel_from(late, tmp_path, as_of=day)) == [150.0, 0.0]
    assert arrears_notices(book_of(late, tmp_path / "book"), day) == []


def test_a_table_that_stopped_a_quarter_ago_says_nothing_of_today(tmp_path: Path) -> None:
    stopped = book(("A", "A1", date(2020, 2, 29), 300.0, 1.0))
    made = panel_from(stopped, tmp_path)
    assert days(made) == [28.0, 0.0]
    assert made.words["arrears_days"].estimated
    assert np.isnan(days(made, "arrears_amount_last")).all()


def test_a_facility_that_ended_is_past_due_no_more(tmp_path: Path) -> None:
    ended = rows("facility_id client_id signed closed", ("A1", "A", date(2019, 1, 1), date(2020, 6, 30)))
    late = book(("A", "A1", ENDS[2], 40.0, 1.0), facilities=ended)
    assert days(panel_from(late, tmp_path)) == [0.0, 0.0]
    assert days(panel_from(late, tmp_path / "then", as_of=date(2020, 6, 1))) == [0.0, 0.0]
