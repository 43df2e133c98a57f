"""A book without a funnel has stages without it, and says so by name; no rule asks for what no feature is called."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from models.config.feature_names import ANY_WINDOW, possible_features
from models.config.root import Config
from models.panel.named_features import absent_features, number_feature
from models.profiles.compute import ASKED_FOR, ASKED_LAST, stage_features, trajectory_of
from support.drawn_panel import drawn_panel, small_config

SHRINKING = pytest.mark.parametrize("by", ["activity", "balance"])


def config(by: str) -> Config:
    stages = small_config().stages.model_dump() | {"shrinking_by": by}
    return small_config(stages=stages)


def test_a_book_without_opportunities_is_told_that_stages_go_without_the_funnel() -> None:
    known = [name for name in stage_features(small_config()) if not name.startswith("funnel")]
    (notice,) = absent_features({"stages": stage_features(small_config())}, known)
    assert (notice.code, notice.subject, notice.count) == ("feature_not_in_book", "stages", 2)
    assert ASKED_FOR in notice.found
    assert ASKED_LAST in notice.found


def test_a_book_with_all_of_them_is_told_nothing() -> None:
    asked = {"stages": stage_features(small_config()), "relationships": ("ownership=state",)}
    assert not absent_features(asked, [*stage_features(small_config()), "ownership"])


@SHRINKING
def test_stages_look_at_no_feature_that_they_do_not_say(by: str) -> None:
    settings, panel = config(by), drawn_panel(20)
    asked = stage_features(settings)
    full = pd.DataFrame({name: [1.0] * len(panel) for name in asked})
    found = trajectory_of(replace(panel, features=full), full[asked[0]].to_numpy(), settings)
    for name in ("idle_periods", "tenure_periods", "growth", "trend", "asked_for", "asked_periods", "open_facilities"):
        assert not pd.isna(getattr(found, name)).any(), name


@SHRINKING
def test_every_feature_that_stages_ask_for_can_be(by: str) -> None:
    settings = config(by)
    possible = possible_features(settings.features)
    for name in stage_features(settings):
        start, _, window = name.rpartition("_")
        assert name in possible or f"{start}_{ANY_WINDOW}" in possible, (name, window)


def test_a_feature_that_is_not_there_is_unknown_of_every_client() -> None:
    assert number_feature(pd.DataFrame({"seen": [1.0, 2.0]}), "lacking").tolist() == pytest.approx(
        [float("nan")] * 2, nan_ok=True
    )
