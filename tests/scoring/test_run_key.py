"""The run key knows all that decides scores, the code too: after an upgrade a rerun is another run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import models
from models.config.root import Config
from models.scoring import run_key as module
from models.scoring.run_key import run_key
from models.store.code import code_hash
from support.drawn_panel import small_config

HOME = Path(str(models.__file__)).parent
TIERS = "grading/decision.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package as it would be installed elsewhere, compiled files and all."""
    return shutil.copytree(HOME, tmp_path / "site-packages" / "models")


def key(**other: Any) -> str:
    facts = {"fingerprint": "data", "bundle": "bundle", "config": small_config(), "as_of": date(2023, 1, 1)} | other
    book, bundle = SimpleNamespace(fingerprint=facts["fingerprint"]), SimpleNamespace(key=facts["bundle"])
    previous = SimpleNamespace(built_on=(facts["previous"],)) if "previous" in facts else None
    return run_key(
        cast("Any", book), cast("Any", bundle), cast("Config", facts["config"]), facts["as_of"], cast("Any", previous)
    )


def test_the_code_is_the_same_wherever_it_is_installed(copy: Path) -> None:
    (copy / "grading" / "__pycache__").mkdir(exist_ok=True)
    (copy / "grading" / "__pycache__" / "left.cpython-311.pyc").touch()
    (copy / "grading" / "terminal.py").write_text("shown = 1\n", encoding="utf-8")
    assert code_hash(copy) == code_hash(HOME)


def edited(copy: Path) -> None:
    (copy / TIERS).write_text((copy / TIERS).read_text(encoding="utf-8") + "\n", encoding="utf-8")


def renamed(copy: Path) -> None:
    (copy / TIERS).rename(copy / "grading" / "decided.py")


def removed(copy: Path) -> None:
    (copy / "learners" / "intervals.py").unlink()


def added(copy: Path) -> None:
    (copy / "newcomer").mkdir()
    (copy / "newcomer" / "rules.py").touch()


def word_changed(copy: Path) -> None:
    (copy / "vocab.py").write_text((copy / "vocab.py").read_text(encoding="utf-8") + "#", encoding="utf-8")


@pytest.mark.parametrize("upgrade", [edited, renamed, removed, added, word_changed])
def test_an_upgrade_is_other_code(copy: Path, upgrade: Callable[[Path], None]) -> None:
    upgrade(copy)
    assert code_hash(copy) != code_hash(HOME)


def test_a_key_knows_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    assert key() == before
    monkeypatch.setattr(module, "scoring_code", lambda: "an upgrade")
    assert key() != before


@pytest.mark.parametrize(
    "other",
    [
        {"fingerprint": "other"},
        {"bundle": "other"},
        {"as_of": date(2023, 1, 2)},
        {"previous": "run before"},
        {"config": small_config(time={"horizon_periods": 5})},
        {"config": small_config(book={"currency": "USD"})},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_decides_scores_changes_the_key(other: dict[str, Any]) -> None:
    assert key(**other) != key()


def test_how_a_run_is_carried_out_and_its_book_read_does_not() -> None:
    run = {"threads": 3, "bootstrap_resamples": 2_000, "work_dir": "/elsewhere", "block_clients": 7, "seed": 5}
    book = {"path": "/somewhere", "max_quarantine_share": 0.9, "known_until": date(2030, 1, 1)}
    assert key(config=small_config(run=run, book=book)) == key()
