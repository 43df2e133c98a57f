"""Progress bars and notes on standard error, so that standard output stays clean for pipes."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from models.vocab import Item

_BAR = 20


class TerminalProgress:
    """Progress on standard error, so that standard output stays clean for pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def stage(self, title: str) -> None:
        """One line per piece of work."""
        self._console.print(Text(f"· {title}", style="dim"))

    def track(self, items: Iterable[Item], *, total: int, title: str) -> Iterable[Item]:
        """A bar while the items pass."""
        columns = (
            TextColumn("· {task.description}"),
            BarColumn(_BAR),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as bar:
            yield from bar.track(items, total=total, description=title)
