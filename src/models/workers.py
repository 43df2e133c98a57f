"""Work spread over processes of this machine, its results in order; what the work is, its caller says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_AHEAD = 2
"""So many results per process may wait to be taken, so that memory does not grow with the work."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def cores(threads: int) -> int:
    """How many cores a run may use: ``threads``, or if that is 0 all that this process may run on."""
    if threads:
        return threads
    from loky import cpu_count  # noqa: PLC0415 - loads slowly, and who names a number needs none

    return int(cpu_count())


def in_processes(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    begin: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """``work`` of each item, in order, in ``workers`` processes of one thread each; ``begin`` is called first in each.

    What is passed on is copied; an exception comes back as it was raised. Workers do not run the caller's script
    again, as those of the standard library do: it needs no guard. One worker is this process, with all its threads.
    """
    if workers <= 1:
        begin()
        yield from map(work, items)
        return
    from loky import ProcessPoolExecutor  # noqa: PLC0415 - loads slowly, and one worker needs none

    waiting: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(workers, initializer=begin, env=_ONE_THREAD) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()
