"""The contract tests that plug-ins are held to: the example package keeps them, and what breaks them is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models.learners.protocol import Lessons, ScorerParts
from models.plugins import MissingPluginError, PluginGroup, load_plugin, plugin_facts
from models.testing import (
    check_decline_learner,
    check_source,
    check_value_learner,
    check_warning_signal,
    drawn_lessons,
)
from support.plugin_package import install_plugins, on_path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    target = install_plugins(tmp_path_factory.mktemp("installed"))
    with on_path(target):
        yield target


@pytest.mark.parametrize("settings", [{}, {"bins": 3, "most_features": 2, "c": 0.5}])
def test_the_scorecard_keeps_the_contract(installed: Path, settings: dict[str, Any]) -> None:
    check_decline_learner(load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_scorecard"), **settings)


def test_lines_of_scikit_learn_keep_the_contract(installed: Path) -> None:
    check_decline_learner(load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_line"))
    check_value_learner(load_plugin(PluginGroup.VALUE_LEARNERS, "acme_value"), alpha=1.0)


def test_points_are_those_of_a_hand_count(installed: Path) -> None:
    """One feature in two bins: 10 of 40 and 30 of 40 declined; the regression finds the weights of evidence again."""
    lessons = drawn_lessons({"bins": 2, "c": 1e6})
    size = np.repeat([0.0, 1.0], 40)
    outcome = np.concatenate([np.arange(40) < 10, np.arange(40) < 30]).astype(float)
    one = Lessons(
        **{**vars(lessons), "matrix": size[:, None], "outcome": outcome, "features": lessons.features[:1],
           "weight": np.ones(80)}
    )  # fmt: skip
    card = load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_scorecard").fit(one)
    odds = card.score(np.array([[0.0], [1.0]]))
    assert odds == pytest.approx([np.log(10 / 30), np.log(30 / 10)], abs=0.05)


def test_the_source_and_the_signal_keep_the_contract(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "core.json").write_text(json.dumps({"core_clients": [{"client_id": "a"}]}), encoding="utf-8")
    check_source(load_plugin(PluginGroup.SOURCES, "acme_core"), str(tmp_path), prefix="core_")
    features = pd.DataFrame({"activity_growth_3p": [-0.5, 0.2, np.nan]})
    check_warning_signal(load_plugin(PluginGroup.WARNING_SIGNALS, "acme_squeeze"), features)


class _Broken:
    """A learner that keeps all of the contract but what a test takes away."""

    def __init__(self, **breaks: Any) -> None:
        self.breaks = breaks

    def fit(self, lessons: Lessons) -> Any:
        return self

    def score(self, matrix: np.ndarray) -> np.ndarray:
        found = np.nan_to_num(matrix[:, 0])
        return found - found.mean() if "centred" in self.breaks else found

    def parts(self, matrix: np.ndarray) -> ScorerParts:
        values = np.zeros(matrix.shape)
        values[:, 0] = self.score(matrix)
        return ScorerParts(base=self.breaks.get("base", 0.0), values=values)

    def to_texts(self) -> Mapping[str, Any]:
        return self.breaks.get("texts", {"a.json": "{}"})

    def from_texts(self, texts: Mapping[str, str]) -> Any:
        return self


def test_a_sound_learner_passes() -> None:
    check_decline_learner(_Broken())


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ({"base": 0.5}, "base and parts must sum to the score"),
        ({"texts": {"model.pkl": b"..."}}, "a learner must be written as text"),
        ({"centred": True}, "one row alone must score as it does among others"),
    ],
)
def test_what_breaks_the_contract_is_named(breaks: dict[str, Any], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_decline_learner(_Broken(**breaks))


def test_a_source_that_changes_or_brings_frames_is_named() -> None:
    def frames(place: str, *, settings: Mapping[str, Any]) -> Any:
        return {"clients": pd.DataFrame({"client_id": ["a"]})}

    calls = iter(range(9))

    def counting(place: str, *, settings: Mapping[str, Any]) -> Any:
        return {"clients": pa.table({"client_id": [str(next(calls))]})}

    with pytest.raises(AssertionError, match="must be of pyarrow"):
        check_source(frames, "")
    with pytest.raises(AssertionError, match="must be the same when it is asked for again"):
        check_source(counting, "")


def test_only_what_is_named_is_loaded(installed: Path) -> None:
    import sys  # noqa: PLC0415

    facts = plugin_facts({PluginGroup.DECLINE_LEARNERS: ["acme_scorecard"]})
    assert [(each.distribution, each.version, len(each.code)) for each in facts] == [("acme-clientvalue", "1.2.0", 64)]
    load_plugin(PluginGroup.WARNING_SIGNALS, "acme_squeeze")
    assert "acme_clientvalue.squeeze" in sys.modules
    assert "acme_clientvalue.rain" not in sys.modules
    with pytest.raises(MissingPluginError, match="only acme_line, acme_scorecard: install the package"):
        load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_forest")
    import_module("acme_clientvalue.core")
