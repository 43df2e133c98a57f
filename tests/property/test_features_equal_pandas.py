"""Every feature at one as-of date, computed anew with plain pandas groupby on the book's own tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.panel.panel import Panel
from support.books import panel_from
from support.expected_features import Expected
from support.random_books import STATES, Frames, random_book
from support.reported_states import ReportedStates


def book_of_whole_cents(seed: int) -> Frames:
    book = random_book(seed, 400)
    book["cashflows"]["amount"] = [
        round(amount, 2) if abs(amount) < 1e12 else 7.0 for amount in book["cashflows"].amount
    ]
    book["cashflows"].loc[::3, "kind"] = "arrears"
    book["opportunities"] = book["opportunities"].drop_duplicates(["client_id", "opportunity_id", "entered", "stage"])
    book["macro"] = book["macro"].drop_duplicates(["country", "published"])
    return book


@pytest.fixture(scope="module")
def book() -> Frames:
    return {name: frame for name, frame in book_of_whole_cents(3).items() if name not in STATES}


@pytest.fixture(scope="module")
def panel(book: Frames, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return panel_from(book, tmp_path_factory.mktemp("book"), "features.text_components=0")


@pytest.mark.parametrize("seed", [3, 4])
def test_every_reported_state_is_what_a_groupby_says(seed: int, tmp_path: Path) -> None:
    """Balances and days past due at ends of months (odd seeds) or on any day."""
    book = book_of_whole_cents(seed)
    book["countries"] = book["countries"].drop_duplicates(["country", "published"])
    made = panel_from(book, tmp_path, "features.text_components=0", "value.kinds={interest: 1.0, write_off: -1.0}")
    expected = ReportedStates(book).features().loc[made.client_id.to_numpy()]
    for name in expected:
        if name == "esg_grade_last":
            assert made.features[name].fillna("-").tolist() == expected[name].fillna("-").tolist()
            continue
        wanted = expected[name].to_numpy(dtype=np.float64)
        np.testing.assert_allclose(made.features[name].to_numpy(), wanted, rtol=1e-9, atol=1e-6, err_msg=str(name))
        least = 1 if name in {"sovereign_notch_last", "sanctions_last"} else 2  # there are three countries
        assert len(set(made.features[name].dropna())) >= least, f"{name} says nothing of this book"


def test_every_feature_is_what_a_groupby_says(book: Frames, panel: Panel) -> None:
    got = panel.features.set_axis(pd.Index(panel.client_id), axis=0)
    expected = Expected(book).features().loc[got.index]
    assert set(got) == set(expected)
    assert len(got) > 20
    for name in got:
        if got[name].dtype == np.float64:
            wanted = expected[name].to_numpy(dtype=np.float64)
            np.testing.assert_allclose(got[name].to_numpy(), wanted, rtol=1e-9, atol=1e-9, err_msg=str(name))
            assert len(set(got[name].dropna())) > 1, f"{name} says nothing of this book"
        else:
            assert got[name].fillna("-").tolist() == expected[name].fillna("-").tolist()
