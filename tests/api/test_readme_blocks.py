"""The blocks of the README do what they say: those of Python on a small book, those of make by their targets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from support.lending_book import drawn_tables

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^    .+\n)+", re.MULTILINE)
QUICK = ("run.threads=1", "run.bootstrap_resamples=100", "learners.value.trees=12", "learners.decline.trees=12")


def lines_of(sign: str) -> list[str]:
    """The lines of the block that holds a sign."""
    (block,) = [each for each in BLOCK.findall(README) if sign in each]
    return [line.strip() for line in block.splitlines()]


def test_make_knows_every_target_that_is_named() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)\b", README))
    assert {"run", "test", "review"} <= named
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.slow  # which fits models, its code does not show
def test_the_block_of_python_does_what_its_remarks_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    flows = drawn_tables()["cashflows"]
    orders = flows[flows["kind"] == "interest"][["client_id", "date", "amount"]]
    first, made, *shown = lines_of("from_frames")
    names: dict[str, Any] = {"orders": orders, "quick": QUICK}
    exec(first, names)  # noqa: S102 - the README's own words
    exec(made.replace('currency="EUR")', 'currency="EUR", overrides=quick)'), names)  # noqa: S102
    client = orders["client_id"].iloc[-1]
    metrics, scores, figure = [
        eval(line.partition("#")[0].strip().replace("client 7", client), names)  # noqa: S307
        for line in shown
    ]
    assert isinstance(metrics, pd.DataFrame)
    assert {"value", "decline_probability", "tier", "reasons"} <= {*scores.columns, scores.index.name}
    assert isinstance(figure, Figure)
