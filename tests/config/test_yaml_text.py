"""YAML that two readers would understand differently, or that never ends, is refused by line; plain YAML is read."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from models.config.loading import load_config, parse_config
from models.config.yaml_text import read_yaml
from models.errors import ConfigError, MissingFileError, UserError

CONFIG = Path(__file__).parents[2] / "configs" / "demo.yaml"
LAUGHS = "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_country_called_no_is_text_and_truth_is_true_or_false() -> None:
    read = read_yaml("{key: [NO, no, Yes, on, off, y], open: true, shut: False, empty: ~}", "the config")
    assert read == {"key": ["NO", "no", "Yes", "on", "off", "y"], "open": True, "shut": False, "empty": None}


def test_dates_numbers_quotes_anchors_and_merged_sections_stay_as_they_are() -> None:
    text = """
    from: 2024-01-01
    numbers: [0, -0.5, 12, 1e3, 0.012]
    texts: ["012", '1:30', "yes"]
    base: &base {a: 1, b: [1]}
    more: {<<: *base, a: 2}
    same: *base
    """
    assert read_yaml(text, "the config") == {
        "from": date(2024, 1, 1),
        "numbers": [0, -0.5, 12, "1e3", 0.012],
        "texts": ["012", "1:30", "yes"],
        "base": {"a": 1, "b": [1]},
        "more": {"a": 2, "b": [1]},
        "same": {"a": 1, "b": [1]},
    }


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (
            "a: {b: 1}\nc: {d: 1,\n  b: 2,\n  d: 3}",
            "each key once in its section, d stands in line 2, got d again in line 4",
        ),
        ("time: 1\n'time': 2", "time stands in line 1, got time again in line 2"),
        ("- a: 1\n  a: 1", "a stands in line 1, got a again in line 2"),
        ("a: 1\nb: 012", "read differently, got 012 in line 2: write the number plainly, or '012' in quotes"),
        ("a: -007", "read differently, got -007 in line 1"),
        ("a: 089", "read differently, got 089 in line 1"),
        ("a: 1:30", "read differently, got 1:30 in line 1"),
        ("a: [10:20:30.5]", "read differently, got 10:20:30.5 in line 1"),
        ("012: a", "read differently, got 012 in line 1"),
        ("a: [" * 60 + "]" * 60, "must not nest deeper than 40 levels"),
        ("a: " + "[" * 5000, "must not nest deeper than 40 levels"),
        ("- " * 3000 + "a", "must not nest deeper than 40 levels"),
        (LAUGHS, "more than 100,000 values once its aliases are written out, got more in line 6"),
        ("a: &a [*a]", "got an alias within what it names in line 1"),
        ("a: &a {<<: *a}", "got an alias within what it names in line 1"),
        ("a: 2024-02-30", "must be YAML, got day is out of range for month"),
        ("a: " + "9" * 5000, "must be YAML, got Exceeds the limit"),
        ("a: !!timestamp x", "must be YAML"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
        ("? [a]\n: 1", "unhashable key in line 1"),
        ("a: {<<: 3}", "merging, but found scalar in line 1"),
        ("a: 1\n---\na: 2", "another document in line 2"),
        ("a: \x07", "must be YAML, got special characters are not allowed"),
        ("a:\n\tb: 1", "must be YAML, got found character '\\t' that cannot start any token in line 2"),
    ],
)
def test_what_has_two_meanings_or_no_end_is_refused_by_line(text: str, reported: str) -> None:
    begun = time.monotonic()
    with pytest.raises(UserError) as caught:
        read_yaml(text, "the config")
    assert reported in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("data", "reported"),
    [
        (
            "a: 1\n# café".encode("cp1252"),
            "must be in UTF-8, got byte 0xE9 in line 2, probably Windows-1252: save it as",
        ),
        ("# 重点\na: 1\n# café".encode() + b"\n# caf\xe9", "byte 0xE9 in line 4, probably Windows-1252"),
        ("# 中国建设银行".encode("gb18030"), "byte 0xD6 in line 1, probably GB18030"),
        ("a: 1\n".encode("utf-16"), "must be in UTF-8, got UTF-16: save it as UTF-8"),
        ("a: é\n".encode("utf-16-le"), "probably UTF-16"),
        ("a: 1\n".encode("utf-32"), "got UTF-32"),
    ],
)
def test_bytes_that_are_not_utf8_name_what_they_probably_are(data: bytes, reported: str) -> None:
    with pytest.raises(UserError, match="must be in UTF-8") as caught:
        read_yaml(data, "the config")
    assert reported in str(caught.value)


def test_a_byte_order_mark_of_utf8_is_no_part_of_the_text() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1", "the config") == {"a": 1}


def test_a_config_its_policy_and_the_command_line_are_read_the_same_way(tmp_path: Path) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    twice = tmp_path / "twice.yaml"
    twice.write_text(text + "\ntime: {period: month, horizon_periods: 2, activity_periods: 3}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"twice\.yaml: 1 problem\n.* time stands in line"):
        load_config(twice)
    (tmp_path / "policies").mkdir()
    policy = CONFIG.parent / "policies" / "project_finance.yaml"
    (tmp_path / "policies" / policy.name).write_bytes(policy.read_bytes() + b"\n# caf\xe9")
    with pytest.raises(ConfigError, match=r"project_finance\.yaml: 1 problem\n  - the policy must be in UTF-8"):
        parse_config(text, folder=tmp_path)
    with pytest.raises(ConfigError, match=r"the value of --set run\.seed must not hold numbers .* got 012"):
        load_config(CONFIG, ["run.seed=012"])
    with pytest.raises(ConfigError, match=r"the value of --set value\.kinds must have each key once"):
        load_config(CONFIG, ["value.kinds={fee: 1, fee: 2}"])


def test_an_address_on_the_command_line_is_never_shown() -> None:
    for override in ("book.path=[postgresql://risk:s3cret@db", "book.pth=postgresql://risk:s3cret@db"):
        with pytest.raises(ConfigError) as caught:
            load_config(CONFIG, [override])
        assert "s3cret" not in str(caught.value)


def test_a_config_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "mine.yaml").write_text("a: 1", encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(MissingFileError, match=r"make it readable \(Permission denied\)"):
        load_config(tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    ("override", "form"),
    [
        (
            "origins.test=2022-04-01",
            "origins.test must be a list, got 2022-04-01: set origins.test, as origins.test=[2022-04-01]",
        ),
        ("features.windows=3,6,12", "features.windows=[3,6,12]"),
        ("backtest.at=2022-04-01", "backtest.at=[2022-04-01]"),
        ("backtest.shares=0.5", "backtest.shares=[0.5]"),
        ("activity.kinds=fee", "activity.kinds=[fee]"),
        ("features.attributes=country", "features.attributes=[country]"),
        ("features.context=country", "features.context=[country]"),
        ("features.macro=gdp_growth", "features.macro=[gdp_growth]"),
        ("features.mix=loan", "features.mix=[loan]"),
        ("features.measures.fee.kinds=fee", "features.measures.fee.kinds=[fee]"),
        ("learners.segments.features=pd_last", "learners.segments.features=[pd_last]"),
        ("learners.segments.methods=kmeans", "learners.segments.methods=[kmeans]"),
        ("learners.value.candidates=tweedie", "learners.value.candidates=[tweedie]"),
        ("regions.key=Asia", "regions.key=[Asia]"),
        ("regions.emerging=Asia", "regions.emerging=[Asia]"),
        ("warnings.compare_periods=3", "warnings.compare_periods=[3]"),
        ("kpis.dimensions=tier", "kpis.dimensions=[tier]"),
        ("funnel.waiting=assessed", "funnel.waiting=[assessed]"),
        ("tune.candidates=tweedie", "tune.candidates=[tweedie]"),
        ("origins.test=", "origins.test=[...]"),
        ("value.kinds=fee", "value.kinds={name: fee}"),
        ("time=5", "time must be a section with keys of its own, got 5: set time, as time={key: 5}"),
    ],
)
def test_one_value_where_several_go_shows_the_form_and_blames_the_command_line(override: str, form: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(CONFIG, [override])
    key = override.partition("=")[0]
    assert str(caught.value).startswith(f"--set {key}: 1 problem")
    assert form in str(caught.value)
