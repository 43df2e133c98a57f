"""Machine code that an earlier version of the source left is made anew, whatever its types were called."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from models import compiling

MODULE = """
from typing import NamedTuple

import numpy as np

from models.compiling import compiled


class {name}(NamedTuple):
    points: np.ndarray


@compiled
def total(rule: {name}) -> float:
    return rule.points.sum() + {added}


print(total({name}(np.ones(3))))
"""


def printed(module: Path, *, name: str, added: int) -> str:
    module.write_text(MODULE.format(name=name, added=added), encoding="utf-8")
    path = os.pathsep.join([str(Path(compiling.__file__).parents[1]), str(module.parent)])
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", f"import {module.stem}"],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_type_that_an_upgrade_renamed_leaves_no_code_in_the_way(tmp_path: Path) -> None:
    module = tmp_path / "upgraded.py"
    assert printed(module, name="Rule", added=1) == "4.0"
    assert list((tmp_path / "__pycache__").glob("*.nbi")), "the first run must keep its code, or nothing is tried"
    time.sleep(0.05)
    assert printed(module, name="LeafRule", added=2) == "5.0"
