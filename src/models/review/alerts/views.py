"""Views of warnings: the quadrant and the inbox, and each step of work, which becomes an entry of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from models.decisions.entries import DecisionAct
from models.decisions.refusals import RefusedDecisionError
from models.decisions.worked import (
    WARNING_ACTS,
    WarningCase,
    WarningOutcome,
    WarningStep,
    warning_cases,
    warning_step,
)
from models.grading.treatments import dimension_in_words
from models.publications.past import OfficialRun
from models.reasons.figures import day, money
from models.review.access.named import NamedClient, named_clients, page_number, tiers_in_portfolio
from models.review.access.portfolio import shown_client
from models.review.alerts.plots import HEIGHT, WIDTH, quadrant_plot
from models.review.alerts.text import NEW_NOW, OUTCOMES, QUARTERS, RECORDED, STATES, STEPS, WORK
from models.review.chain.record import entries, record
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.shared.rights import RIGHTS, Right, rights_of
from models.review.site import shown_site
from models.text import Language, joined
from models.warnings.quadrant import QuadrantPoint, read_quadrant, warning_of
from models.warnings.report import AlarmState

ROWS = 50
_ACTS = {
    "acknowledge": DecisionAct.WARNING_ACKNOWLEDGED,
    "assign": DecisionAct.WARNING_ASSIGNED,
    "due": DecisionAct.WARNING_DUE,
    "close": DecisionAct.WARNING_CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class ShownWarning:
    """A row of the inbox, in words; ``number`` is that of its mark in the drawing."""

    number: int
    client_id: str
    client: NamedClient | None
    point: QuadrantPoint
    level: str
    change: str
    quarter: str
    exposure: str
    at_risk: str
    sides: str
    since: str
    work: str
    case: WarningCase
    due: str
    outcome: str


@require_GET
def alerts(request: HttpRequest) -> HttpResponseBase:
    """The quadrant and the inbox of one state; top tiers stand first."""
    run = shown_site().newest()
    if run is None:
        return page(request, "alerts/alerts.html", points=())
    return page(request, "alerts/alerts.html", **_context(request, run))


@require_POST
def work(request: HttpRequest, step: str, client: str) -> HttpResponseBase:
    """One step of work on the warning of a client of the own portfolio."""
    run = shown_site().newest()
    if step not in _ACTS or run is None or "\x00" in client or shown_client(request.user, client) is None:
        raise Http404
    point = warning_of(run.folder, client)
    if point is None:
        raise Http404
    try:
        _record(request, step, point, run)
    except RefusedDecisionError as error:
        messages.error(request, error.within(page_language()))
    else:
        words = STEPS[step].within(page_language())
        messages.success(request, RECORDED.within(page_language(), client=client, step=words))
    return redirect(_address(point.state, 1) + f"#row-{_given_number(request)}")


def _record(request: HttpRequest, step: str, point: QuadrantPoint, run: OfficialRun) -> None:
    given = WarningStep(
        first_seen=point.first_seen,
        as_of=run.as_of,
        run_key=run.entry.run_key,
        to=request.POST.get("to", "")[:150] if step == "assign" else "",
        due=_day(request.POST.get("due", "")) if step == "due" else None,
        outcome=request.POST.get("outcome", "")[:100] if step == "close" else "",
        remark=" ".join(request.POST.get("remark", "").split()),
    )
    act, today = _ACTS[step], datetime.now(tz=UTC).date()
    record(
        lambda known: warning_step(act, point.client_id, given, known, members=_members(), today=today),
        by=request.user.get_username(),
        acts=WARNING_ACTS,
        subject=point.client_id,
    )


def _context(request: HttpRequest, run: OfficialRun) -> dict[str, Any]:
    spoken, tiers = page_language(), tiers_in_portfolio(request.user)
    state, number = _state(request), page_number(request.GET.get("page", "1"))
    clients = None if tiers is None else tiers.keys()
    found = read_quadrant(run.folder, states=(state,), clients=clients)
    shown = found.points[(number - 1) * ROWS : number * ROWS]
    cases = warning_cases(entries(WARNING_ACTS))
    names = named_clients(request.user, [each.client_id for each in shown])
    first = (number - 1) * ROWS + 1
    rows = [
        _row(place, each, names.get(each.client_id), cases.get((each.client_id, each.first_seen)), spoken)
        for place, each in enumerate(shown, start=first)
    ]
    plot = quadrant_plot(shown)
    return {
        "rows": rows,
        "plot": plot,
        "width": WIDTH,
        "height": HEIGHT,
        "first": first,
        "titles": {place: f"{row.client_id}: {row.level}, {row.change}" for place, row in enumerate(rows, start=1)},
        "states": [
            (STATES[each].within(spoken), found.counts.get(each.value, 0), _address(each, 1), each is state)
            for each in AlarmState
        ],
        "total": found.total,
        "before": _address(state, number - 1) if number > 1 else "",
        "after": _address(state, number + 1) if number * ROWS < found.total else "",
        "may_work": Right.WORK in rights_of(request.user),
        "members": _members(),
        "outcomes": [(each.value, OUTCOMES[each].within(spoken)) for each in WarningOutcome],
        "quarters": [each.within(spoken) for each in QUARTERS.values()],
    }


def _row(
    number: int, point: QuadrantPoint, client: NamedClient | None, case: WarningCase | None, spoken: Language
) -> ShownWarning:
    currency = shown_site().config.book.currency
    known = case or WarningCase(client=point.client_id, first_seen=point.first_seen)
    return ShownWarning(
        number=number,
        client_id=point.client_id,
        client=client,
        point=point,
        level=f"{point.level:.0f}",
        change=_change(point, spoken),
        quarter="" if point.quarter is None else QUARTERS[point.quarter].within(spoken),
        exposure="" if point.exposure is None else money(point.exposure, currency, spoken),
        at_risk=money(point.business_at_risk, currency, spoken),
        sides=joined([dimension_in_words(each, spoken) for each in point.dimensions], spoken),
        since=day(point.first_seen, spoken),
        work=WORK[known.state].within(spoken),
        case=known,
        due="" if known.due is None else day(known.due, spoken),
        outcome="" if known.outcome is None else OUTCOMES[known.outcome].within(spoken),
    )


def _change(point: QuadrantPoint, spoken: Language) -> str:
    if point.is_new:
        return NEW_NOW.within(spoken)
    return "–" if point.change is None else f"{point.change:+.0f}"


def _state(request: HttpRequest) -> AlarmState:
    given = request.GET.get("state", AlarmState.SHOWN.value)
    return AlarmState(given) if given in {each.value for each in AlarmState} else AlarmState.SHOWN


def _address(state: AlarmState, number: int) -> str:
    given = {"state": state.value, **({"page": number} if number > 1 else {})}
    return f"{reverse('alerts')}?{urlencode(given)}"


def _members() -> list[str]:
    """The accounts to whom a warning can be given: those with a role that works."""
    working = [role.value for role, rights in RIGHTS.items() if Right.WORK in rights]
    found = User.objects.filter(is_active=True, member__role__in=working).order_by("username")
    return list(found.values_list("username", flat=True))


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise BadRequest("a date reads YYYY-MM-DD") from error


def _given_number(request: HttpRequest) -> int:
    return page_number(request.POST.get("number", "1"))
