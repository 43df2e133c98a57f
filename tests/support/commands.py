"""The command line as a function, for processes that run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models.interfaces import cli


def command_line(arguments: Sequence[str]) -> None:
    """Run ``clientvalue`` in this process, silently; it ends as the command does."""
    sys.argv = ["clientvalue", *arguments]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = sys.stderr = nowhere
        cli.main()
