"""Every feature of every book is called something by people, in English and Chinese, and no two are called the same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from models.book.periods import PeriodGrid
from models.config.loading import load_config, parse_config
from models.config.root import Config
from models.panel.build import panel_of
from models.panel.features.words import FeatureWords
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.prepare import fit_notes
from models.reasons.ranking import Grouping
from models.text import ENGLISH, languages
from support.books import AS_OF, SETTINGS, book_of
from support.random_books import random_book

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
CHINESE = re.compile(r"[一-鿿]")


def panel_by(config: Config, folder: Path) -> Panel:
    """A book that holds every table, measured as this config asks."""
    book = book_of(random_book(5, 60), folder)
    notes = fit_notes(book, config, PeriodGrid(config.time.period, AS_OF).start_of(0))
    with prepared_book(book, config, AS_OF, notes) as prepared:
        return panel_of(prepared, config, [0], targets=False)


@pytest.fixture(scope="module", params=[*CONFIGS, SETTINGS], ids=[*(path.stem for path in CONFIGS), "every measure"])
def panel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Panel:
    folder = tmp_path_factory.mktemp("book")
    overrides = [f"run.work_dir={folder / 'work'}", "run.threads=1"]
    read = parse_config if isinstance(request.param, str) else load_config
    return panel_by(read(request.param, overrides), folder)


def texts_of(words: FeatureWords) -> list[tuple[str, str]]:
    """Every text of a feature with its language, its value filled in."""
    phrases = [words.title, words.description, words.missing, *([words.none] if words.none else []), *words.than]
    texts = [(language, phrase.within(language)) for phrase in phrases for language in languages()]
    return [*texts, *((language, words.state("1", language)) for language in languages())]


def test_every_feature_has_words_in_both_languages(panel: Panel) -> None:
    assert list(panel.words) == list(panel.features.columns)
    for name, words in panel.words.items():
        for language, text in texts_of(words):
            assert text.strip() == text != "", name
            assert not set("{}") & set(text), f"{name}: {text}"
            assert (language == "en") == (CHINESE.search(text) is None) or name.startswith(OWN_NAMES), f"{name}: {text}"


OWN_NAMES = ("meetings", "waiting", "latest_waiting", "pipeline", "all_flows", "group_latest_waiting")
"""Measures of the tests' own book whose names are no common words; they keep their names in both languages."""


def test_a_clause_tells_the_value_once(panel: Panel) -> None:
    for name, words in panel.words.items():
        for language in languages():
            assert words.state("{here}", language).count("{here}") == 1, name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_features_are_described_alike(panel: Panel, language: str) -> None:
    described = Counter(words.describe(language) for words in panel.words.values())  # type: ignore[arg-type]
    assert [text for text, times in described.items() if times > 1] == []


def test_a_reason_has_one_title_and_a_title_one_reason(panel: Panel) -> None:
    titles = defaultdict(set)
    for words in panel.words.values():
        titles[words.reason].add(words.title)
    assert {len(found) for found in titles.values()} == {1}
    assert len({title.within(ENGLISH) for found in titles.values() for title in found}) == len(titles)


def test_the_windows_of_a_measure_are_one_reason(panel: Panel) -> None:
    of_value = {words.reason for name, words in panel.words.items() if name.startswith("value_sum_")}
    assert of_value == {"value_so_far"}
    assert len({words.reason for words in panel.words.values()}) < len(panel.words) / 3


def test_a_cause_that_shows_in_several_figures_is_one_reason(panel: Panel) -> None:
    """By the first word of a feature's name, which says where it is read from."""
    for members in CAUSES:
        reasons = {words.reason for name, words in panel.words.items() if name.startswith(members)}
        assert len(reasons) <= 1, (members, reasons)


CAUSES = (
    ("arrears_", "write_off_", "recovery_", "default_", "group_default_"),
    ("drawdown_", "repayment_", "balance_", "facility_outstanding", "facility_utilisation"),
    ("activity_",),
    ("interest_",),
    ("fee_",),
    ("complaint_", "resolution_hours_"),
    ("campaign_", "response_count", "response_recency"),
    ("csat_", "nps_"),
    ("pd_",),
    ("facility_remaining_tenor", "facility_first_maturity", "facility_last_maturity", "facility_runs_share"),
    ("facility_open_", "facility_limit_", "facility_early_end_"),
    ("funnel_",),
)


def test_a_cause_in_three_lines_outweighs_a_smaller_one_in_one_line(tmp_path: Path) -> None:
    """Late payment adds 12.6 + 7.9 + 5.4 points, more than the 17.6 of business in the making: it is named first."""
    points = {"arrears_recency_days": 12.6, "arrears_days": 7.9, "arrears_sum_12p": 5.4, "funnel_open_count": 17.6}
    demo = Path(__file__).parents[2] / "configs" / "demo.yaml"
    panel = panel_by(load_config(demo, [f"run.work_dir={tmp_path / 'work'}", "run.threads=1"]), tmp_path)
    grouping = Grouping.of(list(panel.words), panel.words)
    summed = np.bincount(grouping.place, weights=[points.get(name, 0.0) for name in panel.words])
    assert grouping.reasons[int(summed.argmax())] == panel.words["arrears_days"].reason
    assert summed.max() == pytest.approx(25.9)
