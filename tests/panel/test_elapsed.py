"""Outcomes without features: those of the panel, at the whole horizon and at a part of it."""

from __future__ import annotations

import numpy as np
import pytest

from models.panel.build import panel_of
from models.panel.elapsed import outcomes_at, with_horizon
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import lender_in
from support.warned_lender import AS_OF

ORIGINS, UNTIL = (-6, 0), 6


@pytest.fixture(scope="module", params=["lapse", "drop"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, Panel], ...]:
    """Elapsed periods -> outcomes by the function tested, and those of the panel with a horizon of so many."""
    lender = lender_in(tmp_path_factory.mktemp("elapsed"), decline={"rule": request.param, "share": 0.5})
    book = open_book(lender.config, None, SilentProgress())
    with prepared_book(book, lender.config, AS_OF) as prepared:
        found = outcomes_at(prepared, lender.config, ORIGINS, (2, 6), until=UNTIL)
        panels = {
            periods: panel_of(prepared, with_horizon(lender.config, periods), ORIGINS, targets=True, until=UNTIL)
            for periods in (2, 6)
        }
        return found, panels


@pytest.mark.parametrize("periods", [2, 6])
def test_outcomes_are_those_of_the_panel_row_by_row(both: tuple[dict[int, Panel], ...], periods: int) -> None:
    found, panel = both[0][periods], both[1][periods]
    assert found.client_id.tolist() == panel.client_id.tolist()
    for name in ("origin", "group", "value", "margin", "declined", "event_period"):
        np.testing.assert_array_equal(getattr(found, name), getattr(panel, name), err_msg=name)
    assert found.declined is not None
    assert 0 < found.declined.sum() < len(found)
    assert found.features.shape[1] == 0


def test_what_does_not_lie_before_the_end_is_not_known(both: tuple[dict[int, Panel], ...]) -> None:
    found = both[0][6]
    assert found.finished is not None
    assert found.finished.all()  # the book is known for six months after the later origin
