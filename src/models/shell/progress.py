"""Progress bars and notes on standard error, so that standard output stays clean for pipes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from models.vocab import Item

_BAR = 20


@dataclass(frozen=True)
class TimedStage:
    """A piece of work that is over, and how long it took, in seconds of the clock on the wall."""

    title: str
    seconds: float


class TerminalProgress:
    """Progress on standard error, so that standard output stays clean for pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun: list[tuple[str, float]] = []

    def stages(self) -> tuple[TimedStage, ...]:
        """The pieces of work so far, in the order they began; the last lasts until now."""
        ends = [*(begun for _, begun in self._begun[1:]), time.perf_counter()]
        return tuple(TimedStage(title, end - begun) for (title, begun), end in zip(self._begun, ends, strict=False))

    def _begin(self, title: str) -> None:
        self._begun.append((title, time.perf_counter()))

    def stage(self, title: str) -> None:
        """One line per piece of work."""
        self._begin(title)
        self._console.print(Text(f"· {title}", style="dim"))

    def track(self, items: Iterable[Item], *, total: int, title: str) -> Iterable[Item]:
        """A bar while the items pass."""
        self._begin(title)
        columns = (
            TextColumn("· {task.description}"),
            BarColumn(_BAR),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as bar:
            yield from bar.track(items, total=total, description=title)
