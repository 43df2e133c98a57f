"""What if fewer clients could be AA? The command tells who would move and what is expected of them; nothing changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from end_to_end.conftest import Command
from support.trained_lender import TrainedLender

HALVED = "dimensions.expected_value.levels.top.share=0.05"


def _asked(command: Command, trained: TrainedLender, *changes: str) -> dict[str, Any]:
    options = [part for change in changes for part in ("--what-if", change)]
    done = command("tiers", "--config", trained.config_file, "--json", *options)
    assert done.code == 0, done.err
    facts: dict[str, Any] = json.loads(done.out)
    return facts


def test_fewer_best_clients_make_more_good_ones(command: Command, trained: TrainedLender) -> None:
    shift = _asked(command, trained, HALVED)
    published = pq.read_table(trained.predicted.folder / "scores.parquet").to_pandas()
    before = [sum(row) for row in shift["clients"]]
    assert before == [int((published["tier"] == tier).sum()) for tier in ("AA", "A", "B")]
    assert shift["clients"][0][1] > 0
    assert shift["clients"][0][1] + shift["clients"][0][2] == shift["moved"]
    assert sum(map(sum, shift["value"])) == pytest.approx(published["value"].sum())
    mover = shift["movers"][0]
    assert (mover["before"], mover["after"]) == ("AA", "A")
    assert mover["value"] == pytest.approx(published.set_index("client_id")["value"][mover["client_id"]])


def test_without_a_question_nobody_moves(command: Command, trained: TrainedLender) -> None:
    assert _asked(command, trained)["moved"] == 0


def test_the_answer_reads_on_eighty_columns(command: Command, trained: TrainedLender) -> None:
    done = command("tiers", "--config", trained.config_file, "--what-if", HALVED)
    said = " ".join(done.out.split())
    assert f"With {HALVED} " in said
    assert "would change tier" in said
    assert said.count("the same") == len(_asked(command, trained, HALVED)["movers"]) - 1  # told once, not ten times
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ("dimensions.expected_value.levels.best.share=0.05", "known are top, good, rest"),
        ("dimensions.expected_value.levels.top.share=2", "less than"),
        ("no sign", "--what-if must read"),
        ("stabilty.margin=0.1", "did you mean stability?"),
        ("learners=1", "known keys are caps, dimensions, rules, stability, tier_rules, tiers, treating, treatments"),
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(
    command: Command, trained: TrainedLender, change: str, reported: str
) -> None:
    done = command("tiers", "--config", trained.config_file, "--what-if", change)
    assert done.code == 2
    assert reported in " ".join(done.err.split())


def test_without_a_question_the_command_says_how_to_ask(command: Command, trained: TrainedLender) -> None:
    done = command("tiers", "--config", trained.config_file)
    said = " ".join(done.out.split())
    assert "earlier tiers count for nothing: those that were published may differ. Ask for another policy with" in said


def test_published_scores_stay(command: Command, trained: TrainedLender) -> None:
    folder: Path = trained.predicted.folder.parent
    before = sorted(path.name for path in folder.iterdir())
    _asked(command, trained, HALVED)
    assert sorted(path.name for path in folder.iterdir()) == before
