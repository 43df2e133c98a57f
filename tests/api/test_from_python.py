"""From Python: a frame of clients, dates and amounts is trained, scored and explained; every verb is a function."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shap
from matplotlib.figure import Figure
from mypy import api as mypy

import models
from models.cli import VERBS
from models.lazy import load
from support.lending_book import drawn_tables

ROOT = Path(__file__).parents[2]
QUICK = ("run.threads=1", "run.bootstrap_resamples=100", "learners.value.trees=12", "learners.decline.trees=12")
SCRIPT = """
from datetime import date
from pathlib import Path

import pandas as pd
import models
from models import Book, ScoredBook, Training, backtest, check, explain, frames, kpis, load_config, predict, run, train

config = load_config(Path("a.yaml"), ["run.threads=1"])
book = Book.from_frames(pd.DataFrame(), currency="EUR")
trained: Training = train(book)
scored: ScoredBook = predict("a.yaml", book="folder", as_of=date(2024, 1, 1))
table: pd.DataFrame = scored.frame()
parts: pd.DataFrame = explain(config, "client").frame("value")
whole = run(book, challenger=True)
count: int = whole.predicted.clients
pages: Path = backtest(config, days=[date(2023, 1, 1)]).page
found: dict[str, pd.DataFrame] = frames(kpis(book).report)
version: str = models.__version__
"""
WRONG = """
from models import backtest, predict

predict("a.yaml", as_of="2024-01-01")
backtest("a.yaml", dayz=[])
"""


def overrides(folder: Path) -> list[str]:
    return [
        *QUICK,
        f"run.work_dir={folder}/out",
        f"run.tracking_uri=sqlite:///{folder}/mlflow.db",
        f"run.artifact_dir={folder}/artifacts",
    ]


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    flows = drawn_tables()["cashflows"]
    kept = flows[flows["kind"] == "interest"]
    return pd.DataFrame({"Customer ID": kept["client_id"], "OrderDate": kept["date"], "Amount": kept["amount"]})


@pytest.fixture(scope="module")
def book(orders: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("python")
    return models.Book.from_frames(orders, currency="EUR", folder=folder / "book", overrides=overrides(folder))


@pytest.fixture(scope="module")
def scored(book: Any) -> Any:
    models.train(book)
    return models.predict(book)


def test_a_frame_of_client_date_and_amount_is_a_book(book: Any, orders: pd.DataFrame) -> None:
    flows = book.frame("cashflows")
    assert set(flows["kind"]) == {"order"}
    assert flows["amount"].sum() == pytest.approx(orders["Amount"].sum())
    assert set(book.frame("clients")["client_id"]) == set(orders["Customer ID"])
    assert any("order +1" in notice for notice in book.notices())


def test_scores_and_reasons_are_frames_and_shap_explanations(scored: Any) -> None:
    scores = scored.frame()
    assert len(scores) == scored.clients > 50
    explanation = scored.explanation("decline")
    assert isinstance(explanation, shap.Explanation)
    assert explanation.values.shape == explanation.data.shape == (scored.clients, len(explanation.feature_names))
    published = scored.frame("explanations").query("model == 'decline'")
    sums = explanation.base_values + explanation.values.sum(axis=1)
    np.testing.assert_allclose(sums, published["prediction"], rtol=1e-6)
    recency = explanation.feature_names.index("activity_recency_days")
    assert np.isfinite(explanation.data[:, recency]).all()


def test_one_client_is_explained_as_a_frame_in_shap_and_as_a_figure(book: Any, scored: Any) -> None:
    client = scored.frame().sort_values("value").client_id.iloc[-1]
    explained = models.explain(book, client)
    probability = scored.frame().set_index("client_id").loc[client, "decline_probability"]
    found = explained.explanation()
    assert found.base_values[0] + found.values.sum() == pytest.approx(probability, abs=1e-6)
    frame = explained.frame()
    assert frame["adds"].abs().is_monotonic_decreasing
    assert isinstance(explained.figure(), Figure)
    assert (repr(book)[:5], str(client) in repr(explained)) == ("Book(", True)
    for each in (book, scored, explained):
        assert len(repr(each)) < 400, "what a notebook shows is one line"
    _, block = explained  # unpacks, as it always did
    assert block.served["decline"].base == found.base_values[0]


def test_other_verbs_take_the_book_and_their_reports_are_frames(book: Any, scored: Any) -> None:
    checked = models.check(book)
    assert checked.audit is not None
    found = models.frames(models.lists(book))
    assert {"lists"} <= set(found)
    trained = models.evaluate(book, out=Path(book.settings.run.work_dir) / "again.json")
    assert {"auc", "log_loss"} <= set(trained.metrics()["metric"])


def test_packages_named_like_verbs_are_those_verbs(tmp_path: Path) -> None:
    load("models.backtest.job")
    assert inspect.ismodule(models.backtest)
    load("models.init.words")
    with pytest.raises(models.UserError, match="the file must exist"):
        models.init(str(tmp_path / "nowhere"))
    with pytest.raises(models.UserError, match="the file must exist"):
        models.backtest("none.yaml")
    with pytest.raises(models.UserError, match="the file must exist"):
        models.tune(Path("none.yaml"))


def test_every_verb_of_the_command_line_has_a_function() -> None:
    elsewhere = {
        "config": "load_config",
        "clients": "find_clients",
        "audit": "audit_chain",
        "publications": "",
        "review": "",
    }
    for verb in VERBS:
        assert not elsewhere.get(verb, verb) or elsewhere.get(verb, verb) in dir(models), verb


def test_names_are_listed_typed_and_there() -> None:
    typed = load("models.api.typed")
    assert set(models._JOBS) == {name for name in vars(typed) if getattr(vars(typed)[name], "__wrapped__", None)}
    for name in models.__all__:
        assert getattr(models, name) is not None
    assert models.__version__
    with pytest.raises(AttributeError):
        models.nothing_of_that_name  # noqa: B018


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"who": ["a"], "date": ["2024-01-01"], "amount": [1]}), "no client_id among who, date, amount"),
        (pd.DataFrame({"client": ["a"], "date": ["soon"], "amount": [1]}), "the dates of cashflows must be dates"),
    ],
)
def test_a_frame_without_what_is_needed_is_told(frame: pd.DataFrame, said: str, tmp_path: Path) -> None:
    with pytest.raises(models.UserError) as caught:
        models.Book.from_frames(frame, folder=tmp_path / "book")
    assert said in str(caught.value)
    assert not (tmp_path / "book").exists()


@pytest.mark.slow
def test_a_script_of_a_user_passes_a_strict_type_checker_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    for text, errors in ((SCRIPT, 0), (WRONG, 2)):
        file = tmp_path / f"script_{errors}.py"
        file.write_text(text, encoding="utf-8")
        options = ["--strict", "--follow-imports=silent", f"--cache-dir={tmp_path}/cache", "--config-file="]
        printed, _, code = mypy.run([*options, str(file)])
        assert printed.count(": error:") == errors, printed
        assert bool(code) == bool(errors)
