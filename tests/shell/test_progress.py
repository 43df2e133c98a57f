"""Stages of long work: each said once, each timed until the next begins."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from models.run.terminal import next_lines, stages_table
from models.shell.progress import TerminalProgress, TimedStage


def test_a_stage_lasts_until_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 12.5, 20.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    shown = TerminalProgress(Console(file=io.StringIO()))
    shown.stage("Reading")
    shown.stage("Judging")
    assert shown.stages() == (TimedStage("Reading", 2.5), TimedStage("Judging", 7.5))


def test_a_bar_is_a_stage_too() -> None:
    shown = TerminalProgress(Console(file=io.StringIO()))
    assert list(shown.track([1, 2], total=2, title="Scoring")) == [1, 2]
    assert [stage.title for stage in shown.stages()] == ["Scoring"]


def test_the_table_sums_up_and_keeps_moments_together() -> None:
    text = printed(
        [
            TimedStage("Judging", 7.0),
            TimedStage("Reading", 0.1),
            TimedStage("Indexing", 0.4),
            TimedStage("Scoring", 2.5),
        ]
    )
    rows = [line.split() for line in text.splitlines() if line.strip()]
    assert ["Judging", "7.0", "70%"] in rows
    assert ["2", "others", "0.5", "5%"] in rows
    assert rows[-1] == ["together", "10.0"]


def test_what_to_open_next_names_files_and_a_client_that_warns() -> None:
    overview = SimpleNamespace(alarms=SimpleNamespace(first=[SimpleNamespace(client_id="C 7")]))
    done: Any = SimpleNamespace(
        overviewed=SimpleNamespace(report=overview, page=Path("overview.html")),
        trained=SimpleNamespace(page=Path("report.html")),
    )
    lines = next_lines(done, Path("own.yaml"))
    assert "one client   clientvalue explain 'C 7' --config own.yaml --html client.html" in lines
    overview.alarms.first = []
    assert not any("explain" in line for line in next_lines(done, Path("own.yaml")))


def printed(stages: list[TimedStage]) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(stages_table(stages))
    return str(console.file.getvalue())  # type: ignore[attr-defined] - it is the text above
