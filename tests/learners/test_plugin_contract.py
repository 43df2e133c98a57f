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

from models.book.measures import ACTIVITY
from models.grading.facts import Facts
from models.kpis.definition import Definition, Form
from models.learners.protocol import Lessons, ScorerParts
from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import labelled_words
from models.plugins import MissingPluginError, PluginGroup, load_plugin, plugin_facts
from models.relations.reading import Reader, Window
from models.shell.units import KpiUnit
from models.testing import (
    check_decline_learner,
    check_feature_family,
    check_kpi,
    check_source,
    check_tier_rule,
    check_value_learner,
    check_warning_signal,
    drawn_lessons,
)
from models.text import Text
from support.books import book_of, settings
from support.plugin_package import install_plugins, on_path
from support.random_books import random_book


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


def test_forests_of_scikit_learn_keep_the_contract(installed: Path) -> None:
    check_decline_learner(load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_forest"), trees=20)
    check_value_learner(load_plugin(PluginGroup.VALUE_LEARNERS, "acme_trees"), trees=20)


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


def test_the_family_the_rule_and_the_figure_keep_the_contract(installed: Path, tmp_path: Path) -> None:
    check_feature_family(load_plugin(PluginGroup.FEATURES, "acme_rain"), "acme_rain", periods=3)
    features = pd.DataFrame({"activity_recency_days": [10.0, 500.0, np.nan], "tenure_days": 1.0})
    check_tier_rule(load_plugin(PluginGroup.TIER_RULES, "acme_watch"), features, days=90)
    tables = random_book(3, 60)
    book, config = book_of(tables, tmp_path), settings(work_dir=tmp_path / "work")
    check_kpi(load_plugin(PluginGroup.KPIS, "acme_fees"), "acme_fees", book=book, config=config)


def _ranked(known: FeatureInputs, *, settings: Mapping[str, Any]) -> Iterator[Feature]:
    """A family whose figures hang on who else is in the block."""
    amounts = known.past.total(ACTIVITY)
    yield Feature("acme_rank", "score", amounts.argsort().argsort() * 1.0, labelled_words("acme_rank", {"en": "rank"}))


def _endless(known: FeatureInputs, *, settings: Mapping[str, Any]) -> Iterator[Feature]:
    with np.errstate(divide="ignore"):
        pace = 1.0 / known.past.count(ACTIVITY)
    yield Feature("acme_pace", "score", pace, labelled_words("acme_pace", {"en": "pace"}))


@pytest.mark.parametrize(
    ("family", "name", "said"),
    [
        (_ranked, "acme", "a client's features must be its own, also alone"),
        (_endless, "acme", "acme_pace must be finite"),
        (_ranked, "rain", "a feature must be called rain_..., got acme_rank"),
    ],
)
def test_a_family_that_breaks_the_contract_is_named(family: Any, name: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_feature_family(family, name)


class _OfTheBlock:
    """A tier rule that looks at all clients at once."""

    features = ("tenure_days",)
    words = labelled_words("acme_rank", {"en": "rank"})

    def figure(self, facts: Facts, *, settings: Mapping[str, Any]) -> np.ndarray:
        return np.arange(len(facts)) * 1.0


def test_a_rule_that_hangs_on_the_order_is_named() -> None:
    with pytest.raises(AssertionError, match="a client's figure must be its own, whatever the order"):
        check_tier_rule(_OfTheBlock(), pd.DataFrame({"tenure_days": [1.0, 2.0]}))


def test_a_figure_that_counts_a_client_twice_is_named(tmp_path: Path) -> None:
    def twice(reader: Reader, window: Window) -> Any:
        flows = reader.table("cashflows")
        return flows.select("client_id", top=flows.amount, bottom=1.0)

    figure = Definition(
        name="twice", title=Text("x"), formula=Text("x"), unit=KpiUnit.TIMES, form=Form.RATIO, parts=twice
    )
    book, config = book_of(random_book(3, 60), tmp_path), settings(work_dir=tmp_path / "work")
    with pytest.raises(AssertionError, match="each client must count once"):
        check_kpi(lambda *, settings: figure, "twice", book=book, config=config)
    with pytest.raises(AssertionError, match="must be called as its entry point, other, got twice"):
        check_kpi(lambda *, settings: figure, "other", book=book, config=config)


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
    assert "acme_clientvalue.vault" not in sys.modules
    with pytest.raises(MissingPluginError, match="only acme_forest, acme_line, acme_scorecard: install the package"):
        load_plugin(PluginGroup.DECLINE_LEARNERS, "acme_net")
    import_module("acme_clientvalue.core")
