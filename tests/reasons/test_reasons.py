"""Contributions as ranked reasons, and reasons as sentences that claim no more than the figures say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.learners.contract import FeatureContract
from models.learners.peers import Peers
from models.panel.features.words import LESS, FeatureWords, FigureUnit, Template, Topic, words_for
from models.reasons.ranking import Grouping, Reason, reasons_of
from models.reasons.text import Bearing, Effect, effect_in_words, sentence
from models.text import Text
from models.vocab import FloatArray

FEES = words_for(
    Template(
        figure=FigureUnit.MONEY,
        description=Text("amount of {label} {span}"),
        statement=Text("{label} came to {value} {span}"),
        missing=Text("there is no record of {label} {span}"),
        none=Text("{label} came to nothing {span}"),
        than=LESS,
    ),
    Topic("fee_amount", Text("fees")),
    label=Text("fees"),
    span=Text("so far"),
)
INDUSTRY = words_for(
    Template(
        figure=FigureUnit.NAME,
        description=Text("{label}"),
        statement=Text("the {label} is {value}"),
        missing=Text("the {label} is not known"),
    ),
    Topic("industry", Text("industry")),
    label=Text("industry"),
)
WORDS = {"fee_sum_3p": FEES, "fee_sum_12p": FEES, "industry": INDUSTRY}
LOW_FEES = Reason(
    reason="fee_amount",
    effect=0.062,
    feature="fee_sum_12p",
    observed=400_000.0,
    observed_text=None,
    usual=1_100_000.0,
    usual_text=None,
    low=500_000.0,
    high=2e6,
    peers=45,
)


def said(reason: Reason, words: FeatureWords = FEES) -> tuple[str, str]:
    english, chinese = (
        sentence(reason, words, on="probability", language=language, currency="USD")  # type: ignore[arg-type]
        for language in ("en", "zh")
    )
    return english, chinese


def test_low_fees_read_as_a_credit_officer_would_put_it() -> None:
    assert said(LOW_FEES) == (
        "Fees came to 400 k USD so far, far less than usual for clients like this one (1.1 m USD): risk +6.2 points.",
        "迄今手续费金额为40万美元，远低于同类客户的通常水平（110万美元）：风险+6.2个百分点。",
    )


def test_no_difference_is_claimed_that_cannot_be_read() -> None:
    alike = replace(LOW_FEES, observed=1_100_400.0)
    assert said(alike)[0] == "Fees came to 1.1 m USD so far, as usual for clients like this one: risk +6.2 points."
    unknown = replace(LOW_FEES, usual=None, low=None, high=None, peers=0)
    assert said(unknown)[0] == "Fees came to 400 k USD so far: risk +6.2 points."


def test_a_difference_of_a_few_percent_is_about_as_usual() -> None:
    assert ", about as usual for clients like this one (1.1 m USD)" in said(replace(LOW_FEES, observed=1_060_000.0))[0]
    assert "，与同类客户的通常水平（110万美元）接近" in said(replace(LOW_FEES, observed=1_150_000.0))[1]


def test_inside_the_usual_range_less_is_not_far_less() -> None:
    assert ", less than usual" in said(replace(LOW_FEES, observed=600_000.0))[0]
    assert ", more than usual" in said(replace(LOW_FEES, observed=1_900_000.0))[0]
    assert "远高于" in said(replace(LOW_FEES, observed=3e6))[1]


def test_nothing_and_unknown_are_told_as_what_they_are() -> None:
    assert said(replace(LOW_FEES, observed=0.0)) == (
        "Fees came to nothing so far, while 1.1 m USD is usual for clients like this one: risk +6.2 points.",
        "迄今手续费金额为零，而同类客户通常为110万美元：风险+6.2个百分点。",
    )
    assert said(replace(LOW_FEES, observed=None))[0].startswith("There is no record of fees so far, while")
    assert "as usual" in said(replace(LOW_FEES, observed=None, usual=None))[0]
    assert said(replace(LOW_FEES, usual=None))[0] == (
        "Fees came to 400 k USD so far, while for most clients like this one there is no record of fees "
        "so far: risk +6.2 points."
    )


def test_a_share_beside_a_clause_without_one_is_named() -> None:
    """Nothing is open: "while 13% is usual" would not say of what."""
    maturing = replace(
        FEES,
        figure=FigureUnit.SHARE,
        description=Text("share of open limits that matures within {years}").filled(years=Text("a year")),
        missing=Text("no limit is open"),
    )
    assert said(replace(LOW_FEES, observed=None, usual=0.13), maturing) == (
        "No limit is open; usual for clients like this one is 13% (share of open limits that matures within a year): "
        "risk +6.2 points.",
        "没有在用授信额度；同类客户通常为13%（1年内到期的在用授信额度占比）：风险+6.2个百分点。",
    )


def test_a_category_is_compared_with_the_commonest() -> None:
    roads = replace(
        LOW_FEES, observed=None, observed_text="{roads} & <b>", usual=None, usual_text="power", effect=-0.011
    )
    assert said(roads, INDUSTRY)[0] == (
        "The industry is {roads} & <b>; the most common among clients like this one is power: risk -1.1 points."
    )
    alike = replace(roads, observed_text="power")
    assert said(alike, INDUSTRY)[1] == "行业为“power”，为同类客户中最常见：风险-1.1个百分点。"


def table_of(values: FloatArray, *, kept: int = 2) -> list[tuple[Reason, ...]]:
    """Reasons of clients with fees of 1, 2, ... and the industries power and roads in turn."""
    rows = len(values)
    frame = pd.DataFrame(
        {
            "fee_sum_3p": np.arange(1.0, rows + 1),
            "fee_sum_12p": np.where(np.arange(rows) == 1, np.nan, 10.0 * np.arange(1.0, rows + 1)),
            "industry": pd.Series(["power", "roads", None, "power"][:rows], dtype="str"),
        }
    )
    contract = FeatureContract.learn(frame, dict.fromkeys(frame.columns, "units"), max_categories=1)
    matrix = contract.encode(frame)
    segment = np.zeros(rows, dtype=np.int64)
    table = reasons_of(
        values,
        matrix=matrix,
        features=frame,
        contract=contract,
        grouping=Grouping.of(contract.names, WORDS),
        peers=Peers.fit(matrix, segment, contract).of(matrix, segment),
        kept=kept,
    )
    return [table.of_client(row) for row in range(rows)]


VALUES = np.array([[0.05, -0.02, 0.01], [-0.01, -0.03, 0.10], [0.02, -0.02, 0.0], [0.01, 0.02, -0.2]])


def test_features_of_one_reason_are_summed_and_the_one_that_adds_most_is_shown() -> None:
    first, second, *_ = table_of(VALUES)
    assert [(reason.reason, reason.feature) for reason in first] == [
        ("fee_amount", "fee_sum_3p"),
        ("industry", "industry"),
    ]
    assert [reason.effect for reason in first] == pytest.approx([0.03, 0.01])
    assert [(reason.reason, reason.feature) for reason in second] == [
        ("industry", "industry"),
        ("fee_amount", "fee_sum_12p"),
    ]
    assert (second[0].observed_text, second[1].observed) == ("roads", None), "rare and missing stay what they are"


def test_effects_sum_to_all_contributions_and_ties_keep_their_order() -> None:
    clients = table_of(VALUES)
    np.testing.assert_allclose([sum(reason.effect for reason in client) for client in clients], VALUES.sum(axis=1))
    assert [reason.reason for reason in clients[2]] == ["fee_amount", "industry"]
    assert clients[2][1].observed_text is None
    assert {reason.peers for client in clients for reason in client} == {4}


def test_what_is_usual_stands_beside_the_client() -> None:
    first, *_ = table_of(VALUES)
    assert (first[0].observed, first[0].usual) == (1.0, 2.5)
    assert (first[1].observed_text, first[1].usual_text) == ("power", "power")


def test_features_without_words_are_reasons_of_their_own() -> None:
    assert Grouping.of(["a", "fee_sum_3p", "fee_sum_12p"], WORDS).reasons == ("a", "fee_amount")


@pytest.mark.parametrize(
    ("on", "english", "chinese"),
    [
        ("credit_loss", "which still raises the credit loss", "仍使预期信用损失增加"),
        ("margin", "which still raises the margin", "仍使利差收益增加"),
        ("value", "which still raises the value", "仍使价值提高"),
    ],
)
def test_what_raises_a_loss_is_not_said_to_raise_the_value(on: Effect, english: str, chinese: str) -> None:
    dollars = replace(LOW_FEES, effect=20.0)
    for language, expected in (("en", english), ("zh", chinese)):
        found = sentence(dollars, FEES, on=on, language=language, currency="USD", bearing=Bearing.AGAINST)  # type: ignore[arg-type]
        assert expected in found
    assert effect_in_words(20.0, "credit_loss", "en", "USD") == "credit loss +20 USD"
