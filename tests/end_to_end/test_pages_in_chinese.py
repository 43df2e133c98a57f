"""A Chinese credit officer opens each page of a run: nothing on it is English but what the book itself calls so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.audit.job import check
from models.book.contract import TABLES
from models.kpis.job import kpis
from models.overview.job import overview
from models.segments.job import segments
from models.shell.editions import edition_file
from models.text import ENGLISH
from support.languages import CHINESE
from support.pages import english_words
from support.trained_lender import TrainedLender


@pytest.fixture(scope="module")
def names(trained: TrainedLender) -> set[str]:
    """What the book calls its clients, where they are and what they do; words of the contract."""
    files = [trained.book / f"{name}.csv" for name in ("clients", "facilities")]
    tables = [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files]
    words = {word for table in tables for column in table for word in table[column].unique()}
    ours = {word for table in TABLES.values() for column in table.columns for word in (column.name, *column.allowed)}
    return {"lender", *TABLES, *ours, *(word for word in words if any(letter.isalpha() for letter in word))}


@pytest.fixture(scope="module")
def written(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages that a run, and the verbs that look at it, leave."""
    folder = tmp_path_factory.mktemp("pages")
    figures = kpis(trained.config, book=str(trained.book), out=folder)
    return {
        "report": trained.result.page,
        "overview": overview(trained.config, book=trained.result.book, page=folder / "overview.html").page,
        "segments": segments(trained.config, book=str(trained.book), page=folder / "segments.html").page,
        "kpis": figures.files["html"],
        "check": check(trained.config, book=str(trained.book), page=folder / "check.html").page or folder,
    }


@pytest.mark.parametrize("page", ["report", "overview", "segments", "kpis", "check"])
def test_a_page_in_chinese_has_no_english_but_names(written: dict[str, Path], page: str, names: set[str]) -> None:
    english = written[page]
    chinese = english.with_name(edition_file(english.name, CHINESE))
    found = english_words(chinese.read_text("utf-8"), names=names)
    assert found == [], "\n".join(found)
    assert f'href="{english.name}"' in chinese.read_text("utf-8")
    assert f'href="{chinese.name}"' in english.read_text("utf-8")


def test_a_page_in_english_is_what_the_other_is_beside(written: dict[str, Path]) -> None:
    """The check above would pass an empty page."""
    found = english_words(written["overview"].read_text("utf-8").replace(f'lang="{ENGLISH}"', 'lang="zh"'))
    assert "Does it pay?" in found
    assert len(found) > 50
