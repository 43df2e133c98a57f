"""A lender searches a policy, names the file in its config, and grades by it without training again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from end_to_end.conftest import Command
from models.codec import from_json
from models.config.loading import load_config
from models.proposal.contents import PolicyProposal
from models.scoring.policy_in_force import policy_hash
from support.trained_lender import TrainedLender

DATES = ("--at", "2020-10-01", "--at", "2021-04-01")


def asked(trained: TrainedLender, out: Path, aim: str, *more: str) -> tuple[object, ...]:
    return ("tiers", "--propose", aim, "--config", trained.config_file, "--trials", "12", "--out", out, *DATES, *more)


@pytest.fixture(scope="module")
def searched(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("searched") / "proposed.yaml"


def test_a_proposal_can_be_named_in_a_config_and_then_grades(
    command: Command, trained: TrainedLender, searched: Path, tmp_path: Path
) -> None:
    done = command(*asked(trained, searched, "screening"))
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "12 policies tried for reviews saved, on 2 past dates" in said
    assert "At 2022-01-01, which chose nothing" in said
    text = searched.with_suffix(".json").read_text(encoding="utf-8")
    report = from_json(PolicyProposal, text, subject="report", remedy="", error=ValueError)
    assert [each.number for each in report.tried] == list(range(1, 13))
    assert [each.as_of for each in report.judged] == list(trained.config.origins.test)
    assert set(report.frontier) <= {each.number for each in report.tried if each.allowed}
    assert "<svg" in searched.with_suffix(".html").read_text(encoding="utf-8")
    file = tmp_path / "lender.yaml"
    config = trained.config_file.read_text(encoding="utf-8")
    file.write_text(f"{config}\npolicy: {searched}\n", encoding="utf-8")
    assert policy_hash(load_config(file).grading) == report.hashes[1]
    facts = json.loads(command("predict", "--config", file, "--out", tmp_path / "scores", "--json").out)
    assert facts["policy"]["policy"] == report.hashes[1]


def test_the_same_search_writes_the_same_bytes(
    command: Command, trained: TrainedLender, searched: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again.yaml"
    assert command(*asked(trained, out, "screening")).code == 0
    for ending in (".yaml", ".json", ".html"):
        assert out.with_suffix(ending).read_bytes() == searched.with_suffix(ending).read_bytes()


def test_a_date_that_a_test_origin_would_foresee_is_refused(
    command: Command, trained: TrainedLender, tmp_path: Path
) -> None:
    done = command(*asked(trained, tmp_path / "p.yaml", "screening", "--at", "2021-10-01"))
    assert done.code == 2
    assert "outcomes end before any of origins.test" in " ".join(done.err.split())
    assert not (tmp_path / "p.yaml").exists()


def test_an_aim_of_which_the_book_tells_nothing_is_refused(
    command: Command, trained: TrainedLender, tmp_path: Path
) -> None:
    done = command(*asked(trained, tmp_path / "p.yaml", "credit_loss"))
    assert done.code == 2
    assert "screening, profit, stability, balanced" in " ".join(done.err.split())
