"""A credit committee changes the config: its policy grades and is told, what else differs is without effect."""

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
from models.scoring.policy_in_force import GradedBy, policy_hash
from models.scoring.without_effect import (
    changed_keys,
    policy_in_force_notices,
    settings_changed_since,
    settings_hashes,
    settings_without_effect,
)
from models.text import Language
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
    assert settings_hashes(published)["policy"] == policy_hash(with_policy().grading)
    assert settings_changed_since(settings_hashes(published), with_policy()) == []


def graded_by(bundle: Bundle, settings: PolicyConfig) -> Bundle:
    policy = replace(bundle.models.policy, settings=settings)
    return replace(bundle, models=replace(bundle.models, policy=policy))


def test_a_policy_that_the_models_were_not_published_with_is_told_with_both_hashes(published: Bundle) -> None:
    assert policy_in_force_notices(published) == []
    config = with_policy(stability={"margin": 0.05})
    serving = graded_by(published, config.grading)
    (notice,) = policy_in_force_notices(serving)
    own, other = settings_hashes(published)["policy"], settings_hashes(serving)["policy"]
    assert (notice.code, notice.severity, notice.subject, notice.count) == (
        "policy_of_config",
        Severity.NOTE,
        "policy",
        1,
    )
    assert notice.found == (
        f"the config's policy ({other}) grades, not the one that the models were published with ({own}): "
        "stability.margin differ"
    )
    (chinese,) = policy_in_force_notices(serving, Language("zh"))
    assert f"按配置中的分级策略（{other}）分级" in chinese.found
    assert GradedBy.of(serving) == GradedBy(policy=other, models=own)
    (since,) = settings_changed_since(settings_hashes(published), config)
    assert (since.code, since.subject) == ("policy_changed_since", "policy")
    assert own in since.found
    assert since.remedy.startswith("predict again")


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
    (notice,) = policy_in_force_notices(graded_by(published, PROJECT_FINANCE))
    assert "more differ" in notice.found
    assert len(notice.found) < 400


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
