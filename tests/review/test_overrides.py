"""Overrides in the workbench: one proposes with caps and terms in sight, another signs, and the next run reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from models.decisions.database import ReviewDatabase
from models.decisions.decided import read_decided
from models.decisions.entries import OVERRIDE_ACTS, DecisionAct, Entry, about
from models.decisions.overrides import approved_overrides, override_cases
from models.decisions.summary import OverrideOutcomeSince, override_summary
from models.monitoring.report import MonitorReport, OverriddenSince, PublicationOutcomes, ValueOutcome
from models.review.chain.record import entries
from models.review.overrides.graded import outcomes_of
from models.review.site import ReviewSite

AS = Callable[..., Client]
FORM = {"tier": "B", "reason": "prudence", "text": "the sponsor withdrew", "valid_until": "2023-06-01"}
HOSTILE = "<script>alert(1)</script>"


def rows_of(site: ReviewSite) -> list[dict[str, Any]]:
    newest = site.newest()
    assert newest is not None
    columns = ["client_id", "tier", "tier_caps"]
    return pq.read_table(newest.folder / "scores.parquet", columns=columns).to_pylist()


@pytest.fixture
def free(site: ReviewSite) -> str:
    """A client that no cap holds."""
    return next(str(row["client_id"]) for row in rows_of(site) if not row["tier_caps"] and row["tier"] == "A")


@pytest.fixture
def capped(site: ReviewSite) -> str:
    """A client that a cap holds at B."""
    low = {cap.name for cap in site.config.grading.caps if cap.at_most == "B"}
    return next(str(row["client_id"]) for row in rows_of(site) if low & set(row["tier_caps"]))


def chain(site: ReviewSite) -> list[Entry]:
    """What was recorded about overrides, as a run reads it."""
    return about(ReviewDatabase.of(site.config.review, site.folder).entries(), OVERRIDE_ACTS)


def latest() -> str:
    """The address of the override that was proposed last."""
    return f"/overrides/{max(entry.number for entry in entries([DecisionAct.OVERRIDE_PROPOSED]))}"


def read(site: ReviewSite) -> dict[str, str]:
    """Client -> tier, as the next run reads it."""
    decided = read_decided(site.config.review, site.folder.parent)
    return {row.client_id: row.tier for row in decided.overrides if date(2023, 1, 1) < row.valid_until}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def propose(client: Client, client_id: str, **changes: object) -> Any:
    return client.post(f"/overrides/of/{client_id}/", {**FORM, **changes})


def test_one_proposes_another_approves_and_the_next_run_reads_it(client_as: AS, site: ReviewSite, free: str) -> None:
    maker, checker = client_as("manager"), client_as("checker")
    User.objects.get(username="demo_manager").member.__class__.objects.update(whole_book=True)
    sent = propose(maker, free)
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{latest()}/")
    assert read(site) == {}
    assert f">{latest().rpartition('/')[2]}</a>" in text_of(checker.get("/overrides/?show=open"))
    assert "the sponsor withdrew" in text_of(checker.get(f"{latest()}/"))
    done = checker.post(f"{latest()}/approve/", {"remark": ""})
    assert (done.status_code, read(site)) == (302, {free: "B"})
    assert [(entry.act, entry.by) for entry in chain(site)] == [
        ("override proposed", "demo_manager"),
        ("override approved", "demo_checker"),
    ]
    assert "in force" in text_of(maker.get("/overrides/?show=mine"))
    ended = checker.post(f"{latest()}/withdraw/", {"remark": "settled"})
    assert (ended.status_code, read(site)) == (302, {})


def test_nobody_approves_an_own_proposal(client_as: AS, site: ReviewSite, free: str) -> None:
    checker = client_as("checker")
    propose(checker, free)
    page = text_of(checker.get(f"{latest()}/"))
    assert "You proposed it: another person decides." in page
    assert "/approve/" not in page
    refused = checker.post(f"{latest()}/approve/", {"remark": ""})
    assert refused.status_code == 409
    assert "must be decided by another person than the one who made it" in text_of(refused)
    assert len(chain(site)) == 1


def test_no_cap_is_lifted_and_the_form_says_so_before_it_is_sent(client_as: AS, site: ReviewSite, capped: str) -> None:
    checker = client_as("checker")
    shown = text_of(checker.get(f"/overrides/effect/{capped}/?tier=AA"))
    assert "A cap is in the way" in shown
    assert "B at most: " in shown
    refused = propose(checker, capped, tier="AA")
    assert refused.status_code == 409
    assert "no override lifts a cap: the caps leave B at best" in text_of(refused)
    assert chain(site) == []


def test_the_terms_change_live_with_the_tier(client_as: AS, free: str) -> None:
    checker = client_as("checker")
    form = text_of(checker.get(f"/overrides/of/{free}/"))
    assert f'hx-get="/overrides/effect/{free}/"' in form
    better, lower = (text_of(checker.get(f"/overrides/effect/{free}/?tier={tier}")) for tier in ("AA", "B"))
    assert "Terms now and then" in better
    assert better != lower
    assert "<html" not in lower
    assert checker.get(f"/overrides/effect/{free}/?tier=AAA").status_code == 404


def test_a_limit_of_authority_stops_who_lacks_it(client_as: AS, site: ReviewSite, free: str) -> None:
    maker, checker = client_as("manager"), client_as("checker")
    member = User.objects.get(username="demo_checker").member
    member.__class__.objects.update(whole_book=True, authority="")
    propose(maker, free)
    assert "beyond your authority" in text_of(checker.get(f"{latest()}/"))
    refused = checker.post(f"{latest()}/approve/", {"remark": ""})
    assert (refused.status_code, len(chain(site))) == (409, 1)
    assert "within the authority of who approves" in text_of(refused)


def test_what_is_returned_carries_its_remark(client_as: AS, site: ReviewSite, free: str) -> None:
    maker, checker = client_as("manager"), client_as("checker")
    User.objects.get(username="demo_manager").member.__class__.objects.update(whole_book=True)
    propose(maker, free)
    assert checker.post(f"{latest()}/return/", {"remark": " "}).status_code == 409
    assert checker.post(f"{latest()}/return/", {"remark": f"where is it? {HOSTILE}"}).status_code == 302
    page = text_of(maker.get(f"{latest()}/"))
    assert "where is it? &lt;script&gt;" in page
    assert HOSTILE not in page
    assert read(site) == {}
    assert propose(maker, free).status_code == 302


def test_a_file_is_kept_by_its_hash_and_only_ever_downloaded(client_as: AS, site: ReviewSite, free: str) -> None:
    content = f"{HOSTILE} guarantee".encode()
    checker = client_as("checker")
    upload = SimpleUploadedFile("../../x\r\nSet-Cookie: a=b.html", content, content_type="text/html")
    propose(checker, free, attachment=upload)
    digest = hashlib.sha256(content).hexdigest()
    kept = site.folder / "attachments" / digest
    assert kept.read_bytes() == content
    answer = checker.get(f"{latest()}/file/")
    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    kept.write_bytes(b"another")
    assert checker.get(f"{latest()}/file/").status_code == 404
    kept.unlink()
    assert checker.get(f"{latest()}/file/").status_code == 404


def test_a_file_that_is_empty_or_too_large_is_refused(client_as: AS, site: ReviewSite, free: str) -> None:
    checker, most = client_as("checker"), site.config.review.attachment_max_mb
    for content in (b"", b"x" * (most * (1 << 20) + 1)):
        refused = propose(checker, free, attachment=SimpleUploadedFile("x.pdf", content))
        assert refused.status_code == 409
        assert f"at most {most} MB" in text_of(refused)
    assert chain(site) == []
    assert not (site.folder / "attachments" / hashlib.sha256(content).hexdigest()).exists()


def test_clients_of_others_are_not_there(client_as: AS, site: ReviewSite, free: str) -> None:
    propose(client_as("checker"), free)
    User.objects.get(username="demo_manager").member.__class__.objects.filter(user__username="demo_manager").update(
        whole_book=False, managers=["nobody"]
    )
    stranger = client_as("manager")
    for address in (f"/overrides/of/{free}/", f"/overrides/effect/{free}/?tier=B", f"{latest()}/", "/overrides/9/"):
        assert stranger.get(address).status_code == 404, address
    assert stranger.post(f"{latest()}/withdraw/", {"remark": "x"}).status_code == 404
    assert free not in text_of(stranger.get("/overrides/?show=all"))
    assert "demo_checker" not in text_of(stranger.get("/overrides/report/"))
    assert len(chain(site)) == 1


def test_a_manager_does_not_end_what_another_has_approved(client_as: AS, free: str) -> None:
    User.objects.get(username="demo_manager").member.__class__.objects.update(whole_book=True)
    checker = client_as("checker")
    propose(client_as("manager"), free)
    checker.post(f"{latest()}/approve/", {"remark": ""})
    assert client_as("manager").post(f"{latest()}/withdraw/", {"remark": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": "because"}, "must give a reason of the list"),
        ({"text": ""}, "must say in words why"),
        ({"valid_until": "soon"}, "until which day it holds"),
        ({"valid_until": "2029-01-01"}, "must hold until a day between"),
    ],
)
def test_a_form_that_is_not_whole_comes_back_with_its_rule(
    client_as: AS, site: ReviewSite, free: str, changes: dict[str, str], said: str
) -> None:
    refused = propose(client_as("checker"), free, **changes)
    assert (refused.status_code, said in text_of(refused)) == (409, True)
    assert f">{changes.get('text', FORM['text'])}</textarea>" in text_of(refused)
    assert chain(site) == []


def test_the_report_counts_by_person_and_reason(client_as: AS, free: str) -> None:
    User.objects.get(username="demo_manager").member.__class__.objects.update(whole_book=True)
    propose(client_as("manager"), free)
    client_as("checker").post(f"{latest()}/approve/", {"remark": ""})
    page = text_of(client_as("checker").get("/overrides/report/"))
    for name in ("demo_manager", "demo_checker", "more caution than the rules ask for"):
        assert f'<th scope="row">{name}</th>' in page
    User.objects.get(username="demo_checker").member.__class__.objects.update(language="zh")
    spoken = text_of(client_as("checker").get("/overrides/report/"))
    assert "审慎性下调" in spoken
    assert "人工调整统计" in spoken


def test_an_override_is_judged_at_the_first_run_that_read_it(client_as: AS, site: ReviewSite, free: str) -> None:
    User.objects.get(username="demo_manager").member.__class__.objects.update(whole_book=True)
    propose(client_as("manager"), free)
    client_as("checker").post(f"{latest()}/approve/", {"remark": ""})
    cases = override_cases(chain(site)).cases
    (read_as,) = approved_overrides(cases)

    def since(days: int, *, bad: bool) -> PublicationOutcomes:
        known = OverriddenSince(client_id=free, bad=bad, by_rule=0.25)
        value = ValueOutcome(foreseen=0.0, came=0.0)
        parts = {"event": "decline", "elapsed": 12, "horizon": 12, "settled_from": 0, "tiers": (), "value": value}
        return PublicationOutcomes(
            as_of=read_as.decided_on + timedelta(days=days), overridden=(known,), **cast("Any", parts)
        )

    def judged(*looked: PublicationOutcomes) -> dict[int, OverrideOutcomeSince]:
        return outcomes_of(cases, cast("MonitorReport", SimpleNamespace(outcomes=looked)))

    assert judged() == {}
    assert judged(since(0, bad=True)) == {}, "a run of that day does not read it"
    found = judged(since(40, bad=False), since(1, bad=True), since(0, bad=False))
    assert found == {cases[0].number: OverrideOutcomeSince(bad=True, by_rule=0.25)}
    (by_maker,) = override_summary(cases, site.config.scale, read_as.decided_on, found).makers
    assert (by_maker.settled, by_maker.bad, by_maker.by_rule) == (1, 1, 0.25)
