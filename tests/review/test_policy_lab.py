"""The policy lab: a cut-off is moved, who moves is who would, another person approves, and that policy runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from models.config.loading import load_config
from models.decisions.entries import POLICY_ACTS, DecisionAct
from models.decisions.policies import ChangedPolicyError
from models.errors import UserError
from models.proposal.contents import PolicyJudgement
from models.review.access.models import Member
from models.review.chain.record import entries
from models.review.policy_lab.judging import begin_judging, judgement_of
from models.review.policy_lab.views import shown_proposal
from models.review.site import ReviewSite
from models.scoring.job import predict
from models.scoring.policy_in_force import policy_hash
from models.what_if.job import tiers
from models.what_if.lab import LabClients, lab_shift
from models.workspace.opening import settings_of
from support.review_site import NEWEST, copied_demo

AS = Callable[..., Client]
KEY = "dimensions.credit.levels.high.points"
MOVED = {KEY: "70", "why": "the region grew riskier"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def moved(site: ReviewSite) -> str:
    """What the lab says of how many would move, as counted without it."""
    count = tiers(site.config, [f"{KEY}=70"], as_of=NEWEST).moved
    assert count > 1
    return f"{count} clients would change tier"


def latest() -> int:
    return max(entry.number for entry in entries([DecisionAct.POLICY_PROPOSED]))


@pytest.mark.parametrize("change", [f"{KEY}=70", f"{KEY}=90", "dimensions.expected_value.levels.top.share=0.2"])
def test_who_moves_in_the_lab_is_who_would_move_when_all_is_scored_again(site: ReviewSite, change: str) -> None:
    from models.config.loading import change_policy  # noqa: PLC0415 - beside its only use

    newest, own = site.newest(), site.config.grading
    assert newest is not None
    found = lab_shift(LabClients.of(newest.folder), own, change_policy(own, [change], site.config.features))
    again = tiers(site.config, [change], as_of=NEWEST)
    assert found.moved == again.moved > 0
    for old, row in enumerate(again.clients):
        for new, clients in enumerate(row):
            assert old == new or found.matrix[old][new] == clients
    assert {each.client_id for each in again.movers} <= {each.client_id for each in found.movers}


def test_the_lab_shows_who_moves_as_a_number_is_moved(client_as: AS, site: ReviewSite) -> None:
    said = moved(site)
    checker = client_as("checker")
    whole = text_of(checker.get("/policy-lab/", {KEY: "70"}))
    assert 'value="70.0"' in whole
    assert said in whole
    fragment = text_of(checker.get("/policy-lab/shift/", {KEY: "70"}))
    assert said in fragment
    assert "<html" not in fragment
    assert "0 clients would change tier" in text_of(checker.get("/policy-lab/shift/"))


@pytest.mark.parametrize(("number", "said"), [("high", "a cut-off must be a number"), ("20", "must have room below")])
def test_a_number_that_cannot_be_is_told(client_as: AS, number: str, said: str) -> None:
    checker = client_as("checker")
    assert said in text_of(checker.get("/policy-lab/shift/", {KEY: number}))
    refused = checker.post("/policy-lab/propose/", {KEY: number, "why": "x"})
    assert (refused.status_code, said in text_of(refused)) == (409, True)
    assert entries(POLICY_ACTS) == []


def test_what_another_person_approves_is_what_runs(
    client_as: AS, site: ReviewSite, demo_config: Path, tmp_path: Path
) -> None:
    maker, checker = client_as("manager"), client_as("checker")
    sent = maker.post("/policy-lab/propose/", MOVED)
    assert sent.status_code == 302
    assert "must be decided by another person" not in text_of(maker.get(f"/policy-lab/{latest()}/"))
    assert maker.post(f"/policy-lab/{latest()}/approve/").status_code == 403
    config = copied_demo(demo_config.parent, tmp_path / "copy")
    over = [f"review.database={site.config.review.database}"]
    assert settings_of(config, over).grading == site.config.grading
    assert checker.post(f"/policy-lab/{latest()}/approve/", {"remark": "seen"}).status_code == 302
    [high, *_] = settings_of(config, over).grading.dimensions["credit"].levels
    assert high.points == 70
    published = predict(load_config(config, over), as_of=NEWEST)
    assert published.policy.policy == policy_hash(settings_of(config, over).grading) != policy_hash(site.config.grading)
    [file] = (tmp_path / "copy" / "processed" / "demo" / "policies").iterdir()
    file.write_text(file.read_text(encoding="utf-8").replace("70", "10"), encoding="utf-8")
    with pytest.raises(ChangedPolicyError, match="with another content"):
        predict(load_config(config, over), as_of=NEWEST)
    file.unlink()
    with pytest.raises(UserError, match="neither that nor one that it took the place of"):
        settings_of(config, [*over, "policy.stability.margin=0.3"])
    assert checker.post(f"/policy-lab/{latest()}/withdraw/", {"remark": "too hard"}).status_code == 302
    assert settings_of(config, over).grading == site.config.grading


def test_nobody_approves_an_own_policy_or_with_a_limited_authority(client_as: AS) -> None:
    checker = client_as("checker")
    checker.post("/policy-lab/propose/", MOVED)
    own = checker.post(f"/policy-lab/{latest()}/approve/", {"remark": ""})
    assert (own.status_code, "by another person" in text_of(own)) == (409, True)
    second = User.objects.get(username="demo_validator").member
    Member.objects.filter(pk=second.pk).update(role="checker", authority="officer", whole_book=True)
    limited = client_as("validator").post(f"/policy-lab/{latest()}/approve/", {"remark": ""})
    assert (limited.status_code, "authority without a limit" in text_of(limited)) == (409, True)
    back = client_as("validator").post(f"/policy-lab/{latest()}/return/", {"remark": "show the backtest"})
    assert back.status_code == 302
    assert "show the backtest" in text_of(checker.get(f"/policy-lab/{latest()}/"))


def test_movers_of_other_portfolios_are_counted_and_not_named(client_as: AS, site: ReviewSite) -> None:
    Member.objects.filter(role="manager").update(whole_book=False, managers=["nobody"])
    shown = text_of(client_as("manager").get("/policy-lab/", {KEY: "70"}))
    assert moved(site) in shown
    assert "C0000" not in shown


def test_a_proposal_is_judged_on_past_dates_beside_the_policy_that_runs(client_as: AS, site: ReviewSite) -> None:
    maker = client_as("manager")
    maker.post("/policy-lab/propose/", MOVED)
    case = shown_proposal(latest())
    assert "It was not held against past dates yet." in text_of(maker.get(f"/policy-lab/{case.number}/"))
    begin_judging(case)
    assert "It is being judged" in text_of(maker.get(f"/policy-lab/{case.number}/"))
    ended = time.monotonic() + 400
    while judgement_of(case) is None and time.monotonic() < ended:
        time.sleep(0.5)
    found = judgement_of(case)
    assert isinstance(found, PolicyJudgement)
    assert found.hashes == (policy_hash(site.config.grading), policy_hash(case.proposal.policy))
    shown = text_of(maker.get(f"/policy-lab/{case.number}/"))
    assert ("share of tier AA" in shown) == bool(found.judged)
