"""A lender at work, trained once for all tests of nights."""

from __future__ import annotations

import pytest

from support.night_lender import NightLender, night_lender


@pytest.fixture(scope="session")
def lender(tmp_path_factory: pytest.TempPathFactory) -> NightLender:
    return night_lender(tmp_path_factory.mktemp("nights"))
