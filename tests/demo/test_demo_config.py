"""The demo's config as it comes with the package: written once, never over a file of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.config.loading import load_config
from models.demo.job import demo, write_config
from models.errors import UserError

CONFIGS = Path(__file__).parents[2] / "configs"


def test_config_and_policies_are_those_of_the_project(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert load_config(config) == load_config(CONFIGS / "demo.yaml")
    written = {file.relative_to(tmp_path / "configs") for file in (tmp_path / "configs").rglob("*.yaml")}
    assert written == {
        Path("demo.yaml"),
        *(file.relative_to(CONFIGS) for file in (CONFIGS / "policies").glob("*.yaml")),
    }
    assert write_config(tmp_path) == config


def test_a_file_of_the_users_is_not_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "configs" / "policies" / "project_finance.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine: 1\n", encoding="utf-8")
    with pytest.raises(UserError, match="must not replace a file of yours"):
        write_config(tmp_path)
    assert mine.read_text(encoding="utf-8") == "mine: 1\n"
    assert not (tmp_path / "configs" / "demo.yaml").exists()


def test_another_folder_than_the_current_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="places in a config count from there"):
        demo(tmp_path)
