"""Pages of overrides: what awaits an answer, one case with its history, the file beside it, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AnonymousUser, User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from models.decisions.entries import OVERRIDE_ACTS, DecisionAct, Entry
from models.decisions.overrides import (
    STANDINGS,
    CaseState,
    DecisionAnswer,
    OverrideCase,
    is_same_person,
    override_cases,
)
from models.decisions.summary import Fate, fates, override_summary
from models.errors import UserError
from models.grading.override_effect import OverrideEffect, override_effect
from models.monitoring.report import MonitorReport
from models.reasons.figures import money
from models.review.access.portfolio import portfolio_of, record_reading, shown_client
from models.review.chain.record import entries
from models.review.model_room.kept import KINDS, found_report
from models.review.overrides.attachments import download
from models.review.overrides.graded import (
    ClientToOverride,
    decider,
    outcomes_of,
    overridden_client,
    policy_that_runs,
)
from models.review.overrides.text import ACTS, FATES, TABLES, VIEWS
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.text import Phrase

MOST_ROWS = 200
"""Rows of a page: the newest; the rest is reached by the client or the number."""


@dataclass(frozen=True)
class CaseRow:
    """An override in a list."""

    number: int
    client_id: str
    client: str
    ruled: str
    tier: str
    reason: Phrase | str
    maker: str
    until: str
    exposure: str
    fate: Fate

    @property
    def state(self) -> Phrase:
        """What became of it, in words."""
        return FATES[self.fate.value]


@dataclass(frozen=True)
class HistoryLine:
    """An entry about an override, as its page tells it."""

    entry: Entry
    what: Phrase
    when: str
    remark: str


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The overrides of the own portfolio: those to approve, the own, those in force, all."""
    shown = request.GET.get("show", "open")
    if shown not in VIEWS:
        raise Http404
    cases = override_cases(entries(OVERRIDE_ACTS)).cases
    became = fates(cases, decider(request.user).on)
    chosen = [case for case in reversed(cases) if _is_shown(case, shown, became[case.number], request.user)]
    rows = [row for case in chosen[:MOST_ROWS] if (row := _row(case, became[case.number], request.user)) is not None]
    return page(request, "overrides/overview.html", shown=shown, views=VIEWS, rows=rows, total=len(chosen))


@require_safe
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One override: what was asked and why, its effect as of now, what was answered, and what may be."""
    found = shown_case(request.user, number)
    return case_page(request, found)


def case_page(request: HttpRequest, found: OverrideCase, problem: str = "", *, status: int = 200) -> HttpResponse:
    """The page of a case, with what a rule said against the last answer."""
    client, effect = _client_now(request.user, found)
    person, rights = decider(request.user), rights_of(request.user)
    own, is_open = is_same_person(person.account, found.entry.by), found.standing is CaseState.PROPOSED
    holds = found.standing is CaseState.APPROVED
    asked = found.proposal
    reasons = shown_site().config.review.reason_phrases
    return page(
        request,
        "overrides/case.html",
        status=status,
        case=found,
        client=client,
        client_name=found.client if client is None else client.name,
        effect=effect,
        reason=reasons.get(asked.reason, asked.reason),
        exposure=_money(asked.exposure),
        standing=STANDINGS[found.standing],
        until=written_day(asked.valid_until),
        as_of=written_day(asked.as_of),
        history=_history(found),
        problem=problem,
        own=own,
        is_open=is_open,
        may_answer=is_open and not own and Right.APPROVE in rights,
        may_withdraw=(is_open and own) or (holds and not own and Right.APPROVE in rights),
        beyond=person.limit is not None and asked.exposure > person.limit,
        limit=_money(person.limit or 0.0),
    )


@require_safe
def attachment(request: HttpRequest, number: int) -> FileResponse:
    """The file beside an override, as a download."""
    asked = shown_case(request.user, number).proposal
    if not asked.attachment:
        raise Http404
    return download(asked.attachment, asked.attachment_name)


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Overrides of the own portfolio by person and by reason, what became of them, and how they turned out."""
    every = override_cases(entries(OVERRIDE_ACTS)).cases
    seen = [each for each in every if may_see(request.user, each.client)]
    config = shown_site().config
    on = decider(request.user).on
    monitored = found_report(KINDS["monitor"], config)
    outcomes = {} if monitored is None else outcomes_of(seen, cast("MonitorReport", monitored.report))
    summary = override_summary(seen, policy_that_runs().scale, on, outcomes)
    tables = (("makers", summary.makers), ("checkers", summary.checkers), ("reasons", summary.reasons))
    return page(
        request,
        "overrides/report.html",
        day=written_day(summary.day),
        tables=tables,
        reasons=config.review.reason_phrases,
        titles=TABLES,
        fates=FATES,
    )


def shown_case(user: User | AnonymousUser, number: int) -> OverrideCase:
    """A case about a client of the user's portfolio. Raises ``Http404`` for any other number."""
    found = override_cases(entries(OVERRIDE_ACTS)).of(number)
    if found is None or not may_see(user, found.client):
        raise Http404
    return found


def may_see(user: User | AnonymousUser, client_id: str) -> bool:
    """Whether a client is in the user's portfolio; one that left the book is in that of the whole book."""
    return portfolio_of(user).whole_book or shown_client(user, client_id) is not None


def _is_shown(case: OverrideCase, shown: str, fate: Fate, user: User | AnonymousUser) -> bool:
    if not may_see(user, case.client):
        return False
    own = is_same_person(case.entry.by, user.get_username())
    return {"open": fate is Fate.PROPOSED, "mine": own, "holding": fate is Fate.HOLDS, "all": True}[shown]


def _row(case: OverrideCase, fate: Fate, user: User | AnonymousUser) -> CaseRow | None:
    found, asked = shown_client(user, case.client), case.proposal
    name = case.client if found is None else str(found.cells.get("name") or case.client)
    return CaseRow(
        number=case.number,
        client_id=case.client,
        client=name,
        ruled=asked.ruled,
        tier=asked.tier,
        reason=shown_site().config.review.reason_phrases.get(asked.reason, asked.reason),
        maker=case.entry.by,
        until=written_day(asked.valid_until),
        exposure=_money(asked.exposure),
        fate=fate,
    )


def _client_now(
    user: User | AnonymousUser, found: OverrideCase
) -> tuple[ClientToOverride | None, OverrideEffect | None]:
    """The client as it is graded now and the effect of what is asked; nothing of one that is not scored any more."""
    try:
        client = overridden_client(user, found.client)
        effect = override_effect(policy_that_runs(), client.graded, found.proposal.tier, language=page_language())
    except (Http404, UserError):
        return None, None
    newest = shown_site().newest()
    record_reading(user, found.client, route="override", run_key="" if newest is None else newest.entry.run_key)
    return client, effect


def _history(found: OverrideCase) -> Sequence[HistoryLine]:
    known = entries(OVERRIDE_ACTS, found.client)
    numbers = {found.number, *(given.number for given in found.answers)}
    return [
        HistoryLine(
            entry=entry,
            what=ACTS[DecisionAct(entry.act)],
            when=f"{written_day(entry.at.date())} {entry.at:%H:%M} UTC",
            remark=found.proposal.text if entry.number == found.number else entry.read(DecisionAnswer).remark,
        )
        for entry in known
        if entry.number in numbers
    ]


def _money(amount: float) -> str:
    return money(amount, shown_site().config.book.currency, page_language())
