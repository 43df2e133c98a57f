"""Recording of overrides: a proposal with its effect live beside the form, and the answers of a second person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from models.decisions.entries import OVERRIDE_ACTS, DecisionAct, Draft, Entry
from models.decisions.overrides import CaseState, OverrideCase, OverrideProposal
from models.decisions.refusals import RefusedDecisionError
from models.errors import UserError
from models.grading.override_effect import OverrideEffect, override_effect
from models.reasons.figures import money
from models.review.access.portfolio import record_reading
from models.review.chain.record import record
from models.review.overrides.attachments import kept
from models.review.overrides.graded import (
    ClientToOverride,
    decider,
    overridden_client,
    override_rules,
    policy_that_runs,
    require_exposure,
)
from models.review.overrides.text import DONE, SENT
from models.review.overrides.views import case_page, shown_case
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.text import Text

MOST_TYPED = 4_000
_DAY_RULE = Text("an override must say until which day it holds")
_NO_DAY = Text("no date", "override")
_CHOOSE_DAY = Text("choose a day")


@require_safe
def effect(request: HttpRequest, client: str) -> HttpResponse:
    """What caps leave and how the terms would change, for the tier that is chosen in the form."""
    found = overridden_client(request.user, client)
    return page(request, "overrides/effect.html", effect=_effect(found, request.GET.get("tier", "")))


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, client: str) -> HttpResponseBase:
    """The form of an override, and its proposal."""
    found = overridden_client(request.user, client)
    problem = ""
    if request.method == "POST":
        try:
            entry = _proposed(request, found)
        except UserError as error:
            problem = _said(error)
        else:
            messages.success(request, SENT.within(page_language()))
            return redirect("override", number=entry.number)
    else:
        record_reading(request.user, client, route="override_new", run_key=found.run_key)
    return _form(request, found, problem)


@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponseBase:
    """Approve a proposal: judged by the exposure and the caps of the run that is shown now."""

    def deciding(case: OverrideCase, known: Sequence[Entry], remark: str) -> Draft:
        client = overridden_client(request.user, case.client)
        leaves = _effect(client, case.proposal.tier).leaves
        rules = override_rules(case.client, list(known))
        return rules.approve(
            number, decider(request.user), exposure=require_exposure(client), leaves=leaves, remark=remark
        )

    return _answered(request, number, deciding)


@require_POST
def send_back(request: HttpRequest, number: int) -> HttpResponseBase:
    """Return a proposal with a remark."""
    return _answered(
        request,
        number,
        lambda case, known, remark: override_rules(case.client, list(known)).send_back(
            number, decider(request.user), remark
        ),
    )


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponseBase:
    """Withdraw a proposal of one's own, or end an override that holds, which needs the right to approve."""
    holds = shown_case(request.user, number).standing is CaseState.APPROVED
    if holds and Right.APPROVE not in rights_of(request.user):
        raise PermissionDenied
    return _answered(
        request,
        number,
        lambda case, known, remark: override_rules(case.client, list(known)).withdraw(
            number, decider(request.user), remark, exposure=_exposure_now(request.user, case)
        ),
    )


def _answered(
    request: HttpRequest, number: int, deciding: Callable[[OverrideCase, Sequence[Entry], str], Draft]
) -> HttpResponseBase:
    """Record an answer; what a rule has against it stands on the page of the case."""
    case, remark = shown_case(request.user, number), _typed(request, "remark")
    try:
        entry = record(
            lambda known: deciding(case, known, remark),
            by=request.user.get_username(),
            acts=OVERRIDE_ACTS,
            subject=case.client,
        )
    except UserError as error:
        return case_page(request, shown_case(request.user, number), _said(error), status=409)
    messages.success(request, DONE[DecisionAct(entry.act)].within(page_language()))
    return redirect("override", number=number)


def _proposed(request: HttpRequest, client: ClientToOverride) -> Entry:
    asked, exposure = _typed(request, "tier"), require_exposure(client)
    until, leaves = _day(request), _effect(client, asked).leaves
    upload = request.FILES.get("attachment")
    digest, name = ("", "") if upload is None else kept(upload)
    proposal = OverrideProposal(
        tier=asked,
        reason=_typed(request, "reason"),
        text=_typed(request, "text"),
        valid_until=until,
        exposure=exposure,
        ruled=client.graded.by_rule,
        leaves=leaves,
        as_of=client.as_of,
        run_key=client.run_key,
        attachment=digest,
        attachment_name=name,
    )
    return record(
        lambda known: override_rules(client.client_id, list(known)).propose(decider(request.user), proposal),
        by=request.user.get_username(),
        acts=OVERRIDE_ACTS,
        subject=client.client_id,
    )


def _form(request: HttpRequest, client: ClientToOverride, problem: str) -> HttpResponse:
    config, policy = shown_site().config, policy_that_runs()
    chosen = _typed(request, "tier") or client.graded.by_rule
    shown = chosen if chosen in policy.scale.names else policy.scale.names[-1]
    exposure = None if client.exposure is None else money(client.exposure, config.book.currency, page_language())
    return page(
        request,
        "overrides/form.html",
        status=409 if problem else 200,
        client=client,
        exposure=exposure,
        tiers=[(tier.name, policy.scale.label(tier.name, page_language())) for tier in policy.tiers],
        reasons=config.review.reason_phrases,
        given={name: _typed(request, name) for name in ("reason", "text", "valid_until")} | {"tier": shown},
        today=decider(request.user).on,
        most_mb=config.review.attachment_max_mb,
        effect=_effect(client, shown),
        problem=problem,
    )


def _effect(client: ClientToOverride, tier: str) -> OverrideEffect:
    policy = policy_that_runs()
    if tier not in policy.scale.names:
        raise Http404
    return override_effect(policy, client.graded, tier, language=page_language())


def _exposure_now(user: User | AnonymousUser, case: OverrideCase) -> float:
    """The exposure of a client now; of one that is not scored any more as it was when the override was proposed."""
    try:
        return require_exposure(overridden_client(user, case.client))
    except Http404:
        return case.proposal.exposure


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:MOST_TYPED].strip()


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(_typed(request, "valid_until"))
    except ValueError:
        raise RefusedDecisionError(_DAY_RULE, _NO_DAY, _CHOOSE_DAY) from None


def _said(error: UserError) -> str:
    return error.within(page_language()) if isinstance(error, RefusedDecisionError) else str(error)
