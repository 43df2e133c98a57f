"""Jobs of the screens of movers, warnings, lists and audit, as a member does them in this process."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import openpyxl
import pytest

from models.decisions.worked import (
    LIST_ACTS,
    WARNING_ACTS,
    ItemState,
    ListResult,
    WarningOutcome,
    WarningState,
    list_items,
    warning_cases,
)
from models.lists.report import items_of
from models.lists.rules import Purpose
from models.movers.reading import MoversAsked, read_matrix, read_movers
from models.review.access.models import ClientReading, Member
from models.review.access.portfolio import busiest_managers, shown_index
from models.review.alerts.plots import quadrant_plot
from models.review.chain.record import entries
from models.review.site import shown_site
from models.review.trail.models import ReplayJob
from models.review.trail.views import RecordedReadings
from models.warnings.quadrant import read_quadrant
from models.warnings.report import AlarmState

TODAY = datetime.now(tz=UTC).date()


def newest():
    run = shown_site().newest()
    assert run is not None
    return run


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def narrowed(role: str) -> list[str]:
    """Narrows the demo member of a role to the busiest manager's clients; returns these."""
    (manager,) = busiest_managers(1)
    member = Member.objects.get(user__username=f"demo_{role}")
    member.whole_book, member.managers, member.branches = False, [manager], []
    member.save()
    from models.directory.report import ClientQuery, Scope  # noqa: PLC0415

    scope = Scope(managers=frozenset({manager}))
    pieces = shown_index().export(ClientQuery(scope=scope, columns=("client_id",)))
    return [client for piece in pieces for client in piece["client_id"].to_pylist()]


def test_the_matrix_shows_every_cell_and_a_cell_its_clients(client_as) -> None:
    client = client_as("reader")
    matrix = read_matrix(newest().folder)
    page = client.get("/movers/").content.decode()
    for cell in matrix.cells:
        if cell.before and cell.tier and cell.before != cell.tier:
            link = f"?before={cell.before}&amp;tier={cell.tier}#clients"
            assert link in page
            found = client.get(f"/movers/?before={cell.before}&tier={cell.tier}").content.decode()
            rows = read_movers(newest().folder, MoversAsked(tier_before=cell.before, tier=cell.tier, limit=50)).rows
            assert found.count("data-row") == len(rows)
            assert all(quote(each.client_id) or each.client_id in found for each in rows)


def test_all_top_clients_that_turned_are_one_link_away(client_as) -> None:
    client = client_as("manager")
    page = client.get("/movers/")
    link = re.search(r'href="(/movers/\?before=AA&amp;way=down#clients)"', page.content.decode())
    assert link is not None
    found = client.get(link[1].replace("&amp;", "&"))
    total = read_movers(newest().folder, MoversAsked(tier_before="AA", way="down", limit=0)).total
    assert f"{total:,} client" in text_of(found)


def test_a_manager_sees_the_moves_of_the_own_portfolio_alone(client_as) -> None:
    client = client_as("manager")
    mine = set(narrowed("manager"))
    everybody = read_movers(newest().folder, MoversAsked()).rows
    assert {each.client_id for each in everybody} - mine
    page = client.get("/movers/").content.decode()
    shown = sum(page.count(f">{each.client_id}<") for each in everybody if each.client_id in mine)
    assert shown == min(50, sum(each.client_id in mine for each in everybody))
    assert not [each for each in everybody if each.client_id not in mine and f">{each.client_id}<" in page]


def test_addresses_that_mean_nothing_break_nothing(client_as) -> None:
    client = client_as("reader")
    for address in ("/movers/?cause=x&way=y&page=-1", "/warnings/?state=none&page=zz", "/lists/?list=none&page=9999"):
        assert client.get(address).status_code == 200


def test_the_inbox_shows_top_tiers_first_and_holds_the_others_one_click_away(client_as) -> None:
    client = client_as("checker")
    found = read_quadrant(newest().folder)
    page = client.get("/warnings/").content.decode()
    order = [page.index(f">{each.client_id}<") for each in found.points[:20]]
    assert order == sorted(order)
    tops = [each.always_shown for each in found.points]
    assert tops == sorted(tops, reverse=True)
    held = read_quadrant(newest().folder, states=(AlarmState.HELD_BACK,))
    assert "state=held+back" in page
    if held.points:
        assert f">{held.points[0].client_id}<" in client.get("/warnings/?state=held+back").content.decode()
    plot = quadrant_plot(found.points)
    assert len(plot.marks) == min(len(found.points), 300)
    assert all(52 <= mark.x <= 744 and 22 <= mark.y <= 344 for mark in plot.marks)


def test_a_warning_is_acknowledged_assigned_due_and_closed_and_stays_so(client_as) -> None:
    client = client_as("checker")
    point = read_quadrant(newest().folder).points[0]
    due = TODAY + timedelta(days=7)

    def step(name: str, **given: str) -> str:
        answer = client.post(f"/warnings/{name}/{quote(point.client_id)}", given, follow=True)
        assert answer.status_code == 200
        return text_of(answer)

    assert "acknowledged" in step("acknowledge")
    step("assign", to="demo_manager")
    step("due", due=due.isoformat())
    assert "must be given to a member" in step("assign", to="nobody")
    assert "due from today" in step("due", due="2001-01-01")
    assert "outcome of the list" in step("close", outcome="whatever")
    step("close", outcome=WarningOutcome.PREVENTED.value, remark="limit cut")
    case = warning_cases(entries(WARNING_ACTS))[point.client_id, point.first_seen]
    assert (case.state, case.to, case.due, case.outcome) == (
        WarningState.CLOSED, "demo_manager", due, WarningOutcome.PREVENTED,
    )  # fmt: skip
    before = len(entries(WARNING_ACTS))
    assert "worked on no more" in step("acknowledge")
    assert len(entries(WARNING_ACTS)) == before == 4
    assert case.remarks == ("limit cut",)


def test_a_warning_of_another_portfolio_is_not_worked_on(client_as) -> None:
    client = client_as("manager")
    mine = set(narrowed("manager"))
    other = next(each for each in read_quadrant(newest().folder, states=tuple(AlarmState)).points
                 if each.client_id not in mine)  # fmt: skip
    assert client.post(f"/warnings/acknowledge/{quote(other.client_id)}").status_code == 404
    assert f">{other.client_id}<" not in client.get(f"/warnings/?state={quote(other.state.value)}").content.decode()
    assert client_as("reader").post(f"/warnings/acknowledge/{quote(other.client_id)}").status_code == 403


def worklist() -> tuple[Purpose, str]:
    found = next(purpose for purpose in Purpose if items_of(newest().folder, purpose))
    return found, items_of(newest().folder, found)[0].client_id


def test_an_item_is_taken_done_with_a_result_and_counted(client_as) -> None:
    purpose, who = worklist()
    client, other = client_as("manager"), client_as("checker")
    address = f"{quote(purpose.value)}/{quote(who)}"
    assert "taken by who says" in text_of(client.post(f"/lists/done/{address}", {"result": "agreed"}, follow=True))
    client.post(f"/lists/take/{address}")
    assert "taken by who says" in text_of(other.post(f"/lists/done/{address}", {"result": "agreed"}, follow=True))
    assert "result of the list" in text_of(client.post(f"/lists/done/{address}", {"result": "x"}, follow=True))
    client.post(f"/lists/done/{address}", {"result": ListResult.AGREED.value, "remark": "renewed"})
    item = list_items(entries(LIST_ACTS))[purpose.value, who, newest().as_of]
    assert (item.state, item.by, item.result, item.remark) == (
        ItemState.DONE, "demo_manager", ListResult.AGREED, "renewed",
    )  # fmt: skip
    assert "stays done" in text_of(client.post(f"/lists/take/{address}", follow=True))
    assert "1 / 1" in text_of(client.get(f"/lists/?list={quote(purpose.value)}"))
    exported = client.post("/lists/export/", {"list": purpose.value})
    lines = exported.content.decode("utf-8-sig").splitlines()
    assert "review next" in lines[0]
    assert newest().entry.run_key[:12] in lines[0]
    assert f'"{who}"' in lines[2]
    assert '"renewed"' in lines[2]
    assert ClientReading.objects.filter(client_id=who, route="worklists_export").count() == 1
    assert client.post("/lists/export/", {"list": "none"}).status_code == 404


def test_a_list_for_a_meeting_is_a_workbook_with_numbers(client_as) -> None:
    purpose, who = worklist()
    exported = client_as("manager").post("/lists/export/", {"list": purpose.value, "form": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(exported.content)).active
    assert newest().entry.run_key[:12] in sheet["A1"].value
    item = items_of(newest().folder, purpose)[0]
    assert (sheet["A4"].value, sheet["B4"].value, sheet["D4"].value) == (item.rank, who, pytest.approx(item.benefit))
    assert client_as("manager").post("/lists/export/", {"list": purpose.value, "form": "exe"}).status_code == 400


def test_an_auditor_sees_what_was_published_and_the_reading_is_on_record(client_as) -> None:
    client, who = client_as("validator"), worklist()[1]
    page = client.post("/audit/", {"client": who, "day": TODAY.isoformat()})
    text = text_of(page)
    assert newest().entry.run_key in text
    assert newest().entry.data in text
    assert "Official by the end of that day" in text
    assert "demo_validator" in text
    (reading,) = RecordedReadings().readings(who)
    assert (reading.by, reading.route) == ("demo_validator", "trail")
    assert "Nothing had been published" in text_of(client.post("/audit/", {"client": who, "day": "2001-01-01"}))
    assert client.post("/audit/", {"client": "", "day": TODAY.isoformat()}).status_code == 400
    assert client.post("/audit/", {"client": who, "day": "x"}).status_code == 400
    assert client_as("manager").get("/audit/").status_code == 403


def test_an_export_holds_readers_and_decisions(client_as) -> None:
    client, who = client_as("validator"), worklist()[1]
    answer = client.post("/audit/export/", {"client": who, "day": TODAY.isoformat()})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        readings = json.loads(archive.read("readings.json"))
        assert readings is not None
        assert json.loads(archive.read("trail.json"))["publications"][0]["proved"] is True


def test_one_replay_runs_at_a_time_and_one_of_a_server_that_is_gone_is_given_up(client_as) -> None:
    client, entry = client_as("validator"), newest().entry
    waiting = ReplayJob.objects.create(by="demo_validator", day=TODAY, entry=entry.number, process=1)
    asked = {"day": TODAY.isoformat(), "entry": str(entry.number)}
    assert "Another replay runs" in text_of(client.post("/audit/replay/", asked))
    assert "made again" in text_of(client.get(f"/audit/replay/{waiting.pk}/"))
    assert client.post("/audit/replay/", asked | {"entry": "99"}).status_code == 404
    ReplayJob.objects.filter(pk=waiting.pk).update(running=False, failed="TimeoutExpired")
    assert "ended before it was done" in text_of(client.get(f"/audit/replay/{waiting.pk}/"))


@pytest.mark.parametrize("address", ["/movers/", "/warnings/", "/lists/", "/audit/"])
def test_pages_speak_chinese(address: str, client_as) -> None:
    Member.objects.filter(user__username="demo_validator").update(language="zh")
    page = text_of(client_as("validator").get(address))
    assert re.search("等级变动|预警|工作清单|审计", page)
