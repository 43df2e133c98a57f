"""An index is whole and of its run, or it is not opened; it is made again from the run, and goes with it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from models.config.nightly import KeptConfig
from models.config.root import Config
from models.directory.building import build_index
from models.directory.index import ClientIndex
from models.directory.job import find_clients
from models.directory.places import CODES, index_folder
from models.directory.report import EVERYTHING, ClientQuery
from models.errors import DamagedBundleError, MissingFileError
from models.retention.job import gc
from models.retention.rules import Why
from models.store.sealed import read_facts, write_manifest
from support.books import settings
from support.published_clients import drawn_clients, publish_clients


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return publish_clients(tmp_path / "book" / "scores", drawn_clients(20))


def config(tmp_path: Path) -> Config:
    made = settings(work_dir=tmp_path)
    kept = made.nightly.model_copy(update={"kept": KeptConfig(fetched_days=1)})
    return made.model_copy(update={"book": made.book.model_copy(update={"name": "book"}), "nightly": kept})


def test_a_run_without_an_index_is_not_searched_but_the_remedy_is_named(tmp_path: Path) -> None:
    run = publish_clients(tmp_path / "book" / "scores", drawn_clients(20), indexed=False)
    with pytest.raises(MissingFileError, match="clientvalue clients --rebuild"):
        ClientIndex.open(run)
    page = find_clients(config(tmp_path), ClientQuery(scope=EVERYTHING), rebuild=True)
    assert (page.found.total, page.run) == (20, run)


def test_a_file_that_was_changed_is_refused(run: Path) -> None:
    codes = index_folder(run) / CODES
    content = bytearray(codes.read_bytes())
    content[-1] ^= 1
    codes.write_bytes(content)
    with pytest.raises(DamagedBundleError, match=r"codes\.npy must be as it was written"):
        ClientIndex.open(run)


def test_an_index_of_other_scores_is_built_anew(run: Path) -> None:
    before = read_facts(index_folder(run))["of"]
    scores = run / "scores.parquet"
    scores.write_bytes(scores.read_bytes() + b" ")
    facts = {name: value for name, value in read_facts(run).items() if name != "files"}
    shutil.copy(run / "clients.parquet", scores.with_name("x"))
    (run / "x").unlink()
    write_manifest(run, facts)
    with pytest.raises(MissingFileError):
        ClientIndex.open(run)
    scores.write_bytes(scores.read_bytes()[:-1])
    write_manifest(run, facts)
    assert read_facts(build_index(run))["of"] == before


def test_the_same_run_gives_the_same_index(run: Path) -> None:
    first = read_facts(build_index(run))
    shutil.rmtree(index_folder(run))
    assert read_facts(build_index(run)) == first
    assert [each.name for each in index_folder(run).parent.iterdir()] == [run.name]


def test_a_run_of_an_earlier_version_is_told_apart(run: Path) -> None:
    shutil.rmtree(index_folder(run))
    (run / "clients.parquet").unlink()
    write_manifest(run, {name: value for name, value in read_facts(run).items() if name != "files"})
    with pytest.raises(MissingFileError, match="predict again"):
        build_index(run)


def test_gc_takes_an_index_whose_run_is_gone_and_keeps_that_of_the_newest(tmp_path: Path, run: Path) -> None:
    own = index_folder(run)
    gone = own.with_name("2020-01-01-aaaaaaaaaaaa")
    shutil.copytree(own, gone)
    long_ago = time.time() - 9 * 86_400
    for file in own.iterdir():
        os.utime(file, (long_ago, long_ago))
    found = gc(config(tmp_path))
    assert [(each.folder, each.why) for each in found.removed] == [(gone, Why.INDEX)]
    assert own.is_dir()
    assert ClientIndex.open(run)
