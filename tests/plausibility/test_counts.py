"""Counts of a run are the same whatever its blocks were, and hold no value of one client."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from models.book.guard.histograms import size_of
from models.learners.contract import FeatureContract
from models.plausibility.counts import (
    FIRST_REASON,
    POOLED,
    RunCounts,
    all_counted,
    input_counts,
    number_counts,
    score_counts,
    size_codes,
)

UNITS = {"fee_sum_3p": "USD", "country": "category"}


def book(rows: int = 300, seed: int = 1) -> pd.DataFrame:
    dice = np.random.default_rng(seed)
    fees = np.where(dice.random(rows) < 0.1, np.nan, dice.normal(0.0, 500.0, rows).round())
    return pd.DataFrame({"fee_sum_3p": fees, "country": dice.choice(["KE", "BR", "VN"], rows)})


def counted(frame: pd.DataFrame, contract: FeatureContract) -> RunCounts:
    return input_counts(contract.encode(frame), frame, contract)


def test_blocks_add_up_to_the_book() -> None:
    frame = book()
    contract = FeatureContract.learn(frame, UNITS, 2)
    parts = [counted(frame.iloc[start : start + 37], contract) for start in range(0, len(frame), 37)]
    whole = counted(frame, contract)
    assert all_counted(parts).to_json() == whole.to_json()
    assert whole.clients == 300
    assert whole.inputs["fee_sum_3p"].missing == int(frame["fee_sum_3p"].isna().sum())
    assert whole.inputs["country"].rows == 300
    assert whole.inputs["country"].words[POOLED] > 0


def test_what_was_counted_is_read_back() -> None:
    frame = book()
    whole = counted(frame, FeatureContract.learn(frame, UNITS, 5))
    assert RunCounts.from_json(whole.to_json()) == whole


def test_a_category_that_training_never_saw_is_counted_apart_from_one_that_is_missing() -> None:
    contract = FeatureContract.learn(book(), UNITS, 5)
    frame = book().assign(country=["KE"] * 200 + ["Atlantis"] * 60 + [None] * 40)
    found = counted(frame, contract).inputs["country"]
    assert (found.words, found.unseen, found.missing) == ({"KE": 200}, 60, 40)
    assert "Atlantis" not in counted(frame, contract).to_json()


def test_a_number_lies_in_the_bin_of_its_size() -> None:
    values = np.array([1e-3, 0.5, 7.0, 12_345.0, -3.0])
    sizes = np.array([size_of(int(code)) for code in size_codes(values)])
    assert np.all(np.abs(np.log10(sizes / np.abs(values))) <= 0.025 + 1e-9)  # half a bin of twenty per decade
    assert number_counts(np.array([-3.0])).bins == {-size_codes(np.array([3.0]))[0]: 1}


def test_scores_are_counted_by_what_is_published() -> None:
    reason = pa.array([[{"reason": "fees"}, {"reason": "tone"}], [{"reason": "fees"}], []])
    found = score_counts(
        {
            "value": pa.array([10.0, -5.0, 0.0]),
            "tier": pa.array(["AA", "B", "B"]),
            "credit_loss": pa.nulls(3, pa.float64()),
            "reasons": reason,
        }
    ).scores
    assert found["tier"].words == {"AA": 1, "B": 2}
    assert found[FIRST_REASON].words == {"fees": 2}
    assert sum(found["value"].bins.values()) == 3
    assert "credit_loss" not in found  # what nobody knows is no distribution
