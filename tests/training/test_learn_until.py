"""Outcomes held back from training: what came later leaves no trace in the models that serve."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.errors import TooLittleDataError
from models.pipeline.bundle import read_bundle
from models.training.compute import train_models
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import drawn_tables, lender_in

HELD_BACK = date(2022, 7, 1)
ORIGINS = {"test": ["2022-01-01"], "spacing_periods": 3, "min_history_periods": 12, "max_count": 8}
_OF_THE_BOOK = {"report.json", "profile.json", "manifest.json"}
"""Files that tell of the book as it is now, and of the evaluation."""


def trained(root: Path, tables: dict[str, pd.DataFrame], **origins: object) -> Path:
    """The folder of the bundle that a book leaves."""
    lender = lender_in(root, tables, origins={**ORIGINS, **origins})
    train_models(open_book(lender.config, None, SilentProgress()), lender.config, root / "bundle")
    return root / "bundle"


def told_otherwise(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The same book until the day from which outcomes are held back; then half the cashflows, thrice as large."""
    flows = tables["cashflows"]
    later = pd.to_datetime(flows["date"]) >= pd.Timestamp(HELD_BACK)
    kept = flows[~later | (flows.index % 2 == 0)].copy()
    kept["amount"] = kept["amount"].where(~later, kept["amount"] * 3).round(2)
    return {**tables, "cashflows": kept}


def test_what_is_held_back_leaves_no_trace_in_the_models(tmp_path: Path) -> None:
    tables = drawn_tables()
    until = {"learn_until": HELD_BACK.isoformat(), "learn_unfinished": True}
    one = trained(tmp_path / "one", tables, **until)
    other = trained(tmp_path / "other", told_otherwise(tables), **until)
    names = {path.name for path in one.iterdir()} - _OF_THE_BOOK
    assert names == {path.name for path in other.iterdir()} - _OF_THE_BOOK
    assert {"value.trees.txt", "timing.settings.json", "learned.json", "policy.json", "kinds.json"} <= names
    assert [name for name in sorted(names) if (one / name).read_bytes() != (other / name).read_bytes()] == []
    assert read_bundle(one).models.learned.until == HELD_BACK


def test_without_enough_history_before_it_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(TooLittleDataError, match="need a book that begins"):
        trained(tmp_path, drawn_tables(), learn_until="2019-03-01")
