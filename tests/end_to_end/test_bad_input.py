"""Whatever is wrong with the input, the command says the rule, the value it got and the remedy, and ends with 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from support.lending_book import Lender, drawn_tables, lender_in
from support.trained_lender import TrainedLender

Tables = dict[str, pd.DataFrame]
Command = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One thing wrong with the files of a book, and the words that the message must hold."""

    spoil: Callable[[Tables], None]
    reported: tuple[str, ...]
    settings: tuple[str, ...] = ()


def without_kind(tables: Tables) -> None:
    tables["cashflows"] = tables["cashflows"].drop(columns="kind")


def text_for_amount(tables: Tables) -> None:
    amounts = tables["cashflows"]["amount"].astype(str)
    amounts.iloc[::10] = "twelve"
    tables["cashflows"] = tables["cashflows"].assign(amount=amounts)


def infinite_amounts(tables: Tables) -> None:
    tables["cashflows"].loc[tables["cashflows"].index[::10], "amount"] = float("inf")


def facilities_twice(tables: Tables) -> None:
    tables["facilities"] = pd.concat([tables["facilities"], tables["facilities"].iloc[:60].assign(product="loan")])


def future_flows(tables: Tables) -> None:
    tables["cashflows"].loc[tables["cashflows"].index[::10], "date"] = pd.Timestamp("2031-05-05").date()


def unknown_clients(tables: Tables) -> None:
    tables["clients"] = tables["clients"].iloc[60:]


def unknown_kinds(tables: Tables) -> None:
    tables["cashflows"].loc[tables["cashflows"].index[::10], "kind"] = "intrest"


def few_clients(tables: Tables) -> None:
    tables["clients"] = tables["clients"].iloc[:45]
    for name in ("facilities", "cashflows"):
        tables[name] = tables[name][tables[name]["client_id"].isin(tables["clients"]["client_id"])]


def no_rows(tables: Tables) -> None:
    tables["cashflows"] = tables["cashflows"].iloc[:0]


def everybody_stays(tables: Tables) -> None:
    months = pd.date_range("2018-01-15", "2022-12-15", freq="MS") + pd.Timedelta(days=14)
    every = tables["clients"][["client_id"]].merge(pd.DataFrame({"date": months.date}), how="cross")
    tables["cashflows"] = every.assign(facility_id=None, kind="interest", amount=100.0)


def everybody_leaves(tables: Tables) -> None:
    flows = tables["cashflows"]
    tables["cashflows"] = flows[flows["date"] < pd.Timestamp("2021-12-20").date()]


SPOILED = {
    "missing column": Case(
        without_kind, ("cashflows must have the columns kind", "got only client_id", "add or rename")
    ),
    "text for a number": Case(
        text_for_amount, ("at most 5.0% of the rows", "amount must be a number", "'twelve'", "quarantine.parquet")
    ),
    "infinite amount": Case(infinite_amounts, ("amount must be finite", "'inf'", "mend the source")),
    "facility twice": Case(facilities_twice, ("facility_id must be unique: 60", "mend the source")),
    "future event": Case(
        future_flows,
        ("date must lie before the day until which the book is known", "2031-05-05", "mend the source"),
        settings=("--set", "book.after_known_until=quarantine"),
    ),
    "client of no table": Case(unknown_clients, ("must stand in the table it refers to", "mend the source")),
    "unknown kind": Case(unknown_kinds, ("kind must be one of the allowed words", "'intrest'", "mend the source")),
    "few clients": Case(few_clients, ("at least 50 clients", "bring a larger book")),
    "no cashflow": Case(no_rows, ("at least one cashflow", "got none")),
    "nobody declines": Case(everybody_stays, ("some clients must decline and some not", "got 0 of", "origins.test")),
    "everybody declines": Case(
        everybody_leaves,
        (
            "the book must reach to book.known_until",
            "the last cashflow of 2021-12-15",
            "book.known_until to 2021-12-16",
        ),
    ),
}


@pytest.mark.parametrize("case", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_book_is_refused(case: Case, tmp_path: Path, command: Command) -> None:
    tables = drawn_tables()
    case.spoil(tables)
    ended = command("train", "--config", lender_in(tmp_path, tables).config_file, *case.settings)
    assert_told(ended, *case.reported)


def assert_told(ended: Any, *words: str) -> None:
    """A user's mistake: one paragraph on standard error, nothing else but progress, exit code 2."""
    assert ended.code == 2, ended.err
    assert ended.out == ""
    message = ended.err.partition("error: ")[2]
    assert message
    assert "Traceback" not in ended.err
    for word in words:
        assert word in message, message


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("lender"))


SETTINGS = {
    "unknown key": ("time.horizon_period=6", ("time.horizon_period must be a known key", "mean horizon_periods?")),
    "unknown section": ("tyme.period=week", ("tyme must be a known key", "did you mean time?")),
    "horizon of nought": (
        "time.horizon_periods=0",
        ("greater than or equal to 1", "got 0", "set time.horizon_periods"),
    ),
    "no sign of equality": ("time.horizon_periods", ("--set must read section.key=value", "got time.horizon_periods")),
    "no key": ("=5", ("--set must read section.key=value", "e.g. --set time.horizon_periods=36")),
    "value that is no YAML": ("book.name=[", ("--set book.name must be YAML", "got [", "quotes")),
    "section as a number": ("time=5", ("time", "got 5", "set time")),
    "below a number": ("time.horizon_periods.more=1", ("time.horizon_periods", "valid integer")),
    "test origin after the book": (
        "origins.test=[2024-01-01]",
        ("a test origin must lie after 2018-01-15", "got 2024-01-01", "set origins.test to 2022-07-01"),
    ),
    "test origin without a past": (
        "origins.test=[2018-06-01]",
        ("a book that begins 18 months earlier", "got a book from 2018-01-15", "min_history_periods"),
    ),
    "origins off the grid": ("origins.test=[2022-01-15, 2022-07-01]", ("whole number of months", "use 2022-01-01")),
    "unknown segment feature": (
        "learners.segments.features=[shoe_size]",
        ("learners.segments.features must name features", "got shoe_size", "choose among"),
    ),
}


@pytest.mark.parametrize(("setting", "reported"), SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_setting_is_refused(setting: str, reported: tuple[str, ...], lender: Lender, command: Command) -> None:
    assert_told(command("train", "--config", lender.config_file, "--set", setting), *reported)


def test_all_wrong_settings_are_told_at_once(lender: Lender, command: Command) -> None:
    wrong = ["time.horizon_periods=0", "tiers.aa_share=2", "book.nmae=x"]
    ended = command("train", "--config", lender.config_file, *(part for text in wrong for part in ("--set", text)))
    assert_told(ended, "3 problems", "time.horizon_periods", "tiers.share.AA", "did you mean name?")


def test_a_missing_config_is_told(tmp_path: Path, command: Command) -> None:
    assert_told(command("train", "--config", tmp_path / "none.yaml"), "the file must exist", "none.yaml", "configs/")


@pytest.mark.parametrize("book", ["nowhere", "nowhere/book.csv"])
def test_a_missing_book_is_told(book: str, lender: Lender, command: Command) -> None:
    assert_told(command("train", "--config", lender.config_file, "--book", book), "must exist", book, "name a folder")


def test_a_missing_published_file_is_told(command: Command, tmp_path: Path) -> None:
    config = Path(__file__).parents[2] / "configs" / "ifc.yaml"
    ended = command("run", "--config", config, "--book", "none.csv.gz", "--set", f"run.work_dir={tmp_path}")
    assert_told(ended, "the file must exist", "none.csv.gz", "--book")


def test_a_book_must_be_named(command: Command, tmp_path: Path) -> None:
    config = Path(__file__).parents[2] / "configs" / "ifc.yaml"
    assert_told(command("run", "--config", config, "--set", f"run.work_dir={tmp_path}"), "must be named", "--book")


PREDICTIONS = {
    "date in words": (["--as-of", "yesterday"], ("a date must read YYYY-MM-DD", "got 'yesterday'", "2019-07-01")),
    "in sample": (
        ["--as-of", "2022-12-31"],
        ("these learned until 2023-01-01, got --as-of 2022-12-31", "--in-sample, which marks every row"),
    ),
    "two choices of models": (
        ["--model-of-that-day", "--bundle", "1"],
        ("--model-of-that-day chooses the models itself", "got --bundle 1"),
    ),
    "day first": (["--as-of", "31/12/2022"], ("a date must read YYYY-MM-DD", "31/12/2022")),
    "after the book": (["--as-of", "2023-02-01"], ("not after 2023-01-01", "got 2023-02-01", "--as-of")),
    "before the book": (["--as-of", "2018-01-01"], ("must lie after 2018-01-15", "got 2018-01-01", "--as-of")),
    "unknown alias": (["--bundle", "challenger"], ("must have the version or alias", "got challenger", "train first")),
    "unknown version": (["--bundle", "99"], ("must have the version or alias", "got 99", "mlflow ui")),
    "missing folder": (["--bundle", "no/bundle"], ("the file must exist", "no/bundle", "an alias")),
    "folder without a bundle": (["--bundle", "/"], ("the file must exist", "manifest.json", "folder of a bundle")),
}


@pytest.mark.parametrize(("arguments", "reported"), PREDICTIONS.values(), ids=PREDICTIONS)
def test_a_wrong_prediction_is_refused(
    arguments: list[str], reported: tuple[str, ...], trained: TrainedLender, command: Command, tmp_path: Path
) -> None:
    ended = command("predict", "--config", trained.config_file, "--out", tmp_path / "scores", *arguments)
    assert_told(ended, *reported)
    assert not list(tmp_path.glob("scores/*"))


def test_an_unknown_client_is_told(trained: TrainedLender, command: Command) -> None:
    assert_told(command("explain", "acme  ", "--config", trained.config_file), "got acme", "byte for byte")


def test_a_category_that_training_never_saw_is_scored(trained: TrainedLender, tmp_path: Path, command: Command) -> None:
    tables = drawn_tables()
    moved = tables["clients"]["client_id"].isin(["C0001", "C0002"])
    tables["clients"].loc[moved, ["country", "industry"]] = ["Atlantis", "spaceflight"]
    book = lender_in(tmp_path, tables).book
    ended = command(
        "predict", "--config", trained.config_file, "--book", book, "--out", tmp_path / "scores",
        "--set", f"run.work_dir={tmp_path}",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    scores = pd.read_parquet(tmp_path / "scores" / "latest" / "scores.parquet").set_index("client_id")
    assert scores.loc[["C0001", "C0002"], "value"].gt(0).all()
    assert len(scores) == len(trained.column("client_id"))
