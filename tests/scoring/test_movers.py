"""A client that a cap pulls down, one whose rating fell, one that left: each moved by the one thing that did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.config.policy.tiers import DEFAULT_SCALE
from models.grading.decision import decide, grade_book
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.overrides import Override
from models.grading.stability import NO_MOVE
from models.publications.previous import previous_scores
from models.scoring.grade_columns import grade_columns
from models.scoring.movers import MOVERS, SCHEMA, movers_of, write_movers
from models.scoring.tier_columns import tier_columns
from models.store.sealed import publish_folder, write_manifest
from support.graded import AS_OF, CREDIT_AND_VALUE, FEATURES, facts_of, policy_of

BEFORE, NOW = date(2023, 1, 1), AS_OF
DATES = (BEFORE, NOW)
CAPS = [{**CREDIT_AND_VALUE["caps"][0]}]
Row = dict[str, Any]
GOOD: Row = {"value": 3e6, "pd_last": 0.01, "decline": 0.1, "arrears": 0.0, "esg": "A"}


def policy(**changes: Any) -> GradingPolicy:
    return fit_policy(policy_of(caps=CAPS, **changes), facts_of(), "USD")


def facts(rows: dict[str, Row]) -> Facts:
    """Facts of named clients; ``previous`` and ``asks`` of a row are its earlier tier and what a person asks."""
    full = [GOOD | row for row in rows.values()]
    found = facts_of(
        value=[row["value"] for row in full],
        pd_last=[row["pd_last"] for row in full],
        decline=[row["decline"] for row in full],
        arrears=[row["arrears"] for row in full],
        previous=[row.get("previous", "") for row in full],
    )
    until = AS_OF + timedelta(days=9)
    asked = {
        client: Override(tier=row["asks"], reason="new", by="L. Chen", on=BEFORE, until=until)
        for client, row in zip(rows, full, strict=True)
        if "asks" in row
    }
    features = found.features.assign(esg_grade=np.array([row["esg"] for row in full], dtype=object))
    return replace(found, client_id=np.array(list(rows)), features=features, overrides=asked)


def scores(rows: dict[str, Row], by: GradingPolicy | None = None, *, frozen: bool = False) -> pa.Table:
    graded = grade_book(by or policy(), facts(rows))
    decided = decide(graded.assessment, NO_MOVE) if frozen else graded
    known = facts(rows)
    columns = {
        "client_id": pa.array(known.client_id.tolist()),
        "value": pa.array(known.value),
        "decline_probability": pa.array(known.decline_probability),
    }
    return pa.table(columns | grade_columns(decided.assessment, FEATURES) | tier_columns(decided, {}))


def moved(
    folder: Path, before: pa.Table, now: pa.Table, *, by: GradingPolicy | None = None, bundle: str = "same"
) -> dict[str, dict[str, Any]]:
    """Client -> its row of the movers of two runs; the earlier one was made by the bundle ``same``."""

    def fill(draft: Path) -> None:
        pq.write_table(before, draft / "scores.parquet")
        write_manifest(draft, {"as_of": BEFORE.isoformat(), "run_key": "k", "bundle": "same"})

    publish_folder(folder / "2023-01-01-k", fill)
    pq.write_table(now, folder / "scores.parquet")
    previous = previous_scores(folder / "2023-01-01-k", ("tier_by_rule",))
    write_movers(folder, previous, by or policy(), as_of=NOW, bundle=bundle)
    return {row["client_id"]: row for row in pq.read_table(folder / MOVERS).to_pylist()}


def causes(row: dict[str, Any]) -> tuple[str | None, ...]:
    return row["way"], row["moved_by"], row["dimension"], row["criterion"], row["cap"]


def test_each_mover_is_told_with_the_one_thing_that_moved_it(tmp_path: Path) -> None:
    before = {
        "capped": {},
        "esg": {"pd_last": 0.05},
        "freed": {"arrears": 95.0},
        "left": {},
        "overridden": {"pd_last": 0.09, "esg": "B"},
        "over": {"pd_last": 0.09, "esg": "B", "asks": "AA"},
        "rated": {},
        "stays": {},
        "worth": {"value": 1e6},
    }
    now = {
        "capped": {"arrears": 95.0},
        "esg": {"pd_last": 0.045, "esg": "B"},  # the rating is better, the ESG grade worse by more
        "freed": {},
        "new": {},
        "overridden": {"pd_last": 0.09, "esg": "B", "asks": "AA"},
        "over": {"pd_last": 0.09, "esg": "B"},
        "rated": {"pd_last": 0.06},
        "stays": {"pd_last": 0.011},
        "worth": {"value": 2.5e6, "pd_last": 0.012},
    }
    found = moved(tmp_path, scores(before), scores(now))
    assert {client: causes(row) for client, row in found.items()} == {
        "capped": ("down", "data", None, "arrears_days", "overdue_90"),
        "esg": ("down", "data", "credit", "esg_grade", None),
        "freed": ("up", "data", None, "arrears_days", "overdue_90"),
        "left": ("vanished", "activity", None, None, None),
        "new": ("appeared", "activity", None, None, None),
        "over": ("down", "override", None, None, None),
        "overridden": ("up", "override", None, None, None),
        "rated": ("down", "data", "credit", "pd_last", None),
        "worth": ("up", "data", "expected_value", "value_low", None),
    }
    assert (found["left"]["tier"], found["left"]["value"], found["left"]["tier_before"]) == (None, None, "AA")
    assert (found["rated"]["as_of_before"], found["rated"]["as_of"]) == DATES
    assert list(found) == sorted(found)


def test_what_margin_or_limit_held_back_moves_by_stability(tmp_path: Path) -> None:
    before = scores({"held": {"pd_last": 0.05, "esg": "B", "previous": "AA"}}, frozen=True)
    now = scores({"held": {"pd_last": 0.05, "esg": "B", "previous": "AA"}})
    row = moved(tmp_path, before, now)["held"]
    assert (row["tier_before"], row["tier"]) == ("AA", "A")
    assert causes(row) == ("down", "stability", None, None, None)


def test_another_policy_is_told_apart_from_what_clients_did(tmp_path: Path) -> None:
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    credit = dimensions["credit"]
    stricter = {**credit, "levels": [{"name": "high", "points": 95}, *credit["levels"][1:]]}
    by = policy(dimensions={**dimensions, "credit": stricter})
    rows = {"policy": {"pd_last": 0.01}, "data": {"pd_last": 0.001, "value": 3e6}}
    later = {"policy": {"pd_last": 0.011}, "data": {"pd_last": 0.001, "value": 1e6}}
    found = moved(tmp_path, scores(rows), scores(later, by), by=by, bundle="other")
    assert causes(found["policy"]) == ("down", "policy", None, None, None)
    assert causes(found["data"]) == ("down", "data or models", "expected_value", "value_low", None)


def frame(tiers: dict[str, str]) -> pd.DataFrame:
    rows = {client: (100.0, 0.1, tier, f"{tier}: because") for client, tier in tiers.items()}
    columns = ["value", "decline_probability", "tier", "tier_reason"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("client_id")


@pytest.mark.parametrize("seed", range(5))
def test_exactly_those_with_another_tier_are_movers_whatever_the_order(seed: int) -> None:
    random = np.random.default_rng(seed)

    def drawn() -> pd.DataFrame:
        clients, tiers = random.permutation(60)[:40], random.choice(["AA", "A", "B"], 40)
        return frame({f"{number:02}": str(tier) for number, tier in zip(clients, tiers, strict=True)})

    before, now = drawn(), drawn()
    found = movers_of(before, now, None, DEFAULT_SCALE, dates=DATES)
    both = pd.concat([before["tier"].rename("before"), now["tier"].rename("now")], axis=1)
    apart = both[both["before"].fillna("") != both["now"].fillna("")]
    assert found["client_id"].to_pylist() == sorted(apart.index)
    again = movers_of(before.iloc[::-1], now.sample(frac=1, random_state=seed), None, DEFAULT_SCALE, dates=DATES)
    assert again.equals(found)
    assert found.schema == SCHEMA


def test_an_earlier_run_that_does_not_tell_what_grades_rest_on_gives_no_causes(tmp_path: Path) -> None:
    before = scores({"a": {}}).select(["client_id", "tier", "value"])
    row = moved(tmp_path, before, scores({"a": {"pd_last": 0.09}}))["a"]
    assert causes(row) == ("down", None, None, None, None)
    assert (row["decline_before"], row["tier_reason_before"]) == (None, None)


def test_without_an_earlier_run_the_file_is_there_and_empty(tmp_path: Path) -> None:
    assert write_movers(tmp_path, None, policy(), as_of=NOW, bundle="x") == {}
    assert pq.read_table(tmp_path / MOVERS).schema == SCHEMA
    assert len(pq.read_table(tmp_path / MOVERS)) == 0
