"""The one place where time is cut: features receive the past half only, targets the future half only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.book.measures import ACTIVITY, RECOVERY, WRITE_OFF, MeasureBook
from models.book.periods import PeriodGrid, PeriodName
from models.errors import InternalError
from models.panel.cube import NEVER, Cube
from models.panel.default_events import DefaultEvents
from models.panel.facilities import Facilities
from models.panel.opportunities import Opportunities
from models.panel.reports import Reports
from models.panel.targets import Endings
from models.vocab import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was known of a block of clients strictly before ``as_of``.

    Windows are counted in periods backwards from the as-of date; ``ago`` moves a window further back. A window that
    reaches before the book begins is cut there. All results have shape (n_clients,).
    """

    as_of: date
    measures: MeasureBook
    totals: IntArray
    events: NDArray[np.int32]
    last_day: NDArray[np.int32]
    states: FloatArray
    state_day: NDArray[np.int32]
    rhythm: IntArray
    first_day: NDArray[np.int32]
    facilities: Facilities | None
    opportunities: Opportunities | None = None
    reports: Mapping[str, Reports] = field(default_factory=dict)
    """State table -> what it reported."""

    def of_tables(self, tables: Collection[str]) -> Past:
        """The same as if the book had no tables but these and the cashflows."""
        tables = {"cashflows", *tables}
        measures = self.measures.of_tables(tables)
        flows = [self.measures.flow_index(flow.name) for flow in measures.flows]
        states = [self.measures.state_index(state.name) for state in measures.states]
        cut = (
            {}
            if measures == self.measures
            else {
                **{name: getattr(self, name)[:, flows] for name in ("totals", "events", "last_day")},
                **{name: getattr(self, name)[:, states] for name in ("states", "state_day")},
                "measures": measures,
            }
        )
        return replace(
            self,
            **cut,
            facilities=self.facilities if "facilities" in tables else None,
            opportunities=self.opportunities if "opportunities" in tables else None,
            reports={name: rows for name, rows in self.reports.items() if name in tables},
        )

    @property
    def day(self) -> int:
        """The as-of date in days since 1970."""
        return day_number(self.as_of)

    def day_before(self, period: PeriodName, periods: int) -> int:
        """The day, since 1970, on which the period so many before the as-of date begins."""
        return day_number(PeriodGrid(period, self.as_of).start_of(-periods))

    @property
    def clients(self) -> int:
        """How many clients the block holds."""
        return int(self.totals.shape[2])

    def steps(self, name: str, window: int | None = None, *, ago: int = 0) -> IntArray:
        """Exact sum of a flow over a window, in whole steps; without a window since the beginning."""
        start, end = self._rows(window, ago)
        place = self.measures.flow_index(name)
        return np.asarray(self.totals[end, place] - self.totals[start, place])

    def total(self, name: str, window: int | None = None, *, ago: int = 0) -> FloatArray:
        """Sum of a flow over a window, in book currency (or the number's own unit)."""
        return np.asarray(self.steps(name, window, ago=ago) * self.measures.step_of(name), dtype=np.float64)

    def count(self, name: str, window: int | None = None, *, ago: int = 0) -> IntArray:
        """Number of events of a flow over a window."""
        start, end = self._rows(window, ago)
        place = self.measures.flow_index(name)
        return np.asarray(self.events[end, place] - self.events[start, place], dtype=np.int64)

    def totals_over(self, window: int) -> FloatArray:
        """The sums of every flow over a window at once, in their units. Shape (n_flows, n_clients)."""
        start, end = self._rows(window, 0)
        return np.asarray((self.totals[end] - self.totals[start]) * self.measures.flow_steps[:, None])

    def counts_over(self, window: int) -> FloatArray:
        """The number of events of every flow over a window at once. Shape (n_flows, n_clients)."""
        start, end = self._rows(window, 0)
        return np.asarray(np.subtract(self.events[end], self.events[start], dtype=np.float64))

    def value(self, window: int | None = None, *, ago: int = 0) -> FloatArray:
        """Undiscounted net margin over a window, in book currency."""
        parts = self.measures.value_weights.items()
        return np.asarray(sum(weight * self.total(name, window, ago=ago) for name, weight in parts))

    def days_since(self, name: str) -> FloatArray:
        """Days from the latest event of a flow to the as-of date; NaN where there was none."""
        latest = self.last_day[-1, self.measures.flow_index(name)]
        return np.where(latest == NEVER, np.nan, self.day - latest.astype(np.float64))

    def per_period(self, name: str, window: int) -> IntArray:
        """Whole steps of each period of a window. Shape (periods in the window, n_clients)."""
        start, end = self._rows(window, 0)
        return np.asarray(np.diff(self.totals[start : end + 1, self.measures.flow_index(name)], axis=0))

    def state(self, name: str, *, ago: int = 0) -> FloatArray:
        """Last known value of a state, ``ago`` periods before the as-of date."""
        return np.asarray(self.states[self._rows(0, ago)[1], self.measures.state_index(name)])

    def state_history(self, name: str, window: int) -> FloatArray:
        """Last known value of a state at the start of each of the latest ``window`` periods. (periods, n_clients)."""
        return np.asarray(self.states[-window:, self.measures.state_index(name)])

    def state_age_days(self, name: str) -> FloatArray:
        """Days since the last known value of a state became known; NaN where there is none."""
        latest = self.state_day[-1, self.measures.state_index(name)]
        return np.where(latest == NEVER, np.nan, self.day - latest.astype(np.float64))

    def tenure_days(self) -> FloatArray:
        """Days since the first activity; NaN where there was none."""
        return np.where(self.first_day == NEVER, np.nan, self.day - self.first_day.astype(np.float64))

    def _rows(self, window: int | None, ago: int) -> tuple[int, int]:
        end = max(self.totals.shape[0] - 1 - ago, 0)
        return (0 if window is None else max(end - window, 0)), end


@dataclass(frozen=True, kw_only=True)
class Future:
    """What happened to a block of clients within the horizon from ``as_of`` on."""

    as_of: date
    margin: FloatArray
    """Margin per period: value but for write-offs and recoveries. Shape (horizon, n_clients), book currency."""
    credit_loss: FloatArray | None
    """Write-offs less what they brought back, likewise; None where value counts no write-offs."""
    defaulted: BoolArray
    """Whether anything was written off, or ended in default without earlier write-offs. Shape (n_clients,)."""
    past_recoveries: FloatArray
    """Recoveries of what was written off before ``as_of``, likewise."""
    activity_so_far: FloatArray
    """Activity from ``as_of`` to the end of each period, in book currency. Shape (horizon, n_clients)."""
    count_so_far: IntArray
    """The same in events."""
    endings: Endings | None
    """What became of facilities; None where the book has none."""
    default_so_far: BoolArray | None = None
    """Who was in default from ``as_of`` to the end of each period, likewise; None where nothing asks for it."""


def day_number(day: date) -> int:
    """Days since 1970.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - date(1970, 1, 1)).days


def past_of(
    cube: Cube,
    index: int,
    as_of: date,
    first_day: NDArray[np.int32],
    facilities: Facilities | None,
    opportunities: Opportunities | None = None,
    *,
    reports: Mapping[str, Reports] | None = None,
) -> Past:
    """Everything before the start of period ``index``, which is ``as_of``."""
    _require_within(cube, index, "as-of date")
    end = index - cube.first + 1
    day, known = day_number(as_of), first_day < day_number(as_of)
    moved = None if facilities is None else facilities.places_before(day)
    return Past(
        as_of=as_of,
        measures=cube.measures,
        totals=cube.totals[:end],
        events=cube.events[:end],
        last_day=cube.last_day[:end],
        states=cube.states[:end],
        state_day=cube.state_day[:end],
        rhythm=cube.rhythm[:end],
        first_day=np.where(known, first_day, NEVER).astype(np.int32),
        facilities=None if facilities is None else facilities.known_before(day),
        opportunities=None if opportunities is None else opportunities.known_before(day),
        reports={name: rows.known_before(day, moved) for name, rows in (reports or {}).items()},
    )


def future_of(
    cube: Cube,
    index: int,
    horizon: int,
    as_of: date,
    end: date,
    facilities: Facilities | None,
    *,
    defaults: DefaultEvents | None = None,
) -> Future:
    """The ``horizon`` periods from ``index`` on: from ``as_of`` to the day before ``end``.

    Recoveries are of the past where the facility that they name was written off before ``as_of``; where they name none,
    if the client had write-offs by then.
    """
    _require_within(cube, index, "as-of date")
    _require_within(cube, index + horizon, "end of the horizon")
    start, stop = index - cube.first, index - cube.first + horizon
    measures = cube.measures
    totals = np.diff(cube.totals[start : stop + 1], axis=0)
    activity, after = measures.flow_index(ACTIVITY), slice(start + 1, stop + 1)
    weighted = {
        name: weight * totals[:, measures.flow_index(name)] * measures.step_of(name)
        for name, weight in measures.value_weights.items()
    }
    margin = [each for name, each in weighted.items() if name not in (WRITE_OFF, RECOVERY)]
    nothing = np.zeros(totals[:, activity].shape)
    past = nothing
    if RECOVERY in weighted:
        past = _past_recoveries(cube, totals, start, index, as_of, facilities) * measures.value_weights[RECOVERY]
    lost = None if WRITE_OFF not in weighted else past - weighted[WRITE_OFF] - weighted.get(RECOVERY, nothing)
    return Future(
        as_of=as_of,
        margin=np.asarray(sum(margin, start=nothing)),
        credit_loss=lost,
        defaulted=_written_off(cube, totals) | _ended_in_default(facilities, as_of, end, cube.clients),
        past_recoveries=past,
        activity_so_far=(cube.totals[after, activity] - cube.totals[start, activity]) * measures.money_step,
        count_so_far=(cube.events[after, activity] - cube.events[start, activity]).astype(np.int64),
        endings=None if facilities is None else facilities.endings(day_number(as_of), day_number(end), cube.clients),
        default_so_far=None if defaults is None else defaults.so_far(index, horizon, cube.clients),
    )


def _written_off(cube: Cube, totals: IntArray) -> BoolArray:
    if WRITE_OFF not in cube.measures.value_weights:
        return np.zeros(cube.clients, dtype=np.bool_)
    return np.asarray((totals[:, cube.measures.flow_index(WRITE_OFF)] != 0).any(axis=0))


def _ended_in_default(facilities: Facilities | None, as_of: date, end: date, clients: int) -> BoolArray:
    if facilities is None:
        return np.zeros(clients, dtype=np.bool_)
    return facilities.defaulted_anew(day_number(as_of), day_number(end), clients)


def _past_recoveries(
    cube: Cube, totals: IntArray, start: int, index: int, as_of: date, facilities: Facilities | None
) -> FloatArray:
    """Recoveries per period and client of what was written off before ``as_of``, in book currency."""
    measures = cube.measures
    recovered = totals[:, measures.flow_index(RECOVERY)]
    named, old = np.zeros_like(recovered), np.zeros_like(recovered)
    if facilities is not None:
        known, every = facilities.written_off < day_number(as_of), np.ones(len(facilities), dtype=np.bool_)
        by_client = facilities.flows.recovered_by_client
        old = by_client(known, facilities.client, recovered.shape, index)
        named = by_client(every, facilities.client, recovered.shape, index)
    names = measures.value_weights
    lost_before = cube.totals[start, measures.flow_index(WRITE_OFF)] > 0 if WRITE_OFF in names else np.array(True)
    return np.asarray((old + np.where(lost_before, recovered - named, 0)) * measures.step_of(RECOVERY))


def _require_within(cube: Cube, index: int, what: str) -> None:
    """The start of period ``index`` must lie in the cube: beyond its ends, slices would silently take another time."""
    last = cube.first + cube.totals.shape[0] - 1
    if not cube.first <= index <= last:
        raise InternalError(f"the {what} must lie in the cube's periods {cube.first} to {last}, got {index}")
