"""Who starts cold: a prospect that asks, a client just won, a quiet one that is still asked for; nobody of later."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.panel.build import in_reach_of, panel_of
from models.panel.features.beginning import ALIKE_IN_WORDS, BEGAN_ALIKE, RELATIONSHIP_DAYS
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.text import ENGLISH
from support.books import Frames, book_of, rows, settings

AS_OF, CHINESE = date(2020, 7, 1), "zh"


def tables() -> Frames:
    day = date
    return {
        "clients": rows(
            "client_id relationship_start acquisition_cost",
            ("active", day(2018, 1, 1), 5.0),
            ("asks first", None, None),
            ("gone", day(2017, 1, 1), None),
            ("later", day(2020, 7, 1), 9.0),
            ("nothing known", None, 9.0),
            ("quiet", day(2017, 1, 1), 7.0),
            ("waits", day(2018, 1, 1), None),
            ("won", day(2020, 5, 1), None),
        ),
        "cashflows": rows(
            "client_id date kind amount",
            ("active", day(2020, 5, 2), "drawdown", 1.0),
            ("gone", day(2018, 5, 2), "drawdown", 1.0),
            ("later", day(2020, 8, 2), "drawdown", 1.0),
            ("quiet", day(2018, 5, 2), "drawdown", 1.0),
            ("won", day(2020, 9, 2), "drawdown", 1.0),
        ),
        "opportunities": rows(
            "opportunity_id client_id stage entered amount outcome closed",
            ("X", "asks first", "identified", day(2020, 6, 1), 10.0, None, None),
            ("X", "asks first", "assessed", day(2020, 7, 2), 10.0, None, None),
        ),
    }


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> tuple[Panel, Panel, Panel]:
    """The active clients, those that start cold, and the active ones as a panel without a cold start has them."""
    folder = tmp_path_factory.mktemp("reach")
    config = settings(work_dir=folder / "work")
    with prepared_book(book_of(tables(), folder), config, AS_OF) as prepared:
        found = in_reach_of(prepared, config, [0], targets=True)
        return found.active, found.cold, panel_of(prepared, config, [0], targets=True)


def test_everybody_stands_in_one_place_at_most(reach: tuple[Panel, Panel, Panel]) -> None:
    active, cold, _ = reach
    assert list(active.client_id) == ["active"]
    assert sorted(cold.client_id) == ["asks first", "quiet", "waits", "won"]


def test_the_active_ones_are_as_without_a_cold_start(reach: tuple[Panel, Panel, Panel]) -> None:
    active, _, alone = reach
    pd.testing.assert_frame_equal(active.features, alone.features, check_exact=True)


def test_how_each_began(reach: tuple[Panel, Panel, Panel]) -> None:
    cold = reach[1]
    began = dict(zip(cold.client_id, cold.features[BEGAN_ALIKE], strict=True))
    assert began == {
        "asks first": "prospect, identified",
        "quiet": "quiet, nothing open",
        "waits": "waiting, nothing open",
        "won": "newly won, nothing open",
    }
    days = dict(zip(cold.client_id, cold.features[RELATIONSHIP_DAYS], strict=True))
    assert days["won"] == (AS_OF - date(2020, 5, 1)).days
    assert np.isnan(days["asks first"])
    for text in began.values():
        assert ALIKE_IN_WORDS[text].within(ENGLISH) == text
        assert ALIKE_IN_WORDS[text].within(CHINESE) != text


def test_decline_is_that_nothing_comes(reach: tuple[Panel, Panel, Panel]) -> None:
    cold = reach[1]
    assert cold.declined is not None
    declined = dict(zip(cold.client_id, cold.declined.tolist(), strict=True))
    assert declined == {"asks first": True, "quiet": True, "waits": True, "won": False}
