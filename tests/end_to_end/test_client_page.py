"""One client explained to a reviewer: terminal, JSON and page tell the same, add up, and run nothing they are given."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from models.codec import to_json_text
from models.config.explaining import ExplainingConfig
from models.errors import UserError
from models.explanation.job import client_story
from models.explanation.ledger import change_rows, ledger
from models.explanation.page import client_page, contents_hash, write_client_page
from models.explanation.report import client_document
from models.explanation.story import ClientStory
from models.explanation.terminal import show
from models.notices import Notice, Severity
from models.scoring.block import DECLINE, VALUE
from models.text import Language
from support.browser import BROWSER, TO_TEXT, Tags, loaded, printed_pages, text_of_pages, width_in
from support.lending_book import drawn_tables, write_tables
from support.trained_lender import TrainedLender

Command = Callable[..., Any]

ATTACK = "</script><script>alert(1)</script>"
REACH = {"fees": {"up": ["fee_*"], "action": {"en": "Offer paid services.", "zh": "提供收费服务。"}}}


@pytest.fixture(scope="module")
def attacked(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> ClientStory:
    """A client whose id, name and country are a script, scored by models that never saw it."""
    known = trained.column("client_id")[3]
    tables = {name: table.replace(known, ATTACK) for name, table in drawn_tables().items()}
    clients = tables["clients"]
    clients.loc[clients["client_id"] == ATTACK, ["name", "country"]] = [f"[bold]{ATTACK}", ATTACK]
    book = write_tables(tmp_path_factory.mktemp("attacked") / "book", tables)
    config = trained.config.model_copy(update={"explaining": ExplainingConfig.model_validate({"within_reach": REACH})})
    return client_story(config, ATTACK, book=str(book), bundle=str(trained.result.bundle))


@pytest.fixture(scope="module")
def page(attacked: ClientStory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "client.html"
    write_client_page(replace(attacked, warnings=(f"arrears {ATTACK}",)), file)
    return file


def test_a_reviewer_sees_value_risk_tier_reasons_and_what_changed(trained: TrainedLender, command: Command) -> None:
    place = trained.column("stage").index("maturity")
    ended = command("explain", trained.column("client_id")[place], "--config", trained.config_file)
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert f"{trained.column('decline_probability')[place]:.1%}" in said
    assert trained.column("tier_reason")[place] in said
    for heading in ("Why this risk of decline", "Why this value", "What changed since 1 January 2022", "peers"):
        assert heading.lower() in said.lower(), heading
    assert max(map(len, ended.out.splitlines())) <= 80


def test_what_stands_in_a_column_adds_up(attacked: ClientStory) -> None:
    for model in (DECLINE, VALUE):
        reported = ledger(attacked, model, 5)
        numbers = [float(row.text.replace(",", "")) for row in reported.rows]
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)
    assert attacked.change is not None
    scale, rows = change_rows(attacked.change, attacked, 5)
    before, after = (scale.rounded(amount) for amount in attacked.change.value)
    assert sum(float(row.value.replace(",", "")) for row in rows) == pytest.approx(after - before, abs=1e-9)


def test_reasons_and_features_sum_to_the_prediction_as_json(attacked: ClientStory) -> None:
    facts = json.loads(to_json_text(client_document(attacked)))
    for target, base, said in (("decline", "decline_base_points", 100.0), ("value", "value_base", 1.0)):
        prediction = facts["decline_probability" if target == "decline" else "value"] * said
        reasons = facts[base] + sum(reason["effect"] * said for reason in facts["reasons"][target])
        assert reasons == pytest.approx(prediction, rel=1e-6)
    assert facts["name"] == f"[bold]{ATTACK}"


def test_history_is_what_was_said_at_each_date(trained: TrainedLender) -> None:
    client = trained.column("client_id")[3]
    now = client_story(trained.config, client)
    earlier = now.history[-3]
    then = client_story(trained.config, client, as_of=earlier.as_of)
    assert (then.scores.value, then.scores.decline_probability) == (earlier.value, earlier.decline)
    assert [point.as_of for point in now.history] == sorted(point.as_of for point in now.history)
    assert now.history[-1].value == now.scores.value


def test_the_same_models_at_the_same_date_change_nothing(trained: TrainedLender) -> None:
    reported = client_story(trained.config, trained.column("client_id")[3], against=str(trained.result.bundle)).change
    assert reported is not None
    assert reported.value[0] == reported.value[1]
    assert reported.reasons == ()
    assert reported.cause is None


def test_a_day_that_is_no_start_of_a_period_is_refused(trained: TrainedLender, command: Command) -> None:
    ended = command("explain", trained.column("client_id")[3], "--config", trained.config_file, "--since", "2022-01-15")
    assert ended.code == 2
    assert "2022-01-01 or 2022-02-01" in ended.err


def test_a_day_after_the_as_of_date_is_no_since(trained: TrainedLender) -> None:
    with pytest.raises(UserError, match="earlier --since"):
        client_story(trained.config, trained.column("client_id")[3], since=trained.config.book.known_until)


def test_the_page_runs_nothing_whatever_names_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    tags = Tags(text)
    assert "script" not in tags.tags
    assert "".join(tags.text).count(ATTACK) >= 3  # title, heading, warning
    assert {"warnings", "when", "change", "reach", "all"} <= set(tags.ids)
    assert not re.search(r"@import|url\(|https?://", text)


def test_a_notice_stands_once_on_the_page_and_its_remedy_apart_from_what_was_found(attacked: ClientStory) -> None:
    notice = Notice(code="n", severity=Severity.WARNING, subject="latest", found="it differs", remedy="predict again")
    page = client_page(replace(attacked, notices=(notice,)))
    assert page.count("it differs") == page.count('id="notices"') == 1
    assert "it differs; predict again" in page


def test_names_are_no_markup_in_a_terminal(attacked: ClientStory) -> None:
    console = Console(width=80, record=True, force_terminal=True, file=io.StringIO())
    show(console, attacked)
    assert f"[bold]{ATTACK}" in console.export_text().replace("\n", "")


def test_chinese_pages_leave_no_template(trained: TrainedLender) -> None:
    reported = client_story(trained.config, trained.column("client_id")[3], lang="zh")
    page = client_page(reported)
    body = "".join(Tags(page[page.index("<body>") :]).text)
    for english in ("Decline", "Value", "points", "within", "Tier", "usual", "Reason", "unknown", "as of"):
        assert english not in body, english
    assert "等级" in body
    assert "业务下滑概率" in body


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_a_browser_shows_the_page_at_desktop_and_phone_width(page: Path, tmp_path: Path) -> None:
    tree, console = loaded(page, tmp_path / "profile")
    assert console == ""
    assert Tags(tree).tags.count("svg") >= 5
    for width in (390, 1200):
        assert 0 < width_in(page, tmp_path, width=width) <= width


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_client_is_printed_on_two_pages(trained: TrainedLender, tmp_path: Path, lang: Language) -> None:
    """One that is told everything there is: warnings, a change, what would change it, a treatment."""
    place = trained.column("stage").index("maturity")
    config = trained.config.model_copy(update={"explaining": ExplainingConfig.model_validate({"within_reach": REACH})})
    reported = client_story(config, trained.column("client_id")[place], lang=lang)
    assert reported.change is not None
    full = replace(reported, warnings=reported.warnings or ("Severity 77 of 100.", "Arrears: from 0 to 44 days.") * 2)
    write_client_page(full, tmp_path / "client.html")
    assert printed_pages(tmp_path / "client.html", tmp_path) == 2
    page = (tmp_path / "client.html").read_text("utf-8")
    (foot,) = re.findall(r'@bottom-left \{ content: "([^"]*)"; font', page)
    shown = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), foot)
    for part in (full.client_id, full.model_version, contents_hash(full)[:12]):
        assert part in shown
    assert page.count('class="signed"') == 1


def test_what_is_printed_has_a_hash_of_all_that_it_says(attacked: ClientStory) -> None:
    assert contents_hash(attacked) == contents_hash(replace(attacked, change=attacked.change))
    assert contents_hash(replace(attacked, warnings=("another",))) != contents_hash(attacked)


@pytest.mark.skipif(BROWSER is None or TO_TEXT is None, reason="chromium or pdftotext is not installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_heading_is_parted_from_what_it_heads(trained: TrainedLender, tmp_path: Path, lang: Language) -> None:
    for client in trained.column("client_id")[:4]:
        reported = client_story(trained.config, client, lang=lang)
        write_client_page(reported, tmp_path / "client.html")
        printed_pages(tmp_path / "client.html", tmp_path)
        headings = set(re.findall(r"<h2>([^<]+)</h2>", (tmp_path / "client.html").read_text("utf-8")))
        for sheet in text_of_pages(tmp_path / "printed.pdf"):
            lines = [line.strip() for line in sheet.splitlines() if line.strip()]
            *body, _ = lines  # the last is the foot
            assert not headings & {body[-1], body[-1].rpartition("  ")[2]}


def test_the_foot_of_a_printed_page_cannot_leave_its_style_sheet(attacked: ClientStory) -> None:
    page = client_page(replace(attacked, name='"}</style><script>alert(1)</script>\n\\'))
    style = page[page.index("<style>") : page.index("</style>")]
    (foot,) = re.findall(r'@bottom-left \{ content: "([^"]*)"; font', style)
    assert re.fullmatch(r"([A-Za-z0-9]|\\[0-9a-f]+ )*", foot)
    assert page.count("</style>") == 1


def test_every_place_that_the_page_leads_to_is_there(page: Path) -> None:
    tags = Tags(page.read_text(encoding="utf-8"))
    places = [link.removeprefix("#") for link in tags.links if link.startswith("#")]
    assert {"why-decline", "why-value", "warnings", "all"} <= set(places) <= set(tags.ids)


LATIN = re.compile(r"[A-Za-z]{2,}|(?<![A-Za-z])[a-z](?![A-Za-z])")
KNOWN_LATIN = {"AA", "USD", "EUR", "SHAP", "ESG", "GDP", "EBITDA", "CSAT", "NPS", "PD", "LGD", "DPD", "EL", "ID"}


def test_a_chinese_page_holds_no_other_words_than_names_of_the_book(trained: TrainedLender) -> None:
    """What the book calls by other letters stands in quotation marks; everything else is Chinese."""
    for client in trained.column("client_id")[:12]:
        reported = client_story(trained.config, client, lang="zh")
        page = client_page(replace(reported, name=None))
        text = " ".join(Tags(page[page.index("<body>") :]).text)
        for name in (reported.client_id, reported.model_version, reported.bundle[:12], reported.policy.policy):
            text = text.replace(name, "")
        foreign = set(LATIN.findall(re.sub(r"“[^”]*”", "", text))) - KNOWN_LATIN
        assert not foreign, foreign
