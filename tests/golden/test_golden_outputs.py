"""Every command on the simulated book puts out what it put out when it was last looked at, cell by cell.

The hashes change only with ``--update-goldens``; the names of those that moved say where to look.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.output_hashes import output_hashes, simulated

HASHES = Path(__file__).parent / "output_hashes.json"


def test_every_output_is_what_was_looked_at(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    now = output_hashes(simulated(tmp_path))
    if request.config.getoption("--update-goldens"):
        HASHES.write_text(json.dumps(now, indent=0) + "\n", encoding="utf-8")
    before = json.loads(HASHES.read_text(encoding="utf-8"))
    assert [name for name in sorted(now.keys() | before.keys()) if now.get(name) != before.get(name)] == []
