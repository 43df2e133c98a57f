"""A client that a cap pulls down, one whose credit fell, one that left: each moved, each by what both runs tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.config.policy.tiers import DEFAULT_SCALE
from models.publications.previous import previous_scores
from models.scoring.movers import MOVERS, SCHEMA, Versions, movers_of, write_movers
from models.store.sealed import publish_folder, write_manifest

COLUMNS = ["value", "decline_probability", "tier", "tier_by_rule", "tier_basis", "tier_lacking", "tier_reason"]
VERSIONS = Versions(before=date(2023, 1, 1), now=date(2023, 7, 1), same_bundle=True)
Run = dict[str, tuple[str, str, str, str | None]]
"""Client -> tier, tier by rule, basis and the dimension that lacks most."""

BEFORE: Run = {
    "capped": ("AA", "AA", "rule", None),
    "credit": ("A", "A", "rule", "expected_value"),
    "freed": ("B", "AA", "cap", None),
    "left": ("A", "A", "rule", None),
    "overridden": ("B", "B", "rule", "credit"),
    "over": ("AA", "B", "override", "credit"),
    "patient": ("B", "B", "limit", "credit"),
    "steady": ("A", "A", "margin", "credit"),
    "rises": ("B", "B", "rule", "funding_need"),
    "stays": ("A", "A", "rule", "credit"),
}
NOW: Run = {
    "capped": ("B", "AA", "cap", None),
    "credit": ("B", "B", "rule", "credit"),
    "freed": ("AA", "AA", "rule", None),
    "new": ("B", "B", "rule", "credit"),
    "overridden": ("AA", "B", "override", "credit"),
    "over": ("B", "B", "rule", "credit"),
    "patient": ("A", "A", "rule", "credit"),
    "steady": ("B", "B", "rule", "credit"),
    "rises": ("A", "A", "rule", "credit"),
    "stays": ("A", "A", "rule", "credit"),
}


def frame(run: Run) -> pd.DataFrame:
    """Client -> tier, tier by rule, basis and the dimension that lacks most."""
    rows = [(100.0, 0.1, *reported, f"{reported[0]}: because") for reported in run.values()]
    return pd.DataFrame(rows, columns=COLUMNS, index=pd.Index(run, name="client_id"))


def table(run: Run) -> pa.Table:
    return pa.Table.from_pandas(frame(run).reset_index(), preserve_index=False)


def moved(before: Run, now: Run) -> dict[str, Any]:
    return {row["client_id"]: row for row in movers_of(frame(before), frame(now), VERSIONS, DEFAULT_SCALE).to_pylist()}


def test_each_mover_is_told_with_what_moved_it() -> None:
    found = moved(BEFORE, NOW)
    assert {client: (row["way"], row["moved_by"], row["dimension"]) for client, row in found.items()} == {
        "capped": ("down", "cap", None),
        "credit": ("down", "dimension", "credit"),
        "freed": ("up", "cap lifted", None),
        "left": ("vanished", "activity", None),
        "new": ("appeared", "activity", None),
        "over": ("down", "override ended", None),
        "overridden": ("up", "override", None),
        "patient": ("up", "limit passed", None),
        "rises": ("up", "dimension", "funding_need"),
        "steady": ("down", "margin passed", None),
    }
    assert (found["left"]["tier"], found["left"]["value"], found["left"]["tier_before"]) == (None, None, "A")
    assert {row["models"] for row in found.values()} == {"data"}
    assert list(found) == sorted(found)


@pytest.mark.parametrize("seed", range(5))
def test_exactly_those_with_another_tier_are_movers_whatever_the_order(seed: int) -> None:
    random = np.random.default_rng(seed)

    def drawn() -> pd.DataFrame:
        clients = random.permutation(60)[:40]
        bases = random.choice(["rule", "margin", "limit", "override", "cap"], 40)
        tiers = random.choice(["AA", "A", "B"], (40, 2))
        return frame(
            {
                f"{number:02}": (*pair, basis, "credit")
                for number, pair, basis in zip(clients, tiers, bases, strict=True)
            }
        )

    before, now = drawn(), drawn()
    found = movers_of(before, now, VERSIONS, DEFAULT_SCALE)
    both = pd.concat([before["tier"].rename("before"), now["tier"].rename("now")], axis=1)
    apart = both[both["before"].fillna("") != both["now"].fillna("")]
    assert found["client_id"].to_pylist() == sorted(apart.index)
    assert movers_of(before.iloc[::-1], now.sample(frac=1, random_state=seed), VERSIONS, DEFAULT_SCALE).equals(found)
    assert found.schema == SCHEMA


def test_an_earlier_run_without_some_columns_tells_what_it_can() -> None:
    before = frame({"a": ("A", "A", "rule", None)})[["tier", "value"]]
    row = movers_of(before, frame({"a": ("B", "B", "rule", "credit")}), VERSIONS, DEFAULT_SCALE).to_pylist()[0]
    assert (row["moved_by"], row["dimension"], row["decline_before"], row["tier_reason_before"]) == (
        "dimension",
        "credit",
        None,
        None,
    )


def test_without_an_earlier_run_the_file_is_there_and_empty(tmp_path: Path) -> None:
    assert write_movers(tmp_path, None, DEFAULT_SCALE, as_of=VERSIONS.now, bundle="x") == {}
    assert pq.read_table(tmp_path / MOVERS).schema == SCHEMA
    assert len(pq.read_table(tmp_path / MOVERS)) == 0


@pytest.mark.parametrize(("bundle", "models"), [("same", "data"), ("other", "data, models or policy")])
def test_other_models_or_policy_are_told_beside_data(tmp_path: Path, bundle: str, models: str) -> None:
    def fill(draft: Path) -> None:
        pq.write_table(table({"a": ("A", "A", "rule", None)}), draft / "scores.parquet")
        write_manifest(draft, {"as_of": "2023-01-01", "run_key": "k", "bundle": "same"})

    publish_folder(tmp_path / "2023-01-01-k", fill)
    pq.write_table(table({"a": ("B", "B", "rule", "credit")}), tmp_path / "scores.parquet")
    previous = previous_scores(tmp_path / "2023-01-01-k", ("tier_by_rule",))
    facts = write_movers(tmp_path, previous, DEFAULT_SCALE, as_of=VERSIONS.now, bundle=bundle)
    assert facts == {"before": "2023-01-01", "up": 0, "down": 1, "appeared": 0, "vanished": 0, "other tiers": 0}
    assert pq.read_table(tmp_path / MOVERS)["models"].to_pylist() == [models]
