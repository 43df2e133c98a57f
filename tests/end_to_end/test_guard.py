"""A book that is not what the models learned from: refused before anything is published, or told by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from end_to_end.conftest import Command

if TYPE_CHECKING:
    from support.trained_lender import TrainedLender

Change = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Mutated:
    """A change of one table, how predict ends, and what it must say."""

    table: str
    change: Change
    code: int
    says: str


def _scaled(column: str, factor: float) -> Change:
    return lambda rows: rows.assign(**{column: rows[column].astype(float) * factor})


def _kinds(words: dict[str, str]) -> Change:
    return lambda rows: rows.assign(kind=rows["kind"].replace(words))


MUTATED = {
    "amounts in thousandths": Mutated("cashflows", _scaled("amount", 1000), 2, "guard."),
    "amounts in hundreds": Mutated("cashflows", _scaled("amount", 0.01), 2, "guard.level.refused"),
    "amounts of the other sign": Mutated("cashflows", _scaled("amount", -1), 2, "guard."),
    "every row twice": Mutated("cashflows", lambda rows: pd.concat([rows, rows]), 2, "guard.repeated_rows.refused"),
    "a quarter that did not come": Mutated(
        "cashflows", lambda rows: rows[rows["date"] < "2022-10-01"], 2, "guard.late_cashflows.refused"
    ),
    "kinds exchanged": Mutated("cashflows", _kinds({"fee": "interest", "interest": "fee"}), 2, "cashflows"),
    "a kind gone": Mutated("cashflows", _kinds({"fee": "order"}), 2, "cashflows of kind fee"),
    "a column by another name": Mutated(
        "clients", lambda rows: rows.rename(columns={"industry": "industry_code"}), 2, "'industry_code'"
    ),
    "a column gone": Mutated("clients", lambda rows: rows.drop(columns="industry"), 2, "clients.industry"),
    "columns exchanged": Mutated(
        "clients", lambda rows: rows.rename(columns={"country": "industry", "industry": "country"}), 2, "exchanged"
    ),
    "words spelled anew": Mutated(
        "clients", lambda rows: rows.assign(country=rows["country"].str.lower()), 0, "clients.country"
    ),
    "shuffled rows": Mutated("cashflows", lambda rows: rows.sample(frac=1, random_state=3), 0, ""),
}


def changed(trained: TrainedLender, folder: Path, mutated: Mutated) -> Path:
    """The lender's folder with one table changed."""
    shutil.copytree(trained.book, folder)
    file = folder / f"{mutated.table}.csv"
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    mutated.change(rows).to_csv(file, index=False)
    return folder


@pytest.mark.parametrize("name", MUTATED)
def test_a_feed_that_went_wrong_is_refused_or_told(
    name: str, trained: TrainedLender, tmp_path: Path, command: Command
) -> None:
    mutated, out = MUTATED[name], tmp_path / "scores"
    book = changed(trained, tmp_path / "book", mutated)
    work = f"run.work_dir={tmp_path / 'work'}"
    config = ("--config", trained.config_file, "--set", work, "--bundle", str(trained.result.bundle))
    done = command("predict", *config, "--book", book, "--out", out, "--json")
    assert (done.code, out.exists()) == (mutated.code, mutated.code == 0), done.err
    assert mutated.says in (done.err if mutated.code else json.dumps(json.loads(done.out)["notices"]))


def test_the_same_rows_in_another_order_say_what_was_said(
    trained: TrainedLender, tmp_path: Path, command: Command
) -> None:
    book = changed(trained, tmp_path / "book", MUTATED["shuffled rows"])
    place = ("--set", f"run.work_dir={tmp_path / 'work'}", "--out", tmp_path / "scores", "--json")
    bundle = ("--bundle", str(trained.result.bundle))
    done = command("predict", "--config", trained.config_file, "--book", book, *bundle, *place)
    reported = {(each["code"], each["subject"]) for each in json.loads(done.out)["notices"]}
    assert reported == {(each.code, each.subject) for each in trained.predicted.notices}


def test_a_misnamed_table_is_told_and_check_ends_with_three(
    trained: TrainedLender, tmp_path: Path, command: Command
) -> None:
    book = tmp_path / "book"
    shutil.copytree(trained.book, book)
    pd.DataFrame({"client_id": ["00123"], "date": [date(2022, 1, 1)]}).to_csv(book / "rating.csv", index=False)
    place = ("--set", f"run.work_dir={tmp_path / 'work'}", "--page", tmp_path / "check.html")
    done = command("check", "--config", trained.config_file, "--book", book, *place, "--json")
    (stray,) = (each for each in json.loads(done.out)["notices"] if each["code"] == "stray_file")
    assert done.code == 3
    assert (stray["subject"], stray["severity"]) == ("rating.csv", "warning")
    assert "ratings" in stray["remedy"]


def test_a_link_that_leads_nowhere_is_no_absent_table(trained: TrainedLender, tmp_path: Path, command: Command) -> None:
    book = tmp_path / "book"
    shutil.copytree(trained.book, book)
    (book / "ratings.parquet").symlink_to(tmp_path / "nowhere.parquet")
    work = f"run.work_dir={tmp_path / 'work'}"
    done = command("train", "--config", trained.config_file, "--book", book, "--set", work)
    assert done.code == 2
    assert "ratings.parquet" in done.err
    assert "a link to nothing" in done.err


def test_another_draw_of_the_same_world_is_not_refused(
    trained: TrainedLender, tmp_path: Path, command: Command
) -> None:
    noise = np.random.default_rng(4)
    halves = Mutated(
        "cashflows",
        lambda rows: rows.assign(amount=rows["amount"].astype(float) * noise.lognormal(0, 0.2, len(rows))),
        0,
        "",
    )
    book = changed(trained, tmp_path / "book", halves)
    place = ("--set", f"run.work_dir={tmp_path / 'work'}", "--out", tmp_path / "scores")
    bundle = ("--bundle", str(trained.result.bundle))
    done = command("predict", "--config", trained.config_file, "--book", book, *bundle, *place)
    assert done.code == 0, done.err
