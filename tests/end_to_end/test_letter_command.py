"""The verb ``letter``: printed, as a page, and as JSON, with the contact of the config."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.letters import LETTERS
from support.trained_lender import TrainedLender

Command = Callable[..., Any]


def test_the_command_prints_the_letter_and_writes_its_page(
    trained: TrainedLender, command: Command, tmp_path: Path
) -> None:
    client, file = trained.column("client_id")[3], tmp_path / "letter.html"
    config = tmp_path / "lender.yaml"
    settings = json.loads(LETTERS.model_dump_json(exclude_none=True))
    config.write_text(f"{trained.config_file.read_text('utf-8')}\nletter: {json.dumps(settings)}\n", encoding="utf-8")
    ended = command("letter", client, "--config", config, "--lang", "zh", "--html", file)
    assert ended.code == 0, ended.err
    assert "贵方享有的权利" in ended.out
    assert "主要原因" in file.read_text("utf-8")
    shown = json.loads(command("letter", client, "--config", config, "--json").out)
    assert shown["seal"]
    assert len(shown["reasons"]) <= 4
