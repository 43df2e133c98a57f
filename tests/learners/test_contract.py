"""A client from a country that training never saw is scored, not refused; a wrong table is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from models.errors import FeatureContractError
from models.learners.contract import FeatureContract

UNITS = {"tenure": "periods", "country": "name of country", "fee_sum_12p": "book currency"}


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tenure": [1.0, np.nan, 3.0, 4.0, 5.0, 6.0],
            "country": ["KE", "NA", "KE", "BR", None, "中国"],
            "fee_sum_12p": [0.0, -1.5, 2.0, 3.0, 4.0, 5.0],
        }
    )


def test_an_unseen_category_counts_as_missing(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=10)
    codes = contract.encode(frame)[:, 1]
    # In order of name: BR, KE, NA, 中国. "NA" is Namibia, not a gap.
    np.testing.assert_array_equal(codes, [1, 2, 1, 0, np.nan, 3])
    frame["country"] = ["XX", "KE", "ke", "", " KE", "BR"]
    np.testing.assert_array_equal(contract.encode(frame)[:, 1], [np.nan, 1, np.nan, np.nan, np.nan, 0])


def test_rare_categories_share_a_code(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    # KE is the commonest; BR comes before NA and 中国, which are as rare.
    assert contract.features[1].categories == ("BR", "KE")
    assert contract.features[1].pooled == ("NA", "中国")
    np.testing.assert_array_equal(contract.encode(frame)[:, 1], [1, 2, 1, 0, np.nan, 2])


def test_codes_depend_on_what_is_there_not_on_its_order(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    for seed in range(5):
        shuffled = frame.sample(frac=1, random_state=seed)
        assert FeatureContract.learn(shuffled, UNITS, max_categories=2).to_json() == contract.to_json()


def test_numbers_keep_every_bit_and_their_gaps(frame: pd.DataFrame) -> None:
    matrix = FeatureContract.learn(frame, UNITS, max_categories=2).encode(frame)
    assert matrix.dtype == np.float64
    assert matrix.flags.c_contiguous
    np.testing.assert_array_equal(matrix[:, [0, 2]], frame[["tenure", "fee_sum_12p"]].to_numpy())


def test_the_text_gives_the_contract_back(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    again = FeatureContract.from_json(contract.to_json())
    assert again == contract
    assert again.names == ("tenure", "country", "fee_sum_12p")
    assert again.categorical == (1,)
    assert again.units == UNITS
    with pytest.raises(FrozenInstanceError):
        again.features = ()


def test_what_the_book_tells_since_is_not_looked_at(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    more = frame.assign(rating="AAA")[["rating", *frame.columns]]
    np.testing.assert_array_equal(contract.encode(more), contract.encode(frame))


def test_a_table_that_does_not_fit_is_refused_by_name(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    with pytest.raises(FeatureContractError, match=r"missing tenure; extra age"):
        contract.encode(frame.rename(columns={"tenure": "age"}))
    with pytest.raises(FeatureContractError, match=r"got missing country, fee_sum_12p:"):
        contract.encode(frame[["tenure"]])
    with pytest.raises(FeatureContractError, match="got another order"):
        contract.encode(frame[["country", "tenure", "fee_sum_12p"]])
    with pytest.raises(FeatureContractError, match="feature tenure must be numbers"):
        contract.encode(frame.assign(tenure="long"))
    with pytest.raises(FeatureContractError, match="feature country must be text"):
        contract.encode(frame.assign(country=1.0))
    with pytest.raises(FeatureContractError, match=r"finite numbers or missing, got 1 infinite"):
        contract.encode(frame.assign(tenure=[np.inf, 1, 1, 1, 1, 1]))


def test_what_cannot_become_a_contract_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(FeatureContractError, match="no unit for country, fee_sum_12p"):
        FeatureContract.learn(frame, {"tenure": "periods"}, max_categories=2)
    with pytest.raises(FeatureContractError, match="feature tenure must be numbers"):
        FeatureContract.learn(frame.assign(tenure=pd.Timestamp("2019-07-01")), UNITS, max_categories=2)
    for text in ("", "{}", '{"features": [{"name": "x"}]}', "[1]"):
        with pytest.raises(FeatureContractError, match="as it was written"):
            FeatureContract.from_json(text)


def test_no_client_and_no_known_category_are_no_trouble(frame: pd.DataFrame) -> None:
    contract = FeatureContract.learn(frame, UNITS, max_categories=2)
    assert contract.encode(frame.iloc[:0]).shape == (0, 3)
    unknown = frame.assign(country=pd.Series([None] * 6, dtype="str"))
    assert np.isnan(contract.encode(unknown)[:, 1]).all()
    empty = FeatureContract.learn(unknown, UNITS, max_categories=2)
    assert empty.features[1].categories == ()
