"""The command line as a function, for processes that run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models import cli


def command_line(arguments: Sequence[str], output: str = os.devnull) -> None:
    """Run ``clientvalue`` in this process, which ends as the command does; it prints to the file ``output``."""
    sys.argv = ["clientvalue", *arguments]
    with Path(output).open("w", encoding="utf-8") as printed:
        sys.stdout = sys.stderr = printed
        cli.main()
