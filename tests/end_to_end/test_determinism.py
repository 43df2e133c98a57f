"""The same input, config and seed give the same bytes: anywhere, in any order of rows, on any number of threads."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models.config.root import Config
from models.errors import DamagedBundleError
from models.explanation.job import client_story, explain
from models.explanation.reasons import explained_reasons
from models.explanation.report import client_document
from models.pipeline.bundle import read_bundle
from models.scoring.blocks import WORKER_BLOCKS
from models.scoring.compute import predict_book
from models.scoring.job import predict
from models.scoring.publication import IN_SAMPLE
from models.scoring.report import Predicted
from models.training.compute import train_models
from models.vocab import SilentProgress
from models.workspace.opening import open_book
from support.lending_book import Lender, drawn_tables, lender_in
from support.trained_lender import TrainedLender, trained_lender

AS_OF = date(2022, 7, 1)


@dataclass(frozen=True)
class Left:
    """What training and predicting left: the bundle's files and the published ones."""

    bundle: dict[str, bytes]
    published: dict[str, bytes]
    run_key: str


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def left_by(trained: TrainedLender) -> Left:
    return Left(files_of(trained.result.bundle), files_of(trained.predicted.folder), trained.predicted.run_key)


def worked(lender: Lender, root: Path) -> Left:
    """The same workflows without a tracker."""
    book = open_book(lender.config, None, SilentProgress())
    train_models(book, lender.config, root / "bundle")
    reported = predict_book(book, read_bundle(root / "bundle", threads=1), lender.config, root / "scores")
    return Left(files_of(root / "bundle"), files_of(reported.folder), reported.run_key)


def assert_same(one: Left, other: Left) -> None:
    assert one.run_key == other.run_key
    assert one.published.keys() == other.published.keys()
    assert [name for name in one.published if one.published[name] != other.published[name]] == []
    assert [name for name in one.bundle if one.bundle[name] != other.bundle[name]] == []


@pytest.fixture(scope="module")
def first(trained: TrainedLender) -> Left:
    return left_by(trained)


def test_another_folder_and_registry_give_the_same_bytes(first: Left, tmp_path: Path) -> None:
    assert_same(first, left_by(trained_lender(tmp_path)))


def test_shuffled_rows_in_other_files_give_the_same_bytes(first: Left, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    shuffled = {name: table.iloc[random.permutation(len(table))] for name, table in drawn_tables().items()}
    assert_same(first, worked(lender_in(tmp_path, shuffled, ending="parquet"), tmp_path))


def test_two_threads_and_small_blocks_give_the_same_bytes(first: Left, tmp_path: Path) -> None:
    lender = lender_in(tmp_path, run={"threads": 2, "block_clients": 70})
    again = worked(lender, tmp_path)
    assert again.run_key == first.run_key
    assert [name for name in first.bundle if first.bundle[name] != again.bundle[name]] == []
    assert again.published["manifest.json"] == first.published["manifest.json"]


def shared(config: Config) -> Config:
    """The same with blocks so small that two processes share them."""
    return config.model_copy(update={"run": config.run.model_copy(update={"threads": 2, "block_clients": 8})})


def test_processes_that_share_the_blocks_give_the_same_bytes(trained: TrainedLender, tmp_path: Path) -> None:
    bundle = read_bundle(trained.result.bundle)
    alone = predict_book(trained.result.book, bundle, trained.config, tmp_path / "alone")
    together = predict_book(trained.result.book, bundle, shared(trained.config), tmp_path / "together")
    assert together.clients > 2 * WORKER_BLOCKS * 8
    assert files_of(together.folder) == files_of(alone.folder)


def test_what_goes_wrong_in_another_process_is_told_as_it_was(trained: TrainedLender, tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(trained.result.bundle, copy)
    bundle = read_bundle(copy)
    (copy / "peers.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DamagedBundleError, match=r"peers\.json"):
        predict_book(trained.result.book, bundle, shared(trained.config), tmp_path / "scores")
    assert not list((tmp_path / "scores").glob("2*"))


def test_another_seed_gives_another_model(first: Left, tmp_path: Path) -> None:
    again = worked(lender_in(tmp_path, run={"seed": 8}), tmp_path)
    assert again.bundle["value.trees.txt"] != first.bundle["value.trees.txt"]
    assert again.run_key != first.run_key


def test_another_as_of_date_gives_another_key_and_folder(trained: TrainedLender, tmp_path: Path) -> None:
    reported = predict(trained.config, book=trained.result.book, as_of=AS_OF, out=tmp_path, how=IN_SAMPLE)
    assert reported.run_key != trained.predicted.run_key
    assert reported.folder.name.startswith("2022-07-01-")


def test_a_book_that_ends_on_the_last_day_of_a_month_is_scored_as_of_that_day(
    trained: TrainedLender, tmp_path: Path
) -> None:
    settings = {"book": {"known_until": "2022-12-31"}}
    lender = lender_in(tmp_path, **settings)
    reported = predict(lender.config, bundle=str(trained.result.bundle), how=IN_SAMPLE)
    assert reported.as_of == date(2022, 12, 31)
    _, block = explain(lender.config, "C0002", bundle=str(trained.result.bundle))
    assert block.panel.grid.anchor == date(2022, 12, 31)


def test_predicting_again_leaves_the_same_folder(trained: TrainedLender) -> None:
    before = files_of(trained.predicted.folder)
    reported: Predicted = predict(trained.config)
    assert reported.folder == trained.predicted.folder
    assert files_of(reported.folder) == before


@pytest.mark.parametrize("place", [0, 57, -1])
def test_one_client_alone_is_as_in_the_whole_book(trained: TrainedLender, place: int) -> None:
    client = trained.column("client_id")[place]
    bundle, block = explain(trained.config, client)
    document = client_document(client_story(trained.config, client))
    for name in ("client_id", "value", "value_low", "value_high", "decline_probability"):
        assert getattr(document, name) == trained.column(name)[place], name
    for name in ("stage", "segment", "tier", "tier_reason", "relationship_type", "need_type", "segment_name"):
        assert getattr(document, name) == trained.column(name)[place], name
    (reported,) = explained_reasons(bundle, block, lang="zh")
    for reason, stored in zip(
        reported.decline, trained.column("reasons")[place], strict=False
    ):  # stored: the five largest
        assert (reason.effect * 100.0, reason.figures.usual) == (stored["points"], stored["usual"])
        assert (reason.reason, reason.figures.observed) == (stored["reason"], stored["observed"])
