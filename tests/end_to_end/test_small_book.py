"""Lenders of few clients run the whole job by its real commands, and read what so few clients cannot tell."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pandas as pd

from end_to_end.conftest import Command

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
SMALL = [
    "run.threads=1",
    "run.bootstrap_resamples=100",
    "learners.value.trees=30",
    "learners.decline.trees=30",
    "origins.max_count=6",
    "origins.group_folds=2",
    "simulation.truth.paths=20",
]


def options(root: Path) -> list[str]:
    places = [
        f"run.work_dir={root / 'processed'}",
        f"run.tracking_uri=sqlite:///{root / 'mlflow.db'}",
        f"run.artifact_dir={root / 'artifacts'}",
    ]
    return [part for setting in (*SMALL, *places) for part in ("--set", setting)]


def read(page: Path) -> str:
    """The words of a page, without markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.read_text())))


def test_a_book_of_300_clients_says_what_it_cannot_tell(command: Command, tmp_path: Path) -> None:
    book = tmp_path / "book"
    said = command("simulate", "--config", DEMO, "--clients", 300, "--out", book, *options(tmp_path))
    assert said.code == 0, said.err
    said = command("run", "--config", DEMO, "--book", book, *options(tmp_path))
    assert said.code == 0, said.err
    scores = pd.read_parquet(tmp_path / "processed" / "demo" / "scores" / "latest" / "scores.parquet")
    assert 50 < len(scores) <= 300
    assert scores["value_low"].notna().all()
    words = read(tmp_path / "processed" / "demo" / "report.html")
    clients = int(re.findall(r"At 2023-01-01: (\d+) clients", words)[0])
    unsure = re.findall(rf"{clients} clients cannot tell by .*? whether ours is better than .*?: the difference", words)
    assert unsure
    shares = re.findall(r"(?:reduced|refinanced away|dormant|default) all (\d+) [\d.]+% [\d.]+% \([\d.]+ to ", words)
    assert shares == [str(clients)] * 4
    lists = pd.read_parquet(tmp_path / "processed" / "demo" / "scores" / "latest" / "lists.parquet")
    assert set(lists["client_id"]) <= set(scores["client_id"])
    assert set(lists["list"]) == {"review_next", "act_early", "keep", "grow", "cut_or_cover"}
    headline = json.loads((tmp_path / "processed" / "demo" / "backtest_headline.json").read_text())
    assert headline["rows"] == clients
    page = read(tmp_path / "processed" / "demo" / "overview.html")
    if headline["claims"]:
        assert f"Judged at 2023-01-01: {clients} grades" in page
        assert "Our work lists against the spreadsheet rule:" in page
    else:
        assert f"Too few clients were judged to tell whether grading pays: {clients}" in page
    assert "cause clients number foreseen realised what could be known" in words


def test_400_clients_train_and_read_who_serves(command: Command, tmp_path: Path) -> None:
    book = tmp_path / "book"
    said = command("simulate", "--config", DEMO, "--clients", 400, "--seed", 1, "--out", book, *options(tmp_path))
    assert said.code == 0, said.err
    said = command("train", "--config", DEMO, "--book", book, *options(tmp_path))
    assert said.code == 0, said.err
    lines = " ".join(said.out.split())
    for target, metric in (("Value", "normalized Gini"), ("Decline", "AUC")):
        assert re.search(rf"serves {target} by .*?: .*? at 1 earlier date \({metric} [+-][\d.]+, 95% ", lines), lines
        assert f"{target} by " in read(tmp_path / "processed" / "demo" / "report.html")
