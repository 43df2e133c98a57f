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
                    digits = 2 if metric in ("total_ratio", "calibration_slope", "calibration_intercept") else 3
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
        "Value that the best-ranked clients brought together",
        "The same in the order of clientvalue, foreseen and realised",
        "Share of all declines among the clients ranked riskiest",
        "Mean value per client, foreseen and realised",
        "Probability of decline against what came",
        "Totals by what was foreseen",
        "Values inside their 90% interval, by tier",
        "Values inside their 90% interval, by probability of default",
        "Values inside their 90% interval, by foreseen value",
        "Share of clients with a decline so far",
        "Why: each cause against what came",
        "Total value by industry",
        "Decline by tenure",
        "What the value model leans on",
        "Decline ranking by test origin, AUC with 95% intervals",
    ):
        assert title in text
    assert text.count("Read: ") == 2 * 9 + 2
    for cause in CAUSES:
        assert f"{cause.replace('_', ' ')}, until month 12: realised" in text
    assert {"at-2020-01-01", "at-2021-01-01", "stability"} <= set(tags.ids)


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    tags = Tags(source)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert all(link.startswith(("#", "data:")) or link.endswith(".zh.html") for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", source)
    assert len(source) < 400_000


def test_the_verdict_opens_with_what_is_wrong(report: dict[str, Any]) -> None:
    made = json.loads(json.dumps(report))
    wrong = {
        "check": "total_value",
        "by": "all",
        "group": "all",
        "low": 0.0,
        "high": 1.0,
        "figure": {"estimate": 1.25, "low": 1.1, "high": 1.49},
        "is_gap": False,
        "foreseen": 12_500_000.0,
        "realised": 10_000_000.0,
    }
    made["origins"][1]["parts"]["findings"]["wrong"] = [wrong]
    text = "".join(Tags(report_page(read(made))).text)
    said = "Wrong. Value: 25% too much is foreseen in total (10% to 49%): 12.5 m USD, and 10 m USD came."
    assert said in text
    assert text.index(said) < text.index("Better. ") < text.index("Read: every benchmark")


def test_totals_by_band_stand_on_the_page_with_their_intervals(report: dict[str, Any], page: Path) -> None:
    text = "".join(Tags(page.read_text(encoding="utf-8")).text)
    for origin in report["origins"]:
        totals = origin["parts"]["totals"]
        for each in totals["value_by_value"] + totals["credit_loss_by_risk"]:
            ratio = each["ratio"]
            if ratio["estimate"] is not None:
                assert f"{ratio['estimate']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})" in text


def test_a_curve_of_value_that_falls_is_explained(report: dict[str, Any]) -> None:
    losing = json.loads(json.dumps(report))
    for origin in losing["origins"]:
        peaks = origin["parts"]["profit"]["peaks"]
        peaks["best"] |= {"clients": 0.9, "value": 130e6, "others": -30e6}
        peaks["ours"] |= {"clients": 0.9, "value": 110e6, "others": -10e6}
    reported = (
        "the best possible ranking reaches 130.0m USD before its last clients take 30.0m away; "
        "clientvalue reaches 110.0m USD before 10.0m are lost."
    )
    assert "".join(Tags(report_page(read(losing))).text).count(reported) == len(report["origins"])


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
