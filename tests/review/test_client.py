"""One client on the screen: facts at its head, its tabs, rows behind figures, comments that stay, locks."""

from __future__ import annotations

import html
import re
from collections import OrderedDict
from urllib.parse import quote

import pandas as pd
import pytest
from django.contrib.auth.models import User

from models.directory.report import EVERYTHING, ClientQuery, FoundClient
from models.errors import InternalError
from models.review.access.models import ClientReading, Member
from models.review.access.portfolio import shown_index
from models.review.client.header import months_later
from models.review.client.models import ClientComment
from models.review.client.stories import SHELF
from models.review.client.text import OF_THE_STORY, TABS
from models.review.site import ReviewSite, shown_site
from models.text import ENGLISH
from support.hostile import CLIENT, SCRIPT


@pytest.fixture
def rows(site) -> list[FoundClient]:
    """All clients of the newest run."""
    return list(shown_index().search(ClientQuery(scope=EVERYTHING, limit=1_000)).rows)


def tab(client, name: str, client_id: str, query: str = "whole=1") -> str:
    answer = client.get(f"/client-tab/{name}/{quote(client_id, safe='')}?{query}")
    assert answer.status_code == 200, name
    return str(answer.content.decode())


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def scored(rows: list[FoundClient]) -> FoundClient:
    return next(each for each in rows if each.cells["scored"] and each.client_id != CLIENT and each.cells["group_id"])


def allowed(rows: list[FoundClient]) -> list[FoundClient]:
    """Clients who did not refuse the processing of their data."""
    return [each for each in rows if each.cells["consent"] is not False]


def test_the_head_tells_what_a_reviewer_asks_first(client_as, rows) -> None:
    known = scored(rows)
    said = text_of(tab(client_as("reader"), "grade", known.client_id))
    for part in (known.cells["name"], known.client_id, known.cells["manager"], known.cells["branch"]):
        assert str(part) in said
    for title in ("Tier before", "Exposure", "Limit use", "Days overdue", "Rating", "Next review", "Consent"):
        assert title in said
    assert str(known.cells["tier"]) in said


@pytest.mark.parametrize("name", TABS)
def test_every_tab_shows_an_ordinary_and_a_hostile_client(name: str, client_as, rows) -> None:
    for client_id in (scored(rows).client_id, CLIENT):
        page = tab(client_as("checker"), name, client_id)
        assert 'aria-current="page"' in page
        assert SCRIPT not in page
        assert re.search(r"<script(?![^>]*src=)|<style|\sstyle=", page) is None


def test_reading_is_on_record(client_as, rows) -> None:
    known = scored(rows)
    tab(client_as("reader"), "grade", known.client_id)
    reading = ClientReading.objects.get(client_id=known.client_id)
    assert (reading.by, reading.route) == ("demo_reader", "client_tab")
    assert reading.run_key == shown_site().newest().entry.run_key  # type: ignore[union-attr]


def test_who_does_not_want_to_wait_sees_the_frame_at_once_and_the_rest_when_it_is_there(client_as, rows) -> None:
    client, known = client_as("reader"), allowed(rows)[-7].client_id
    run = shown_site().newest()
    assert run is not None
    assert not SHELF.has(run, known, ENGLISH)
    first = tab(client, "why", known, "")
    assert "hx-get" in first
    part = tab(client, "why", known, "part=1")
    assert "<html" not in part
    assert SHELF.has(run, known, ENGLISH)
    again = tab(client, "why", known, "")
    assert part.strip() in again
    assert "hx-trigger" not in again
    assert set(TABS) > OF_THE_STORY


def test_the_sums_of_why_are_exact(client_as, rows) -> None:
    page = tab(client_as("reader"), "why", scored(rows).client_id)
    section = page[page.index('id="why-decline"') : page.index('id="why-value"')]
    numbers = [float(each.replace(",", "")) for each in re.findall(r'<td class="number">([-+.,\d]+)</td>', section)]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)


def test_a_figure_leads_to_its_rows_in_the_book(client_as, rows) -> None:
    known, client = scored(rows).client_id, client_as("reader")
    flows = pd.read_parquet(f"{shown_site().config.book.path}/cashflows.parquet")
    theirs = flows[(flows["client_id"] == known) & (flows["kind"] == "interest")]
    facility = theirs["facility_id"].iloc[0]
    chosen = theirs[theirs["facility_id"] == facility]
    page = tab(client, "facilities", known, f"facility={facility}&kind=interest")
    assert f"{len(chosen)} row" in page
    amounts = re.findall(r'<td class="number">([-\d,]+) USD</td>', page[page.index('id="cashflows"') :])
    shown = sum(int(each.replace(",", "")) for each in amounts)
    assert len(amounts) == min(len(chosen), 50)
    assert shown == pytest.approx(
        chosen.sort_values("date", ascending=False).head(50)["amount"].sum(), abs=len(amounts)
    )
    everything = len(flows[flows["client_id"] == known])
    last = tab(client, "facilities", known, f"page={-(-everything // 50)}")
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


def test_the_group_is_summed_over_who_may_be_seen_and_says_who_may_not(client_as, rows) -> None:
    groups = pd.Series([each.cells["group_id"] for each in rows]).value_counts()
    members = [each for each in rows if each.cells["group_id"] == groups.index[0]]
    assert len(members) > 1
    whole = text_of(tab(client_as("reader"), "group", members[0].client_id))
    for each in members:
        assert str(each.cells["name"]) in whole or each.client_id in whole
    manager = members[0].cells["manager"]
    Member.objects.filter(user__username="demo_reader").update(whole_book=False, managers=[manager])
    hidden = [each for each in members if each.cells["manager"] != manager]
    part = text_of(tab(client_as("reader"), "group", members[0].client_id))
    assert ("outside your portfolio" in part) is bool(hidden)
    for each in hidden:
        assert each.client_id not in part


def test_who_refused_stands_with_its_exposure_and_no_opinion(client_as, rows) -> None:
    book = shown_site().config.book.path
    notes = pd.read_parquet(f"{book}/interactions.parquet").dropna(subset=["text"])
    refused = [each for each in rows if each.cells["consent"] is False and each.client_id in set(notes["client_id"])]
    known = max(refused, key=lambda each: each.cells["outstanding"] or 0)
    assert (known.cells["scored"], known.cells["tier"], known.cells["value"]) == (False, None, None)
    assert [known.cells[name] for name in ("country", "industry", "rating", "esg_grade")] == [None] * 4
    rating = pd.read_parquet(f"{book}/ratings.parquet").set_index("client_id")["grade"].get(known.client_id)
    for name in TABS:
        page = text_of(tab(client_as("checker"), name, known.client_id))
        assert "refused the processing" in page
        assert "Days overdue" in page
        assert "Tier before" not in page
        assert "Rating" not in page or rating is None
        assert not [text for text in notes[notes["client_id"] == known.client_id]["text"] if text in page]
    letter = client_as("checker").get(f"/letter/{known.client_id}").content.decode()
    assert "You refused that we process your data" in letter or "letter" not in letter


def test_notes_show_the_sentence_that_made_the_tone(client_as, rows) -> None:
    notes = pd.read_parquet(f"{shown_site().config.book.path}/interactions.parquet").dropna(subset=["text"])
    allowed = {each.client_id for each in rows if each.cells["consent"] is not False and each.client_id != CLIENT}
    known_then = notes[notes["date"] < shown_index().as_of]
    latest = known_then[known_then["client_id"].isin(allowed)].sort_values("date").iloc[-1]
    page = tab(client_as("reader"), "notes", latest["client_id"])
    assert re.split("[.!?。！？；;]", latest["text"])[0] in text_of(page)
    assert "<mark>" in page
    assert "like notes with" in page


def test_a_comment_stays_and_mentions_whom_it_names(client_as, rows) -> None:
    known, client = scored(rows).client_id, client_as("manager")
    Member.objects.filter(user__username="demo_manager").update(whole_book=True)
    answer = client.post(f"/client-comment/{known}", {"text": f"{SCRIPT} @demo_checker @nobody_here look"}, follow=True)
    assert "Your comment is on record." in answer.content.decode()
    assert SCRIPT not in answer.content.decode()
    comment = ClientComment.objects.get()
    assert (comment.by, comment.mentions, comment.client_id) == ("demo_manager", ["demo_checker"], known)
    comment.text = "something else"
    with pytest.raises(InternalError, match="only ever added"):
        comment.save()
    with pytest.raises(InternalError, match="never deleted"):
        comment.delete()
    assert User.objects.filter(username="demo_checker").exists()
    assert "@demo_checker" in text_of(tab(client, "history", known))


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001])
def test_a_comment_that_says_nothing_or_too_much_is_not_recorded(text: str, client_as, rows) -> None:
    client_as("checker").post(f"/client-comment/{scored(rows).client_id}", {"text": text})
    assert not ClientComment.objects.exists()


def test_who_only_reads_writes_no_comment(client_as, rows) -> None:
    known = scored(rows).client_id
    assert client_as("reader").post(f"/client-comment/{known}", {"text": "x"}).status_code == 403
    assert 'name="text"' not in tab(client_as("reader"), "comments", known)


def test_history_keeps_what_was_published_apart_from_what_is_recomputed(client_as, rows) -> None:
    known = next(each for each in rows if each.cells["scored"] and each.cells["tier_before"])
    page = tab(client_as("reader"), "history", known.client_id)
    published, recomputed = page.split('id="recomputed"')
    assert published.count('class="published"') == len(shown_site().runs()) == 2
    assert "1 October 2022" in published
    assert "Recomputed today, not published" in recomputed
    assert "<svg" not in published
    assert "<svg" in recomputed


def test_a_client_that_is_not_scored_says_why(client_as, rows) -> None:
    run, known = shown_site().newest(), allowed(rows)[-3].client_id
    assert run is not None
    SHELF._keep((run.entry.run_key, known, ENGLISH), None)  # as the models leave it that speak of no such client
    for name in sorted(OF_THE_STORY - {"history"}):
        assert "The models say nothing of this client as of 1 January 2023" in text_of(
            tab(client_as("reader"), name, known)
        )
    assert "Recomputed" not in tab(client_as("reader"), "history", known)


def test_the_next_review_is_some_months_later() -> None:
    assert months_later(pd.Timestamp("2023-11-30").date(), 3).isoformat() == "2024-02-29"


def test_a_foot_cannot_leave_the_style_sheet(client_as, rows) -> None:
    answer = client_as("reader").get(f"/client-print-style/{quote(CLIENT, safe='')}")
    assert answer.headers["Content-Type"].startswith("text/css")
    (foot,) = re.findall(r'@bottom-left \{ content: "([^"]*)"; font', answer.content.decode())
    assert re.fullmatch(r"([A-Za-z0-9]|\\[0-9a-f]+ )*", foot)


def test_models_that_are_gone_are_reported_as_such_and_the_log_names_the_kind(
    client_as, rows, tmp_path, monkeypatch, caplog
) -> None:
    """The registry that the config names is another, empty one."""
    known, config = scored(rows).client_id, shown_site().config
    empty = config.run.model_copy(update={"tracking_uri": f"sqlite:///{tmp_path}/mlflow.db"})
    elsewhere = ReviewSite(config.model_copy(update={"run": empty}))
    monkeypatch.setattr("models.review.client.stories.shown_site", lambda: elsewhere)
    monkeypatch.setattr(SHELF, "_open", None)
    monkeypatch.setattr(SHELF, "_kept", OrderedDict())
    answer = client_as("reader").get(f"/client-tab/grade/{known}?whole=1")
    assert answer.status_code == 503
    assert "Tell who runs the workbench" in text_of(answer.content.decode())
    (logged,) = [each for each in caplog.records if each.levelname == "ERROR"]
    assert logged.getMessage() == "client_tab 503 BundleNotFoundError"
