"""The view of comparisons: two to four clients of the newest run, or one client as two runs published it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from models.directory.report import FoundClient
from models.publications.past import OfficialRun
from models.reasons.figures import day
from models.review.access.portfolio import record_reading, shown_client
from models.review.client.header import is_locked
from models.review.client.published import published_client
from models.review.client.stories import SHELF
from models.review.compare.compute import Compared, RowSpeaker, compared_rows
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.site import shown_site

MOST = 4


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Side by side: clients as ``c``, up to four; of one client the dates of two runs as ``d``."""
    asked = list(dict.fromkeys(each for each in request.GET.getlist("c") if each))[:MOST]
    runs = {run.as_of.isoformat(): run for run in shown_site().runs()}
    days = [each for each in request.GET.getlist("d") if each in runs][:2]
    newest = shown_site().newest()
    if newest is None:
        raise Http404
    columns = _columns(request, asked, [runs[each] for each in sorted(days)] or [newest])
    speaker = _speaker(newest) if columns else None
    lang = page_language()
    return page(
        request,
        "compare/compare.html",
        columns=columns,
        rows=[] if speaker is None else compared_rows(columns, speaker),
        asked=asked,
        dates=[(each, day(date.fromisoformat(each), lang), each in days) for each in reversed(runs)],
        blanks=range(MOST - len(asked)),
    )


def _columns(request: HttpRequest, clients: list[str], runs: list[OfficialRun]) -> list[Compared]:
    """A column for each client; of one client alone, for each run. Raises ``Http404`` outside of the portfolio."""
    found: list[Compared] = []
    for client in clients:
        row = shown_client(request.user, client)
        if row is None:
            raise Http404
        record_reading(request.user, client, route="compare", run_key=runs[-1].entry.run_key)
        alone = len(clients) == 1
        found += [_column(row, run, alone=alone) for run in (runs if alone else runs[-1:])]
    return found


def _column(row: FoundClient, run: OfficialRun, *, alone: bool) -> Compared:
    """A client in a run; the cells of the index are those of the newest, so that they say nothing of two dates."""
    return Compared(
        title=str(row.cells.get("name") or row.client_id),
        subtitle=f"{row.client_id} · {day(run.as_of, page_language())}",
        client_id=row.client_id,
        published=None if is_locked(row, shown_site().config.privacy) else published_client(run, row.client_id),
        cells={} if alone else row.cells,
    )


def _speaker(run: OfficialRun) -> RowSpeaker:
    models = SHELF.models(run)
    return RowSpeaker(
        policy=models.policy,
        words=models.words,
        currency=shown_site().config.book.currency,
        language=page_language(),
    )
