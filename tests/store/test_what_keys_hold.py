"""A tier setting or a word in a text re-reads no book and re-sums no ledger; what its content depends on does."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from models.book.door import Book
from models.book.loading import CHECKED_BY, NAMED_BY, SourceNote
from models.book.periods import PeriodGrid
from models.book.sections import CheckedSections, LedgerSections
from models.config.labels import LabelConfig
from models.config.loading import load_config
from models.config.root import Config
from models.engines.protocol import SessionLimits
from models.panel.build import panel_of
from models.panel.ledger_cache import WRITTEN_BY, kept_book, ledger_key
from models.panel.ledger_plan import LedgerPlan
from models.panel.prepare import write_ledger
from models.store import code
from models.store.code import modules_behind
from models.vocab import SilentProgress
from support.books import AS_OF, book_of, panel_from, settings
from support.random_books import random_book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return book_of(random_book(5, 40), tmp_path / "book")


def changed(config: Config, section: str, **values: object) -> Config:
    """The config with other values in one section."""
    return config.model_copy(update={section: getattr(config, section).model_copy(update=values)})


def checked_key(config: Config, folder: Path) -> str:
    return SourceNote.of(config, str(folder), folder).key.digest


def summed_key(config: Config, book: Book, anchor: date = AS_OF) -> str:
    grid = PeriodGrid(config.time.period, anchor)
    return ledger_key(book, LedgerPlan.of(config, book.tables, notes=False), grid, None).digest


CHANGES: dict[str, tuple[Callable[[Config], Config], bool, bool]] = {
    "the bands of tiers": (lambda c: changed(c, "tiers", **other_values(c.tiers)), False, False),
    "the trees of a learner": (lambda c: changed(c, "learners", **other_values(c.learners)), False, False),
    "the share of decline": (lambda c: changed(c, "decline", share=0.3), False, False),
    "the horizon": (lambda c: changed(c, "time", horizon_periods=5), False, False),
    "what is discounted": (lambda c: changed(c, "value", discount_rate_annual=0.3), False, False),
    "the windows of features": (lambda c: changed(c, "features", windows=(1, 3, 6)), False, False),
    "the origins": (lambda c: changed(c, "origins", max_count=2), False, False),
    "threads": (lambda c: changed(c, "run", threads=2, bootstrap_resamples=9), False, False),
    "the place of the truth": (lambda c: changed(c, "book", truth="truth.parquet"), False, False),
    "what is implausible": (lambda c: changed(c, "guard", **other_values(c.guard)), True, False),
    "how much may be bad": (lambda c: changed(c, "book", max_quarantine_share=0.2), True, False),
    "the smallest amount": (lambda c: changed(c, "book", money_step=1.0), True, True),
    "the period": (lambda c: changed(c, "time", period="quarter"), True, True),
    "what a measure is called": (lambda c: changed(c, "features", measures=called_otherwise(c)), False, False),
    "a measure": (lambda c: changed(c, "features", measures=other_measures(c)), False, True),
    "an attribute": (lambda c: changed(c, "features", attributes=("country",)), False, True),
    "what is activity": (lambda c: changed(c, "activity", kinds=("order",)), False, True),
    "what makes up value": (lambda c: changed(c, "value", kinds={"order": 1.0}), False, True),
    "the size of blocks": (lambda c: changed(c, "run", block_clients=7), False, True),
}
"""What changes -> how, and whether the book is checked again and the ledger summed again."""


def other_values(section: Any) -> dict[str, object]:
    """Every number and flag of a section, otherwise."""
    return {
        name: (not value if isinstance(value, bool) else value / 2 + 0.1)
        for name, value in section
        if isinstance(value, bool | float)
    } or {next(iter(type(section).model_fields)): None}


def without_all_flows(config: Config) -> Config:
    """Without the measure of every kind, beside which no other needs more of the ledger."""
    measures = {name: each for name, each in config.features.measures.items() if name != "all_flows"}
    return changed(config, "features", measures=measures)


def other_measures(config: Config) -> dict[str, object]:
    measures = config.features.measures
    return measures | {"arrears": measures["arrears"].model_copy(update={"kinds": ("write_off",)})}


def called_otherwise(config: Config) -> dict[str, object]:
    label = LabelConfig(en="unpaid", zh="欠款")
    measures = config.features.measures
    return measures | {"arrears": measures["arrears"].model_copy(update={"label": label})}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_decides_the_content_changes_a_key(book: Book, tmp_path: Path, change: str) -> None:
    config = without_all_flows(settings(work_dir=tmp_path / "work"))
    alter, checks, sums = CHANGES[change]
    other = alter(config)
    assert other != config
    assert (checked_key(other, tmp_path) != checked_key(config, tmp_path)) is checks
    assert (summed_key(other, book) != summed_key(config, book)) is sums


def test_dates_whole_periods_apart_share_a_ledger_and_others_do_not(book: Book, tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    key = summed_key(config, book)
    assert summed_key(config, book, date(2019, 2, 1)) == key
    assert summed_key(config, book, date(2020, 7, 15)) != key


def only(**sections: object) -> Any:
    """A config of these sections: to read another is an error."""
    return SimpleNamespace(**sections)


def test_a_ledger_reads_the_sections_of_its_key_and_no_others(book: Book, tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    sections = only(
        book=only(money_step=config.book.money_step, own=config.book.own),
        time=only(period=config.time.period),
        activity=config.activity,
        value=only(kinds=config.value.kinds),
        credit=config.credit,
        decline=only(rule=config.decline.rule),
        features=config.features,
        privacy=config.privacy,
        run=only(block_clients=config.run.block_clients),
    )
    plan = LedgerPlan.of(cast(LedgerSections, sections), book.tables, notes=False)
    grid = PeriodGrid(plan.period, AS_OF)
    (tmp_path / "ledger").mkdir()
    facts = write_ledger(book, plan, grid.standard(), tmp_path / "ledger", None, SessionLimits(memory_gb=1.0))
    assert facts.block_numbers
    assert ledger_key(book, plan, grid, None).digest == summed_key(config, book)


def test_a_check_reads_the_sections_of_its_key_and_no_others(tmp_path: Path) -> None:
    from models.book.checking import check_book  # noqa: PLC0415 - Ibis loads slowly

    folder = tmp_path / "lender"
    folder.mkdir()
    (folder / "clients.csv").write_text("client_id,region\nK1,Asia\n", encoding="utf-8")
    (folder / "cashflows.csv").write_text("client_id,date,kind,amount\nK1,2021-03-01,fee,10\n", encoding="utf-8")
    config = load_config(Path(__file__).parents[1] / "configs" / "valid" / "files.yaml", [])
    sections = cast(
        CheckedSections,
        only(
            book=config.book,
            guard=config.guard,
            time=only(period=config.time.period),
            scale=only(names=config.scale.names),
            plugins=config.plugins,
            privacy=only(keep=config.privacy.keep),
            run=only(threads=1, database_memory_gb=1.0),
        ),
    )
    book = check_book(sections, str(folder), tmp_path / "work", SilentProgress())
    assert [count.rows_used for count in book.counts] == [1, 1]
    assert SourceNote.of(sections, str(folder), folder).key == SourceNote.of(config, str(folder), folder).key


def test_a_text_that_is_shown_is_no_code_of_stored_content() -> None:
    """Neither what features are called, nor sentences, pages, grading, learners, the shell: none re-reads a book.

    ``models.text`` is how a stored notice holds its sentences, not a sentence; decided overrides are rows of a book,
    and so are those that a plug-in reads.
    """
    checked, summed = set(modules_behind(CHECKED_BY)), set(modules_behind(*WRITTEN_BY))
    for modules in (checked, summed, set(modules_behind(NAMED_BY))):
        parts = {module.split(".")[1] for module in modules}
        stored = {"codec", "text", "notices", "showable", "vocab", "encodings", "store", "plugins"}
        assert parts <= {"book", "panel", "engines", "decisions", "plugins", *stored}
        named = {module for module in modules if module.rpartition(".")[2] in ("words", "text", "definitions")}
        assert named <= {"models.text"}
    assert {"models.book.contract", "models.book.sources.ifc", "models.engines.duckdb"} <= checked
    assert {"models.panel.ledger", "models.panel.notes", "models.book.measures"} <= summed
    assert "models.panel.cube" not in summed


def test_a_module_that_is_loaded_when_first_used_is_followed_too() -> None:
    found = set(code._imported('from models.lazy import lazy\n\nledger = lazy("models.panel.ledger")\n'))
    assert {"models.panel", "models.panel.ledger"} <= found


def test_every_import_of_the_code_behind_content_is_followed() -> None:
    """As Python's own parser finds them."""
    for root in ((CHECKED_BY,), WRITTEN_BY, (NAMED_BY,)):
        found = set(modules_behind(*root))
        for module in found:
            tree = ast.parse(code._file_of(module).read_text(encoding="utf-8"))
            named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
            ours = {name for name in named if name.startswith("models.")} - {*root[1:]}
            assert {name for name in ours if not code._is_without_content(name)} <= found, module


def test_code_that_content_is_made_by_changes_the_key(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(work_dir=tmp_path / "work")
    before = summed_key(config, book)
    copy = tmp_path / "site-packages" / "models"
    code.code_of.cache_clear()
    monkeypatch.setattr(code, "_PACKAGE", copied(copy))
    assert summed_key(config, book) == before
    for name, changes in (("panel/features/words.py", False), ("panel/cube.py", False), ("panel/ledger.py", True)):
        (copy / name).write_text((copy / name).read_text(encoding="utf-8") + "\n# a word\n", encoding="utf-8")
        code.code_of.cache_clear()
        assert (summed_key(config, book) != before) is changes, name
    code.code_of.cache_clear()


def copied(to: Path) -> Path:
    return Path(shutil.copytree(code._PACKAGE, to, ignore=shutil.ignore_patterns("__pycache__")))


def test_a_ledger_shared_by_two_dates_says_at_each_what_its_own_says(book: Book, tmp_path: Path) -> None:
    config = settings(work_dir=tmp_path / "work")
    origins = {AS_OF: (-6, 0), date(2020, 1, 1): (0, 6), date(2021, 3, 1): (-14, -8)}
    panels = [panel_of(kept_book(book, config, day), config, these, targets=True) for day, these in origins.items()]
    for panel in panels:
        assert {panel.grid.start_of(int(origin)) for origin in panel.origin} == {date(2020, 1, 1), AS_OF}
        for name in ("value", "declined"):
            np.testing.assert_array_equal(getattr(panel, name), getattr(panels[0], name))
    alone = panel_from(random_book(5, 40), tmp_path / "alone", "features.text_components=0", origins=(-6, 0))
    pd.testing.assert_frame_equal(panels[0].features, alone.features, check_exact=True)
    shared = sorted(set(panels[0].features) & set(panels[1].features))
    pd.testing.assert_frame_equal(panels[1].features[shared], panels[0].features[shared], check_exact=True)
    assert len(list((tmp_path / "work" / "test" / "ledger").iterdir())) == 1
