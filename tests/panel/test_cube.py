"""The cube by hand: cumulated sums, counts, last days, states and rhythm of two clients over four months."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from models.book.measures import ACTIVITY, Cell, Measure, MeasureBook
from models.errors import InternalError
from models.panel.cube import NEVER, Cube, FlowRows, StateRows, build_cube
from models.panel.cutoff import future_of, past_of
from models.panel.memory import Memory

LOAN, OTHER, FEE = (
    Cell("cashflows", "amount", "drawdown", "loan"),
    Cell("cashflows", "amount", "drawdown", ""),
    Cell("cashflows", "amount", "fee"),
)
ENQUIRY, COMPLAINT = (Cell("interactions", "response_hours", kind) for kind in ("enquiry", "complaint"))
MEASURES = MeasureBook(
    flows=(
        Measure(name=ACTIVITY, cells=(LOAN, OTHER)),
        Measure(name="value_part_fee", cells=(FEE,)),
        Measure(name="loan", cells=(LOAN,)),
    ),
    states=(Measure(name="waiting", cells=(ENQUIRY, COMPLAINT), form="state"),),
    value_weights={"value_part_fee": 0.5},
    money_step=0.01,
)
NOBODY = np.full(2, NEVER, dtype=np.int32)


def flow_rows(*found: tuple[int, int, Cell, int, int, int]) -> FlowRows:
    """Rows of client, period, cell, total, events and last day; the events came one a day."""
    client, period, total, events, last_day = ([row[place] for row in found] for place in (0, 1, 3, 4, 5))
    cell = [MEASURES.flow_cells.index(row[2]) for row in found]
    first_day = [day - count + 1 for day, count in zip(last_day, events, strict=True)]
    columns = {"client": client, "period": period, "cell": cell, "total": total, "events": events}
    return FlowRows.read(columns | {"first_day": first_day, "last_day": last_day})


def state_rows(*found: tuple[int, int, Cell, float, int]) -> StateRows:
    """Rows of client, period, cell, value and day."""
    client, period, last_day = (np.array([row[place] for row in found], dtype=np.int64) for place in (0, 1, 4))
    return StateRows(
        client=client,
        period=period,
        cell=np.array([MEASURES.state_cells.index(row[2]) for row in found], dtype=np.int64),
        value=np.array([row[3] for row in found]),
        last_day=last_day,
    )


FLOWS = (
    (0, 0, LOAN, 700, 1, 120),
    (0, -2, LOAN, 1000, 1, 50),
    (1, -1, OTHER, 30, 2, 80),
    (0, 0, OTHER, 11, 1, 125),
    (0, -1, FEE, 200, 1, 90),
    (0, -3, LOAN, 10**6, 1, 10),
    (0, 2, LOAN, 10**6, 1, 190),
)


@pytest.fixture
def cube() -> Cube:
    """Months -2 to 1: client 0 draws a loan in month -2 and twice in month 0, client 1 something else in month -1."""
    states = state_rows((0, -1, ENQUIRY, 5.0, 91), (0, -1, COMPLAINT, 7.0, 85), (1, -4, ENQUIRY, 2.0, 3))
    return build_cube(MEASURES, [flow_rows(*FLOWS)], states, first=-2, last=2, clients=2)


def test_each_row_is_what_was_known_when_the_month_began(cube: Cube) -> None:
    activity, loan = MEASURES.flow_index(ACTIVITY), MEASURES.flow_index("loan")
    assert cube.totals[:, activity].tolist() == [[0, 0], [1000, 0], [1000, 30], [1711, 30], [1711, 30]]
    assert cube.events[:, activity].tolist() == [[0, 0], [1, 0], [1, 2], [3, 2], [3, 2]]
    assert cube.totals[:, loan].tolist() == [[0, 0], [1000, 0], [1000, 0], [1700, 0], [1700, 0]]
    assert cube.last_day[:, activity, 0].tolist() == [NEVER, 50, 50, 125, 125]
    assert cube.last_day[:, activity, 1].tolist() == [NEVER, NEVER, 80, 80, 80]


def test_the_latest_of_several_kinds_is_the_state(cube: Cube) -> None:
    waiting = cube.states[:, 0]
    np.testing.assert_array_equal(waiting[:, 0], [np.nan, np.nan, 5.0, 5.0, 5.0])
    assert cube.state_day[:, 0, 0].tolist() == [NEVER, NEVER, 91, 91, 91]


def test_a_state_of_before_the_book_is_known_when_it_begins(cube: Cube) -> None:
    assert cube.states[:, 0, 1].tolist() == [2.0] * 5


def test_rhythm_counts_the_gaps_between_active_months(cube: Cube) -> None:
    assert cube.rhythm[:, :, 0].tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 2, 4], [1, 2, 4]]
    assert cube.rhythm[-1, :, 1].tolist() == [0, 0, 0]


def test_the_first_day_of_activity_is_known_even_outside_the_cube(cube: Cube) -> None:
    assert cube.first_day.tolist() == [10, 79]
    inside = build_cube(MEASURES, [flow_rows(*FLOWS[:2], FLOWS[4])], None, first=-2, last=2, clients=2)
    assert inside.first_day.tolist() == [50, NEVER]


def test_rows_add_up_whatever_their_order_and_the_pieces_they_come_in(cube: Cube) -> None:
    events = [(*row[:3], total, 1, day) for row in FLOWS for total, day in events_of(row)]
    for rows in (events, events[::-1]):
        pieces = [flow_rows(*rows[start : start + 3]) for start in range(0, len(rows), 3)]
        again = build_cube(MEASURES, [flow_rows(), *pieces], None, first=-2, last=2, clients=2)
        for name in ("totals", "events", "last_day", "rhythm", "first_day"):
            np.testing.assert_array_equal(getattr(again, name), getattr(cube, name))


def events_of(row: tuple[int, int, Cell, int, int, int]) -> list[tuple[int, int]]:
    """The single events of a row, one a day: total and day of each, the total all on the first."""
    *_, total, count, last_day = row
    return [(0 if number else total, last_day - count + 1 + number) for number in range(count)]


def test_what_memory_held_before_is_nowhere_in_a_cube(cube: Cube) -> None:
    memory = Memory()
    for _ in range(2):
        build_cube(MEASURES, [flow_rows(*FLOWS)], None, first=-2, last=2, clients=2, memory=memory)
    assert memory.waiting == 4
    empty = build_cube(MEASURES, [], None, first=-2, last=2, clients=2, memory=memory)
    assert memory.waiting == 0
    assert not empty.totals.any()
    assert not empty.events.any()
    assert not empty.rhythm.any()
    assert (empty.last_day == NEVER).all()
    assert empty.first_day.tolist() == [NEVER, NEVER]


def test_a_cube_that_is_looked_at_keeps_its_memory(cube: Cube) -> None:
    memory = Memory()
    seen = build_cube(MEASURES, [flow_rows(*FLOWS)], None, first=-2, last=2, clients=2, memory=memory).totals[-1, 0]
    build_cube(MEASURES, [], None, first=-2, last=2, clients=2, memory=memory)
    assert seen.tolist() == [1711, 30]


def test_windows_are_differences_of_what_was_known(cube: Cube) -> None:
    past = past_of(cube, 1, date(1970, 5, 1), NOBODY, None)
    assert past.total(ACTIVITY, 1).tolist() == pytest.approx([7.11, 0.0])
    assert past.count(ACTIVITY, 2).tolist() == [2, 2]
    assert past.total(ACTIVITY, 1, ago=2).tolist() == pytest.approx([10.0, 0.0])
    assert past.total(ACTIVITY, 99).tolist() == past.total(ACTIVITY).tolist() == pytest.approx([17.11, 0.3])
    assert past.count(ACTIVITY, 1, ago=99).tolist() == [0, 0]
    assert past.value(3).tolist() == [1.0, 0.0]
    assert past.per_period(ACTIVITY, 3).tolist() == [[1000, 0], [0, 30], [711, 0]]
    assert past.days_since("loan").tolist()[0] == 0.0
    assert past.state("waiting", ago=2).tolist()[1] == 2.0


def test_sums_stay_exact_far_beyond_what_a_float_holds() -> None:
    cents = 10**15 - 1
    rows = flow_rows(*((0, period, LOAN, cents, 1, 0) for period in range(-100, 0)))
    cube = build_cube(MEASURES, [rows], None, first=-100, last=1, clients=1)
    past = past_of(cube, 0, date(1970, 1, 1), NOBODY[:1], None)
    assert past.steps(ACTIVITY).tolist() == [100 * cents]
    assert past.steps(ACTIVITY, 1).tolist() == [cents]
    assert float(100 * cents) != 100 * cents


def test_the_future_begins_on_the_as_of_date(cube: Cube) -> None:
    future = future_of(cube, 0, 2, date(1970, 4, 1), date(1970, 6, 1), None)
    assert future.activity_so_far[-1].tolist() == pytest.approx([7.11, 0.0])
    assert future.count_so_far.tolist() == [[2, 0], [2, 0]]
    assert future.margin.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    before = future_of(cube, -1, 1, date(1970, 3, 1), date(1970, 4, 1), None)
    assert before.margin.tolist() == [[1.0, 0.0]]
    assert before.count_so_far.tolist() == [[0, 2]]


@pytest.mark.parametrize("index", [-3, 3])
def test_a_date_outside_the_cube_is_never_answered(cube: Cube, index: int) -> None:
    with pytest.raises(InternalError, match=f"must lie in the cube's periods -2 to 2, got {index}"):
        past_of(cube, index, date(1970, 4, 1), NOBODY, None)


def test_a_horizon_beyond_the_cube_is_never_answered(cube: Cube) -> None:
    with pytest.raises(InternalError, match="end of the horizon must lie in the cube's periods -2 to 2, got 3"):
        future_of(cube, 1, 2, date(1970, 5, 1), date(1970, 7, 1), None)


def test_all_flows_at_once_are_each_flow_alone(cube: Cube) -> None:
    past = past_of(cube, 1, date(1970, 5, 1), NOBODY, None)
    for place, flow in enumerate(MEASURES.flows):
        for window in (1, 3):
            assert past.totals_over(window)[place].tolist() == pytest.approx(past.total(flow.name, window).tolist())
            assert past.counts_over(window)[place].tolist() == past.count(flow.name, window).tolist()
    fees = past.totals_over(3)[MEASURES.flow_index("value_part_fee")]
    assert fees.tolist() == [2.0, 0.0]


def test_value_is_cut_by_its_window_and_moves_back(cube: Cube) -> None:
    """The fee of 2.00 counts half, in month -1 and in no other."""
    past = past_of(cube, 1, date(1970, 5, 1), NOBODY, None)
    assert [past.value(window).tolist()[0] for window in (1, 2)] == [0.0, 1.0]
    assert past.value(1, ago=1).tolist() == [1.0, 0.0]
    assert past.per_period(ACTIVITY, 1).tolist() == [[711, 0]]


def test_days_are_counted_to_the_as_of_date_and_unknown_where_nothing_came(cube: Cube) -> None:
    past = past_of(cube, 1, date(1970, 5, 11), np.array([100, 130], dtype=np.int32), None)  # day 130
    assert past.days_since("loan").tolist()[0] == 10.0
    assert np.isnan(past.days_since("loan")[1])
    assert past.tenure_days().tolist()[0] == 30.0
    assert np.isnan(past.tenure_days()[1])  # whose first day is the as-of date itself is not known yet
    assert past.state_age_days("waiting").tolist() == [39.0, 127.0]
    assert past.state_history("waiting", 2).tolist() == [[5.0, 2.0], [5.0, 2.0]]


def test_a_book_without_a_table_is_as_if_it_had_never_been_read(cube: Cube) -> None:
    past = past_of(cube, 1, date(1970, 5, 1), NOBODY, None)
    assert past.of_tables(["interactions"]).measures == past.measures
    bare = past.of_tables([])
    assert [state.name for state in bare.measures.states] == []
    assert bare.states.shape[1] == bare.state_day.shape[1] == 0
    assert bare.total(ACTIVITY, 1).tolist() == past.total(ACTIVITY, 1).tolist()


def test_the_first_period_of_a_cube_has_an_empty_past(cube: Cube) -> None:
    past = past_of(cube, -2, date(1970, 2, 1), NOBODY, None)
    assert past.total(ACTIVITY, 1).tolist() == [0.0, 0.0]
