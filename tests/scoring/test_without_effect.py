"""A credit committee changes the policy in the config: whoever scores with older models is told that theirs grade."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.book.guard.profile import EMPTY_PROFILE
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.notices import Severity
from models.pipeline.bundle import Bundle
from models.scoring.without_effect import (
    changed_keys,
    settings_changed_since,
    settings_hashes,
    settings_without_effect,
)
from support.drawn_panel import fitted_models, small_config
from support.graded import PROJECT_FINANCE


@pytest.fixture(scope="module")
def published() -> Bundle:
    return Bundle(
        models=fitted_models(), config=small_config(), key="0" * 64, folder=Path("bundle"), profile=EMPTY_PROFILE
    )


def with_policy(**changes: Any) -> Config:
    settings = small_config().grading.model_dump(mode="json") | changes
    return small_config().model_copy(update={"policy": PolicyConfig.model_validate(settings)})


def test_the_config_that_the_models_were_published_with_is_not_told_of(published: Bundle) -> None:
    assert settings_without_effect(published, small_config()) == []
    assert settings_changed_since(settings_hashes(published), small_config()) == []


def test_the_same_policy_in_other_words_is_the_same_policy(published: Bundle) -> None:
    assert settings_without_effect(published, with_policy()) == []
    assert settings_changed_since(settings_hashes(published), with_policy()) == []


def test_another_policy_is_told_with_both_hashes_and_what_differs(published: Bundle) -> None:
    (notice,) = settings_without_effect(published, with_policy(stability={"margin": 0.05}))
    hashes = settings_hashes(published)
    assert (notice.code, notice.severity, notice.subject, notice.count) == (
        "policy_without_effect",
        Severity.WARNING,
        "policy",
        1,
    )
    assert f"({hashes['policy']}), which grades: stability.margin differ" in notice.found
    assert "tiers --what-if" in notice.remedy
    (since,) = settings_changed_since(hashes, with_policy(stability={"margin": 0.05}))
    assert (since.code, since.subject) == ("policy_changed_since", "policy")
    assert hashes["policy"] in since.found


def test_the_section_tiers_is_the_policy_where_there_is_no_other(published: Bundle) -> None:
    (notice,) = settings_without_effect(published, small_config(tiers={"aa_share": 0.2}))
    assert notice.code == "policy_without_effect"
    assert "dimensions.expected_value.levels.top.share" in notice.found


def test_other_sections_are_told_by_name_and_those_of_training_as_a_note(published: Bundle) -> None:
    config = small_config(stages={"churned_after_periods": 4}, origins={"max_count": 3})
    reported = {notice.subject: notice for notice in settings_without_effect(published, config)}
    assert set(reported) == {"stages", "origins"}
    assert "churned_after_periods" in reported["stages"].found
    assert (reported["stages"].severity, reported["origins"].severity) == (Severity.WARNING, Severity.NOTE)
    assert [notice.subject for notice in settings_changed_since(settings_hashes(published), config)] == ["stages"]


def test_where_and_how_are_the_callers(published: Bundle) -> None:
    config = small_config()
    elsewhere = config.model_copy(
        update={
            "book": config.book.model_copy(update={"path": "elsewhere"}),
            "run": config.run.model_copy(update={"threads": 1, "block_clients": 7}),
        }
    )
    assert settings_without_effect(published, elsewhere) == []


def test_a_whole_other_policy_is_told_by_three_of_its_keys(published: Bundle) -> None:
    other = small_config().model_copy(update={"policy": PROJECT_FINANCE})
    policy = next(each for each in settings_without_effect(published, other) if each.subject == "policy")
    assert "more differ" in policy.found
    assert len(policy.found) < 400
    policy_of_others = replace(published.models.policy, settings=PROJECT_FINANCE)
    graded_so = replace(published, models=replace(published.models, policy=policy_of_others))
    assert settings_without_effect(graded_so, other) == []


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        ({"a": 1}, {"a": 1, "b": None}, ["b"]),
        ({"a": {"b": 1}}, {"a": None}, ["a"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a"]),
        ([{"when": 1}, {"when": 2}], [{"when": 1}, {"when": 3}], ["1.when"]),
        ({"caps": [{"name": "x"}, {"name": "y"}]}, {"caps": [{"name": "y"}, {"name": "x"}]}, ["the order of caps"]),
        ({"x": 1, "y": 2}, {"y": 2, "x": 1}, []),
        ([], [{"name": "x"}], ["x"]),
    ],
)
def test_changed_keys_are_the_shortest_that_differ(before: Any, after: Any, keys: list[str]) -> None:
    assert list(changed_keys(before, after)) == keys
