"""How commands read what was asked, show progress and print. What they print is made elsewhere."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from models.shell.console import SafeConsole, json_text
from models.showable import showable

if TYPE_CHECKING:
    from models.config.root import Config
    from models.shell.progress import TerminalProgress

out = SafeConsole()
err = SafeConsole(stderr=True)


def print_lines(lines: Sequence[str]) -> None:
    """Print text as it is: ids and places may hold what looks like markup."""
    for line in lines:
        out.print(showable(line), markup=False, highlight=False, soft_wrap=True)


def print_json(data: object) -> None:
    """Print a document that a program reads, in any script as it is written."""
    from models.codec import to_plain  # noqa: PLC0415 - who asks for help need not wait for it

    sys.stdout.write(json_text(to_plain(data)) + "\n")


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
    from models.config.loading import load_config  # noqa: PLC0415 - who asks for help need not wait for it

    return load_config(config, overrides or ())


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
    from models.shell.progress import TerminalProgress  # noqa: PLC0415

    return TerminalProgress(err)
