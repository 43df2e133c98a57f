"""A lender reads who turned worse: whoever falls behind warns, alone as in the whole book, once and not twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from models.panel.panel import Panel
from models.pipeline.past_behaviour import exposure_at_risk
from models.store.sealed import write_manifest
from models.warnings.alarms import AlarmMemory
from models.warnings.compute import DeteriorationReading, origins_to_read, read_deteriorations
from models.warnings.publishing import (
    WARNING_MEMORY,
    RaisedAlarms,
    deteriorations_of,
    previous_memory,
    raise_alarms,
    unpublished_warnings,
    warning_columns,
)
from models.warnings.replay import readings_at, replayed
from models.warnings.report import WARNINGS, published_warnings
from support.lending_book import drawn_tables
from support.warned_lender import AS_OF, Warner, panel_at, warner_in

ARREARS = 2
"""Its place among the dimensions."""


@pytest.fixture(scope="module")
def warner(tmp_path_factory: pytest.TempPathFactory) -> Warner:
    return warner_in(tmp_path_factory.mktemp("warner"))


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return panel_at(tmp_path_factory.mktemp("panel"), (*range(-6, 0), 0, 1), targets=True)


@pytest.fixture(scope="module")
def reading(warner: Warner, panel: Panel) -> DeteriorationReading:
    return read_deteriorations(warner.models, panel, warner.config)


def test_who_falls_behind_is_gone_within_months(reading: DeteriorationReading) -> None:
    """The lender's clients are drawn to be in arrears in the last four months of their life only."""
    late = reading.client_id[reading.turn.warns[:, ARREARS]].tolist()
    cashflows = drawn_tables()["cashflows"]
    last = cashflows[cashflows["kind"] != "arrears"].groupby("client_id")["date"].max()
    assert len(late) > 3
    assert max(last[late]) < date(2021, 11, 1)
    assert (last[reading.client_id] > date(2021, 11, 1)).mean() > 0.5


def test_a_client_alone_reads_as_in_the_whole_book(warner: Warner, panel: Panel, reading: DeteriorationReading) -> None:
    places = [0, 7, int(reading.turn.severity.argmax())]
    for place in places:
        client = reading.client_id[place]
        alone = read_deteriorations(warner.models, panel.where((panel.client_id == client).to_numpy()), warner.config)
        assert alone.turn.severity.tolist() == [reading.turn.severity[place]]
        assert alone.turn.strength.tobytes() == reading.turn.strength[[place]].tobytes()
        assert alone.business_at_risk.tolist() == [reading.business_at_risk[place]]


def test_evidence_is_what_the_features_say(panel: Panel, reading: DeteriorationReading) -> None:
    place = ARREARS
    row = int(np.flatnonzero(reading.turn.warns[:, place])[0])
    feature = reading.signals[reading.turn.signal[row, place]].feature
    own = panel.where((panel.client_id == reading.client_id[row]).to_numpy())
    by_origin = dict(zip(own.origin.tolist(), own.features[feature].tolist(), strict=True))
    assert feature.startswith("arrears_")
    assert reading.turn.now[row, place] == by_origin[0]
    assert reading.turn.before[row, place] == min(by_origin[origin] for origin in (-1, -3))


def test_business_at_risk_is_the_margin_that_goes_times_how_likely(
    warner: Warner, panel: Panel, reading: DeteriorationReading
) -> None:
    """It is no credit loss, which a book that knows no defaults cannot tell; so it alone is at stake."""
    rows = panel.at([0])
    at_risk = reading.decline_probability * exposure_at_risk(rows, warner.config)
    assert reading.business_at_risk == pytest.approx(at_risk)
    assert np.isnan(reading.credit_loss).all()
    assert reading.at_stake.tolist() == reading.business_at_risk.tolist()


def test_what_a_default_costs_is_at_stake_too(warner: Warner, reading: DeteriorationReading) -> None:
    """Of equal severity and probability, 90 m of business at risk and 10 m of credit loss go before either alone."""
    first, second, third = (
        replace(
            reading,
            decline_probability=np.full(len(reading), 0.25),
            business_at_risk=np.full(len(reading), at_risk),
            credit_loss=np.full(len(reading), loss),
        )
        for at_risk, loss in ((90e6, 10e6), (90e6, np.nan), (90e6, -5e6))
    )
    weights = [deteriorations_of([each], warner.config).weight[0] for each in (first, second, third)]
    assert weights == pytest.approx([(0.25 * 100e6) ** 0.5, (0.25 * 90e6) ** 0.5, (0.25 * 90e6) ** 0.5])


def test_only_the_configured_dates_are_looked_back_at(
    warner: Warner, panel: Panel, reading: DeteriorationReading
) -> None:
    assert origins_to_read(warner.config, 5, first=3) == (5, 4)
    few = read_deteriorations(warner.models, panel.at(origins_to_read(warner.config)), warner.config)
    assert few.turn.severity.tobytes() == reading.turn.severity.tobytes()


def test_what_is_published_is_ranked_and_adds_up(warner: Warner, reading: DeteriorationReading) -> None:
    raised = raise_alarms([reading.warned()], clients=len(reading), config=warner.config, as_of=AS_OF)
    rows = raised.published.to_pylist()
    shown = shown_in(raised)
    assert raised.facts["shown"] == len(shown) > 0
    assert [row["rank"] for row in shown] == list(range(1, len(shown) + 1))
    columns = dict(zip(reading.client_id, warning_columns(reading, warner.config)["warnings"].to_pylist(), strict=True))
    for row in rows:
        assert columns[row["client_id"]] == row["dimensions"] == [reported["dimension"] for reported in row["evidence"]]
        assert row["severity"] == pytest.approx(
            100 * (1 - 0.5 ** sum(reported["strength"] for reported in row["evidence"]))
        )
    warned = int((reading.turn.severity > 0).sum())
    assert raised.memory.num_rows == warned == len(rows) == raised.facts["shown"] + raised.facts["held_back"]
    held_back = [row for row in rows if row["state"] == "held back"]
    assert len(held_back) == raised.facts["held_back"] > 0
    assert {row["rank"] for row in held_back} == {None}


def test_a_warning_reads_the_same_published_or_not(
    warner: Warner, reading: DeteriorationReading, first: RaisedAlarms, tmp_path: Path
) -> None:
    (tmp_path / f"{AS_OF}-key").mkdir()
    pq.write_table(first.published, tmp_path / f"{AS_OF}-key" / WARNINGS)
    for warning in unpublished_warnings(reading, warner.config)[:5]:
        (published,) = published_warnings(tmp_path, warning.client_id, AS_OF)
        assert replace(published, state=None, rank=None, first_seen=None) == warning
    assert published_warnings(tmp_path, "nobody", AS_OF) == ()


def shown_in(raised: RaisedAlarms) -> list[dict[str, Any]]:
    return [row for row in raised.published.to_pylist() if row["state"] == "shown"]


def test_blocks_in_any_order_ring_the_same(warner: Warner, panel: Panel, reading: DeteriorationReading) -> None:
    half = np.arange(len(panel)) % 2 == 0
    clients = panel.client_id.isin(set(panel.client_id[half])).to_numpy() & (panel.group % 2 == 0)
    blocks = [read_deteriorations(warner.models, panel.where(chosen), warner.config) for chosen in (~clients, clients)]
    whole, parts = (
        raise_alarms([each.warned() for each in each_of], clients=len(reading), config=warner.config, as_of=AS_OF)
        for each_of in ([reading], blocks)
    )
    assert whole.published.equals(parts.published)
    assert whole.memory.equals(parts.memory)


@pytest.fixture(scope="module")
def first(warner: Warner, reading: DeteriorationReading) -> RaisedAlarms:
    return raise_alarms([reading.warned()], clients=len(reading), config=warner.config, as_of=AS_OF)


def memory_left_by(first: RaisedAlarms, folder: Path, warner: Warner) -> AlarmMemory | None:
    """Written and read as a run and the next one do."""
    pq.write_table(first.published, folder / WARNINGS)
    pq.write_table(first.memory, folder / WARNING_MEMORY)
    write_manifest(folder, {"as_of": AS_OF.isoformat(), "run_key": "key"})
    return previous_memory(folder, warner.config)


def test_the_next_run_repeats_nothing_that_has_not_changed(
    warner: Warner, reading: DeteriorationReading, first: RaisedAlarms, tmp_path: Path
) -> None:
    memory = memory_left_by(first, tmp_path, warner)
    week = date(2021, 7, 8)
    same = raise_alarms([reading.warned()], clients=len(reading), config=warner.config, as_of=week, memory=memory)
    before = {row["client_id"] for row in shown_in(first)}
    assert not {row["client_id"] for row in shown_in(same)} & before
    assert set(same.published["first_seen"].to_pylist()) == {AS_OF}
    told = {row["client_id"] for row in same.published.to_pylist() if row["state"] == "without news"}
    assert told == before
    assert same.facts["budget"] < first.facts["budget"]


def test_what_is_shown_again_is_worse_or_tells_something_new(
    warner: Warner, panel: Panel, first: RaisedAlarms, tmp_path: Path
) -> None:
    following = read_deteriorations(warner.models, panel, warner.config, origin=1)
    memory = memory_left_by(first, tmp_path, warner)
    raised = raise_alarms(
        [following.warned()], clients=10_000, config=warner.config, as_of=date(2021, 8, 1), memory=memory
    )
    before = {row["client_id"]: row for row in shown_in(first)}
    again = [row for row in shown_in(raised) if row["client_id"] in before]
    assert [row["repeat"] for row in again] == [True] * len(again)
    for row in again:
        reported = before[row["client_id"]]
        assert row["severity"] >= reported["severity"] + 25 or set(row["dimensions"]) - set(reported["dimensions"])
    assert raised.facts["without_news"] > 0


def test_a_replay_rings_what_runs_one_after_the_other_would(
    warner: Warner, panel: Panel, first: RaisedAlarms, tmp_path: Path
) -> None:
    rows = panel.at((0, 1))
    rings = replayed(readings_at(warner.models, panel, (1, 0), warner.config), rows, warner.config)
    following = read_deteriorations(warner.models, panel, warner.config, origin=1)
    second = raise_alarms(
        [following.warned()],
        clients=len(following),
        config=warner.config,
        as_of=date(2021, 8, 1),
        memory=memory_left_by(first, tmp_path, warner),
    )
    for origin, raised in enumerate((first, second)):
        shown = set(rows.client_id[rings.shown & (rows.origin == origin)])
        assert shown == {row["client_id"] for row in shown_in(raised)}
        assert int(rings.repeat[rows.origin == origin].sum()) == raised.facts["repeats"]


def test_a_run_that_did_not_warn_leaves_nothing_to_remember(warner: Warner, tmp_path: Path) -> None:
    write_manifest(tmp_path, {"as_of": AS_OF.isoformat(), "run_key": "key"})
    assert previous_memory(tmp_path, warner.config) is None
