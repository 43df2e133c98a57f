"""Time runs one way: what happens on or after the as-of date changes no feature by one bit; nor do order and blocks."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.panel.panel import Panel
from models.panel.targets import SO_FAR
from support.books import AS_OF, panel_from, rows
from support.random_books import Frames, books, random_book, shuffled, with_future_of

few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a book from a seed does not shrink
    suppress_health_check=[HealthCheck.too_slow],
)


def panel(
    tables: Frames,
    *overrides: str,
    as_of: date = AS_OF,
    origins: Sequence[int] = (0,),
    targets: bool = False,
    until: int | None = None,
) -> Panel:
    with tempfile.TemporaryDirectory() as folder:
        return panel_from(tables, Path(folder), *overrides, as_of=as_of, origins=origins, targets=targets, until=until)


def features_by_client(made: Panel) -> pd.DataFrame:
    """One row per client, whatever the place in which it stands."""
    return made.features.set_axis(pd.Index(made.client_id), axis=0).sort_index()


def assert_same_rows(left: Panel, right: Panel) -> None:
    """The same to the bit: ids, order, features, outcomes."""
    pd.testing.assert_series_equal(left.client_id, right.client_id)
    pd.testing.assert_frame_equal(left.features, right.features, check_exact=True)
    assert left.origin.tolist() == right.origin.tolist()
    assert left.group.tolist() == right.group.tolist()
    for mine, other in (
        (left.value, right.value),
        (left.declined, right.declined),
        (left.event_period, right.event_period),
        (left.cause, right.cause),
    ):
        assert (mine is None) == (other is None)
        assert mine is None or other is None or mine.tobytes() == other.tobytes()


def test_a_loan_repaid_early_next_month_is_not_known_today() -> None:
    clients = rows("client_id group_id", ("00123", "G"), ("NA", "G"))
    cashflows = rows("client_id date kind amount", ("00123", date(2020, 3, 10), "drawdown", 100.0))
    facility = ("F1", "00123", "loan", 100.0, date(2020, 3, 9), date(2025, 1, 1))
    columns = "facility_id client_id product limit signed maturity closed exit_cause"
    still_open = {
        "clients": clients,
        "cashflows": cashflows,
        "facilities": rows(columns, (*facility, None, None)),
    }
    repaid = {
        "clients": clients,
        "cashflows": pd.concat(
            [cashflows, rows("client_id date kind amount", ("00123", AS_OF, "repayment", 100.0))], ignore_index=True
        ),
        "facilities": rows(columns, (*facility, AS_OF, "refinanced_away")),
    }
    before = panel(still_open).features
    pd.testing.assert_frame_equal(panel(repaid).features, before, check_exact=True)
    assert before["facility_open_limit"].tolist() == [100.0]
    later = panel(repaid, as_of=date(2020, 8, 1)).features
    assert later["facility_open_limit"].tolist() == [0.0]


@few
@given(book=books(), other=books())
def test_another_future_changes_no_feature(book: Frames, other: Frames) -> None:
    changed = with_future_of(book, other, AS_OF)
    pd.testing.assert_frame_equal(features_by_client(panel(book)), features_by_client(panel(changed)), check_exact=True)


@settings(few, max_examples=1)
@given(book=books(min_clients=40))
def test_a_future_without_anything_changes_no_feature(book: Frames) -> None:
    nothing = {name: frame.iloc[:0] for name, frame in book.items()}
    ended = with_future_of(book, nothing, AS_OF)
    pd.testing.assert_frame_equal(features_by_client(panel(book)), features_by_client(panel(ended)), check_exact=True)


@few
@given(book=books(min_clients=30), other=books(min_clients=30))
def test_another_future_changes_no_standing_of_an_outcome(book: Frames, other: Frames) -> None:
    """Three periods before the as-of date, of six: how it stands by then, whatever comes after."""
    wish = ("time.horizon_periods=6", "origins.learn_unfinished=true")
    changed = with_future_of(book, other, AS_OF)
    stood = [panel(tables, *wish, origins=(-3,), targets=True, until=0) for tables in (book, changed)]
    assert stood[0].so_far[3].tobytes() == stood[1].so_far[3].tobytes()
    assert np.isfinite(stood[0].so_far[3][:, SO_FAR.index("pace")]).any()
    known = panel(book, *wish, origins=(-3,), targets=True)
    assert known.so_far[3].tobytes() == stood[0].so_far[3].tobytes(), "as it stood, also when more is known"


def test_the_mutation_reaches_every_table() -> None:
    """Were the changed book like the first, the property above would hold of anything."""
    book, other = random_book(1, 80), random_book(2, 90)
    changed = with_future_of(book, other, AS_OF)
    for name in book:
        as_text = [set(map(str, frame[name].itertuples(index=False))) for frame in (book, changed)]
        assert as_text[0] != as_text[1], name
    later = [panel(tables, as_of=date(2020, 10, 1)).features for tables in (book, changed)]
    differing = {name for name in later[0] if not features_equal(later[0][name], later[1][name])}
    expected = ["facility_open_count", "funnel_open_count", "pd_last", "accounts_revenue", "group_activity_count_3p"]
    assert differing.issuperset(
        [*expected, "activity_recency_days", "csat_last", "macro_gdp_growth_last", "tone_1_mean_3p"]
    )
    assert differing.issuperset(
        ["arrears_days", "facility_outstanding", "collateral_value_last", "covenant_breached_last", "esg_grade_last"]
    )
    assert differing.issuperset(["guaranteed_amount_last", "political_risk_last", "sovereign_notch_last"])


def features_equal(left: pd.Series, right: pd.Series) -> bool:
    return len(left) == len(right) and bool(((left == right) | (left.isna() & right.isna())).all())


@settings(few, max_examples=2)
@given(book=books(), seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(book: Frames, seed: int) -> None:
    straight = panel(book, origins=(-3, 0), targets=True)
    assert_same_rows(straight, panel(shuffled(book, seed), origins=(-3, 0), targets=True))


def test_the_size_of_blocks_changes_nothing() -> None:
    book = random_book(7, 25)
    whole = panel(book, "run.block_clients=1000", origins=(-6, 0), targets=True)
    for block_clients in (1, 3):
        cut = panel(book, f"run.block_clients={block_clients}", origins=(-6, 0), targets=True)
        assert_same_rows(whole, cut)


@settings(few, max_examples=1)
@given(book=books(min_clients=30))
def test_many_as_of_dates_in_one_pass_equal_each_alone(book: Frames) -> None:
    no_notes = "features.text_components=0"  # their tone is learned once, before the earliest date
    together = panel(book, no_notes, origins=(-7, -3, 0), targets=True)
    for origin, as_of in ((-7, date(2019, 12, 1)), (-3, date(2020, 4, 1)), (0, AS_OF)):
        alone = panel(book, no_notes, as_of=as_of, targets=True)
        here = together.at([origin])
        pd.testing.assert_frame_equal(alone.features, here.features, check_exact=True)
        pd.testing.assert_series_equal(alone.client_id, here.client_id)
        assert alone.value is not None
        assert here.value is not None
        assert alone.value.tobytes() == here.value.tobytes()
        assert alone.declined is not None
        assert alone.declined.tolist() == here.declined.tolist()
