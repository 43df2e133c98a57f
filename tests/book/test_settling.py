"""A config that leaves nearly everything open: what the period and the book make of it, and that it is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from models.book.loading import load_book
from models.book.settling import settled
from models.config.defaults import with_defaults
from models.config.loading import load_config, parse_config
from models.config.printing import config_yaml, printed_config
from models.config.root import Config
from models.errors import ConfigError, UserError
from models.text import Language
from models.vocab import SilentProgress
from support.lending_book import drawn_tables, write_tables

SHIPPED = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tables(tmp_path_factory.mktemp("lender") / "book", drawn_tables())


def first_config(book: Path, *overrides: str) -> Config:
    text = f"book: {{name: first, path: {book}, currency: EUR, known_until: 2023-01-01}}\nrun: {{work_dir: {book}/out}}"
    return parse_config(text, overrides)


def settled_config(book: Path, *overrides: str) -> Config:
    config = first_config(book, *overrides)
    return settled(config, load_book(config, None, book / "out", SilentProgress()))


def test_a_lending_book_settles_value_activity_features_and_origins(lender: Path) -> None:
    config = settled_config(lender)
    assert config.value.kinds == {"interest": 1.0, "fee": 1.0, "funding_cost": -1.0}
    assert config.activity.kinds == ("interest", "fee")
    assert config.decline.rule == "drop"
    assert set(config.features.measures) == {"drawdown", "interest", "fee", "funding_cost", "arrears"}
    assert (config.features.attributes, config.features.context) == (("country", "industry"), ("country", "industry"))
    assert set(config.features.facility_counts) == {"loan", "guarantee", "advice"}
    assert config.origins.test == (date(2022, 1, 1),)  # sixty months, twelve of outcomes
    assert settled(config, load_book(config, None, lender / "out", SilentProgress())) is config


def test_what_was_settled_is_told_in_both_languages(lender: Path) -> None:
    config = first_config(lender)
    notices = load_book(config, None, lender / "out", SilentProgress()).notices
    found = {notice.subject: notice for notice in notices if notice.code == "settled_by_the_book"}
    assert set(found) == {"origins.test", "value.kinds", "activity.kinds", "features"}
    assert "interest +1, fee +1, funding_cost -1" in found["value.kinds"].found
    assert "2022-01-01" in found["origins.test"].within(Language("zh"))[0]
    assert "检验日" in found["origins.test"].within(Language("zh"))[0]


def test_a_short_book_gets_a_shorter_horizon_and_windows_that_fit(tmp_path: Path) -> None:
    tables = drawn_tables()
    flows = tables["cashflows"]
    short = flows[flows["date"] >= date(2021, 1, 1)]
    clients = tables["clients"]
    book = write_tables(tmp_path / "book", {"clients": clients, "cashflows": short.drop(columns="facility_id")})
    config = settled_config(book)
    assert config.time.horizon_periods == 6  # 24 months
    assert config.features.windows == (1, 3, 6, 12)
    assert config.stages.trend_window_periods in config.features.windows[:-1]
    assert config.origins.test == (date(2022, 7, 1),)
    assert config.learners.segments.features[0] == "value_sum_6p"


def test_a_book_of_orders_counts_orders_and_lapse(tmp_path: Path) -> None:
    days = pd.date_range("2018-01-03", "2022-12-20", freq="W")
    orders = pd.DataFrame({"client_id": "a", "date": days, "kind": "order", "amount": 5.0})
    back = orders.tail(4).assign(kind="cancellation")
    book = write_tables(
        tmp_path / "book",
        {"clients": pd.DataFrame({"client_id": ["a"]}), "cashflows": pd.concat([orders, back], ignore_index=True)},
    )
    config = settled_config(book)
    assert config.value.kinds == {"order": 1.0, "cancellation": -1.0}
    assert (config.activity.kinds, config.decline.rule) == (("order",), "lapse")


def test_kinds_that_tell_nothing_of_value_are_asked_for(tmp_path: Path) -> None:
    flows = drawn_tables()["cashflows"]
    tables = {"clients": drawn_tables()["clients"], "cashflows": flows[flows["kind"] == "drawdown"]}
    book = write_tables(tmp_path / "book", {**tables, "cashflows": tables["cashflows"].drop(columns="facility_id")})
    with pytest.raises(UserError) as caught:
        settled_config(book)
    assert str(caught.value) == (
        "value.kinds must be given where no kind of cashflow tells it, got cashflows of drawdown: set value.kinds, or "
        "bring interest, fee, order or commitment"
    )


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("latest complete", (date(2022, 1, 1),)),
        ("last 3", (date(2021, 7, 1), date(2021, 10, 1), date(2022, 1, 1))),
    ],
)
def test_test_origins_in_words_move_with_the_book(lender: Path, words: str, days: tuple[date, ...]) -> None:
    assert settled_config(lender, f"origins.test={words}").origins.test == days
    assert settled_config(lender, f"origins.test={words}") == settled_config(
        lender, f"origins.test=[{', '.join(map(str, days))}]"
    )
    earlier = settled_config(
        lender, f"origins.test={words}", "book.known_until=2022-10-01", "book.max_quarantine_share=0.1"
    )
    assert earlier.origins.test[-1] == date(2021, 10, 1)


def test_other_words_for_origins_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config("book: {name: a, path: b, currency: EUR}\norigins: {test: last quarter}")
    assert "test must be dates, latest complete, or last and a number, got last quarter" in str(caught.value)


def test_what_is_given_stands_and_the_rest_follows_it(lender: Path) -> None:
    config = settled_config(lender, "time.horizon_periods=4", "value.kinds={fee: 1}", "features.windows=[2, 4]")
    assert config.time.activity_periods == 4
    assert config.value.kinds == {"fee": 1.0}
    assert config.features.measures == {}  # who sets windows says what is measured, as configs always did
    assert config.stages.trend_window_periods == 2


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_configs_leave_nothing_open(file: Path) -> None:
    assert load_config(file).unset == ()


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_a_config_of_one_line_is_whole_for_every_period(period: str) -> None:
    config = parse_config(f"book: {{name: a, path: b, currency: EUR}}\ntime: {{period: {period}}}")
    assert config.features.windows[-1] == 2 * config.time.horizon_periods


def test_a_printed_config_names_its_defaults_and_reads_as_the_same(lender: Path) -> None:
    config = first_config(lender, "origins.spacing_periods=2")
    printed = json.loads(json.dumps(printed_config(config)))
    assert {"time.period", "features.measures", "kpis", "book.money_step"} <= set(printed["defaults"])
    assert not {"book.name", "origins.spacing_periods", "run.work_dir"} & set(printed["defaults"])
    assert "kinds" not in printed["value"]
    for text in (json.dumps(printed), config_yaml(config)):
        again = parse_config(text)
        assert again == config
    assert "period: month  # default\n" in config_yaml(config)
    assert yaml.safe_load(config_yaml(config))["origins"]["spacing_periods"] == 2


def test_a_section_that_is_none_is_left_to_the_check_of_the_whole() -> None:
    filled = with_defaults({"book": "lender", "time": [1], "learners": {"segments": 3}})
    assert filled.raw["time"] == [1]
    with pytest.raises(ConfigError):
        parse_config("{book: lender, time: [1], learners: {segments: 3}}")
