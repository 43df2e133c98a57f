"""The command line as a function, for processes that run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from models import cli


def command_line(arguments: Sequence[str], reported: str = os.devnull) -> None:
    """Run ``clientvalue`` in this process, which ends as the command does; what it prints goes to the file ``reported``."""
    sys.argv = ["clientvalue", *arguments]
    with Path(reported).open("w", encoding="utf-8") as printed:
        sys.stdout = sys.stderr = printed
        cli.main()
