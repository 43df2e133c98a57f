"""Who refuses the processing of its data after the run that is shown: no opinion of it stays on any screen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from models.config.places import work_dir
from models.directory.report import EVERYTHING, ClientQuery
from models.lists.report import items_of
from models.lists.rules import Purpose
from models.review.access.portfolio import refused_since, shown_index
from models.review.site import SET_VARIABLE, shown_site
from models.review.site import site as named_site
from models.review.today.counting import ClientCounts
from support.refusals import check_refusals


@pytest.fixture
def listed(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The first client of the published list to review next; the work folder is another, with the same runs."""
    own = shown_site()
    newest = own.newest()
    assert newest is not None
    client = items_of(newest.folder, Purpose.REVIEW_NEXT)[0].client_id
    place = tmp_path / own.config.book.name
    place.mkdir()
    for each in work_dir(own.config).iterdir():
        if each.name != "book":
            (place / each.name).symlink_to(each)
    given = json.loads(os.environ[SET_VARIABLE])
    monkeypatch.setenv(SET_VARIABLE, json.dumps([*given, f"run.work_dir={tmp_path}"]))
    named_site.cache_clear()
    yield client
    named_site.cache_clear()


def counts_of(refused: frozenset[str]) -> ClientCounts:
    newest = shown_site().newest()
    assert newest is not None
    return ClientCounts(shown_index(), newest, EVERYTHING, refused)


def test_no_screen_keeps_an_opinion_of_who_refused_since(client_as, listed: str) -> None:
    checker = client_as("checker")
    tab = f"/client-tab/why/{quote(listed, safe='')}?whole=1"
    whole = ClientQuery(scope=EVERYTHING, limit=1_000)
    before = next(each for each in shown_index().search(whole).rows if each.client_id == listed).cells
    assert before["tier"]
    lists = f"/lists/?list={Purpose.REVIEW_NEXT.value}"
    assert f"/client/{quote(listed)}" in checker.get(lists).content.decode()
    assert "refused the processing" not in checker.get(tab).content.decode()
    counted, counted_moves = counts_of(frozenset()), counts_of(frozenset()).moved()
    check_refusals(work_dir(shown_site().config), listed)
    assert counts_of(refused_since()).to_review() == counted.to_review() - 1
    assert sum(counts_of(refused_since()).moved().values()) == sum(counted_moves.values()) - 1
    after = next(each for each in shown_index().search(whole).rows if each.client_id == listed).cells
    assert (after["consent"], after["tier"], after["value"], after["decline_probability"]) == (False, None, None, None)
    assert after["outstanding"] == before["outstanding"]
    assert "refused the processing" in checker.get(tab).content.decode()
    of_tier = shown_index().search(ClientQuery(scope=EVERYTHING, limit=1_000, facets={"tier": (str(before["tier"]),)}))
    assert listed not in {each.client_id for each in of_tier.rows}
    exported = [row for piece in shown_index().export(whole) for row in piece.to_pylist() if row["client_id"] == listed]
    assert [(row["tier"], row["consent"]) for row in exported] == [(None, False)]
    for screen in (lists, "/warnings/", "/movers/"):
        shown = checker.get(screen)
        assert shown.status_code == 200
        assert f"/client/{quote(listed)}" not in shown.content.decode()
