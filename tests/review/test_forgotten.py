"""A client that people commented, overrode, wrote to and read is forgotten: no trace, others as they were."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client

from models.config.loading import load_config
from models.config.places import work_dir
from models.decisions.database import ReviewDatabase
from models.decisions.entries import ClientForgotten, DecisionAct
from models.decisions.job import verify_chain
from models.decisions.terminal import chain_lines
from models.forgetting.job import forget
from models.forgetting.report import Forgotten, TraceFate
from models.publications.past import newest_official
from models.review.access.models import ClientReading, Member
from models.review.chain.models import ReviewEntry
from models.review.client.models import ClientComment
from models.review.client.stories import SHELF
from models.review.site import ReviewSite
from models.store.sealed import REWRITTEN, read_manifest
from support.review_clients import known_clients
from support.review_site import copied_demo

AS = Callable[[str], Client]
WHY = "asked for erasure on 3 March, case 117"


@pytest.fixture
def copy(site: ReviewSite, demo_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewSite]:
    """A published book of its own behind the workbench."""
    file = copied_demo(demo_config.parent, tmp_path / "copy")
    over = [f"review.database={site.config.review.database}", f"run.artifact_dir={tmp_path}/copy/mlruns/artifacts"]
    own = ReviewSite(load_config(file, over))
    monkeypatch.setattr("models.review.site.site", lambda: own)
    monkeypatch.setattr(SHELF, "_open", None)
    yield own
    connection.close()


def graded_a(demo_config: Path) -> list[str]:
    """Clients with the grade A that no cap holds, so that a person may lower it."""
    return [
        each.client_id
        for each in known_clients(demo_config)
        if (each.cells["tier"], each.cells["cap"]) == ("A", "none")
    ]


def reviewed(client_as: AS, client_id: str, others: str) -> None:
    """What people leave of a client: readings, a comment, an override with a file, a letter; of another a comment."""
    Member.objects.filter(user__username__in=["demo_manager", "demo_checker"]).update(whole_book=True)
    maker = client_as("manager")
    maker.get(f"/client-tab/comments/{client_id}")
    maker.post(f"/client-comment/{client_id}", {"text": f"{client_id} pays late"})
    maker.post(f"/client-comment/{others}", {"text": f"a competitor of {client_id}, unlike it"})
    asked = {
        "tier": "B",
        "reason": "prudence",
        "text": "the sponsor withdrew",
        "valid_until": "2023-06-01",
        "attachment": SimpleUploadedFile("note.bin", b"\x00the note of a sponsor"),
    }
    assert maker.post(f"/overrides/of/{client_id}/", asked).status_code == 302
    assert maker.post(f"/letter-file/{client_id}", {"lang": "en"}).status_code == 302
    assert maker.post(f"/letter-file/{others}", {"lang": "en"}).status_code == 302


def bytes_below(folder: Path) -> dict[Path, bytes]:
    """Every file with its bytes; of tables what stands in them, however it is packed."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            if file.suffix == ".parquet":
                content += str(pq.read_table(file).to_pydict()).encode()
            found[file] = content + file.name.encode()
    return found


def attached(copy: ReviewSite) -> set[Path]:
    """The files beside overrides."""
    return set((copy.folder / "attachments").glob("*"))


def others_of(table: pa.Table, client_id: str) -> pa.Table:
    return table.filter(pc.not_equal(table["client_id"], client_id))


def test_nothing_names_a_forgotten_client_and_the_others_are_as_they_were(
    copy: ReviewSite, client_as: AS, tmp_path: Path, demo_config: Path
) -> None:
    client, other = graded_a(demo_config)[:2]
    of_others = attached(copy)
    reviewed(client_as, client, other)
    attachments = attached(copy) - of_others
    run = newest_official(copy.scores)
    assert run is not None
    before = {file.name: pq.read_table(file) for file in run.folder.glob("*.parquet")}
    entries_before = list(ReviewEntry.objects.order_by("number").values("number", "seal", "subject"))
    connection.close()

    plan = forget(copy.config, client, why=WHY, by="officer", dry_run=True)
    assert ReviewEntry.objects.filter(subject=client).exists()
    connection.close()
    assert {TraceFate.SEALED_AGAIN, TraceFate.ERASED, TraceFate.AT_THE_SOURCE} <= {each.fate for each in plan.traces}
    done = forget(copy.config, client, why=WHY, by="officer")

    assert [each.place for each in done.traces if each.fate is TraceFate.LEFT] == []
    assert done.is_proved
    assert done.erased_entries == plan.erased_entries >= 1
    book = Path(str(copy.config.book.path))
    database = Path(str(copy.config.review.database).removeprefix("sqlite:///"))
    left = {file: content for file, content in bytes_below(tmp_path / "copy").items() if not file.is_relative_to(book)}
    left[database] = database.read_bytes()
    assert [str(file) for file, content in left.items() if client.encode() in content] == []
    assert attachments
    assert not attachments & attached(copy)
    assert of_others <= attached(copy)
    assert done.after is not None
    assert done.after.files > 50

    after = {file.name: pq.read_table(file) for file in run.folder.glob("*.parquet")}
    assert {name: table.equals(others_of(before[name], client)) for name, table in after.items()} == dict.fromkeys(
        before, True
    )
    manifest = read_manifest(run.folder)
    assert (manifest["run_key"], manifest[REWRITTEN]["clients"]) == (run.entry.run_key, 1)
    assert any(each.run_key == run.entry.run_key for each in done.traces)

    chain_holds(copy, entries_before, client, done)
    pages_answer(client_as, client, other)


def chain_holds(copy: ReviewSite, before: list[dict[str, Any]], client: str, done: Forgotten) -> None:
    """Seals stand as they were, and one entry without personal data says what is gone."""
    report = verify_chain(copy.config)
    assert (report.holds, report.erased) == (True, done.erased_entries)
    assert "lost their content" in "\n".join(chain_lines(report))
    entries = ReviewDatabase.of(copy.config.review, work_dir(copy.config)).entries()
    assert [(each.number, each.seal) for each in entries[: len(before)]] == [(e["number"], e["seal"]) for e in before]
    last = entries[-1]
    payload = last.read(ClientForgotten)
    assert (last.act, last.by, payload.why) == (DecisionAct.CLIENT_FORGOTTEN, "officer", WHY)
    assert [each.number for each in payload.erased] == [e["number"] for e in before if e["subject"] == client]
    with pytest.raises(DatabaseError, match="never changed"):
        ReviewEntry.objects.filter(number=1).update(subject="x")


def pages_answer(client_as: AS, client: str, other: str) -> None:
    """The client's page is not there; every list is."""
    Member.objects.filter(user__username="demo_manager").update(whole_book=True)
    maker = client_as("manager")
    assert maker.get(f"/client/{client}").status_code == 404
    for address in ("/today/", "/clients/", "/lists/", "/movers/", "/warnings/", "/overrides/", "/letters/"):
        answer = maker.get(address, follow=True)
        assert answer.status_code == 200, address
        assert client not in answer.content.decode()
    comments = maker.get(f"/client-tab/comments/{other}").content.decode()
    assert "a competitor of forgotten, unlike it" in comments
    assert not ClientComment.objects.filter(client_id=client).exists()
    assert not ClientReading.objects.filter(client_id=client).exists()


def test_a_pseudonym_keeps_the_rows_under_another_id(copy: ReviewSite, client_as: AS, demo_config: Path) -> None:
    client, other = graded_a(demo_config)[2:4]
    reviewed(client_as, client, other)
    run = newest_official(copy.scores)
    assert run is not None
    before = pq.read_table(run.folder / "scores.parquet").to_pylist()
    connection.close()
    assert forget(copy.config, client, why=WHY, pseudonym=True).is_proved
    after = pq.read_table(run.folder / "scores.parquet").to_pylist()
    place = [row["client_id"] for row in before].index(client)
    assert (after[place]["name"], after[place]["value"]) == (None, before[place]["value"])
    assert after[place]["client_id"].startswith("P")
    assert [row for row in after if row is not after[place]] == [row for row in before if row is not before[place]]
    assert ClientComment.objects.filter(client_id=after[place]["client_id"]).count() == 1
    shutil.rmtree(copy.scores.parent / "book", ignore_errors=True)
