"""A validator opens the folder: every claim leads to a figure, every figure to its data, and all red is listed."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from end_to_end.conftest import Command, command
from models.card.report import CardVerdict
from models.codec import from_json
from models.errors import UserError
from models.evaluation.text import Judgement
from models.metrics.bootstrap import Interval
from models.monitoring.report import ALL, PublicationOutcomes, TierEvents, ValueOutcome
from models.shell.editions import edition_file
from models.store.sealed import read_manifest
from models.text import ENGLISH, heard
from models.tracking.mlflow import Tracking
from models.validation.job import PAGE, REPORT, validate
from models.validation.page import validation_page
from models.validation.report import Gravity, ShockedTotals, ValidationReport
from models.validation.rules import open_findings, wrong_ways
from models.validation.tables import figure_tables
from models.validation.text import PARTS, claims
from support.browser import BROWSER, Tags, loaded, printed_pages, width_in
from support.languages import CHINESE
from support.pages import english_words
from validation.conftest import Filed

__all__ = ["command"]

NAMES = (
    *("clientvalue-lender", "lender", "AA", "EUR", "KE", "NA", "VN", "CN", "BR", "champion", "root"),
    *("duckdb", "lightgbm", "mlflow", "numpy", "pandas", "scikit-learn", "scipy"),
    *("gate", "guard", "monitor", "nightly", "stage", "facilities", "coverage", "UTC"),
    *("accounts_revenue", "employees", "market_position", "leader", "registered_capital"),
)
"""The model, tiers, currency and countries of the small lender, packages, sections of a config, features by name."""


def test_every_claim_leads_to_its_figure_and_every_link_somewhere(filed: Filed) -> None:
    page = Tags(filed.written.page.read_text(encoding="utf-8"))
    assert len(page.ids) == len(set(page.ids))
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert set(PARTS) <= set(page.ids)
    beside = [link for link in page.links if not link.startswith(("#", "data:"))]
    assert beside
    assert all((filed.written.folder / link).is_file() for link in beside)
    said = [claim for each in claims(filed.written.report).values() for claim in each]
    assert len(said) > 30
    assert all(f"figure-{claim.figure}" in page.ids for claim in said)
    assert all(f"figure-{finding.figure}" in page.ids for finding in filed.written.report.findings)


def test_data_beside_the_page_are_those_of_the_report(filed: Filed) -> None:
    report, folder = filed.written.report, filed.written.folder
    for table in figure_tables(report):
        rows = list(csv.DictReader((folder / table.file).read_text(encoding="utf-8").splitlines()))
        assert len({column.name for column in table.columns}) == len(table.columns), table.key
        if not any("\n" in str(cell) for row in table.rows for cell in row):
            assert len(rows) == len(table.rows), table.key
    rows = list(csv.DictReader((folder / "figure-shocks.csv").read_text(encoding="utf-8").splitlines()))
    arrears = next(each for each in report.sensitivity.effects if each.key == "arrears")
    mine = next(row for row in rows if row["shock"] == arrears.title)
    assert float(mine["value_after"]) == arrears.after.value
    assert float(mine["decline_after"]) == arrears.after.decline
    again = from_json(
        ValidationReport, (folder / REPORT).read_text(encoding="utf-8"), subject=REPORT, remedy="write it again"
    )
    assert again == report


def test_everything_red_or_not_judged_is_a_finding_the_gravest_first(filed: Filed) -> None:
    report = filed.written.report
    found = [each.found for each in report.findings]
    red = [each for each in report.card.verdicts if each.judgement is Judgement.WRONG]
    not_judged = [each for each in report.card.verdicts if each.judgement is Judgement.OPEN]
    assert red, "the small lender's models are wrong somewhere, or this test shows nothing"
    assert all(any(told in each for each in found) for told in map(_told, (*red, *not_judged)))
    assert [each.number for each in report.findings] == list(range(1, len(found) + 1))
    order = [list(Gravity).index(each.gravity) for each in report.findings]
    assert order == sorted(order)
    assert all(each.gravity is Gravity.HIGH for each in report.findings[: len(red)])
    assert all(each.owner == "" for each in report.findings)
    assert "No owner is named: set card.owner in the config" in found
    assert "Not judged by ownership: the book does not tell it" in found
    assert any(each.startswith("Not judged: Macro stress") for each in found)
    assert len(set(found)) == len(found)


def _told(verdict: CardVerdict) -> str:
    return heard(verdict.said, ENGLISH).removesuffix(".")


def test_the_file_in_chinese_has_no_english_but_names(filed: Filed) -> None:
    for page in (PAGE, "card.html"):
        chinese = filed.written.folder / edition_file(page, CHINESE)
        found = english_words(chinese.read_text(encoding="utf-8"), names=NAMES)
        assert found == [], "\n".join((page, *found))


def test_limits_decide_what_is_a_finding(filed: Filed) -> None:
    report, config = filed.written.report, filed.config
    strict = {"most_moved": 1e-9, "least_correlation": 1.0}
    sizes = config.validation.model_copy(update=strict)
    harder = open_findings(report, config.model_copy(update={"validation": sizes}))
    moving = [each for each in report.sensitivity.effects if each.kind.value == "input" and each.moved > 0]
    assert sum(each.figure == "input-shocks" for each in harder) == len(moving) > 0
    assert any("ranks of value correlate by" in each.found for each in harder)
    assert not any("ranks of value correlate by 1.0" in each.found for each in harder)


def test_what_must_hurt_and_does_not_is_told(filed: Filed) -> None:
    arrears = next(each for each in filed.written.report.sensitivity.effects if each.key == "arrears")
    before = ShockedTotals(clients=100, value=1_000.0, decline=0.2, credit_loss=50.0)

    def told(key: str, **after: float) -> list[Gravity]:
        effect = replace(arrears, key=key, before=before, after=replace(before, **after))
        return [gravity for gravity, _ in wrong_ways(effect)]

    assert told("arrears", credit_loss=49.0) == [Gravity.HIGH]
    assert told("ratings", decline=0.19) == [Gravity.MEDIUM]
    assert told("business", value=1_100.0) == [Gravity.HIGH]
    assert told("ratings", credit_loss=60.0, decline=0.21) == []
    assert told("limits", value=1_100.0) == []


def test_no_client_stands_in_any_file(filed: Filed) -> None:
    named = re.compile(r"\bC\d{4}\b|\bClient \d+|中国进出口银行|Sons")
    for file in filed.written.folder.iterdir():
        assert not named.search(file.read_text(encoding="utf-8")), file.name


def test_the_folder_is_sealed_and_replaced_whole_and_nothing_else_is(filed: Filed, tmp_path: Path) -> None:
    manifest = read_manifest(filed.written.folder)
    assert (manifest["kind"], manifest["bundle"]) == ("validation", filed.version.bundle.key)
    assert {PAGE, REPORT, "card.html", "card.md", "report.html", "monitor.html"} <= set(manifest["files"])
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UserError, match="takes the place of nothing but an untouched one"):
        validate(filed.config, book=filed.book, out=precious)
    assert [each.name for each in precious.iterdir()] == ["thesis.txt"]


def test_the_command_tells_findings_first_and_changes_nothing(filed: Filed, command: Command, tmp_path: Path) -> None:
    trained_file = next(Path(filed.config.book.path or "").parent.glob("*.yaml"))
    succession = Tracking(filed.config).succession.aliases
    ledger = (Path(filed.config.run.work_dir) / "lender" / "scores" / "publications.jsonl").read_bytes()
    out = tmp_path / "file"
    arguments = ("validate", "--config", trained_file, "--set", f"run.work_dir={filed.config.run.work_dir}")
    for _ in range(2):  # the second takes the place of the first
        ended = command(*arguments, "--no-refits", "--out", out)
        assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0] == "clientvalue-lender version 1 on the lender book as of 2023-01-01"
    assert lines[1].startswith("Open findings: ")
    assert lines[2].startswith("high ")
    assert max(map(len, lines)) <= 80 or str(out) in ended.out
    report = json.loads((out / REPORT).read_text(encoding="utf-8"))
    assert report["stability"]["refits"] == []
    assert any("left out with --no-refits" in each["found"] for each in report["findings"])
    assert Tracking(filed.config).succession.aliases == succession
    assert (Path(filed.config.run.work_dir) / "lender" / "scores" / "publications.jsonl").read_bytes() == ledger
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_version_that_nobody_published_is_validated_at_the_end_of_the_book(filed: Filed) -> None:
    found = replace(filed.written.report, monitoring=None, ledger=())
    findings = open_findings(found, filed.config)
    assert "Not judged: this version has published nothing" in [each.found for each in findings]
    page = validation_page(replace(found, findings=findings), {})
    assert "This version has published nothing." in page
    ids, links = Tags(page).ids, Tags(page).links
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_what_came_since_publications_stands_beside_what_was_foreseen(filed: Filed) -> None:
    monitoring = filed.written.report.monitoring
    assert monitoring is not None
    assert monitoring.outcomes == ()  # the lender published once, at the end of its book
    assert "Not judged: no publication is old enough for outcomes" in [e.found for e in filed.written.report.findings]
    tiers = tuple(
        TierEvents(
            tier=name, clients=clients, foreseen=foreseen, came=Interval(estimate=came, low=came - 4, high=came + 4)
        )
        for name, clients, foreseen, came in ((ALL, 200, 30.0, 41.0), ("AA", 20, 1.0, 1.0))
    )
    since = PublicationOutcomes(
        as_of=date(2022, 7, 1), event="return", elapsed=6, horizon=6, settled_from=3, tiers=tiers,
        value=ValueOutcome(foreseen=1e6, came=9e5),
    )  # fmt: skip
    report = replace(filed.written.report, monitoring=replace(monitoring, outcomes=(since,)))
    said = [claim for claim in claims(report)["outcomes"] if claim.figure == "publications"]
    assert [(claim.mark, claim.style) for claim in said] == [("off", "fair")]
    assert "30.0 returns foreseen by now, 41.0 came (37.0 to 45.0)" in said[0].said
    table = next(each for each in figure_tables(report) if each.key == "publications")
    assert table.rows[1] == ("2022-07-01", 6, 6, "AA", 20, 1.0, 1.0, -3.0, 5.0)
    page = validation_page(report, {})
    assert "returns so far: all" in page
    assert {link[1:] for link in Tags(page).links if link.startswith("#")} <= set(Tags(page).ids)


@pytest.mark.skipif(BROWSER is None, reason="needs a browser")
def test_the_page_fits_a_phone_and_is_printed(filed: Filed, tmp_path: Path) -> None:
    tree, said = loaded(filed.written.page, tmp_path / "profile")
    assert said == ""
    assert "Sign-off" in tree
    assert width_in(filed.written.page, tmp_path, width=390) <= 390
    assert 8 <= printed_pages(filed.written.page, tmp_path) <= 40
