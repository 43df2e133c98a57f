"""A key account that paid on time goes into arrears: it warns, it is shown at once, and not again without news."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.config.loading import parse_config
from models.config.warnings import WarningsConfig
from models.errors import ConfigError, InternalError
from models.warnings.alarms import AlarmLimits, AlarmMemory, Deteriorations, alarm_budget, ring
from models.warnings.rules import Signal, Usual, deterioration_of, signals_of
from support.books import SETTINGS

ARREARS = Signal(feature="arrears_days", dimension=0, worse=1.0, least=30.0)
CSAT = Signal(feature="csat_last", dimension=1, worse=-1.0, least=1.0)
TONE = Signal(feature="tone_1_mean_3p", dimension=2, worse=0.0, least=0.1)
JUNE, JULY, AUGUST = date(2023, 6, 1), date(2023, 7, 1), date(2023, 8, 1)


def usual(low: float, middle: float, high: float) -> Usual:
    return Usual(middle=np.array([[middle]]), low=np.array([[low]]), high=np.array([[high]]))


def strength(signal: Signal, now: float, before: list[float], peers: Usual, *, alone: bool = True) -> float:
    one = Signal(feature=signal.feature, dimension=0, worse=signal.worse, least=signal.least)
    turn = deterioration_of([one], np.array([[now]]), np.array(before).reshape(-1, 1, 1), peers, alone=[alone])
    return float(turn.strength[0, 0])


def turned(severity: list[float], *, dimension: int = 0, top: list[bool] | None = None) -> Deteriorations:
    warns = np.zeros((len(severity), 3), dtype=np.bool_)
    warns[:, dimension] = True
    return Deteriorations(
        client_id=pd.Index([f"C{number}" for number in range(len(severity))], dtype="object"),
        severity=np.array(severity),
        warns=warns,
        weight=np.ones(len(severity)),
        top=np.zeros(len(severity), dtype=np.bool_) if top is None else np.array(top),
    )


def limits(budget: int) -> AlarmLimits:
    return AlarmLimits(budget=budget, news_step=25.0, calm_days=100.0, alone=np.array([True, True, False]))


def test_two_months_in_arrears_among_peers_who_pay_are_two_steps_of_a_month() -> None:
    assert strength(ARREARS, 60.0, [0.0, 0.0], usual(0.0, 0.0, 0.0)) == 2.0


def test_the_worst_tenth_of_the_peers_sets_the_measure() -> None:
    """Usual 4, a tenth at 2 or below: from 4 down to 1 is one way and a half, both in level and in change."""
    assert strength(CSAT, 1.0, [4.0], usual(2.0, 4.0, 5.0)) == 1.5
    assert strength(CSAT, 5.0, [4.0], usual(2.0, 4.0, 5.0)) == 0.0


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [(60.0, [60.0], "it was always so"), (0.0, [-90.0], "it came to what is usual"), (np.nan, [0.0], "nothing now")],
)
def test_level_and_change_must_both_be_worse(now: float, before: list[float], why: str) -> None:
    assert strength(ARREARS, now, before, usual(0.0, 0.0, 30.0)) == 0.0, why


def test_a_client_without_a_past_has_not_turned() -> None:
    assert strength(ARREARS, 90.0, [np.nan, np.nan], usual(0.0, 0.0, 0.0)) == 0.0
    assert strength(ARREARS, 90.0, [], usual(0.0, 0.0, 0.0)) == 0.0
    assert strength(ARREARS, 90.0, [np.nan, 0.0], usual(0.0, 0.0, 0.0)) == 3.0


def test_the_worst_change_counts_and_one_figure_says_only_so_much() -> None:
    assert strength(ARREARS, 60.0, [30.0, 0.0], usual(0.0, 0.0, 0.0)) == 2.0
    assert strength(ARREARS, 9000.0, [0.0], usual(0.0, 0.0, 0.0)) == 4.0


def test_farther_from_usual_either_way_is_worse_where_the_way_is_not_known() -> None:
    for now in (0.3, -0.3):
        assert strength(TONE, now, [0.0], usual(-0.1, 0.0, 0.1)) == pytest.approx(3.0)


def test_peers_of_whom_nothing_is_known_make_no_warning() -> None:
    assert strength(ARREARS, 90.0, [0.0], usual(np.nan, np.nan, np.nan)) == 0.0
    assert strength(CSAT, 1.0, [4.0], usual(2.0, np.nan, 4.0)) == 2.0  # half of the peers lack it: the middle of both


def test_what_does_not_warn_alone_makes_another_warning_worse() -> None:
    tone = Signal(feature="tone_1_mean_3p", dimension=1, worse=0.0, least=0.1)
    now, before = np.array([[0.0, 0.2], [30.0, 0.2]]), np.zeros((1, 2, 2))
    peers = Usual(middle=np.zeros((2, 2)), low=np.zeros((2, 2)), high=np.zeros((2, 2)))
    turn = deterioration_of([ARREARS, tone], now, before, peers, alone=[True, False])
    assert turn.severity.tolist() == [0.0, 87.5]  # 100 (1 - 2 ** -(1 + 2))
    assert turn.warns.tolist() == [[False, False], [True, True]]
    assert turn.now[1].tolist() == [30.0, 0.2]


def test_a_feature_belongs_to_the_first_dimension_that_names_it() -> None:
    config = WarningsConfig.model_validate(
        {"dimensions": {"arrears": {"up": {"arrears_*": 1.0}}, "other": {"up": {"*_days": 5.0}, "away": {"tone_*": 1}}}}
    )
    found = signals_of(config, ["tenure_days", "arrears_days", "csat_last", "tone_1"])
    assert [(each.feature, each.dimension, each.worse) for each in found] == [
        ("arrears_days", 0, 1.0),
        ("tenure_days", 1, 1.0),
        ("tone_1", 1, 0.0),
    ]


def test_the_budget_goes_to_the_most_urgent_and_the_best_clients_come_on_top() -> None:
    alarms = ring(
        turned([50.0, 90.0, 75.0, 60.0], top=[True, False, False, False]), AlarmMemory.nothing(3), JUNE, limits(2)
    )
    assert alarms.place.tolist() == [0, 1]  # the top client first, though it is the least severe
    assert (alarms.held_back.tolist(), alarms.top_shown, alarms.repeat.any()) == ([2, 3], 1, False)
    none = ring(turned([50.0, 90.0], top=[True, True]), AlarmMemory.nothing(3), JUNE, limits(0))
    assert none.place.tolist() == [1, 0]


def test_no_alarm_is_repeated_without_news() -> None:
    first = ring(turned([50.0, 50.0]), AlarmMemory.nothing(3), JUNE, limits(1))
    assert first.place.tolist() == [0]
    again = ring(turned([60.0, 50.0]), first.memory, JULY, limits(5))
    assert (again.place.tolist(), again.without_news.tolist()) == ([1], [0])
    assert again.first_seen.tolist() == [JUNE, JUNE]  # it warned in June, though the budget did not reach it
    worse = ring(turned([75.0, 50.0]), again.memory, AUGUST, limits(5))
    assert (worse.place.tolist(), worse.repeat.tolist()) == ([0], [True])


def test_another_dimension_is_news_unless_it_does_not_warn_alone() -> None:
    first = ring(turned([50.0]), AlarmMemory.nothing(3), JUNE, limits(5)).memory
    assert len(ring(turned([50.0], dimension=1), first, JULY, limits(5)).place) == 1
    assert len(ring(turned([50.0], dimension=2), first, JULY, limits(5)).place) == 0


def test_after_a_calm_time_everything_is_news() -> None:
    first = ring(turned([90.0]), AlarmMemory.nothing(3), JUNE, limits(5)).memory
    later = ring(turned([50.0]), first, date(2023, 9, 9), limits(5))
    assert (later.place.tolist(), later.repeat.tolist(), later.first_seen.tolist()) == (
        [0],
        [False],
        [date(2023, 9, 9)],
    )
    with pytest.raises(InternalError, match="earlier run"):
        ring(turned([50.0]), first, JUNE, limits(5))


def test_the_order_of_rows_decides_nothing() -> None:
    straight = turned([50.0] * 5)
    order = np.array([3, 1, 4, 0, 2])
    mixed = Deteriorations(
        client_id=straight.client_id[order],
        severity=straight.severity[order],
        warns=straight.warns[order],
        weight=straight.weight[order],
        top=straight.top[order],
    )
    shown = [
        each.client_id[ring(each, AlarmMemory.nothing(3), JUNE, limits(2)).place].tolist() for each in (straight, mixed)
    ]
    assert shown[0] == shown[1] == ["C0", "C1"]


def test_one_percent_a_week_of_5000_clients_is_fifty_a_week() -> None:
    assert [alarm_budget(0.01, 5_000, days) for days in (7, 31)] == [50, 222]


def test_a_dimension_that_names_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="each once"):
        parse_config(SETTINGS + "warnings: {dimensions: {risk: {up: {pd_last: 0.1}, down: {pd_last: 0.1}}}}\n")
    with pytest.raises(ConfigError, match="rise"):
        parse_config(SETTINGS + "warnings: {compare_periods: [3, 1]}\n")


def test_a_key_that_moved_says_where_to() -> None:
    with pytest.raises(ConfigError, match=r"loss_weight must stand where it moved to, got 0\.4: .*stake_weight"):
        parse_config(SETTINGS + "warnings: {loss_weight: 0.4}\n")
