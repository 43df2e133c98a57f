"""``clientvalue audit verify``: the exit code and the sentence that an auditor waits for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from models.trail.command import AuditOf, audit
from support.review_chain import ChainFile

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"


@pytest.fixture
def chain(tmp_path: Path) -> ChainFile:
    """Four entries."""
    file = ChainFile(tmp_path / "review.sqlite3")
    file.approve("C1")
    file.approve("C2")
    return file


def audited(chain: ChainFile, capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> tuple[int, str]:
    """The exit code and what was printed."""
    places = [f"run.work_dir={chain.path.parent / 'work'}", f"review.database=sqlite:///{chain.path}"]
    try:
        audit(AuditOf.VERIFY, config=CONFIG, set_=places, json_=as_json)
    except typer.Exit as ended:
        return ended.exit_code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_a_chain_that_holds_ends_with_0(chain: ChainFile, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = audited(chain, capsys)
    assert code == 0
    assert f"The chain holds: 4 entries in sqlite:///{chain.path}" in printed
    assert "2 override approved, 2 override proposed" in printed
    assert chain.database.entries()[-1].seal in printed


def test_a_chain_that_was_changed_ends_with_3_and_the_entry(
    chain: ChainFile, capsys: pytest.CaptureFixture[str]
) -> None:
    chain.sql("UPDATE review_entry SET subject = 'C9' WHERE number = 3")
    code, printed = audited(chain, capsys)
    assert code == 3
    assert "entry 3 that does not hold: its content is not what it was sealed with" in printed
    code, document = audited(chain, capsys, as_json=True)
    found = json.loads(document)
    assert (code, found["holds"], found["first_broken"], found["entries"]) == (3, False, 3, 2)


def test_where_nothing_was_decided_the_audit_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = audited(ChainFile(tmp_path / "none.sqlite3"), capsys)
    assert (code, printed.startswith("Nothing was decided yet")) == (0, True)
    document = json.loads(audited(ChainFile(tmp_path / "none.sqlite3"), capsys, as_json=True)[1])
    assert (document["entries"], document["last_seal"]) == (0, "")
