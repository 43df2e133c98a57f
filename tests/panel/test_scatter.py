"""The compiled loops: which rows they take, and where their code is kept. What they add is tested on the cube."""

from __future__ import annotations

from pathlib import Path
from types import FunctionType

import numpy as np

from models.compiling import compiled
from models.panel import scatter as laying
from models.panel.scatter import by_row


def test_rows_of_periods_outside_the_cube_are_left_away() -> None:
    period = np.array([1, -3, 0, -2, 2, 0], dtype=np.int32)
    assert by_row(period, -2, 4).tolist() == [3, 2, 5]


def test_compiled_code_is_kept_beside_its_source() -> None:
    by_row(np.zeros(1, dtype=np.int32), 0, 2)
    kept = Path(laying.__file__).parent / "__pycache__"
    assert list(kept.glob("scatter.by_row-*.nbc"))


def test_a_loop_is_compiled_where_its_code_cannot_be_kept() -> None:
    def twice(number: int) -> int:
        return 2 * number

    nowhere = FunctionType(twice.__code__.replace(co_filename="nowhere/laying.py"), {})
    assert compiled(nowhere)(21) == 42
    assert not Path("nowhere").exists()
