"""Fixtures that many tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.trained_lender import TrainedLender

REAL_DATA = "CLIENTVALUE_REAL_DATA"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data; tests that need it are skipped where it is not named."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        pytest.skip(f"{REAL_DATA} does not name a folder of public data")
    return Path(folder).resolve()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write tests/golden anew from what comes out now")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedLender:
    """A lender's book, trained and predicted once for all tests; leave what it left as it is."""
    from support.trained_lender import trained_lender  # noqa: PLC0415 - MLflow loads slowly

    return trained_lender(tmp_path_factory.mktemp("trained"))
