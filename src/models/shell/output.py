"""Reading of what was asked, progress and printing, the same for all commands."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from models.lazy import lazy
from models.shell.console import err, json_text, out
from models.shell.progress import TerminalProgress
from models.showable import showable

if TYPE_CHECKING:
    from models import codec
    from models.config import loading
    from models.config.root import Config
else:
    codec = lazy("models.codec")
    loading = lazy("models.config.loading")

__all__ = ["brief", "date_of", "out", "print_json", "print_lines", "progress", "settings_of"]


def print_lines(lines: Sequence[str]) -> None:
    """Print text as it is: ids and places may hold what looks like markup."""
    for line in lines:
        out.print(showable(line), markup=False, highlight=False, soft_wrap=True)


def print_json(data: object) -> None:
    """Print a document that a program reads, in any script as it is written."""
    sys.stdout.write(json_text(codec.to_plain(data)) + "\n")


def date_of(text: str | None) -> date | None:
    """The date that was typed, if any.

    >>> date_of("2019-07-01")
    datetime.date(2019, 7, 1)
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(rule="a date must read YYYY-MM-DD", got=repr(text), remedy="e.g. 2019-07-01") from error


def settings_of(config: Path, overrides: Sequence[str] | None) -> Config:
    """The config that was named, with the values that were set. Raises a ``UserError``."""
    return loading.load_config(config, overrides or ())


@contextmanager
def brief() -> Iterator[None]:
    """For a command that ends before there is much to throw away: a fifth of its time went into looking for that."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def progress() -> TerminalProgress:
    """Progress of a job on standard error."""
    return TerminalProgress(err)
