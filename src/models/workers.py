"""Mappers: work on many items in order, in this process or shared by several; Spark is another, see ``cluster``."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from models.lazy import lazy

loky = lazy("loky")

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Iterable[Item]], Iterable[Result]]
"""Takes items one by one and gives one result for each, in order; what it opens for the first serves the others."""
_AHEAD = 2
"""So many results per process may wait to be taken, so that memory does not grow with the work."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


class Mapper(Protocol):
    """Where work is done. The results are the same wherever that is, and in the order of the items."""

    def workers(self, shares: int) -> int:
        """How many would share work of which at most ``shares`` parts are worth a worker; 1 is this process."""

    def map(self, work: Work[Item, Result], items: Sequence[Item], *, shares: int) -> Iterator[Result]:
        """The result of each item. Work that is shared is copied to each worker once; its errors are raised here."""

    def beside(
        self, function: Callable[[Item], Result], item: Item, *, shares: int
    ) -> AbstractContextManager[Callable[[], Result]]:
        """Within, one more item is worked on while others are; what it gives waits for the result, or its error."""


@dataclass(frozen=True)
class Here:
    """All work in this process, with all its threads."""

    def workers(self, shares: int) -> int:  # noqa: ARG002 - as the protocol has it
        """This one."""
        return 1

    def map(self, work: Work[Item, Result], items: Sequence[Item], *, shares: int) -> Iterator[Result]:  # noqa: ARG002
        """One item after the other."""
        yield from work(items)

    def beside(
        self,
        function: Callable[[Item], Result],
        item: Item,
        *,
        shares: int,  # noqa: ARG002
    ) -> AbstractContextManager[Callable[[], Result]]:
        """When it is asked for."""
        return nullcontext(partial(function, item))


@dataclass(frozen=True)
class Processes:
    """At most ``cores`` processes of one thread each on this machine.

    They do not run the caller's script again, as those of the standard library do: it needs no guard.
    """

    cores: int

    @classmethod
    def of(cls, threads: int) -> Processes:
        """As many as a run may use cores: ``threads``, or if that is 0 all that this process may run on."""
        return cls(threads or _all_cores())

    def workers(self, shares: int) -> int:
        """No more than there are cores."""
        return max(1, min(self.cores, shares))

    def map(self, work: Work[Item, Result], items: Sequence[Item], *, shares: int) -> Iterator[Result]:
        """As many items at a time as there are workers; one worker is this process."""
        workers = self.workers(min(shares, len(items)))
        return Here().map(work, items, shares=1) if workers == 1 else _shared(work, items, workers)

    def beside(
        self, function: Callable[[Item], Result], item: Item, *, shares: int
    ) -> AbstractContextManager[Callable[[], Result]]:
        """In a process of its own, which the others leave a share of the cores; one worker is this process."""
        if self.workers(shares) == 1:
            return Here().beside(function, item, shares=1)
        return _begun(function, item)


@dataclass(frozen=True)
class Each(Generic[Item, Result]):
    """Work of which nothing is kept from one item to the next."""

    function: Callable[[Item], Result]

    def __call__(self, items: Iterable[Item]) -> Iterator[Result]:
        """The function of each item."""
        return map(self.function, items)


def _all_cores() -> int:
    return int(loky.cpu_count())


def _shared(work: Work[Item, Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    with loky.ProcessPoolExecutor(workers, initializer=_Worker.take, initargs=(work,), env=ONE_THREAD) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(_Worker.result, item))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()


@contextmanager
def _begun(function: Callable[[Item], Result], item: Item) -> Iterator[Callable[[], Result]]:
    pool = loky.ProcessPoolExecutor(1, env=ONE_THREAD)
    try:
        yield pool.submit(function, item).result
    finally:
        pool.shutdown(wait=True, kill_workers=True)


class _Worker:
    """What a process keeps from item to item."""

    work: ClassVar[Work[Any, Any]]

    @classmethod
    def take(cls, work: Work[Any, Any]) -> None:
        """Keep the work."""
        cls.work = work

    @classmethod
    def result(cls, item: Any) -> Any:
        """The result of one item."""
        (result,) = cls.work([item])
        return result
