"""What a reviewer sees of a check: the page in a browser, and the rows of a table full of nonsense in a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.audit.checkup import Checkup
from models.audit.job import check
from models.book.contract import TABLES
from models.errors import QuarantineLimitError
from support.browser import BROWSER, Tags, loaded, width_in
from support.lending_book import Lender, drawn_tables, lender_in

Command = Callable[..., Any]

ATTACK = "</script><script>alert(1)</script>"
SECTIONS = ("criteria", "checks", "quarantine", "tables", "features")


def attacked_tables() -> dict[str, pd.DataFrame]:
    """The lender's book with a script for a client's name, a country, an id and an unread column."""
    tables = drawn_tables()
    clients, flows = tables["clients"], tables["cashflows"]
    clients["country"] = clients["country"].replace("KE", ATTACK)
    clients["name"] = ATTACK
    clients[f"memo {ATTACK}"] = 1
    tables["clients"] = pd.concat([clients, clients.head(1).assign(client_id=ATTACK)], ignore_index=True)
    flows.loc[flows.index[:3], "kind"] = ATTACK
    return tables


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lender, Checkup]:
    lender = lender_in(tmp_path_factory.mktemp("check"), attacked_tables())
    return lender, check(lender.config)


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(attacked: tuple[Lender, Checkup]) -> None:
    page = attacked[1].page.read_text(encoding="utf-8")
    tags = Tags(page)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert set(SECTIONS) <= set(tags.ids)
    assert all(link.startswith(("#", "data:")) or link.endswith(".zh.html") for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", page)


def test_the_tables_are_counted_out_of_all_that_a_book_can_have(attacked: tuple[Lender, Checkup]) -> None:
    text = "".join(Tags(attacked[1].page.read_text(encoding="utf-8")).text)
    assert f"tables of {len(TABLES)}" in text


def test_every_quarantined_row_and_failing_check_of_the_facts_is_on_the_page(attacked: tuple[Lender, Checkup]) -> None:
    found = attacked[1]
    text = "".join(Tags(found.page.read_text(encoding="utf-8")).text)
    assert found.bad.total == len(found.bad.listed) == 3
    assert text.count("must be one of the allowed words") == 3
    failing = [row for row in found.audit.checks if row.failing]
    assert "client_has_business" in [row.name for row in failing]
    for row in failing:
        assert row.rule in text
        assert row.examples[0].row in text
    for feature in found.audit.criteria.features:
        assert feature.reason in text


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_browser_loads_the_page_without_complaint(attacked: tuple[Lender, Checkup], tmp_path: Path) -> None:
    tree, console = loaded(attacked[1].page, tmp_path / "profile")
    assert console == ""
    tags = Tags(tree)
    assert set(SECTIONS) <= set(tags.ids)
    assert "script" not in tags.tags
    assert tags.tags.count("svg") > len(attacked[1].audit.criteria.features)


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_the_page_fits_a_phone(attacked: tuple[Lender, Checkup], tmp_path: Path) -> None:
    assert 0 < width_in(attacked[1].page, tmp_path, width=390) <= 390  # pixels, of a common phone


def nonsense_tables() -> dict[str, pd.DataFrame]:
    """Cashflows with the right columns and nonsense inside: every second row breaks one of four rules."""
    tables = drawn_tables()
    flows = tables["cashflows"].astype({"amount": object, "date": object})
    flows.loc[flows.index % 8 == 0, "amount"] = "plenty"
    flows.loc[flows.index % 8 == 2, "date"] = "last Tuesday"
    flows.loc[flows.index % 8 == 4, "client_id"] = "Nobody & Sons"
    flows.loc[flows.index % 8 == 6, "kind"] = "gift"
    return tables | {"cashflows": flows}


@pytest.fixture(scope="module")
def nonsense(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return lender_in(tmp_path_factory.mktemp("nonsense"), nonsense_tables())


def test_nonsense_is_reported_row_by_row_up_to_a_bound(nonsense: Lender) -> None:
    found = check(nonsense.config)
    assert isinstance(found.refused, QuarantineLimitError)
    rows = len(nonsense_tables()["cashflows"])
    assert found.bad.total == -(-rows // 8) + -(-(rows - 2) // 8) + -(-(rows - 4) // 8) + -(-(rows - 6) // 8)
    listed = {(row.source_row, row.column, row.rule, row.value) for row in found.bad.listed}
    assert (1, "amount", "number", "plenty") in listed
    assert (3, "date", "date", "last Tuesday") in listed
    assert (5, "client_id", "reference", "Nobody & Sons") in listed
    assert (7, "kind", "allowed", "gift") in listed
    assert len(listed) == 80
    assert "This book would be refused" in found.page.read_text(encoding="utf-8")


def test_the_command_prints_the_rows_then_refuses_the_book(nonsense: Lender, command: Command) -> None:
    done = command("check", "--config", nonsense.config_file)
    assert done.code == 2
    assert "at most 5.0% of the rows may break the contract" in done.err
    for value in ("plenty", "last Tuesday", "Nobody & Sons", "gift"):
        assert value in done.out
    paths = ("quarantine  ", "page  ")
    assert max(len(line) for line in done.out.splitlines() if not line.startswith(paths)) <= 80


def test_what_was_found_is_printed_once(attacked: tuple[Lender, Checkup], command: Command) -> None:
    done = command("check", "--config", attacked[0].config_file, "--page", attacked[0].book.parent / "once.html")
    said = " ".join(done.out.split())
    assert attacked[1].notices
    for notice in attacked[1].notices:
        assert said.count(str(notice)) == 1, notice


def test_json_holds_the_whole_audit(attacked: tuple[Lender, Checkup], command: Command) -> None:
    page = attacked[0].book.parent / "elsewhere.html"
    done = command("check", "--config", attacked[0].config_file, "--json", "--page", page)
    facts = json.loads(done.out)
    assert done.code == 3
    assert {each["code"] for each in facts["notices"]} == {
        "feature_not_in_book",
        "late_table",
        "stray_column",
        "rows_left_out",
    }
    assert {"tables", "checks", "quarantine", "criteria", "limits", "notices"} <= set(facts)
    assert facts["criteria"]["short_list"][0]["verdict"] == "keep"
    assert page.is_file()


def test_a_table_of_nothing_but_nonsense_still_lists_its_rows(tmp_path: Path) -> None:
    tables = drawn_tables()
    tables["cashflows"] = tables["cashflows"].head(30).assign(date="soon")
    found = check(lender_in(tmp_path, tables).config)
    assert (found.audit, found.page) == (None, None)
    assert [row.value for row in found.bad.listed] == ["soon"] * 20
    assert found.bad.total == 30
