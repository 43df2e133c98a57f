"""The bundle: what is read scores as what was written, and nothing in it depends on where it stands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.errors import DamagedBundleError, MissingFileError
from models.workflows.bundle import read_bundle, read_report, write_bundle
from models.workflows.publish import write_manifest
from models.workflows.recipe import FittedModels, score_panel
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config

REPORT = {"origins": [], "book": "lender"}


@pytest.fixture(scope="module")
def fitted() -> FittedModels:
    return fitted_models()


@pytest.fixture
def folder(fitted: FittedModels, tmp_path: Path) -> Path:
    place = tmp_path / "bundle"
    place.mkdir()
    write_bundle(place, fitted, small_config(), REPORT, "data")
    return place


def test_what_is_read_scores_as_what_was_written(fitted: FittedModels, folder: Path) -> None:
    test = drawn_panel().at([ORIGINS[-1]])
    ours, read = score_panel(fitted, test), score_panel(read_bundle(folder, threads=1).models, test)
    for name in ("value", "value_low", "value_high", "decline_probability", "segment"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(read, name), err_msg=name)


def test_everything_comes_back(fitted: FittedModels, folder: Path) -> None:
    bundle = read_bundle(folder, threads=1)
    assert bundle.models.contract == fitted.contract
    assert bundle.models.policy == fitted.policy
    assert bundle.models.bounds == fitted.bounds
    assert bundle.config.meaning() == small_config().meaning()
    assert read_report(folder) == REPORT


def test_writing_again_gives_the_same_bytes_and_key(fitted: FittedModels, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_bundle(other, fitted, small_config(), REPORT, "data")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in other.iterdir()
    }
    assert read_bundle(folder).key == read_bundle(other).key


def test_other_data_give_another_key(fitted: FittedModels, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_bundle(other, fitted, small_config(), REPORT, "other data")
    assert read_bundle(folder).key != read_bundle(other).key


def test_places_and_threads_are_not_part_of_it(fitted: FittedModels, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    config = small_config(run={"threads": 7, "work_dir": "/elsewhere"}, book={"path": "/somewhere"})
    write_bundle(other, fitted, config, REPORT, "data")
    assert (folder / "config.json").read_bytes() == (other / "config.json").read_bytes()


def test_a_short_book_has_no_intervals(fitted: FittedModels, tmp_path: Path) -> None:
    unbounded = replace(fitted.bounds, bands=None, decline_band=None)
    write_bundle(tmp_path, replace(fitted, bounds=unbounded), small_config(), REPORT, "data")
    scored = score_panel(read_bundle(tmp_path, threads=1).models, drawn_panel().at([ORIGINS[-1]]))
    assert np.isnan(scored.value_low).all()
    assert np.isnan(scored.value_high).all()
    assert np.isnan(scored.decline_high).all()
    assert (scored.value > 0).all()


def test_a_bundle_of_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    write_manifest(folder, {"format": 99, "book": manifest["book"], "data": manifest["data"]})
    with pytest.raises(DamagedBundleError, match="format 6, got 99: train again"):
        read_bundle(folder)


def test_an_empty_folder_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"manifest\.json"):
        read_bundle(tmp_path)
