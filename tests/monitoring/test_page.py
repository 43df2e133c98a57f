"""The page of monitoring, in both languages, also from the report that was kept."""

from __future__ import annotations

from dataclasses import replace

from models.codec import from_json, to_json_text
from models.monitoring.job import Monitored
from models.monitoring.page import monitor_page
from models.monitoring.plots import outcome_charts
from models.monitoring.report import MonitorReport
from models.shell.editions import Edition
from support.languages import CHINESE
from support.monitored_book import MonitoredBook
from support.pages import english_words


def test_the_page_speaks_chinese_also_from_what_was_kept(published: MonitoredBook, looked: Monitored) -> None:
    limits = published.config.monitor
    report = replace(looked.report, notices=())  # those of the door have their own test
    page = monitor_page(report, limits, Edition(CHINESE))
    assert english_words(page, names=["lender", "AA"]) == []
    kept = from_json(MonitorReport, to_json_text(report), subject="it", remedy="write it again")
    assert monitor_page(kept, limits, Edition(CHINESE)) == page


def test_both_languages_stand_side_by_side(looked: Monitored) -> None:
    chinese = looked.page.with_suffix(".zh.html")
    assert f'href="{chinese.name}"' in looked.page.read_text(encoding="utf-8")
    assert 'lang="zh' in chinese.read_text(encoding="utf-8")


def test_what_one_publication_foresaw_is_seen_beside_what_came(looked: Monitored) -> None:
    """A line of one point is none: the forecast has a dot, as what came has."""
    assert looked.report.outcomes
    one = replace(looked.report, outcomes=looked.report.outcomes[:1])
    for report, dots in ((one, 1), (looked.report, 0)):
        (first, *_) = outcome_charts(report)
        assert first.svg.count('class="dot foreseen"') == dots
