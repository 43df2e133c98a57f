"""``python -m clientvalue``: the command line, whatever folder called ``models`` stands beside."""

from __future__ import annotations

from models.cli import main

main()
