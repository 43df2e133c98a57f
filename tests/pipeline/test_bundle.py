"""The bundle: what is read scores as what was written, and nothing in it depends on where it stands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from models.errors import DamagedBundleError, MissingFileError, UnsealedFileError
from models.learners.boosting import BoostedTrees
from models.learners.contract import FeatureContract
from models.pipeline.bundle import FORMAT, bundle_key, read_bundle, read_report, write_bundle
from models.pipeline.pipeline import FittedModels, score_panel
from models.plausibility.counts import RunCounts
from models.plausibility.reference import NO_REFERENCE, TrainingReference
from models.store.sealed import write_manifest
from support.drawn_panel import ORIGINS, drawn_panel, fitted_models, small_config


@dataclass(frozen=True)
class SmallReport:
    """What a report tells of a book."""

    book: str
    origins: tuple[str, ...] = ()


REPORT = SmallReport("lender")


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
    assert read_report(folder, SmallReport) == REPORT


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
    unbounded = replace(fitted.bounds, bands={}, decline_band=None)
    write_bundle(tmp_path, replace(fitted, bounds=unbounded), small_config(), REPORT, "data")
    scored = score_panel(read_bundle(tmp_path, threads=1).models, drawn_panel().at([ORIGINS[-1]]))
    assert np.isnan(scored.value_low).all()
    assert np.isnan(scored.value_high).all()
    assert np.isnan(scored.decline_high).all()
    assert (scored.value > 0).all()


def test_a_bundle_of_another_format_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    write_manifest(folder, {"format": 99, "book": manifest["book"], "data": manifest["data"]})
    with pytest.raises(DamagedBundleError, match=f"format {FORMAT}, got 99: train again"):
        read_bundle(folder)


def test_an_empty_folder_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"manifest\.json"):
        read_bundle(tmp_path)


def test_the_key_is_of_what_decides_scores_and_not_of_how_they_were_judged(
    fitted: FittedModels, folder: Path, tmp_path: Path
) -> None:
    """A champion to compare with, or more resamples, change what the report says, and no score."""
    other = tmp_path / "other"
    other.mkdir()
    config = small_config(run={"bootstrap_resamples": 3_000})
    write_bundle(other, fitted, config, SmallReport("lender", ("2022-01-01",)), "data")
    assert (other / "manifest.json").read_bytes() != (folder / "manifest.json").read_bytes()
    assert read_bundle(other).key == read_bundle(folder).key == bundle_key(folder)


def test_what_runs_are_held_against_comes_back_and_decides_no_score(
    fitted: FittedModels, folder: Path, tmp_path: Path
) -> None:
    other, reference = tmp_path / "other", TrainingReference(counts=RunCounts(clients=7), weight={"tenure_days": 0.4})
    other.mkdir()
    write_bundle(other, fitted, small_config(), REPORT, "data", reference=reference)
    assert read_bundle(other).reference == reference
    assert read_bundle(other).key == read_bundle(folder).key


def test_a_bundle_of_before_remembers_no_clients(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "reference.json").unlink()
    write_manifest(folder, {name: manifest[name] for name in ("format", "book", "data")})
    assert read_bundle(folder).reference == NO_REFERENCE


@pytest.mark.parametrize("part", ["bounds", "config"])
def test_whatever_decides_scores_changes_the_key(fitted: FittedModels, folder: Path, tmp_path: Path, part: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    models = replace(fitted, bounds=replace(fitted.bounds, decline_band=None)) if part == "bounds" else fitted
    config = small_config(run={"seed": 7}) if part == "config" else small_config()
    write_bundle(other, models, config, REPORT, "data")
    assert read_bundle(other).key != read_bundle(folder).key


PARTS = ("timing", "causes", "value", "decline", "value.tweedie", "notes", "x")
ENDS = ("trees.txt", "settings.json", "json", "txt", "pkl")


def _strange_names(count: int) -> list[str]:
    """Names like those of parts of models, and others, none of which the bundle has."""
    drawn = np.random.default_rng(7)
    known = [
        "timing.trees.txt.bak",
        "causes.trees.txt",
        "causes.settings.json",
        "value.members.json",
        ".DS_Store",
        "客户.txt",
    ]
    made = [f"{drawn.choice(PARTS)}.{drawn.integers(10**6)}.{drawn.choice(ENDS)}" for _ in range(count - len(known))]
    return known + made


def test_of_50_files_that_the_manifest_does_not_name_each_is_refused_before_anything_is_parsed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FeatureContract, "from_json", _parsed)
    monkeypatch.setattr(BoostedTrees, "from_text", _parsed)
    for name in _strange_names(50):
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write("tree\nhalf a mod")
        with pytest.raises(UnsealedFileError, match=r"must be named by manifest\.json beside it"):
            read_bundle(folder)
        (folder / name).unlink()


def _parsed(*_: object, **__: object) -> None:
    raise AssertionError("something was parsed")


def _link(path: Path) -> None:
    path.symlink_to("policy.json")


def _full_folder(path: Path) -> None:
    path.mkdir()
    (path / "trees.txt").touch()


@pytest.mark.parametrize(
    "make", [os.mkfifo, Path.mkdir, _link, _full_folder, Path.touch], ids=lambda each: each.__name__
)
def test_whatever_stands_beside_the_files_of_a_bundle_is_refused(folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / "causes.trees.txt")
    with pytest.raises(UnsealedFileError, match="move it away"):
        read_bundle(folder)


@pytest.mark.parametrize("name", ["value.model.json", "policy.json", "manifest.json"])
@pytest.mark.parametrize(
    "make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("copy")], ids=["fifo", "folder", "link"]
)
def test_a_file_of_a_bundle_that_is_no_plain_file_is_damage(
    folder: Path, name: str, make: Callable[[Path], None]
) -> None:
    (folder / name).rename(folder.with_name("copy"))
    make(folder / name)
    with pytest.raises((DamagedBundleError, MissingFileError), match=name):
        read_bundle(folder)


@pytest.mark.parametrize("left_out", ["value.model.json", "policy.json", "config.json", "report.json", None])
def test_a_manifest_that_was_sealed_over_too_few_files_is_refused(folder: Path, left_out: str | None) -> None:
    """As by a tool that seals what it copied; without any it names none."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for path in [folder / left_out] if left_out else list(folder.iterdir()):
        path.unlink()
    write_manifest(folder, {name: manifest[name] for name in ("format", "book", "data")})
    with pytest.raises(DamagedBundleError, match=r"must name every file of a bundle"):
        read_bundle(folder)


def test_every_flipped_byte_and_every_cut_is_refused(folder: Path) -> None:
    drawn = np.random.default_rng(3)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for place in drawn.integers(len(whole), size=4):
            flipped = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
            for damaged in (flipped, whole[:place]):
                path.write_bytes(damaged)
                with pytest.raises(DamagedBundleError):
                    read_bundle(folder)
        path.write_bytes(whole)
    read_bundle(folder)
