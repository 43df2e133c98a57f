"""The clock of the bench: time belongs to the innermost part, and the parts add up to the whole."""

from __future__ import annotations

import time

import pytest
from bench import overhead, predict
from bench.overhead import CONTENDERS, FITTING, REST, THEIRS, Clock, _owner


@pytest.mark.slow
@pytest.mark.parametrize("parts", [overhead.PARTS, predict.PARTS], ids=["overhead", "predict"])
def test_every_function_that_is_watched_is_where_it_is_looked_for(parts: dict[str, tuple[str, ...]]) -> None:
    found = [(place, *_owner(place)) for places in parts.values() for place in places]
    assert [place for place, owner, name in found if name not in vars(owner)] == []


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_an_outer_part_stands_still_while_an_inner_one_runs(ticks: list[float]) -> None:
    clock = Clock()
    ticks[0] = 1.0
    with clock.running("features"):
        ticks[0] = 3.0
        with clock.running(FITTING):
            ticks[0] = 7.0
        ticks[0] = 8.0
    ticks[0] = 10.0
    clock.stop()
    assert dict(clock.seconds) == {REST: 3.0, "features": 3.0, FITTING: 4.0}
    assert clock.calls == {"features": 1, FITTING: 1}


def test_trees_of_a_contender_are_not_ours(ticks: list[float]) -> None:
    clock = Clock()
    with clock.running(CONTENDERS), clock.running(FITTING):
        ticks[0] = 2.0
    with clock.running(FITTING):
        ticks[0] = 3.0
    assert clock.seconds[THEIRS] == 2.0
    assert clock.seconds[FITTING] == 1.0


def test_time_is_booked_when_the_work_fails(ticks: list[float]) -> None:
    clock = Clock()

    def fail() -> None:
        with clock.running(FITTING):
            ticks[0] = 2.0
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    ticks[0] = 3.0
    clock.stop()
    assert dict(clock.seconds) == {REST: 1.0, FITTING: 2.0}
