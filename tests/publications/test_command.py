"""Who published what, and what holds, as a validator reads it."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

from rich.console import Console

from models.publications.ledger import Act, Deed, PublicationLedger
from models.publications.report import ledger_report
from models.publications.terminal import ledger_lines, ledger_table

JANUARY = date(2024, 1, 1)


def shown(scores: Path, last: int | None = None) -> list[str]:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(ledger_table(ledger_report(scores), last))
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_each_entry_says_whether_it_holds(tmp_path: Path) -> None:
    ledger = PublicationLedger(tmp_path)
    for key, act in (("one", Act.OFFICIAL), ("two", Act.OFFICIAL), ("three", Act.SHADOW)):
        (tmp_path / key).mkdir()
        ledger.record(Deed(act=act, as_of=JANUARY, run_key=key, folder=key, bundle="b" * 64, version="7"))
    ledger.record(Deed(act=Act.PROMOTED, bundle="c" * 64, version="8", why="the gate holds"))
    shutil.rmtree(tmp_path / "one")
    report = ledger_report(tmp_path)
    assert (report.official, report.missing) == ((2,), (1,))
    rows = [line for line in shown(tmp_path) if ("UTC" not in line and "bbbbbbbb" in line) or "cccccccc" in line]
    assert [row.split("bbbbbbbb")[-1].strip() for row in rows[:3]] == ["replaced, moved away", "yes", "no"]
    assert "promoted" in rows[3]
    assert ledger_lines(report)[0] == "4: the gate holds"
    assert len([line for line in shown(tmp_path, last=1) if "cccccccc" in line or "bbbbbbbb" in line]) == 1


def test_before_anything_is_published_it_is_empty(tmp_path: Path) -> None:
    report = ledger_report(tmp_path)
    assert (report.entries, report.official, report.missing) == ((), (), ())
