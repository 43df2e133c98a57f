"""Views of work lists: the items of a list with where they stand, each step of work, and the list for a meeting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from models.decisions.entries import DecisionAct
from models.decisions.refusals import RefusedDecisionError
from models.decisions.worked import LIST_ACTS, ItemState, ListItem, ListResult, ListStep, list_items, list_step
from models.lists.report import WorkItem, items_of
from models.lists.rules import Purpose
from models.lists.text import benefit_name, list_name, why_and_step
from models.publications.past import OfficialRun
from models.reasons.figures import money
from models.review.access.named import NamedClient, named_clients, page_number, tiers_in_portfolio
from models.review.access.portfolio import record_readings, shown_client
from models.review.chain.record import entries, record
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.review.worklists.files import FORMS, MeetingList, ShownItem
from models.review.worklists.text import BOOK_LINE, RECORDED, RESULTS, STATES
from models.text import Language

ROWS = 100
_ACTS = {"take": DecisionAct.LIST_ITEM_TAKEN, "done": DecisionAct.LIST_ITEM_DONE}
_STEPS = {"take": STATES[ItemState.TAKEN], "done": STATES[ItemState.DONE]}


@dataclass(frozen=True, kw_only=True)
class ShownList:
    """A list in the row of lists: how many are on it, taken, done, and how many of those done agreed."""

    name: str
    address: str
    chosen: bool
    listed: int
    taken: int
    done: int
    conversion: str


@require_GET
def worklists(request: HttpRequest) -> HttpResponseBase:
    """One list, item by item, below the row of all lists."""
    run = shown_site().newest()
    if run is None:
        return page(request, "worklists/worklists.html", lists=())
    return page(request, "worklists/worklists.html", **_context(request, run, _purpose(request)))


@require_POST
def work(request: HttpRequest, step: str, purpose: str, client: str) -> HttpResponseBase:
    """One step of work on an item of the own portfolio."""
    run = shown_site().newest()
    known = purpose in {each.value for each in Purpose} and step in _ACTS and "\x00" not in client
    if run is None or not known or shown_client(request.user, client) is None:
        raise Http404
    chosen = Purpose(purpose)
    if client not in {each.client_id for each in items_of(run.folder, chosen)}:
        raise Http404
    try:
        _record(request, step, chosen, client, run)
    except RefusedDecisionError as error:
        messages.error(request, error.within(page_language()))
    else:
        words = _STEPS[step].within(page_language())
        messages.success(request, RECORDED.within(page_language(), client=client, step=words))
    return redirect(_address(chosen))


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """A list as a file for a meeting, CSV or XLSX; each client on it is on record as read."""
    run, purpose, form = shown_site().newest(), request.POST.get("list", ""), request.POST.get("form", "csv")
    if run is None or purpose not in {each.value for each in Purpose}:
        raise Http404
    if form not in FORMS:
        raise BadRequest("a file is csv or xlsx")
    chosen, spoken = Purpose(purpose), page_language()
    rows = _rows(request, run, chosen, _mine(request, run, chosen), spoken)
    record_readings(
        request.user, [each.client_id for each in rows], route="worklists_export", run_key=run.entry.run_key
    )
    kind, written = FORMS[form]
    made = MeetingList(
        rows=rows,
        line=_line(run, chosen, spoken),
        purpose=chosen,
        currency=shown_site().config.book.currency,
        language=spoken,
    )
    answer = HttpResponse(written(made), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="list-{run.as_of.isoformat()}.{form}"'
    return answer


def _record(request: HttpRequest, step: str, purpose: Purpose, client: str, run: OfficialRun) -> None:
    by = request.user.get_username()
    given = ListStep(
        list_name=purpose.value,
        as_of=run.as_of,
        run_key=run.entry.run_key,
        result=request.POST.get("result", "")[:100] if step == "done" else "",
        remark=" ".join(request.POST.get("remark", "").split()) if step == "done" else "",
    )
    record(lambda known: list_step(_ACTS[step], client, given, known, by=by), by=by, acts=LIST_ACTS, subject=client)


def _context(request: HttpRequest, run: OfficialRun, purpose: Purpose) -> dict[str, Any]:
    spoken, number, mine = page_language(), page_number(request.GET.get("page", "1")), _mine(request, run, purpose)
    shown = mine[(number - 1) * ROWS : number * ROWS]
    return {
        "before": f"{_address(purpose)}&page={number - 1}" if number > 1 else "",
        "after": f"{_address(purpose)}&page={number + 1}" if number * ROWS < len(mine) else "",
        "lists": _lists(request, run, purpose, spoken),
        "name": list_name(purpose, spoken),
        "purpose": purpose.value,
        "benefit": benefit_name(purpose, spoken),
        "rows": _rows(request, run, purpose, shown, spoken),
        "line": _line(run, purpose, spoken),
        "user_name": request.user.get_username(),
        "may_work": Right.WORK in rights_of(request.user),
        "may_export": Right.EXPORT in rights_of(request.user),
        "results": [(each.value, RESULTS[each].within(spoken)) for each in ListResult],
    }


def _lists(request: HttpRequest, run: OfficialRun, chosen: Purpose, spoken: Language) -> list[ShownList]:
    worked, tiers = list_items(entries(LIST_ACTS)).values(), tiers_in_portfolio(request.user)
    mine = [each for each in worked if tiers is None or each.client in tiers]
    return [
        _list(run, each, [item for item in mine if item.list_name == each], chosen, tiers, spoken) for each in Purpose
    ]


def _list(
    run: OfficialRun,
    purpose: Purpose,
    worked: list[ListItem],
    chosen: Purpose,
    tiers: dict[str, str] | None,
    spoken: Language,
) -> ShownList:
    now = Counter(each.state for each in worked if each.as_of == run.as_of)
    done = [each for each in worked if each.state is ItemState.DONE]
    agreed = sum(each.result is ListResult.AGREED for each in done)
    listed = [each for each in items_of(run.folder, purpose) if tiers is None or each.client_id in tiers]
    return ShownList(
        name=list_name(purpose, spoken),
        address=_address(purpose),
        chosen=purpose is chosen,
        listed=len(listed),
        taken=now[ItemState.TAKEN],
        done=now[ItemState.DONE],
        conversion=f"{agreed:,} / {len(done):,}" if done else "–",
    )


def _mine(request: HttpRequest, run: OfficialRun, purpose: Purpose) -> list[WorkItem]:
    """The items of a list whose clients a user may see."""
    tiers = tiers_in_portfolio(request.user)
    return [each for each in items_of(run.folder, purpose) if tiers is None or each.client_id in tiers]


def _rows(
    request: HttpRequest, run: OfficialRun, purpose: Purpose, mine: list[WorkItem], spoken: Language
) -> list[ShownItem]:
    names, worked = named_clients(request.user, [each.client_id for each in mine]), list_items(entries(LIST_ACTS))
    found = [(each, worked.get((purpose.value, each.client_id, run.as_of))) for each in mine]
    return [_row(each, names.get(each.client_id), item, purpose, run, spoken) for each, item in found]


def _row(
    item: WorkItem,
    client: NamedClient | None,
    worked: ListItem | None,
    purpose: Purpose,
    run: OfficialRun,
    spoken: Language,
) -> ShownItem:
    currency = shown_site().config.book.currency
    known = worked or ListItem(client=item.client_id, list_name=purpose.value, as_of=run.as_of)
    return ShownItem(
        rank=item.rank,
        client_id=item.client_id,
        client=client,
        benefit=money(item.benefit, currency, spoken),
        amount=item.benefit,
        why=why_and_step(purpose, item, currency=currency, language=spoken),
        item=known,
        state=STATES[known.state].within(spoken),
        result="" if known.result is None else RESULTS[known.result].within(spoken),
    )


def _line(run: OfficialRun, purpose: Purpose, spoken: Language) -> str:
    return BOOK_LINE.within(
        spoken,
        list=list_name(purpose, spoken),
        book=shown_site().config.book.name,
        day=written_day(run.as_of),
        model=run.entry.bundle[:12],
        run=run.entry.run_key[:12],
    )


def _purpose(request: HttpRequest) -> Purpose:
    given = request.GET.get("list", "")
    return Purpose(given) if given in {each.value for each in Purpose} else next(iter(Purpose))


def _address(purpose: Purpose) -> str:
    return f"{reverse('worklists')}?{urlencode({'list': purpose.value})}"
