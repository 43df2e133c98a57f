"""Scores build on earlier scores: a stage moves only once it has held; one client alone is told the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models.config.root import Config
from models.errors import DamagedBundleError
from models.panel.panel import Panel
from models.profiles.compute import HELD_COLUMNS, fit_kinds, kind_columns
from models.profiles.model import KindsModel
from models.profiles.rescoring import held_histories, migration_report, raw_histories, with_lost
from models.profiles.types import RELATIONSHIPS
from models.publications.previous import PreviousScores
from support.drawn_panel import ORIGINS, drawn_panel, small_config

CONFIG = small_config(stages={"hold_periods": 3}, relationships={"hold_periods": 2})


@pytest.fixture(scope="module")
def rows() -> Panel:
    return drawn_panel().at([ORIGINS[-1]])


@pytest.fixture(scope="module")
def model(rows: Panel) -> KindsModel:
    return fit_kinds(rows, rows.features["value_sum_12p"].to_numpy(), np.full(len(rows), 0.3), CONFIG)


def columns(model: KindsModel, rows: Panel, config: Config = CONFIG, **options: object) -> dict[str, pa.Array]:
    value, risk = rows.features["value_sum_12p"].to_numpy(), np.full(len(rows), 0.3)
    return kind_columns(model, rows, value, risk, config, **options)  # type: ignore[arg-type]


def published(rows: Panel, stage: str, candidate: str, since: date | None, as_of: date) -> PreviousScores:
    """Earlier scores of all clients but the first."""
    frame = pd.DataFrame(index=pd.Index(rows.client_id[1:]))
    frame = frame.assign(stage=stage, stage_candidate=candidate, stage_candidate_since=since)
    return PreviousScores(folder=Path(), as_of=as_of, run_key="", columns=frame)


def test_a_stage_waits_until_it_has_held(model: KindsModel, rows: Panel) -> None:
    fresh = columns(model, rows)["stage"].to_pylist()
    month_before = published(rows, "churned", "maturity", date(2021, 11, 1), date(2021, 12, 1))
    now = columns(model, rows, previous=month_before)
    assert now["stage"].to_pylist() == [fresh[0], *["churned"] * (len(rows) - 1)]
    assert now["stage_candidate"].to_pylist() == fresh
    waited = [2 if stage == "maturity" else 1 for stage in fresh[1:]]
    assert now["stage_candidate_periods"].to_pylist()[1:] == [
        0 if stage == "churned" else periods for stage, periods in zip(fresh[1:], waited, strict=True)
    ]
    since = {"maturity": date(2021, 11, 1), "churned": None}
    assert now["stage_candidate_since"].to_pylist()[1:] == [since.get(stage, date(2021, 12, 1)) for stage in fresh[1:]]
    quarter_before = published(rows, "churned", "churned", None, date(2021, 10, 1))
    assert columns(model, rows, previous=quarter_before)["stage"].to_pylist() == fresh


@pytest.mark.parametrize(("day", "waited"), [(date(2021, 11, 1), 2), (date(2021, 11, 20), 2), (date(2021, 12, 31), 1)])
def test_periods_of_the_calendar_count(model: KindsModel, rows: Panel, day: date, waited: int) -> None:
    now = columns(model, rows, previous=published(rows, "acquisition", "acquisition", None, day))
    moving = [stage != "acquisition" for stage in now["stage_candidate"].to_pylist()]
    periods = np.array(now["stage_candidate_periods"].to_pylist())
    assert set(periods[1:][moving[1:]]) == {waited}


def test_scores_without_earlier_columns_start_afresh(model: KindsModel, rows: Panel) -> None:
    bare = PreviousScores(
        folder=Path(), as_of=date(2021, 12, 1), run_key="", columns=pd.DataFrame(index=pd.Index(rows.client_id))
    )
    assert columns(model, rows, previous=bare) == columns(model, rows)
    assert set(HELD_COLUMNS) <= set(columns(model, rows))


def test_degrees_sum_to_one_and_evidence_stands_beside_each_kind(model: KindsModel, rows: Panel) -> None:
    reported = columns(model, rows)
    degrees = reported["relationship_degrees"].to_pylist()
    assert [max(each, key=each.get) for each in degrees] == reported["relationship_type"].to_pylist()
    np.testing.assert_allclose([sum(each.values()) for each in degrees], 1.0)
    first = reported["relationship_evidence"][0].as_py()
    assert [entry["kind"] for entry in first] == [kind for kind in RELATIONSHIPS for _ in range(2)]
    assert {drivers["distress"] for drivers in reported["relationship_drivers"].to_pylist()} == {None}


def test_one_client_alone_is_told_the_same(model: KindsModel, rows: Panel) -> None:
    whole = pa.table(columns(model, rows))
    for row in (0, 57, len(rows) - 1):
        alone = rows.where(np.arange(len(rows)) == row)
        assert pa.table(columns(model, alone)).to_pylist() == whole.slice(row, 1).to_pylist()


def test_the_model_comes_back_from_text(model: KindsModel) -> None:
    assert KindsModel.from_json(model.to_json()) == model
    with pytest.raises(DamagedBundleError, match=r"kinds\.json must hold what KindsModel asks for"):
        KindsModel.from_json("{}")


def test_rescoring_date_by_date_is_what_single_runs_publish(model: KindsModel) -> None:
    panel = drawn_panel()
    risk = np.full(len(panel), 0.3)
    raw = raw_histories(model, panel, risk, CONFIG)
    held = held_histories(raw, CONFIG)
    first, second = ORIGINS[:2]
    assert held["stage"].loc[first].equals(raw["stage"].loc[first])
    assert held["stage"].loc[second].equals(raw["stage"].loc[second])  # six months apart: the change has held
    slow = held_histories(raw, small_config(stages={"hold_periods": 60}))
    assert (slow["stage"].loc[second] == slow["stage"].loc[first]).all()
    facts = migration_report(held["stage"], "stage")
    assert facts.step_periods == 6
    assert sum(map(sum, facts.counts)) == 120 * (len(ORIGINS) - 1)


def test_who_is_out_of_reach_after_being_seen_has_churned() -> None:
    seen = pd.DataFrame({"A": ["maturity", None, "maturity"], "B": [None, "maturity", None]}, index=[0, 1, 2])
    assert with_lost(seen)["A"].tolist() == ["maturity", "churned", "maturity"]
    assert with_lost(seen)["B"].tolist()[1:] == ["maturity", "churned"]
    assert with_lost(seen)["B"].isna().tolist() == [True, False, False]
