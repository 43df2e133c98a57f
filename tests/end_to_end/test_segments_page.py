"""A banker opens the page of profiles: every segment with its figures, in a browser and on a phone, and no scripts."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from models.codec import from_plain, to_json_text
from models.segments.compute import ProfilesReport, profile_figures
from models.segments.page import segments_page, write_segments_page
from models.segments.profile_report import served_kinds
from models.segments.report import served_segments
from models.segments.terminal import summary
from support.browser import BROWSER, Tags, loaded, width_in
from support.drawn_panel import FIT, drawn_panel, fitted_models, small_config

ATTACK = "</title></svg><script>alert(1)</script>"
needs_browser = pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def profiles() -> ProfilesReport:
    """What a training tells of segments and kinds."""
    models, panel, config = fitted_models(), drawn_panel(), small_config()
    segments = served_segments(models, panel.at([FIT.latest]), config)
    return ProfilesReport(
        book="drawn",
        currency="EUR",
        period="month",
        as_of=segments.as_of,
        model_version="",
        terms=(),
        segments=segments,
        kinds=served_kinds(models, panel, FIT, config),
    )


@pytest.fixture(scope="module")
def report(profiles: ProfilesReport) -> dict[str, Any]:
    """The same as a program reads it."""
    read: dict[str, Any] = json.loads(to_json_text(profiles))
    return read


@pytest.fixture
def facts(report: dict[str, Any]) -> dict[str, Any]:
    """The same of a version, with a script for the name of a segment and of a stage."""
    made: dict[str, Any] = json.loads(json.dumps(report)) | {"model_version": "abc123"}
    made["segments"]["segments"][0]["name"] = ATTACK
    made["segments"]["kinds"]["stage"][0]["name"] = ATTACK
    return made


def read(facts: dict[str, Any]) -> ProfilesReport:
    return from_plain(ProfilesReport, facts, subject="the profiles", remedy="profile again")


@pytest.fixture
def page(facts: dict[str, Any], tmp_path: Path) -> Path:
    place = tmp_path / "segments.html"
    write_segments_page(read(facts), place)
    return place


def test_every_segment_stands_on_the_page_with_its_figures(report: dict[str, Any]) -> None:
    text = " ".join(Tags(segments_page(read(report))).text)
    for each in report["segments"]["segments"]:
        assert f"{each['number']}: {each['name']}" in text
        assert f"{each['share']:.0%}" in text
        assert f"{each['margin_mean']:.2f}" in text
    for title in ("Map of", "What the two directions", "Do refits on resampled", "How far apart", "Stage by segment"):
        assert title in text
    assert "expected stay, months" in text
    assert "abc123" not in text


def test_the_cross_table_and_the_moves_add_up_to_the_clients(report: dict[str, Any]) -> None:
    clients = report["segments"]["clients"]
    assert sum(each["clients"] for each in report["kinds"]["regions"]) == clients
    for rows in report["segments"]["kinds"].values():
        assert sum(each["clients"] for each in rows) == clients
        assert sum(each["value_share"] for each in rows) == pytest.approx(1.0)
    moves = report["kinds"]["migrations"]["stage"]
    assert sum(map(sum, moves["counts"])) == clients * (len(FIT.learn) - 1)


def test_structure_at_other_numbers_than_the_served_one_is_not_claimed(facts: dict[str, Any]) -> None:
    segments = facts["segments"]
    segments["structure"], segments["structure_test"]["beaten"] = "none", 19
    segments["structure_served"] = {"separation": 0.21, "highest": 0.24}
    said = " ".join("".join(Tags(segments_page(read(facts))).text).split())
    assert "The book has structure" not in said
    assert "the book reaches a silhouette of 0.21; of 19 books that were drawn like it without any clusters" in said
    assert "the best reaches 0.24" in said


def test_a_book_without_structure_is_told_so(facts: dict[str, Any]) -> None:
    facts["segments"]["structure"], facts["segments"]["structure_test"]["beaten"] = "none", 12
    said = " ".join("".join(Tags(segments_page(read(facts))).text).split())
    served = facts["segments"]["served"]["clusters"]
    assert f"There is no structure in {served} clusters. Clusters as clear as those of this book, or clearer," in said
    assert "were found in 7 of 19" in said
    assert "as clear clusters were found in 7 of 19 books drawn without any" in " ".join(printed(facts).split())


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    tags = Tags(source)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert all(link.startswith(("#", "data:")) or link.endswith(".zh.html") for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", source)


def test_the_terminal_shows_it_within_80_columns(facts: dict[str, Any]) -> None:
    facts["segments"]["segments"][0]["name"] = "[red]very large[/red]"
    text = printed(facts)
    assert max(map(len, text.splitlines())) <= 80
    assert "[red]very" in text
    assert all(said in text for said in ("Segments of", "Stages, types and classes", "Moves between stages", "Regions"))


def test_figures_to_compare_trainings_by(profiles: ProfilesReport) -> None:
    reported = profile_figures(profiles.segments)
    assert reported["segments.count"] == len(profiles.segments.segments)
    assert 0 <= reported["segments.stability"] <= 1
    assert "segments.moved_share" not in reported


@needs_browser
def test_a_browser_loads_the_page_without_complaint(page: Path, tmp_path: Path) -> None:
    tree, console = loaded(page, tmp_path / "profile")
    assert console == ""
    assert "script" not in Tags(tree).tags
    assert Tags(tree).tags.count("figure") > 8


@needs_browser
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_its_window(page: Path, tmp_path: Path, width: int) -> None:
    assert width_in(page, tmp_path, width=width) <= width


def printed(facts: dict[str, Any]) -> str:
    """What the terminal shows on 80 columns."""
    console = Console(file=io.StringIO(), width=80)
    for part in summary(read(facts)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
