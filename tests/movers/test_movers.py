"""A client that a cap pulls down, one whose rating fell, one that left: each moved by the one thing that did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.codec import read
from models.grading.decision import decide, grade_book
from models.grading.facts import Facts
from models.grading.fitted import GradingPolicy, fit_policy
from models.grading.overrides import Override
from models.grading.stability import NO_MOVE
from models.movers.compute import SCHEMA, BuiltOn, write_movers
from models.movers.earlier import EarlierPolicy, earlier_policy
from models.movers.report import MATRIX, MOVERS, MoveMatrix
from models.movers.rules import RunDifferences
from models.publications.previous import POLICY_FILE, previous_scores
from models.scoring.grade_columns import grade_columns
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
        client: Override(tier=row["asks"], reason="new", by="L. Chen", on=BEFORE, until=row.get("until", until))
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
    folder: Path,
    before: pa.Table,
    now: pa.Table,
    *,
    by: GradingPolicy | None = None,
    then: GradingPolicy | None = None,
    rows: dict[str, Row] | None = None,
    same_bundle: bool = True,
) -> dict[str, dict[str, Any]]:
    """Client -> its row of the movers of two runs; ``then`` graded the earlier one, and grades ``rows`` once more."""
    first = then or policy()

    def fill(draft: Path) -> None:
        pq.write_table(before, draft / "scores.parquet")
        (draft / POLICY_FILE).write_text(first.to_json(), encoding="utf-8")
        write_manifest(draft, {"as_of": BEFORE.isoformat(), "run_key": "k"})

    publish_folder(folder / "2023-01-01-k", fill)
    pq.write_table(now, folder / "scores.parquet")
    previous = previous_scores(folder / "2023-01-01-k", ())
    present = by or policy()
    earlier = earlier_policy(previous.folder, present, FEATURES, same_bundle=same_bundle)
    decided = [[grade_book(each, facts(rows or {}))] for each in earlier.policies] if rows else ()
    write_movers(folder, BuiltOn(scores=previous, earlier=earlier, decided=decided), present, as_of=NOW)
    return {row["client_id"]: row for row in pq.read_table(folder / MOVERS).to_pylist()}


def matrix(folder: Path) -> MoveMatrix:
    return read(MoveMatrix, folder / MATRIX, remedy="")


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


def credit_policy(**changes: Any) -> GradingPolicy:
    dimensions = {**CREDIT_AND_VALUE["dimensions"]}
    return policy(dimensions={**dimensions, "credit": {**dimensions["credit"], **changes}})


def stricter() -> GradingPolicy:
    _, *others = CREDIT_AND_VALUE["dimensions"]["credit"]["levels"]
    return credit_policy(levels=[{"name": "high", "points": 95}, *others])


def who(row: dict[str, Any]) -> tuple[str | None, ...]:
    return row["part"], row["cause"], row["override_event"]


def test_another_policy_is_told_apart_by_the_present_facts_under_the_earlier_one(tmp_path: Path) -> None:
    rows = {"policy": {"pd_last": 0.01}, "data": {"pd_last": 0.001}, "both": {"pd_last": 0.001}}
    later = {"policy": {"pd_last": 0.011}, "data": {"pd_last": 0.001, "value": 1e6}, "both": {"pd_last": 0.09}}
    found = moved(tmp_path, scores(rows), scores(later, stricter()), by=stricter(), rows=later)
    assert {client: who(row) for client, row in found.items()} == {
        "policy": ("credit", "policy", None),
        "data": ("expected_value", "data", None),
        "both": ("credit", "data", None),
    }
    assert causes(found["policy"]) == ("down", "policy", "credit", None, None)


def test_a_stricter_margin_and_another_cap_are_of_the_policy(tmp_path: Path) -> None:
    held = {"held": {"pd_last": 0.055, "previous": "AA"}, "late": {"arrears": 50.0}}
    sooner = policy_of(caps=[{**CAPS[0], "above": 30}], stability={"margin": 0.0})
    kept = fit_policy(policy_of(caps=CAPS, stability={"margin": 0.5}), facts_of(), "USD")
    now = fit_policy(sooner, facts_of(), "USD")
    found = moved(tmp_path, scores(held, kept), scores(held, now), by=now, then=kept, rows=held)
    assert {client: (row["part"], row["cause"], row["cap"]) for client, row in found.items()} == {
        "held": ("policy", "policy", None),
        "late": ("cap", "policy", "overdue_90"),
    }


def test_cut_offs_that_other_models_settled_are_of_the_models(tmp_path: Path) -> None:
    rows = {"cut off": {"pd_last": 0.03}, "rated": {}, "worth": {}}
    later = {"cut off": {"pd_last": 0.03}, "rated": {"pd_last": 0.09}, "worth": {"value": 1e6, "pd_last": 0.0}}
    settled = replace(policy(), cut_offs={**policy().cut_offs, "credit": (85.0, 30.0)})
    found = moved(tmp_path, scores(rows), scores(later, settled), by=settled, rows=later, same_bundle=False)
    assert {client: who(row) for client, row in found.items()} == {
        "cut off": ("credit", "model", None),
        "rated": ("credit", "data", None),
        "worth": ("expected_value", "data or model", None),
    }


def test_where_policy_and_models_are_others_each_is_told_by_its_share(tmp_path: Path) -> None:
    rows = {"rules": {"pd_last": 0.01}, "cut off": {"pd_last": 0.04, "value": 1e6}}
    first = policy()
    rules = stricter()
    now = replace(rules, cut_offs={**rules.cut_offs, "decline_risk": (0.05,)})
    found = moved(tmp_path, scores(rows), scores(rows, now), by=now, then=first, rows=rows, same_bundle=False)
    assert {client: row["cause"] for client, row in found.items()} == {"rules": "several", "cut off": "model"}


def test_what_people_did_is_told_with_what_became_of_it(tmp_path: Path) -> None:
    weak: Row = {"pd_last": 0.09, "esg": "B"}
    over = AS_OF - timedelta(days=1)
    before = {
        "begun": weak,
        "ended": weak | {"asks": "AA"},
        "run out": weak | {"asks": "AA"},
        "changed": weak | {"asks": "AA"},
    }
    now = {
        "begun": weak | {"asks": "AA"},
        "ended": weak,
        "run out": weak | {"asks": "AA", "until": over},
        "changed": weak | {"asks": "A"},
    }
    found = moved(tmp_path, scores(before), scores(now))
    assert {client: who(row) for client, row in found.items()} == {
        client: ("override", "people", client) for client in before
    }


def test_the_matrix_counts_every_client_once(tmp_path: Path) -> None:
    before = {"stays": {}, "down": {}, "down too": {}, "left": {}}
    now = {"stays": {}, "down": {"pd_last": 0.09}, "down too": {"arrears": 95.0}, "new": {"value": 1e6}}
    moved(tmp_path, scores(before), scores(now))
    found = matrix(tmp_path)
    assert (found.rows, found.columns) == (("AA", "A", "B", ""), ("AA", "A", "B", ""))
    assert {(each.before, each.tier): each.clients for each in found.cells} == {
        ("AA", "AA"): 1,
        ("AA", "A"): 1,
        ("AA", "B"): 1,
        ("AA", ""): 1,
        ("", "A"): 1,
    }
    cell = found.cell("AA", "B")
    assert cell is not None
    assert (cell.causes, cell.parts, cell.value_before, cell.value) == ({"data": 1}, {"cap": 1}, 3e6, 3e6)
    assert (found.moved, found.same_bundle, found.same_policy) == (2, True, True)


def test_a_run_that_left_no_policy_is_not_guessed_about(tmp_path: Path) -> None:
    before, now = scores({"a": {}, "rated": {}}), scores({"a": {"arrears": 95.0}, "rated": {"pd_last": 0.09}})
    folder = tmp_path / "2023-01-01-k"

    def fill(draft: Path) -> None:
        pq.write_table(before, draft / "scores.parquet")
        write_manifest(draft, {"as_of": BEFORE.isoformat(), "run_key": "k"})

    publish_folder(folder, fill)
    pq.write_table(now, tmp_path / "scores.parquet")
    earlier = earlier_policy(folder, policy(), FEATURES, same_bundle=True)
    assert earlier == EarlierPolicy(
        policies=(), runs=RunDifferences(same_bundle=True, same_rules=None, same_policy=None)
    )
    write_movers(tmp_path, BuiltOn(scores=previous_scores(folder, ()), earlier=earlier), policy(), as_of=NOW)
    found = {row["client_id"]: row["cause"] for row in pq.read_table(tmp_path / MOVERS).to_pylist()}
    assert found == {"a": None, "rated": "data"}


def table(tiers: dict[str, str]) -> pa.Table:
    rows = [(client, 100.0, 0.1, tier, f"{tier}: because") for client, tier in tiers.items()]
    columns = ("client_id", "value", "decline_probability", "tier", "tier_reason")
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(columns)})


@pytest.mark.parametrize("seed", range(5))
def test_exactly_those_with_another_tier_are_movers_whatever_the_order(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)

    def drawn() -> dict[str, str]:
        clients, tiers = random.permutation(60)[:40], random.choice(["AA", "A", "B"], 40)
        return {f"{number:02}": str(tier) for number, tier in zip(clients, tiers, strict=True)}

    before, now = drawn(), drawn()
    found = moved(tmp_path / "a", table(before), table(now))
    apart = {client for client in before.keys() | now.keys() if before.get(client) != now.get(client)}
    assert list(found) == sorted(apart)
    shuffled = dict(sorted(now.items(), key=lambda _: random.random()))
    assert moved(tmp_path / "b", table(dict(reversed(before.items()))), table(shuffled)) == found
    assert pq.read_schema(tmp_path / "a" / MOVERS) == SCHEMA


def test_an_earlier_run_that_does_not_tell_what_grades_rest_on_gives_no_causes(tmp_path: Path) -> None:
    before = scores({"a": {}}).select(["client_id", "tier", "value"])
    row = moved(tmp_path, before, scores({"a": {"pd_last": 0.09}}))["a"]
    assert causes(row) == ("down", None, None, None, None)
    assert (row["cause"], row["decline_before"], row["tier_reason_before"]) == (None, None, None)


def test_without_an_earlier_run_the_files_are_there_and_empty(tmp_path: Path) -> None:
    assert write_movers(tmp_path, None, policy(), as_of=NOW) == {}
    assert pq.read_table(tmp_path / MOVERS).schema == SCHEMA
    assert len(pq.read_table(tmp_path / MOVERS)) == 0
    assert (matrix(tmp_path).as_of_before, matrix(tmp_path).cells) == (None, ())
