"""The floors of coverage and of changed lines stand under the same rules, all of which are there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from bench.mutants import Argument, Survivor, arguments

ROOT = Path(__file__).parents[1]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


def test_both_floors_are_under_the_same_rules() -> None:
    rules = TOOLS["mutmut"]["only_mutate"]
    assert TOOLS["coverage"]["report"]["include"] == rules
    assert [rule for rule in rules if not list(ROOT.glob(rule))] == []


def test_tests_of_the_rules_are_where_they_are_looked_for() -> None:
    assert [
        place for place in TOOLS["mutmut"]["pytest_add_cli_args_test_selection"] if not (ROOT / place).exists()
    ] == []


def test_an_argument_holds_of_its_change_in_its_module_only() -> None:
    argued = Argument(module="grading.caps", was="-1", became="-2")
    assert argued.holds_of(Survivor("models.grading.caps.x_hardest_cap__mutmut_11", "lowest = -1", "lowest = -2"))
    assert not argued.holds_of(Survivor("models.grading.caps.x_hardest_cap__mutmut_10", "lowest = -1", "lowest = +1"))
    assert not argued.holds_of(Survivor("models.grading.distance.x_way__mutmut_11", "lowest = -1", "lowest = -2"))
    assert arguments()


def test_an_argument_without_a_reason_is_none(tmp_path: Path) -> None:
    (tmp_path / "mutants.toml").write_text('[[argued]]\nwas = "1"\nbecame = "2"\nbecause = " "\n', encoding="utf-8")
    with pytest.raises(ValueError, match="must say of each change"):
        arguments(tmp_path / "mutants.toml")
