"""A banker's own words name segments: large, new, much in equity; and words that cannot be meant are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from models.config.loading import load_config
from models.config.segments import SegmentsConfig
from models.learners.segments.model import SegmentModel
from models.learners.segments.names import names_of

WORDS = {
    "volume": {
        "high": {"en": "{very}large", "zh": "规模{very}大"},
        "low": {"en": "{very}small", "zh": "规模{very}小"},
    }
}
APART = np.array([[1.6, 0.0], [-0.4, 0.6], [0.1, -1.2]])


def test_words_take_the_place_of_a_features_name() -> None:
    words = SegmentsConfig(features=("volume", "tenure"), words=WORDS).words
    assert names_of(APART, ["volume", "tenure"], words=words) == (
        "very large",
        "high tenure, small",
        "very low tenure",
    )
    assert names_of(APART, ["volume", "tenure"], words=words, language="zh")[:2] == ("规模很大", "tenure较高，规模小")


def test_a_model_keeps_its_words_when_written_and_read() -> None:
    drawn = np.random.default_rng(3).normal([[0.0, 0.0]] * 90 + [[8.0, 0.0]] * 30)
    config = SegmentsConfig(features=("volume", "tenure"), words=WORDS, clusters=2, methods=("kmeans",), resamples=2)
    model = SegmentModel.fit(drawn, config, seed=1)
    assert "large" in model.names[0]
    again = SegmentModel.from_json(model.to_json())
    assert again.names == model.names
    assert again.names_in("zh") == model.names_in("zh")
    assert "规模" in again.names_in("zh")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"tenure": WORDS["volume"]}, "words must be of features of the segments, got"),
        ({"volume": {**WORDS["volume"], "low": {"en": "{much}small", "zh": "小"}}}, "no other brace"),
        ({"volume": {**WORDS["volume"], "low": {"en": "{very}{very}small", "zh": "小"}}}, "once"),
    ],
)
def test_words_that_cannot_be_meant_are_refused(words: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SegmentsConfig.model_validate({"features": ["volume"], "words": words})


@pytest.mark.parametrize("book", ["demo", "ifc", "ibrd", "online_retail", "cdnow"])
def test_every_config_has_words_for_all_its_features_in_both_languages(book: str) -> None:
    segments = load_config(Path(f"configs/{book}.yaml")).learners.segments
    assert set(segments.words) == set(segments.features)
    for each in segments.words.values():
        assert each.high.en.replace("{very}", "").isascii()
        assert not each.low.zh.replace("{very}", "").isascii()
