"""The published book that monitoring looks at, made once for all its tests."""

from __future__ import annotations

import pytest

from models.monitoring.job import Monitored, monitor
from support.monitored_book import MonitoredBook, monitored_book


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> MonitoredBook:
    """A lender trained at the end of 2020 and published at six dates of 2021; leave what it left as it is."""
    return monitored_book(tmp_path_factory.mktemp("monitored"))


@pytest.fixture(scope="session")
def looked(published: MonitoredBook) -> Monitored:
    """What monitoring finds of the book as it is."""
    return monitor(published.config)
