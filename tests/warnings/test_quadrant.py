"""A credit officer sees at once which warnings are grave and getting worse, the best clients first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.warnings.quadrant import COURSE, Quarter, read_quadrant, warning_of, with_course
from models.warnings.report import WARNINGS, AlarmState

DAY = date(2024, 1, 1)
STATES = {"a": "shown", "aa": "shown", "b": "shown", "c": "held back", "d": "without news", "aa late": "held back"}
SEVERITY = {"a": 90.0, "aa": 60.0, "b": 80.0, "c": 55.0, "d": 76.0, "aa late": 51.0}
BEFORE = {"a": 60.0, "b": 85.0, "d": 76.0, "gone": 99.0}


def warned(severity: dict[str, float]) -> pa.Table:
    rows = [
        {
            "client_id": client,
            "as_of": DAY,
            "state": STATES.get(client, "shown"),
            "rank": place + 1 if STATES.get(client, "shown") == "shown" else None,
            "severity": level,
            "dimensions": ["risk"],
            "business_at_risk": 10.0,
            "credit_loss": None,
            "first_seen": DAY,
            "repeat": False,
            "always_shown": client.startswith("aa"),
        }
        for place, (client, level) in enumerate(severity.items())
    ]
    return pa.Table.from_pylist(rows)


def scores(folder: Path) -> Path:
    clients = ["x", *reversed(SEVERITY)]
    columns = {
        "client_id": clients,
        "tier": ["AA" if client.startswith("aa") else "B" for client in clients],
        "exposure_at_default": [None if client == "b" else 100.0 for client in clients],
    }
    pq.write_table(pa.table(columns), folder / "scores.parquet")
    return folder / "scores.parquet"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    earlier, now = tmp_path / "earlier", tmp_path / "now"
    earlier.mkdir()
    now.mkdir()
    pq.write_table(warned(BEFORE), earlier / WARNINGS)
    pq.write_table(with_course(warned(SEVERITY), scores(now), earlier), now / WARNINGS)
    return now


def test_each_warning_stands_in_its_quarter_by_level_and_change(run: Path) -> None:
    found = {each.client_id: each for each in read_quadrant(run, states=tuple(AlarmState)).points}
    assert {client: (each.level, each.change, each.quarter) for client, each in found.items()} == {
        "a": (90.0, 30.0, Quarter.GRAVE_WORSE),
        "b": (80.0, -5.0, Quarter.GRAVE_EASING),
        "d": (76.0, 0.0, Quarter.GRAVE_EASING),
        "aa": (60.0, 10.0, Quarter.LIGHT_WORSE),
        "c": (55.0, 5.0, Quarter.LIGHT_WORSE),
        "aa late": (51.0, 1.0, Quarter.LIGHT_WORSE),
    }
    assert [client for client, each in found.items() if each.is_new] == ["aa", "aa late", "c"]
    assert {client: (each.tier, each.exposure) for client, each in found.items() if client in ("aa", "b")} == {
        "aa": ("AA", 100.0),
        "b": ("B", None),
    }


def test_top_tiers_stand_first_and_those_held_back_are_counted(run: Path) -> None:
    shown = read_quadrant(run)
    assert [each.client_id for each in shown.points] == ["aa", "a", "b"]
    assert (shown.total, shown.counts) == (3, {"shown": 3, "held back": 2, "without news": 1})
    held = read_quadrant(run, states=(AlarmState.HELD_BACK,), limit=1)
    assert ([each.client_id for each in held.points], held.total) == (["aa late"], 2)


def test_a_reader_of_a_portfolio_sees_only_its_warnings(run: Path) -> None:
    mine = read_quadrant(run, clients=("b", "c", "x"))
    assert ([each.client_id for each in mine.points], mine.counts) == (["b"], {"shown": 1, "held back": 1})
    assert warning_of(run, "x") is None
    one = warning_of(run, "c")
    assert one is not None
    assert one.state is AlarmState.HELD_BACK


def test_the_first_run_tells_no_change_nor_does_one_from_before(tmp_path: Path) -> None:
    first = with_course(warned(SEVERITY), scores(tmp_path), None)
    pq.write_table(first, tmp_path / WARNINGS)
    assert {(each.before, each.change, each.quarter) for each in read_quadrant(tmp_path).points} == {(None, None, None)}
    old = tmp_path / "old"
    old.mkdir()
    pq.write_table(first.drop_columns(list(COURSE)), old / WARNINGS)
    assert {(each.before, each.tier) for each in read_quadrant(old).points} == {(None, None)}
    assert read_quadrant(tmp_path / "nothing").points == ()
