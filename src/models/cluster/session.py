"""A Spark session, opened where none is, on this machine, on a cluster or by Spark Connect."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.cluster.refusals import CONNECT, ClusterError, require_java, require_pyspark, require_reach, unreachable
from models.config.spark import CURRENT, SparkConfig
from models.lazy import lazy

if TYPE_CHECKING:
    from pyspark import sql
    from pyspark.sql import SparkSession
else:
    sql = lazy("pyspark.sql")

_TRIES = 4
"""So often a task is tried, as on a cluster: Spark's own local mode would give up when one process is lost."""
_CORES_UNTOLD = 16
_OURS = {
    "spark.app.name": "clientvalue",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
}
_OF_THIS_MACHINE = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "localhost",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={Path(__file__).parent / 'log4j2.properties'}",
}


@contextmanager
def spark_session(config: SparkConfig) -> Iterator[SparkSession]:
    """The session that is open already, or one for this work, which is stopped after it.

    Raises ``ClusterError`` where PySpark or Java is missing, nobody answers, or another cluster is in use here.
    """
    require_pyspark()
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")  # only Arrow travels here
    current = sql.SparkSession.getActiveSession()
    if current is not None or config.master == CURRENT:
        yield _current(current, config.master)
        return
    require_java(config.master)
    require_reach(config.master)
    opened = _opened(config)
    try:
        yield opened
    finally:
        opened.stop()


def cores_of(spark: SparkSession, config: SparkConfig) -> int:
    """How many tasks run at a time: as the config says, or Spark, which by Connect does not tell."""
    if config.tasks:
        return config.tasks
    return _CORES_UNTOLD if is_connect(spark) else int(spark.sparkContext.defaultParallelism)


def is_connect(spark: SparkSession) -> bool:
    """Whether a session is a client of Spark Connect, which has no context here."""
    return type(spark).__module__.startswith("pyspark.sql.connect")


def _current(current: Any, master: str) -> SparkSession:
    if current is None:
        raise ClusterError(
            rule="spark.master current needs a Spark session that is open in this process",
            got="none",
            remedy="open one, or name the cluster in spark.master",
        )
    if master not in (CURRENT, (found := _master_of(current))) and _with_tries(master) != found:
        raise ClusterError(
            rule="one process speaks to one Spark",
            got=f"spark.master {master} beside an open session of {found}",
            remedy="set spark.master to current, or stop that session",
        )
    session: SparkSession = current
    return session


def _master_of(session: Any) -> str:
    return str(session.client._builder.url) if is_connect(session) else str(session.sparkContext.master)


def _opened(config: SparkConfig) -> SparkSession:
    builder = sql.SparkSession.builder
    own = {} if config.master.startswith(CONNECT) else _OURS
    if config.master.startswith("local"):
        os.environ["PYSPARK_PYTHON"] = sys.executable
        own = own | _OF_THIS_MACHINE | {"spark.executorEnv.PYTHONPATH": os.pathsep.join(sys.path)}
    for name, value in (own | config.settings).items():
        builder = builder.config(name, value)
    try:
        if config.master.startswith(CONNECT):
            return builder.remote(config.master).getOrCreate()
        return builder.master(_with_tries(config.master)).getOrCreate()
    except Exception as error:
        raise unreachable(config.master, str(error).strip().splitlines()[0][:300]) from error


def _with_tries(master: str) -> str:
    """A local master that tries a task again."""
    cores = re.fullmatch(r"local(?:\[(\d+|\*)\])?", master)
    return f"local[{cores[1] or 1},{_TRIES}]" if cores else master
