"""What happens on or after the as-of date changes no warning: not the clients' future, not the models' memory of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.panel.panel import Panel
from models.warnings.compute import origins_to_read, read_deteriorations
from models.warnings.publishing import RaisedAlarms, raise_alarms
from support.lending_book import drawn_tables
from support.warned_lender import AS_OF, Warner, panel_at, warner_in

Tables = dict[str, pd.DataFrame]
ORIGINS = (-3, -1, 0)


@pytest.fixture(scope="module")
def warner(tmp_path_factory: pytest.TempPathFactory) -> Warner:
    return warner_in(tmp_path_factory.mktemp("warner"))


def rung(warner: Warner, panel: Panel) -> RaisedAlarms:
    reading = read_deteriorations(warner.models, panel, warner.config)
    return raise_alarms([reading.warned()], clients=len(reading), config=warner.config, as_of=AS_OF)


def with_another_future(tables: Tables, other: Tables, *, day: object = AS_OF) -> Tables:
    """Cashflows before ``day`` as they were, from it on those of another book; facilities signed later are larger."""
    mine, theirs = tables["cashflows"], other["cashflows"]
    cashflows = pd.concat([mine[mine["date"] < day], theirs[theirs["date"] >= day]], ignore_index=True)
    facilities = tables["facilities"]
    larger = facilities.assign(limit=facilities["limit"].where(facilities["signed"] < day, facilities["limit"] * 10))
    return tables | {"cashflows": cashflows, "facilities": larger}


@pytest.mark.parametrize("seed", [1, 2])
def test_another_future_changes_no_warning(warner: Warner, tmp_path: Path, seed: int) -> None:
    tables = drawn_tables()
    changed = with_another_future(tables, drawn_tables(seed))
    assert not changed["cashflows"].equals(tables["cashflows"])
    assert origins_to_read(warner.config) == (0, -1, -3)
    first = rung(warner, panel_at(tmp_path / "first", ORIGINS, tables))
    second = rung(warner, panel_at(tmp_path / "second", ORIGINS, changed))
    assert first.published.num_rows > 0
    assert first.published.equals(second.published)
    assert first.memory.equals(second.memory)
    assert first.facts == second.facts


def test_another_month_before_changes_warnings(warner: Warner, tmp_path: Path) -> None:
    """Were the changed book read like the first whatever it says, the property above would hold of anything."""
    tables = drawn_tables()
    earlier = with_another_future(tables, drawn_tables(1), day=AS_OF.replace(month=6))
    first = rung(warner, panel_at(tmp_path / "first", ORIGINS, tables))
    second = rung(warner, panel_at(tmp_path / "second", ORIGINS, earlier))
    assert not first.published.equals(second.published)
