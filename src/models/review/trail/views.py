"""Views of auditors: a client on a day with its sources, a replay of what was published, and all of it as one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from models.card.text import card_markdown
from models.codec import JsonValue, to_json_text
from models.errors import UserError
from models.publications.ledger import PublicationLedger
from models.publications.previous import SCORES
from models.reasons.figures import money, percentage
from models.review.access.models import ClientReading
from models.review.access.portfolio import portfolio_of, record_reading, shown_client
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.site import shown_site
from models.review.trail.models import ReplayJob
from models.review.trail.replaying import BUSY, ENDED, begin, report_of
from models.text import Language, Text
from models.trail.compute import client_trail
from models.trail.export import export_trail
from models.trail.job import sources_of
from models.trail.report import ClientRead, ClientTrail, PublishedTrail, Replay
from models.trail.rules import publications_on
from models.trail.text import condition_name, missing_name, official_by, recorded_sentence, replay_sentences

_LONGEST_ID = 500
_READINGS_SHOWN = 200
NOBODY = Text("No client of your portfolio has this id, byte for byte.")


@dataclass(frozen=True)
class RecordedReadings:
    """The readings that the workbench keeps."""

    def readings(self, client_id: str) -> Sequence[ClientRead]:
        """All of one client, the first first."""
        found = ClientReading.objects.filter(client_id=client_id).order_by("at")
        return tuple(ClientRead(at=each.at, by=each.by, route=each.route, run_key=each.run_key) for each in found)


@dataclass(frozen=True, kw_only=True)
class ShownPublication:
    """A publication that counts as that of the day, in words; ``facts`` are its sources, ``row`` the published row."""

    number: int
    why: str
    recorded: str
    headline: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    proved: bool | None
    rows: tuple[tuple[str, str], ...]
    policy: str
    card: str
    superseded_by: int | None


@require_http_methods(["GET", "POST"])
def trail(request: HttpRequest) -> HttpResponseBase:
    """The form, and behind it what was published of the client that a form asks for."""
    if request.method == "GET":
        return page(request, "trail/trail.html", found=None, client="", day="")
    client, day = _asked(request)
    if not _may_see(request, client):
        messages.error(request, NOBODY.within(page_language()))
        return page(request, "trail/trail.html", found=None, client=client, day=day.isoformat())
    found = _trail(request, client, day, prove=False)
    return page(request, "trail/trail.html", **_context(found, page_language()))


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """All of it as one zip, its files proved, with the replays that were made of these publications."""
    client, day = _asked(request)
    if not _may_see(request, client):
        raise Http404
    found = _trail(request, client, day, prove=True)
    numbers = [each.entry.number for each in found.publications]
    made = [report_of(job) for job in ReplayJob.objects.filter(entry__in=numbers, running=False).order_by("pk")]
    content = export_trail(found, shown_site().scores, tuple(each for each in made if each is not None))
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{day.isoformat()}.zip"'
    return answer


@require_POST
def begin_replay(request: HttpRequest) -> HttpResponseBase:
    """Begin a replay of a publication that counts as that of the day, and show where it stands."""
    day, given = _day(request.POST.get("day", "")), request.POST.get("entry", "")
    entries = PublicationLedger(shown_site().scores).entries()
    known = {str(each.entry.number): each.entry.number for each in publications_on(entries, day)}
    if given not in known:
        raise Http404
    job = begin(request.user.get_username(), day, known[given])
    if job is None:
        return page(request, "trail/replay.html", job=None, sentences=[BUSY.within(page_language())], conditions=())
    return _standing(request, job)


@require_GET
def replay_standing(request: HttpRequest, number: int) -> HttpResponseBase:
    """Where a replay stands: a part of the page that asks again while it runs."""
    return _standing(request, get_object_or_404(ReplayJob, pk=number))


def _standing(request: HttpRequest, job: ReplayJob) -> HttpResponseBase:
    spoken = page_language()
    try:
        found = report_of(job)
    except UserError:
        found = None
    return page(
        request,
        "trail/replay.html",
        job=job,
        sentences=[] if job.running else _sentences(job, found, spoken),
        conditions=() if found is None else _conditions(found, spoken),
        agrees=found is not None and found.agrees,
    )


def _sentences(job: ReplayJob, found: Replay | None, spoken: Language) -> list[str]:
    return replay_sentences(found, spoken) if found is not None else [ENDED.within(spoken), job.failed]


def _conditions(found: Replay, spoken: Language) -> tuple[tuple[str, str, str, bool], ...]:
    return tuple((condition_name(each, spoken), each.then, each.now, each.holds) for each in found.conditions)


def _asked(request: HttpRequest) -> tuple[str, date]:
    client = request.POST.get("client", "")
    if not client or len(client) > _LONGEST_ID or "\x00" in client:
        raise BadRequest("a client is asked for by its id")
    return client, _day(request.POST.get("day", ""))


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise BadRequest("a date reads YYYY-MM-DD") from error


def _may_see(request: HttpRequest, client: str) -> bool:
    """Whether a client may be asked for; who sees the whole book may also ask for those that left it."""
    return portfolio_of(request.user).whole_book or shown_client(request.user, client) is not None


def _trail(request: HttpRequest, client: str, day: date, *, prove: bool) -> ClientTrail:
    found = client_trail(sources_of(shown_site().config, RecordedReadings()), client, day, prove=prove)
    match = request.resolver_match
    key = found.publications[0].entry.run_key if found.publications else ""
    record_reading(request.user, client, route="" if match is None else match.view_name, run_key=key)
    return found


def _context(found: ClientTrail, spoken: Language) -> dict[str, Any]:
    return {
        "found": found,
        "client": found.client_id,
        "day": found.on.isoformat(),
        "written_day": written_day(found.on),
        "publications": [_shown(each, spoken) for each in found.publications],
        "decisions": found.decisions,
        "readings": (found.readings or ())[-_READINGS_SHOWN:],
        "read": len(found.readings or ()),
    }


def _shown(found: PublishedTrail, spoken: Language) -> ShownPublication:
    entry, card = found.entry, found.card
    facts = (
        ("run", entry.run_key),
        ("models", entry.bundle),
        ("version", entry.version or "–"),
        ("policy", entry.policy),
        ("data", entry.data),
        ("seal", found.seal),
    )
    return ShownPublication(
        number=entry.number,
        why=official_by(found, spoken),
        recorded=recorded_sentence(found, spoken),
        headline=_headline(found, spoken),
        facts=facts,
        missing=tuple(missing_name(each, spoken) for each in found.missing),
        proved=found.proved,
        rows=tuple((name, _json(rows)) for name, rows in found.rows.items()),
        policy="" if found.policy is None else _json(found.policy),
        card="" if card is None else card_markdown(card),
        superseded_by=found.superseded_by,
    )


def _headline(found: PublishedTrail, spoken: Language) -> tuple[tuple[str, str], ...]:
    """Tier, why, value and risk as they were published."""
    for row in found.rows.get(SCORES, ()):
        value, decline = row.get("value"), row.get("decline_probability")
        currency = shown_site().config.book.currency
        return (
            ("tier", str(row.get("tier") or "–")),
            ("value", money(value, currency, spoken) if isinstance(value, float) else "–"),
            ("decline", percentage(decline, spoken, 1) if isinstance(decline, float) else "–"),
        )
    return ()


def _json(value: JsonValue | object) -> str:
    return to_json_text(value, indent=1, ascii_only=False)
