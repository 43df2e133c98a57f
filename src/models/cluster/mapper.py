"""The mapper on Spark: each item is a task of ``mapInArrow``; results come back in order, in waves that memory holds.

A wave is a job of Spark. Several are under way, so that free cores begin the next while the last tasks of one end.
Nothing is written on the cluster: what a killed task, or a killed driver, leaves is nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.cluster.refusals import broken_off
from models.cluster.session import cores_of, spark_session
from models.cluster.task import SCHEMA, Failure, Task, unpacked
from models.config.root import Config
from models.config.spark import SparkConfig
from models.workers import Here, Item, Mapper, Processes, Result, Work

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_WAVE = 32
"""At most so many results in one answer of Spark, whose size it bounds (``spark.driver.maxResultSize``)."""


@dataclass(frozen=True)
class Spark:
    """All work on a cluster."""

    config: SparkConfig

    def workers(self, shares: int) -> int:
        """As many as there are shares: how many cores a cluster has it tells only once it is open."""
        return max(1, shares)

    def map(self, work: Work[Item, Result], items: Sequence[Item], *, shares: int) -> Iterator[Result]:  # noqa: ARG002
        """One task per item. Raises ``ClusterError`` beside what the work raises."""
        if not items:
            return
        with spark_session(self.config) as spark:
            cores = cores_of(spark, self.config)
            job = _Job(spark, self.config.master, Task.of(work, items))
            yield from _results(job, len(items), wave=min(cores, _WAVE), waves=2 + cores // _WAVE)

    def beside(
        self,
        function: Callable[[Item], Result],
        item: Item,
        *,
        shares: int,  # noqa: ARG002
    ) -> AbstractContextManager[Callable[[], Result]]:
        """When it is asked for, here: what fits beside evaluation is not for executors."""
        return Here().beside(function, item, shares=1)


def mapper_of(config: Config) -> Mapper:
    """Where a config has blocks scored."""
    return Spark(config.spark) if config.run.engine == "spark" else Processes.of(config.run.threads)


@dataclass(frozen=True)
class _Job:
    """A task on an open session."""

    spark: SparkSession
    master: str
    task: Task

    def wave(self, start: int, end: int) -> list[bytes]:
        """The packed results of these places, in order."""
        try:
            places = self.spark.range(start, end, 1, end - start)  # one partition each
            found = places.mapInArrow(self.task, SCHEMA).toArrow()
        except Exception as error:  # py4j, gRPC and Spark have families of their own
            raise broken_off(self.master, error) from error
        return list(found.sort_by("place")["result"].to_pylist())


def _results(job: _Job, count: int, *, wave: int, waves: int) -> Iterator[Result]:
    starts = deque(range(0, count, wave))
    waiting: deque[Future[list[bytes]]] = deque()
    with ThreadPoolExecutor(waves) as pool:
        try:
            while starts or waiting:
                while starts and len(waiting) < waves:
                    start = starts.popleft()
                    waiting.append(pool.submit(job.wave, start, min(start + wave, count)))
                yield from (_raised(packed) for packed in waiting.popleft().result())
        finally:
            for each in waiting:
                each.cancel()


def _raised(packed: bytes) -> Any:
    """A result; an error of the work is raised."""
    result = unpacked(packed)
    if isinstance(result, Failure):
        raise result.error
    return result
