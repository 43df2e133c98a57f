"""Work for processes of Spark, which load nothing else of the tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError


class Opening:
    """Work that opens something for the first item and serves the others with it."""

    def __init__(self) -> None:
        self.opened: tuple[int, int] | None = None

    def __call__(self, items: Iterable[int]) -> Iterator[tuple[int, tuple[int, int], int]]:
        for item in items:
            self.opened = self.opened or (os.getpid(), item)
            yield item * item, self.opened, os.getpid()


def refused(item: int) -> int:
    if item == 3:
        raise UserError(rule="a block must be whole", got=item, remedy="restore it")
    return item


def on_a_full_disk(item: int) -> int:
    with Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"a block")
    return item


@dataclass(frozen=True)
class Killed:
    """Kills its process where it finds no trace of having done so: once, or each time."""

    trace: Path
    again: bool = False

    def __call__(self, item: int) -> int:
        if item == 2 and (self.again or not self.trace.exists()):
            with self.trace.open("a") as trace:
                trace.write("x")
            os.kill(os.getpid(), signal.SIGKILL)
        return -item
