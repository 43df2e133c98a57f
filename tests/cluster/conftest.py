"""Spark in local mode, opened once for all tests of the cluster: that takes as long as many of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from models.cluster.session import spark_session
from models.config.spark import SparkConfig

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A session of two cores, which a mapper of that master finds open."""
    with spark_session(SparkConfig()) as opened:
        yield opened
