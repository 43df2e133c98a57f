"""What stands around a client's figures: the same in both languages, whole in Chinese, and numbers that add up."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.config.loading import load_config
from models.explanation.change_reasons import MovedReason
from models.explanation.labels import _WORDS
from models.explanation.ledger import change_rows, money_scale
from models.explanation.story import treatment_of
from models.grading.treatments import TreatmentTable
from models.panel.features.words import FigureUnit
from models.profiles.kind_names import KINDS, kind_in_words
from models.reasons.figures import rounded_away
from models.text import placeholders
from models.vocab import DeclineCause, NeedType, RelationshipType, Stage
from support.languages import CHINESE

CONFIG = Path(__file__).parents[2] / "configs" / "demo.yaml"


@pytest.mark.parametrize("kinds", [Stage, RelationshipType, NeedType, DeclineCause])
def test_every_kind_of_the_field_has_a_chinese_name(kinds: type) -> None:
    for kind in kinds:  # type: ignore[attr-defined]
        assert re.search(r"[\u4e00-\u9fff]", kind_in_words(kind.value, "zh")), kind


def test_chinese_headings_hold_no_english() -> None:
    for key, text in {**_WORDS, **KINDS}.items():
        if key != "html_language":
            reported = text.within(CHINESE, count=2, **dict.fromkeys(placeholders(text.english) - {"count"}, "1"))
            assert not re.search(r"[A-Za-z]{3,}", reported), key


def test_what_is_written_reaches_the_goal() -> None:
    for then, now, figure in (
        (0.2534, 0.2, FigureUnit.SHARE),
        (12.34, 20.0, FigureUnit.HOURS),
        (1041.0, 900.0, FigureUnit.MONEY),
    ):
        written = rounded_away(then, now, figure)
        assert abs(written - now) >= abs(then - now)
        assert written == pytest.approx(then, rel=0.05)


def test_an_amount_keeps_one_to_three_digits_before_the_point() -> None:
    for amount in (3.2, 941.0, 42_700.0, 2.5e6, 7.1e9):
        scale = money_scale(amount, "USD", "en")
        assert 1 <= amount / scale.divisor < 1000


def test_the_treatment_is_that_of_the_policy() -> None:
    settings = load_config(CONFIG)
    keys = (np.array([kind]) for kind in ("AA", "strategic", "maturity"))
    treatment = TreatmentTable(settings.grading).look_up(*keys).of(0)
    english, chinese = dict(treatment_of(settings, treatment, "en")), dict(treatment_of(settings, treatment, "zh"))
    assert english["Limit"] == "raise the limit"
    assert chinese["额度"] == "提高额度"
    assert len(english) == len(chinese) == 8
    assert treatment_of(settings, None, "en") == ()


def test_what_is_written_as_nothing_is_neither_worse_nor_better() -> None:
    moved = (
        MovedReason(title="arrears", points=5.4, value=-2_000.0),
        MovedReason(title="fees", points=0.01, value=0.4),
        MovedReason(title="limits", points=-0.04, value=9_000.0),
    )
    nothing = MovedReason(title="model", points=0.0, value=0.0)
    change = SimpleNamespace(value=(40_000.0, 47_000.0), reasons=moved, model=nothing, calibration=nothing)
    _, rows = change_rows(cast(Any, change), cast(Any, SimpleNamespace(language="en", currency="USD")), 3)
    assert [(row.points_worse, row.value_worse) for row in rows] == [(True, True), (None, None), (None, False)]
