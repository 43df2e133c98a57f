"""Fixtures that many tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL_DATA = "CLIENTVALUE_REAL_DATA"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data; tests that need it are skipped where it is not named."""
    folder = os.environ.get(REAL_DATA)
    if not folder:
        pytest.skip(f"{REAL_DATA} does not name a folder of public data")
    return Path(folder).resolve()
