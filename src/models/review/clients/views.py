"""Views of the clients' list: a page or a part of it, saved views, exports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from models.directory.index import ClientIndex
from models.directory.report import ClientsFound, Scope
from models.directory.text import column_name, value_name
from models.errors import UserError
from models.review.access.portfolio import portfolio_of, record_readings, shown_index
from models.review.clients import text
from models.review.clients.asked import AskedClients
from models.review.clients.export import MOST_ROWS, Export, ExportHead, csv_pieces, xlsx_pieces
from models.review.clients.models import ClientExport, SavedView
from models.review.clients.table import column_choices, shown
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.shared.rights import Right, rights_of
from models.review.shared.workbooks import CONTENT_TYPE
from models.review.site import shown_site
from models.text import joined

MOST_VIEWS = 50
_FORMS = {
    "csv": ("text/csv; charset=utf-8", csv_pieces),
    "xlsx": (CONTENT_TYPE, xlsx_pieces),
}


@require_http_methods(["GET", "POST"])
def clients(request: HttpRequest) -> HttpResponseBase:
    """The list; words come in the body of a form only, and htmx takes the part that they change."""
    asked = AskedClients.of(request.POST if request.method == "POST" else request.GET)
    if request.method == "GET" and asked.text:
        raise BadRequest("words are sent in the body of a form")
    found = _found(shown_index(), asked, portfolio_of(request.user).scope)
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    answer = page(
        request, "clients/found.html" if is_part else "clients/clients.html", **_context(request, asked, found)
    )
    if is_part:
        answer.headers["HX-Replace-Url"] = asked.whole_address
    return answer


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All clients of a view as a file, each of them on record as read before the first byte is sent."""
    asked, form = AskedClients.of(request.POST), request.POST.get("form", "")
    if form not in _FORMS:
        raise BadRequest("a file is csv or xlsx")
    index, portfolio = shown_index(), portfolio_of(request.user)
    query = asked.query(portfolio.scope)
    found = _found(index, asked, portfolio.scope)
    if found.total > MOST_ROWS:
        messages.warning(request, text.TOO_MANY_ROWS.within(page_language(), most=MOST_ROWS, count=found.total))
        return redirect(asked.address)
    taken = [
        each
        for piece in index.export(replace(query, columns=("client_id",)))
        for each in piece["client_id"].to_pylist()
    ]
    _record(request, asked, index, form, taken)
    columns = tuple(dict.fromkeys(("client_id", "name", *asked.columns)))
    made = Export(
        head=_head(request, asked, index, len(taken)),
        columns=columns,
        pieces=index.export(replace(query, columns=columns)),
        language=page_language(),
    )
    kind, pieces = _FORMS[form]
    answer = StreamingHttpResponse(pieces(made), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="clients-{index.as_of.isoformat()}.{form}"'
    return answer


@require_POST
def save_view(request: HttpRequest) -> HttpResponseBase:
    """Keep a view under a name, in the place of one that had it."""
    asked, name = AskedClients.of(request.POST), " ".join(request.POST.get("name", "").split())[:80]
    views, spoken = SavedView.objects.filter(by=request.user.get_username()), page_language()
    _found(shown_index(), asked, Scope())
    if not name or not name.isprintable():
        messages.error(request, text.NAMELESS.within(spoken))
    elif views.count() >= MOST_VIEWS and not views.filter(name=name).exists():
        messages.error(request, text.TOO_MANY_VIEWS.within(spoken, count=MOST_VIEWS))
    else:
        kept = {"text": asked.text, "address": asked.address.partition("?")[2]}
        SavedView.objects.update_or_create(by=request.user.get_username(), name=name, defaults=kept)
        messages.success(request, text.SAVED.within(spoken))
    return redirect(asked.whole_address)


@require_POST
def forget_view(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take away an own view."""
    gone, _ = SavedView.objects.filter(pk=number, by=request.user.get_username()).delete()
    if not gone:
        raise Http404
    messages.success(request, text.FORGOTTEN.within(page_language()))
    return redirect("clients")


def _found(index: ClientIndex, asked: AskedClients, scope: Scope) -> ClientsFound:
    """What the index says. Raises ``BadRequest`` for what it does not know."""
    try:
        return index.search(asked.query(scope))
    except UserError as error:
        raise BadRequest(error.rule) from error


def _context(request: HttpRequest, asked: AskedClients, found: ClientsFound) -> dict[str, Any]:
    spoken = page_language()
    return {
        "asked": asked,
        "shown": shown(found, asked, spoken, shown_site().config.book.currency),
        "choices": column_choices(asked, spoken),
        "views": SavedView.objects.filter(by=request.user.get_username()).order_by("name"),
        "may_export": Right.EXPORT in rights_of(request.user),
    }


@transaction.atomic
def _record(request: HttpRequest, asked: AskedClients, index: ClientIndex, form: str, taken: list[str]) -> None:
    by = request.user.get_username()
    ClientExport.objects.create(by=by, run_key=index.run_key, form=form, asked=list(asked.pairs()), clients=len(taken))
    record_readings(request.user, taken, route="clients_export", run_key=index.run_key)


def _head(request: HttpRequest, asked: AskedClients, index: ClientIndex, count: int) -> ExportHead:
    """What an export is of, to be printed on it."""
    spoken, book, portfolio = page_language(), shown_site().config.book, portfolio_of(request.user)
    filters = [
        f"{column_name(name, spoken)}: {joined([value_name(name, each, spoken) for each in values], spoken)}"
        for name, values in asked.facets.items()
    ]
    nothing = text.NOTHING.within(spoken)
    parts = [*sorted(portfolio.managers), *sorted(portfolio.branches)]
    whole = text.WHOLE_BOOK.within(spoken) if portfolio.whole_book else ""
    lines = (
        (text.BOOK, book.name),
        (text.AS_OF, written_day(index.as_of)),
        (text.MODEL, index.bundle[:12]),
        (text.RUN, index.run_key[:12]),
        (text.SEARCH, asked.text or nothing),
        (text.FILTER, "; ".join(filters) or nothing),
        (text.PORTFOLIO, whole or joined(parts, spoken) or nothing),
        (text.AMOUNTS, book.currency),
        (text.COUNT, f"{count}"),
        (text.TAKEN, request.user.get_username()),
    )
    return ExportHead(lines=tuple((label.within(spoken), value) for label, value in lines))
