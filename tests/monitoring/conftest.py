"""The published book that monitoring looks at, made once for all its tests."""

from __future__ import annotations

import pytest

from support.monitored_book import MonitoredBook, monitored_book


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> MonitoredBook:
    """A lender trained at the end of 2021 and published at six dates of 2022; leave what it left as it is."""
    return monitored_book(tmp_path_factory.mktemp("monitored"))
