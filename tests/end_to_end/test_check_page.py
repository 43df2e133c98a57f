"""What a reviewer sees of a check: the page in a browser, and the rows of a table full of nonsense in a terminal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.errors import QuarantineLimitError
from models.interfaces.checkup import Checkup, check
from support.lending_book import Lender, drawn_tables, lender_in

Command = Callable[..., Any]

ATTACK = "</script><script>alert(1)</script>"
SECTIONS = ("criteria", "checks", "quarantine", "tables", "features")
BROWSER = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
)


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


class _Tags(HTMLParser):
    """Collects what a page would load or run, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.links += [found[name] or "" for name in ("src", "href") if name in found]
        self.ids += [found["id"] or ""] if "id" in found else []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(page: str) -> _Tags:
    tags = _Tags()
    tags.feed(page)
    return tags


def test_the_page_is_one_file_without_scripts_whatever_the_names_are(attacked: tuple[Lender, Checkup]) -> None:
    page = attacked[1].page.read_text(encoding="utf-8")
    tags = parsed(page)
    assert "script" not in tags.tags
    assert ATTACK in "".join(tags.text)
    assert set(SECTIONS) <= set(tags.ids)
    assert all(link.startswith(("#", "data:")) for link in tags.links)
    assert not re.search(r"@import|url\(|https?://", page)


def test_every_quarantined_row_and_failing_check_of_the_facts_is_on_the_page(attacked: tuple[Lender, Checkup]) -> None:
    found = attacked[1]
    text = "".join(parsed(found.page.read_text(encoding="utf-8")).text)
    assert found.bad.total == len(found.bad.listed) == 3
    assert text.count("must be one of the allowed words") == 3
    failing = [row for row in found.facts["checks"] if row["failing"]]
    assert "client_has_business" in [row["name"] for row in failing]
    for row in failing:
        assert row["rule"] in text
        assert row["examples"][0]["row"] in text
    for feature in found.facts["criteria"]["features"]:
        assert feature["reason"] in text


def browser_words(page: Path, profile: Path, width: int) -> tuple[str, str]:
    """The page's tree after loading, and what the browser's console said."""
    command = [BROWSER or "", *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},900", "--dump-dom"]
    done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, "\n".join(console)


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_browser_loads_the_page_without_complaint(attacked: tuple[Lender, Checkup], tmp_path: Path) -> None:
    tree, console = browser_words(attacked[1].page, tmp_path / "profile", 1200)
    assert console == ""
    tags = parsed(tree)
    assert set(SECTIONS) <= set(tags.ids)
    assert "script" not in tags.tags
    assert tags.tags.count("svg") > len(attacked[1].facts["criteria"]["features"])


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_the_page_fits_a_phone(attacked: tuple[Lender, Checkup], tmp_path: Path) -> None:
    """Measured by a page around it, since the page itself runs no scripts; 390 pixels are a common phone."""
    inner = attacked[1].page.read_text(encoding="utf-8")
    shown = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", inner).replace(
        "<details", "<details open"
    )
    (tmp_path / "inner.html").write_text(shown, encoding="utf-8")
    measure = "const w=document.querySelector('iframe').contentDocument.documentElement; document.title=w.scrollWidth"
    outer = f'<iframe src="inner.html" style="width:390px;height:800px;border:0" onload="{measure}"></iframe>'
    (tmp_path / "outer.html").write_text(outer, encoding="utf-8")
    global_flags = ("--allow-file-access-from-files",)
    command = [BROWSER or "", *FLAGS, *global_flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    page = (tmp_path / "outer.html").as_uri()
    done = subprocess.run([*command, page], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
    assert int(re.search(r"<title>(\d+)</title>", done.stdout).group(1)) <= 390


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


def test_json_holds_the_whole_audit(attacked: tuple[Lender, Checkup], command: Command) -> None:
    page = attacked[0].book.parent / "elsewhere.html"
    done = command("check", "--config", attacked[0].config_file, "--json", "--page", page)
    facts = json.loads(done.out)
    assert done.code == 0
    assert {"tables", "checks", "quarantine", "criteria", "limits"} <= set(facts)
    assert facts["criteria"]["short_list"][0]["verdict"] == "keep"
    assert page.is_file()


def test_a_table_of_nothing_but_nonsense_still_lists_its_rows(tmp_path: Path) -> None:
    tables = drawn_tables()
    tables["cashflows"] = tables["cashflows"].head(30).assign(date="soon")
    found = check(lender_in(tmp_path, tables).config)
    assert (found.facts, found.page) == (None, None)
    assert [row.value for row in found.bad.listed] == ["soon"] * 20
    assert found.bad.total == 30
