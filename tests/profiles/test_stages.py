"""Stages: a client silent for long has churned, a new one is in acquisition; the first rule that holds decides."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from models.config.kinds import StagesConfig
from models.profiles.stages import Trajectory, stages_of

SETTINGS = StagesConfig(
    acquisition_max_periods=12,
    churned_after_periods=36,
    growth_ratio=1.5,
    trend_window_periods=12,
    decline_probability=0.6,
)
# growth is (latest - before) / (latest + before): a ratio of 1.5 is 0.5 / 2.5 = 0.2
BY_HAND = [
    ("churned", 36.1, 200.0, 0.9, 0.1),
    ("churned", 40.0, 5.0, 0.9, 0.9),
    ("acquisition", 0.0, 12.0, 0.9, 0.9),
    ("acquisition", 36.0, 3.0, -1.0, 0.9),
    ("decline", 36.0, 12.1, 0.9, 0.6),
    ("decline", 1.0, 100.0, -1.0, 0.99),
    ("development", 1.0, 100.0, 0.21, 0.59),
    ("maturity", 1.0, 100.0, 0.2, 0.59),
    ("maturity", 36.0, 12.1, -1.0, 0.0),
]


def trajectory(
    *rows: tuple[str, float, float, float, float],
    asked_for: float = np.nan,
    asked_periods: float = np.nan,
    open_facilities: float = np.nan,
    known_periods: float = np.nan,
) -> Trajectory:
    columns = np.array([row[1:] for row in rows], dtype=np.float64).T
    return Trajectory(
        idle_periods=columns[0],
        tenure_periods=columns[1],
        growth=columns[2],
        trend=columns[2],
        decline_probability=columns[3],
        asked_for=np.full(len(rows), asked_for),
        asked_periods=np.full(len(rows), asked_periods),
        open_facilities=np.full(len(rows), open_facilities),
        known_periods=np.full(len(rows), known_periods),
    )


@pytest.mark.parametrize("row", BY_HAND)
def test_the_rule_by_hand(row: tuple[str, float, float, float, float]) -> None:
    assert list(stages_of(trajectory(row), SETTINGS)) == [row[0]]


def test_a_book_is_staged_as_its_clients_are() -> None:
    assert list(stages_of(trajectory(*BY_HAND), SETTINGS)) == [row[0] for row in BY_HAND]


def test_a_client_of_whom_nothing_is_known_is_mature_unless_likely_to_leave() -> None:
    unknown = np.nan
    rows = [("maturity", unknown, unknown, unknown, 0.1), ("decline", unknown, unknown, unknown, 0.7)]
    assert list(stages_of(trajectory(*rows), SETTINGS)) == ["maturity", "decline"]


def test_no_client_gives_no_stage() -> None:
    none = {field.name: np.empty(0) for field in fields(Trajectory)}
    assert len(stages_of(Trajectory(**none), SETTINGS)) == 0


def test_a_young_client_develops_even_if_it_does_not_grow() -> None:
    young = StagesConfig.model_validate(SETTINGS.model_dump() | {"development_max_periods": 18})
    rows = [
        ("development", 1.0, 18.0, -0.5, 0.1),
        ("maturity", 1.0, 18.1, -0.5, 0.1),
        ("decline", 1.0, 15.0, 0.9, 0.7),
        ("acquisition", 1.0, 12.0, -0.5, 0.1),
    ]
    assert list(stages_of(trajectory(*rows), young)) == [row[0] for row in rows]


# a ratio of 0.6 is -0.4 / 1.6 = -0.25
@pytest.mark.parametrize(
    ("growth", "probability", "asked_for", "stage"),
    [
        (-0.26, 0.2, 0.0, "decline"),
        (-0.26, 0.2, 1.0, "maturity"),
        (-0.26, 0.2, np.nan, "maturity"),
        (-0.25, 0.2, 0.0, "maturity"),
        (-0.26, 0.19, 0.0, "maturity"),
        (0.10, 0.6, 3.0, "decline"),
    ],
)
def test_a_client_that_shrinks_and_asks_for_nothing_declines_at_a_smaller_probability(
    growth: float, probability: float, asked_for: float, stage: str
) -> None:
    visible = StagesConfig.model_validate(
        SETTINGS.model_dump() | {"shrinking_ratio": 0.6, "shrinking_decline_probability": 0.2}
    )
    client = trajectory((stage, 1.0, 100.0, growth, probability), asked_for=asked_for)
    assert list(stages_of(client, visible)) == [stage]


def test_a_lender_may_say_that_acquisition_ends_with_the_first_business() -> None:
    none_new = StagesConfig.model_validate(SETTINGS.model_dump() | {"acquisition_max_periods": 0})
    assert list(stages_of(trajectory(("maturity", 0.1, 0.1, 0.0, 0.1)), none_new)) == ["maturity"]


def of(client: Trajectory, **changed: object) -> str:
    return str(stages_of(client, StagesConfig.model_validate(SETTINGS.model_dump() | changed))[0])


LIKELY = ("decline", 1.0, 100.0, -0.5, 0.9)
VISIBLE = {"shrinking_ratio": 0.6, "shrinking_decline_probability": 0.2}


@pytest.mark.parametrize(
    ("asked_for", "asked_periods", "stage"),
    [
        (1.0, 9.0, "maturity"),
        (0.0, 4.0, "maturity"),
        (0.0, 4.1, "decline"),
        (0.0, np.nan, "decline"),
        (np.nan, np.nan, "decline"),
    ],
)
def test_a_client_that_asked_for_something_lately_does_not_decline_yet(
    asked_for: float, asked_periods: float, stage: str
) -> None:
    client = trajectory(LIKELY, asked_for=asked_for, asked_periods=asked_periods)
    assert of(client, quiet_after_periods=4) == stage
    assert of(client) == "decline"


def test_a_client_whose_enquiry_was_lost_a_month_ago_does_not_visibly_decline_either() -> None:
    client = trajectory(("maturity", 1.0, 100.0, -0.5, 0.3), asked_for=0.0, asked_periods=1.0)
    assert of(client, quiet_after_periods=4, **VISIBLE) == "maturity"
    assert of(client, **VISIBLE) == "decline"


@pytest.mark.parametrize(
    ("open_facilities", "asked_periods", "stage"),
    [(2.0, 50.0, "maturity"), (0.0, 50.0, "churned"), (0.0, 3.0, "maturity"), (np.nan, np.nan, "churned")],
)
def test_a_client_with_something_open_has_not_churned_if_the_lender_says_so(
    open_facilities: float, asked_periods: float, stage: str
) -> None:
    silent = trajectory(
        ("churned", 40.0, 100.0, 0.0, 0.1),
        asked_for=0.0,
        asked_periods=asked_periods,
        open_facilities=open_facilities,
    )
    assert of(silent, churned_while_bound=False, quiet_after_periods=4) == stage
    assert of(silent, quiet_after_periods=4) == "churned"


def test_what_is_open_in_the_funnel_binds_a_client_too() -> None:
    silent = trajectory(("churned", 40.0, 100.0, 0.0, 0.1), asked_for=1.0, open_facilities=0.0)
    assert of(silent, churned_while_bound=False) == "maturity"


def test_who_was_never_active_is_acquired_until_it_is_given_up() -> None:
    nobody = ("", np.nan, np.nan, np.nan, 0.9)
    settings = StagesConfig.model_validate(SETTINGS.model_dump() | {"churned_after_periods": 9})

    def stage(**known: float) -> str:
        return str(stages_of(trajectory(nobody, **known), settings)[0])

    assert stage(known_periods=2.0) == "acquisition"
    assert stage(known_periods=40.0, asked_for=1.0, asked_periods=1.0) == "acquisition"
    assert stage(known_periods=40.0, asked_for=0.0, asked_periods=8.0) == "acquisition"
    assert stage(known_periods=40.0, asked_for=0.0, asked_periods=12.0) == "churned"
    assert stage(known_periods=10.0) == "churned"
