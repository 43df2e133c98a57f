"""The evaluation's page: drawn from report.json alone, all its figures there, one file, right in a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.codec import from_plain, to_json_text
from models.evaluation.page import report_page, write_report_page
from models.evaluation.report.contents import EvaluationReport
from support.browser import BROWSER, Tags, loaded, width_in
from support.judged_book import CAUSES, drawn_report

ATTACK = "</title></svg><script>alert(1)</script>"
needs_browser = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A report as it stands in its file, with a script for the name of a region."""
    made: dict[str, Any] = json.loads(to_json_text(drawn_report(300, origins=2), sort_keys=True))
    made["origins"][1]["parts"]["errors"]["region"][0]["name"] = ATTACK
    return made


def read(report: dict[str, Any]) -> EvaluationReport:
    return from_plain(EvaluationReport, report, subject="the report", remedy="evaluate again")


@pytest.fixture(scope="module")
def page(report: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report") / "report.html"
    write_report_page(read(report), place)
    return place


def test_every_metric_of_every_contender_is_on_the_page_with_its_interval(report: dict[str, Any], page: Path) -> None:
    text = "".join(Tags(page.read_text(encoding="utf-8")).text)
    for origin in report["origins"]:
        assert f"At {origin['as_of']}: 300 clients" in text
        for target in ("decline", "value"):
            for metrics in origin[target]["metrics"].values():
                for metric, figure in metrics.items():
                    digits = 2 if metric == "total_ratio" else 3
                    estimate, low, high = (f"{figure[name]:.{digits}f}" for name in ("estimate", "low", "high"))
                    assert f"{estimate}{low} to {high}" in text
            for gap in origin[target]["ours_minus"].values():
                assert f"{gap['estimate']:+.3f}{gap['low']:+.3f} to {gap['high']:+.3f}" in text


def test_where_the_truth_is_known_the_way_to_it_is_told(report: dict[str, Any], page: Path) -> None:
    text = "".join(Tags(page.read_text(encoding="utf-8")).text)
    reported = "By AUC, clientvalue has come 89% (86 to 92) of the way from recency to what can be known."
    assert text.count(reported) == len(report["origins"]), "of decline; of value it is not known"


def test_every_plot_has_a_title_and_says_in_which_unit_it_is(page: Path) -> None:
    plots = re.findall(r'<svg class="plot"[^>]*aria-label="([^"]*)"[^>]*>(.*?)</svg>', page.read_text(), re.DOTALL)
    assert len(plots) > 20
    for title, marks in plots:
        assert title.strip()
        assert re.search(r'class="name middle"[^>]*>[^<]*\w', marks), title


def test_every_part_is_drawn_with_a_title_and_explained(report: dict[str, Any], page: Path) -> None:
    tags = Tags(page.read_text(encoding="utf-8"))
    text = "".join(tags.text)
    for title in (
        "Share of all value held by the best-ranked clients",
        "Share of all declines among the clients ranked riskiest",
        "Mean value per client, foreseen and realised",
        "Probability of decline against what came",
        "Values inside their 90% interval, by tier",
        "Share of clients with a decline so far",
        "Why: each cause against what came",
        "Total value by industry",
        "Decline by tenure",
        "What the value model leans on",
        "Decline ranking by test origin, AUC with 95% intervals",
    ):
        assert title in text
    assert text.count("Read: ") == 2 * 8 + 2
    for cause in CAUSES:
        assert f"{cause.replace('_', ' ')}, until month 12: realised" in text
    assert {"at-2020-01-01", "at-2021-01-01", "stability"} <= set(tags.ids)


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    tags = Tags(source)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert all(link.startswith(("#", "data:")) for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", source)
    assert len(source) < 400_000


def test_a_line_of_value_above_the_whole_is_explained(report: dict[str, Any]) -> None:
    reported = "passes 100% where clients lost money"
    losing, whole = json.loads(json.dumps(report)), json.loads(json.dumps(report))
    for made, top in ((losing, 1.28), (whole, 1.0)):
        for origin in made["origins"]:
            captured = origin["parts"]["gains"]["value"]["captured"]
            for name, line in captured.items():
                captured[name] = [top if share == max(line) else min(share, 1.0) for share in line]
    assert "".join(Tags(report_page(read(losing))).text).count(reported) == len(report["origins"])
    assert reported not in "".join(Tags(report_page(read(whole))).text)


def test_a_report_of_few_clients_without_curve_or_causes_is_still_a_page() -> None:
    made = drawn_report(30, origins=1, dated=False)
    (only,) = made.origins
    small = replace(made, origins=(replace(only, parts=replace(only.parts, coverage=None)),))
    tags = Tags(report_page(small))
    assert "Intervals of value" not in "".join(tags.text)
    assert "figure" in tags.tags
    assert "30 clients" in "".join(tags.text)


@needs_browser
def test_a_browser_loads_the_page_without_complaint(page: Path, tmp_path: Path) -> None:
    tree, console = loaded(page, tmp_path / "profile")
    assert console == ""
    tags = Tags(tree)
    assert "script" not in tags.tags
    assert tags.tags.count("figure") > 40


@needs_browser
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_its_window(page: Path, tmp_path: Path, width: int) -> None:
    assert width_in(page, tmp_path, width=width) <= width
