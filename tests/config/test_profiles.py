"""Weights of kinds in a config: a driver whose shares do not sum to one is refused, with the value and the remedy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from models.config.kinds import DriverConfig, NeedsConfig, RegionsConfig, RelationshipsConfig, ValueClassesConfig
from models.config.loading import load_config

CONFIGS = Path(__file__).parents[2] / "configs"


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(
        ValidationError, match=r"must sum to 1 .* got 1.2 from deals 0.7, tenor -0.5: divide each by 1.2"
    ):
        DriverConfig(features={"deals": 0.7, "tenor": -0.5})


@pytest.mark.parametrize(
    ("section", "settings", "message"),
    [
        (NeedsConfig, {"weights": {"funding": {"brorowing": 1.0}}}, r"got \['brorowing'\]: known are \['borrowing'"),
        (NeedsConfig, {"weights": {"funding": {"borrowing": 1.0}}}, "none for .*'resource integration'"),
        (NeedsConfig, {"base": {"advice": 1.0}}, r"unknown \['advice'\]"),
        (RelationshipsConfig, {"weights": {"strategic": {"depth": 1.0}}}, "none for .*'transactional'"),
        (RelationshipsConfig, {"drivers": {}}, "at least 1 item"),
        (RelationshipsConfig, {"hold_periods": 0}, "greater than or equal to 1"),
        (RegionsConfig, {"key": ["Asia"], "emerging": ["Asia"]}, r"got \['Asia'\] as both"),
        (ValueClassesConfig, {"weights": {"invested": 0.5, "expected": 0.4}}, "got 0.9"),
        (ValueClassesConfig, {"weights": {"luck": 1.0}}, "Input should be 'invested'"),
        (ValueClassesConfig, {"high_share": 0.6, "medium_share": 0.4}, "leave room for low"),
    ],
)
def test_what_cannot_be_meant_is_refused(section: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        section.model_validate(settings)


def test_the_defaults_are_sound() -> None:
    assert set(RelationshipsConfig().weights) == {"strategic", "transactional", "partnership", "problem-solving"}
    assert sum(ValueClassesConfig().weights.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("config", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_driver_of_a_shipped_book_has_a_name_in_both_languages(config: Path) -> None:
    read = load_config(config, [])
    for section in (read.relationships, read.needs):
        for name, driver in section.drivers.items():
            assert re.search(r"[一-鿿]", driver.called(name, "zh")), name
            assert not re.search(r"[“一-鿿]", driver.called(name, "en")), name


def test_a_driver_without_a_label_is_quoted_in_chinese() -> None:
    driver = DriverConfig(features={"a": 1.0})
    assert driver.called("credit_lines", "en") == "credit lines"
    assert driver.called("credit_lines", "zh") == "“credit lines”"
    assert driver.called("standing", "zh") == "市场地位"
