"""A lender that grades AAA, AA, A, B and C finds all five in every command, page and report; so does one of two."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from support.output_hashes import REPOSITORY, SMALL, Runs

FIVE = ("AAA", "AA", "A", "B", "C")
COLOURS = {"AAA": "s1", "AA": "ours", "A": "s4", "B": "s0", "C": "s6"}
_TIERS = {
    "share": {"AAA": 0.05, "AA": 0.15, "A": 0.3, "B": 0.5},
    "max_decline": {"AAA": 0.2, "AA": 0.3, "A": 0.5, "B": 0.7},
}


@dataclass(frozen=True)
class Graded:
    """A simulated book after every command, with what they printed and the pages they left."""

    printed: dict[str, Any]
    pages: dict[str, str]
    scores: pd.DataFrame
    folder: Path


def graded(root: Path, policy: Path, tiers: dict[str, Any], extra: tuple[str, ...] = ()) -> Graded:
    """Simulate, train, score two dates, and ask every command that speaks of tiers."""
    config = yaml.safe_load((REPOSITORY / "configs" / "demo.yaml").read_text(encoding="utf-8"))
    file = root / "config.yaml"
    file.write_text(yaml.safe_dump({**config, "policy": str(policy), "tiers": tiers}, allow_unicode=True))
    sets = (*SMALL, "backtest.at=[2022-01-01]", "privacy.without_consent=scored", *extra)  # few as they are
    runs = Runs(root, file, root / "book", sets)
    runs.command("simulate", "--clients", "400", "--seed", "7", "--out", "book", book=False)
    printed = {"train": json.loads(runs.command("train", "--json"))}
    runs.command("predict", "--as-of", "2023-07-01", "--in-sample", "--json")
    for verb in ("predict", "tiers", "kpis", "segments", "overview", "backtest"):
        printed[verb] = json.loads(runs.command(verb, "--json"))
    folder = next(root.glob("data/processed/*/scores/latest")).resolve()
    scores = pq.read_table(folder / "scores.parquet").to_pandas()
    client = str(scores.sort_values("client_id").client_id.iloc[0])
    printed["explain"] = runs.command("explain", client, "--lang", "zh", "--html", str(root / "client.html"))
    pages = {path.stem: path.read_text(encoding="utf-8") for path in root.glob("data/processed/*/*.html")}
    return Graded(printed, pages, scores.set_index("client_id"), folder)


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    policy = REPOSITORY / "configs" / "policies" / "five_tiers.yaml"
    return graded(tmp_path_factory.mktemp("five"), policy, _TIERS)


def test_clients_stand_in_all_five_tiers_and_anchor_clients_are_worth_most(five: Graded) -> None:
    assert set(five.scores["tier"]) == set(FIVE)
    assert list(five.printed["predict"]["tiers"]) == list(FIVE)
    value = five.scores.groupby("tier")["value"].mean()
    assert value["AAA"] > value["B"] > value["C"]


def test_treatments_are_those_of_the_tier(five: Graded) -> None:
    rates = five.scores["treatment"].map(lambda each: each["rate_bp"]).groupby(five.scores["tier"]).unique()
    assert {tier: list(given) for tier, given in rates.items()} == {
        "AAA": [-40], "AA": [-25], "A": [0], "B": [50], "C": [100],
    }  # fmt: skip


def test_the_next_tier_is_the_one_above(five: Graded) -> None:
    by_rule = five.scores.groupby("tier_by_rule")["next_tier"].unique()
    following = {tier: {name for name in above if isinstance(name, str)} for tier, above in by_rule.items()}
    assert following == {"AAA": set(), "AA": {"AAA"}, "A": {"AA"}, "B": {"A"}, "C": {"B"}}


def test_segments_are_a_mix_of_all_five(five: Graded) -> None:
    segments = five.printed["segments"]
    assert list(segments["segments"]["tier_colours"]) == list(FIVE)
    assert [each["name"] for each in segments["segments"]["kinds"]["tier"]] == list(FIVE)


def test_figures_and_moves_have_a_row_for_each_tier(five: Graded) -> None:
    kpis = five.printed["kpis"]
    groups: dict[str, list[str]] = {}
    for row in kpis["figures"]:
        if row["dimension"] == "tier" and row["group"] in FIVE:
            groups.setdefault(row["figure"], []).append(row["group"])
    # a tier that nobody had where a period began has no row of the figures that are counted from there
    assert all(names == [tier for tier in FIVE if tier in names] for names in groups.values())
    assert list(FIVE) in groups.values()
    assert tuple(kpis["tier_moves"]["names"]) == (*FIVE, "not scored")
    assert len(kpis["tier_moves"]["counts"]) == len(FIVE) + 1


def test_the_overview_draws_each_tier_in_its_colour(five: Graded) -> None:
    overview, page = five.printed["overview"], five.pages["overview"]
    assert [each["tier"] for each in overview["tiers"]] == list(FIVE)
    for tier, style in COLOURS.items():
        assert f'swatch {style}"></span>{tier}' in page
        assert re.search(rf'<circle class="dot {style}"[^>]*></svg>{tier}</li>', page), tier


def test_the_backtest_counts_all_tiers_of_ours_and_of_the_rule(five: Graded) -> None:
    told = five.printed["backtest"]
    assert [each["tier"] for each in told["tiers"]["ours"]] == list(FIVE)
    assert [each["tier"] for each in told["tiers"]["rule"]] == list(FIVE)
    assert (told["top_tiers"], told["low_tiers"]) == (["AAA", "AA"], ["B", "C"])
    assert "graded AAA or AA that declined" in five.pages["backtest"]


def test_what_if_moves_between_five_tiers(five: Graded) -> None:
    assert tuple(five.printed["tiers"]["tiers"]) == FIVE
    assert sum(map(sum, five.printed["tiers"]["clients"])) == (~five.scores["cold_start"]).sum()


def test_clients_of_both_top_tiers_are_warned_of_whatever_the_budget(five: Graded) -> None:
    warned = pq.read_table(five.folder / "warnings.parquet").to_pandas()
    assert warned["always_shown"].any()
    assert set(warned.loc[warned["always_shown"], "state"]) == {"shown"}
    assert "Ranked with those first who are or were AAA, AA, whatever the budget" in five.pages["overview"]


def test_a_client_is_told_its_tier_in_chinese(five: Graded) -> None:
    first = five.scores.sort_index().iloc[0]
    assert f"{first['tier']}级" in five.printed["explain"]


TWO: dict[str, Any] = {
    "tiers": [{"name": "good", "label": {"en": "good", "zh": "优质"}, "colour": "violet"}, {"name": "rest"}],
    "dimensions": {
        "expected_value": {
            "label": {"en": "expected value", "zh": "预期价值"},
            "measure": "value",
            "levels": [{"name": "large", "share": 0.3}, {"name": "small"}],
        }
    },
    "rules": [
        {"tier": "good", "when": {"expected_value": "large"}},
        {"tier": "rest", "when": {"expected_value": "small"}},
    ],
}


def test_a_lender_of_two_tiers_finds_both(tmp_path: Path) -> None:
    policy = tmp_path / "two.yaml"
    policy.write_text(yaml.safe_dump(TWO, allow_unicode=True), encoding="utf-8")
    two = graded(tmp_path, policy, {})
    assert set(two.scores["tier"]) == {"good", "rest"}
    assert two.scores["tier"].eq("good").mean() == pytest.approx(0.3, abs=0.1)
    assert tuple(two.printed["kpis"]["tier_moves"]["names"]) == ("good", "rest", "not scored")
    assert [each["tier"] for each in two.printed["backtest"]["tiers"]["rule"]] == ["good", "rest"]
    assert 'swatch s5"></span>good' in two.pages["overview"]
    first = two.scores.sort_index().iloc[0]
    assert ("优质" if first["tier"] == "good" else "rest级") in two.printed["explain"]
