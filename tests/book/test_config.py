"""Configs: the shipped ones are valid; each mistake is told with its rule, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from models.book.contract import CASHFLOW_KINDS, TABLES
from models.config.loading import config_schema, load_config, parse_config
from models.errors import ConfigError, MissingFileError

TESTS = Path(__file__).parents[1]
SHIPPED = sorted((TESTS.parent / "configs").glob("*.yaml"))
VALID = sorted((TESTS / "configs" / "valid").glob("*.yaml"))
INVALID = sorted((TESTS / "configs" / "invalid").glob("*.yaml"))
EXPECTED = "# expect: "


def expected_of(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(EXPECTED) for line in lines if line.startswith(EXPECTED)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_config_is_valid_and_named_after_its_book(path: Path) -> None:
    assert load_config(path).book.name == path.stem


def test_a_config_is_shipped_for_each_public_book() -> None:
    assert {"ifc", "ibrd", "online_retail", "cdnow"} <= {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_configs_speak_of_what_the_contract_knows(path: Path) -> None:
    config = load_config(path)
    clients = {column.name for column in TABLES["clients"].columns}
    assert set(config.activity.kinds) | set(config.value.kinds) <= set(CASHFLOW_KINDS)
    assert set(config.features.attributes) | set(config.features.context) <= clients


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files_load(path: Path) -> None:
    assert load_config(path).time.horizon_periods > 0


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_files_say_what_is_wrong(path: Path) -> None:
    expected = expected_of(path)
    assert expected, f"{path.name} must say what it expects"
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    for sentence in expected:
        assert sentence in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


def test_values_set_on_the_command_line_go_before_the_file() -> None:
    config = load_config(VALID[0], ["time.horizon_periods=6", "features.attributes=[country]", "run.seed=1"])
    assert (config.time.horizon_periods, config.features.attributes, config.run.seed) == (6, ("country",), 1)


@pytest.mark.parametrize("override", ["time.horizon_periods", "=3", "time.=3"])
def test_a_value_without_key_or_sign_is_refused(override: str) -> None:
    with pytest.raises(ConfigError, match=r"--set must read section\.key=value"):
        load_config(VALID[0], [override])


def test_a_typo_on_the_command_line_names_the_nearest_key() -> None:
    with pytest.raises(ConfigError, match=r"did you mean horizon_periods\?"):
        load_config(VALID[0], ["time.horizn_periods=6"])


def test_a_config_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="the file must exist"):
        load_config(tmp_path / "none.yaml")


def test_configs_are_frozen() -> None:
    config = load_config(VALID[0])
    with pytest.raises(ValidationError, match="frozen"):
        config.book.currency = "USD"  # type: ignore[misc]


def test_the_schema_forbids_unknown_keys_and_tells_what_settings_mean() -> None:
    schema = config_schema()
    assert schema["additionalProperties"] is False
    book = schema["$defs"]["BookConfig"]["properties"]
    assert "folder or database URL" in book["path"]["description"]


def test_setting_one_of_two_sections_that_share_their_values_leaves_the_other() -> None:
    text = (Path(__file__).parents[2] / "configs" / "ifc.yaml").read_text(encoding="utf-8")
    assert "*small_book" in text
    alone, both = parse_config(text, ["learners.value.trees=7"]), parse_config(text)
    assert (alone.learners.value.trees, alone.learners.decline.trees) == (7, both.learners.decline.trees)


@pytest.mark.parametrize(
    "setting", ["time.horizon_periods", "run.threads", "book.max_quarantine_share", "guard.inconsistent.refused"]
)
def test_a_truth_is_no_number(setting: str) -> None:
    with pytest.raises(ConfigError, match=rf"{setting}: a number must be written in digits, got True"):
        load_config(VALID[0], [f"{setting}=true"])


def test_a_truth_where_a_section_of_numbers_is_wanted_is_told_as_such() -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(VALID[0], ["value.kinds=true"])
    assert "digits" not in str(refused.value)
