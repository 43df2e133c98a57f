"""Every feature at one as-of date, computed anew with plain pandas groupby on the book's own tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.panel.panel import Panel
from support.books import panel_from
from support.expected_features import Expected
from support.random_books import Frames, random_book


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
    return book_of_whole_cents(3)


@pytest.fixture(scope="module")
def panel(book: Frames, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return panel_from(book, tmp_path_factory.mktemp("book"), "features.text_components=0")


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
