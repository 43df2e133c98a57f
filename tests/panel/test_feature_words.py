"""The words of a feature: filled once, the same after reading, and never lacking."""

from __future__ import annotations

import re

import pytest

from models.errors import DamagedBundleError
from models.panel.features.words import (
    LESS,
    FigureUnit,
    Template,
    Topic,
    plain_words,
    reason_title,
    words_for,
    words_from_json,
    words_to_json,
)
from models.text import CATALOGUES, Text

SUM = Template(
    figure=FigureUnit.MONEY,
    description=Text("amount of {label} {span}"),
    statement=Text("{label} came to {value} {span}"),
    missing=Text("there is no record of {label} {span}"),
    than=LESS,
)
TOPIC = Topic("fee_amount", Text("fees"))
FEES = words_for(SUM, TOPIC, label=Text("fees"), span=Text("so far"))


def test_fees_are_told_in_both_languages() -> None:
    assert FEES.state("0.4 m USD", "en") == "fees came to 0.4 m USD so far"
    assert FEES.state("40万美元", "zh") == "迄今手续费金额为40万美元"
    assert (FEES.describe("en"), FEES.describe("zh")) == ("amount of fees so far", "迄今手续费金额")


def test_the_value_may_hold_braces_of_its_own() -> None:
    assert FEES.state("{value}", "en") == "fees came to {value} so far"


def test_a_reason_has_the_title_of_its_features() -> None:
    assert reason_title({"fee_sum_12p": FEES}, "fee_amount", "zh") == "手续费"
    assert reason_title({"fee_sum_12p": FEES}, "tenure", "en") == "tenure"


def test_words_come_back_from_text_as_they_were() -> None:
    words = {"fee_sum_12p": FEES, "own_score": plain_words("own_score")}
    assert words_from_json(words_to_json(words)) == words
    with pytest.raises(DamagedBundleError, match="the words must be as they were written"):
        words_from_json('{"fee_sum_12p": {"title": []}}')


def test_a_template_with_a_slot_that_nobody_fills_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="span"):
        words_for(SUM, TOPIC, label=Text("fees"))


def test_a_balance_is_that_of_loans_in_chinese() -> None:
    catalogue = (CATALOGUES / "zh.po").read_text(encoding="utf-8")
    assert "余额" in catalogue
    assert not re.search("(?<!贷款)(?<!平均)余额", catalogue)
