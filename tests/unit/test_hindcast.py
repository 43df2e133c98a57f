"""Hindcasts: which of them may put right the models that serve."""

from __future__ import annotations

from dataclasses import replace

from models.tables.splits import HindcastOrigins, LearningOrigins
from models.workflows.corrections import learn_corrections
from models.workflows.hindcast import Hindcast, Hindcasts
from support.drawn_panel import ORIGINS, drawn_panel, small_config

FIT = LearningOrigins(
    learn=ORIGINS[:-1],
    hindcasts=(HindcastOrigins(ORIGINS[1], ORIGINS[:1]), HindcastOrigins(ORIGINS[3], ORIGINS[:3])),
)


def hindcasts() -> list[Hindcast]:
    return Hindcasts(drawn_panel(200), small_config()).of(FIT)


def test_models_of_a_quarter_of_the_rows_are_not_like_those_that_serve() -> None:
    assert [hindcast.alike for hindcast in hindcasts()] == [False, True]


def test_the_same_hindcast_may_be_like_the_models_of_a_shorter_past() -> None:
    made = Hindcasts(drawn_panel(200), small_config())
    shorter = replace(FIT, learn=ORIGINS[:2], hindcasts=FIT.hindcasts[:1])
    assert [hindcast.alike for hindcast in made.of(FIT)] == [False, True]
    assert [hindcast.alike for hindcast in made.of(shorter)] == [True]


def test_decline_is_put_right_by_those_alike_alone() -> None:
    first, second = hindcasts()
    by_both = learn_corrections([replace(first, alike=True), second], small_config()).decline
    by_second = learn_corrections([first, second], small_config()).decline
    alone = learn_corrections([second], small_config()).decline
    assert by_second == alone
    assert by_both != alone


def test_where_none_is_alike_the_latest_puts_it_right() -> None:
    first, second = (replace(hindcast, alike=False) for hindcast in hindcasts())
    assert (
        learn_corrections([first, second], small_config()).decline
        == learn_corrections([second], small_config()).decline
    )
