"""How commands print and read a date: consoles, lines, JSON. What they print is made elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date

from rich.console import Console

from models.errors import UserError

out = Console()
err = Console(stderr=True)


def print_lines(lines: Sequence[str]) -> None:
    """Print text as it is: ids and places may hold what looks like markup."""
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def print_json(data: object) -> None:
    """Print what a program reads, in any script as it is written."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")


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
