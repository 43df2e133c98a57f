"""What came out on a drawn book when it was last looked at; changes only with ``--update-goldens``.

Numbers are held to eight digits: libraries may add in another order, models may not change unseen.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.codec import to_json_text
from support.trained_lender import TrainedLender

FOLDER = Path(__file__).parent
DIGITS = 8
SEEN_EVERY = 7
"""Every seventh client is enough to notice a change."""
LEFT_OUT = ("model_version", "run_key")
"""Hashes of everything, which tell that something changed but not what; determinism has its own tests."""


def rounded(data: Any) -> Any:
    """The same with every number at eight significant digits, and nothing beyond the tenth decimal."""
    if isinstance(data, float):
        return float(f"{round(data, DIGITS + 2):.{DIGITS}g}")
    if isinstance(data, dict):
        return {name: rounded(value) for name, value in data.items()}
    return [rounded(item) for item in data] if isinstance(data, list) else data


def scores_of(trained: TrainedLender) -> list[dict[str, Any]]:
    scores = pd.read_parquet(trained.predicted.folder / "scores.parquet").drop(columns=list(LEFT_OUT))
    records: list[dict[str, Any]] = json.loads(scores.iloc[::SEEN_EVERY].to_json(orient="records", double_precision=15))
    return records


def report_of(trained: TrainedLender) -> dict[str, Any]:
    """What people look at; what plots are drawn from follows from the same figures and has tests of its own."""
    report: dict[str, Any] = json.loads(to_json_text(trained.result.report))
    for origin in report["origins"]:
        del origin["parts"], origin["importance"]
    del report["explained"]["models"], report["segments"]["map"]
    return report


@pytest.mark.parametrize(("name", "made"), [("scores", scores_of), ("report", report_of)])
def test_what_comes_out_is_what_was_looked_at(
    name: str, made: Any, trained: TrainedLender, request: pytest.FixtureRequest
) -> None:
    path = FOLDER / f"lender_{name}.json"
    now = rounded(made(trained))
    if request.config.getoption("--update-goldens"):
        path.write_text(json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    assert now == json.loads(path.read_text(encoding="utf-8"))
