"""Published runs go to a kind of sink that a plug-in brings, of the scheme that the config declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from models.config.plugins import PluginsConfig
from models.config.root import Config
from models.plugins import PluginGroup
from models.sinks.job import publish_due
from support.plugin_package import install_plugins, off_path, on_path
from support.published_runs import MARCH, config_with, published_run
from support.trained_lender import TrainedLender

__all__ = ["TrainedLender"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    target = install_plugins(tmp_path_factory.mktemp("installed"))
    with on_path(target):
        yield target


def declared(config: Config, **sinks: dict[str, Any]) -> Config:
    return config.model_copy(update={"plugins": PluginsConfig(sinks=sinks)})


def test_the_scheme_of_a_plugin_leads_to_its_sink(installed: Path, tmp_path: Path) -> None:
    config = declared(config_with(tmp_path / "work", "vault://risk"), vault={"folder": str(tmp_path)})
    published_run(config, MARCH)
    assert publish_due(config).problems == ()
    with duckdb.connect(str(tmp_path / "risk.duckdb"), read_only=True) as stored:
        (count,) = stored.execute("select count(*) from clientvalue_scores").fetchone() or (0,)
    assert count > 0
    assert config.meaning() == declared(config).meaning(), "where results go decides no number"
    assert PluginGroup.SINKS not in config.named_plugins()


def test_what_it_asks_for_and_what_is_not_installed_is_told(installed: Path, tmp_path: Path) -> None:
    config = config_with(tmp_path / "work", "vault://risk")
    published_run(config, MARCH)
    (problem,) = publish_due(declared(config, vault={"folder": str(tmp_path / "none")})).problems
    assert "the vault must have a folder" in str(problem)
    with off_path(installed):
        (problem,) = publish_due(declared(config, vault={})).problems
    assert "the plug-in vault must be installed with an entry point in clientvalue.sinks" in str(problem)
