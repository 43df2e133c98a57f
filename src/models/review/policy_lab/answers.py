"""Recording of policies: a proposal from the numbers of the lab, and the answers of a second person."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from models.decisions.entries import POLICY_ACTS, DecisionAct, Draft
from models.decisions.overrides import CaseState
from models.decisions.policies import PolicyCases, policy_cases
from models.errors import UserError
from models.review.chain.record import record
from models.review.overrides.graded import decider, policy_that_runs
from models.review.policy_lab.judging import begin_judging
from models.review.policy_lab.moved import cut_offs, moved_policy, typed_numbers
from models.review.policy_lab.text import DONE, JUDGING, SENT
from models.review.policy_lab.views import lab_page, proposal_page, said, shown_proposal
from models.review.shared.languages import page_language
from models.review.shared.rights import Right, rights_of

MOST_TYPED = 4_000


@require_POST
def propose(request: HttpRequest) -> HttpResponseBase:
    """Save the numbers of the lab as a proposal that a second person approves."""
    why, typed = _typed(request, "why"), typed_numbers(request)

    def deciding(cases: PolicyCases) -> Draft:
        policy = policy_that_runs()
        return cases.propose(decider(request.user), moved_policy(policy, cut_offs(policy, typed)), policy, why)

    try:
        entry = record(lambda known: deciding(policy_cases(known)), by=request.user.get_username(), acts=POLICY_ACTS)
    except UserError as error:
        return lab_page(request, said(error), status=409)
    messages.success(request, SENT.within(page_language()))
    return redirect("policy_proposal", number=entry.number)


@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let a proposal run from the next run on; its file is written beside the results of the book."""
    remark = _typed(request, "remark")
    answer = _answered(
        request,
        number,
        lambda cases: cases.approve(number, decider(request.user), in_force=policy_that_runs(), remark=remark),
    )
    policy_that_runs()
    return answer


@require_POST
def send_back(request: HttpRequest, number: int) -> HttpResponseBase:
    """Return a proposal with a remark."""
    remark = _typed(request, "remark")
    return _answered(request, number, lambda cases: cases.send_back(number, decider(request.user), remark))


@require_POST
def judge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Begin to hold a proposal against the policy that runs on past dates, in a process of its own."""
    begin_judging(shown_proposal(number))
    messages.success(request, JUDGING.within(page_language()))
    return redirect("policy_proposal", number=number)


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    """Withdraw a proposal of one's own, or end the policy in force, which needs the right to approve."""
    remark = _typed(request, "remark")
    holds = shown_proposal(number).standing is CaseState.APPROVED
    if holds and Right.APPROVE not in rights_of(request.user):
        raise PermissionDenied
    return _answered(request, number, lambda cases: cases.withdraw(number, decider(request.user), remark))


def _answered(request: HttpRequest, number: int, deciding: Callable[[PolicyCases], Draft]) -> HttpResponseBase:
    shown_proposal(number)
    try:
        entry = record(lambda known: deciding(policy_cases(known)), by=request.user.get_username(), acts=POLICY_ACTS)
    except UserError as error:
        return proposal_page(request, shown_proposal(number), said(error), status=409)
    messages.success(request, DONE[DecisionAct(entry.act)].within(page_language()))
    return redirect("policy_proposal", number=number)


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:MOST_TYPED].strip()
