"""Views of the model room: what there is, each report drawn as its page, and what the gate found of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe
from markupsafe import Markup

from models.card.tables import act_name, reason_given
from models.codec import from_plain
from models.errors import UserError
from models.promotion.report import GateLine
from models.promotion.text import CALLED, verdict_of
from models.publications.ledger import Publication, PublicationLedger
from models.review.model_room.kept import KINDS, FoundReport, found_report, known_weaknesses
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.site import shown_site
from models.shell.editions import Edition, PagePart
from models.shell.html import mono
from models.tracking.aliases import SUMMARY
from models.validation.report import ValidationReport
from models.validation.tables import figure_tables

_LINES = 40
_STYLES = {"passed": "good", "failed": "bad", "not judged": "fair"}


@dataclass(frozen=True, kw_only=True)
class ShelfLine:
    """One kind of report: where it is read, or by which command it is made."""

    title: str
    tells: str
    made: str
    address: str
    command: str


@dataclass(frozen=True, kw_only=True)
class PublicationRow:
    """One entry of the ledger of publications as the room shows it; ``address`` leads to what the gate found."""

    entry: Publication
    act: str
    why: str
    address: str


@require_safe
def room(request: HttpRequest) -> HttpResponseBase:
    """What is known of the models, and what was published and changed."""
    entries = PublicationLedger(shown_site().scores).entries()
    return page(
        request,
        "model_room/room.html",
        weaknesses=known_weaknesses(),
        shelf=_shelf(),
        rows=[_row(each) for each in reversed(entries[-_LINES:])],
        entries=len(entries),
    )


@require_safe
def kept_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """One report as its page; where none was made, the command that makes it."""
    kind = KINDS.get(key)
    if kind is None:
        raise Http404
    found = found_report(kind, shown_site().config)
    body = None if found is None else _part(found, PagePart.BODY)
    return page(request, "model_room/report.html", kind=kind, shelf=_shelf(), body=body, made=_made(found), mono=mono)


@require_safe
def styles(request: HttpRequest, key: str) -> HttpResponseBase:
    """The styles that a report's page has beside those of all pages."""
    found = found_report(KINDS[key], shown_site().config) if key in KINDS else None
    if found is None:
        raise Http404
    return HttpResponse(_part(found, PagePart.STYLE), content_type="text/css; charset=utf-8")


@require_safe
def figure_file(request: HttpRequest, file: str) -> HttpResponseBase:
    """The data of one figure of the validation file."""
    found = found_report(KINDS["validation"], shown_site().config)
    names = set() if found is None else {table.file for table in figure_tables(cast("ValidationReport", found.report))}
    if found is None or file not in names:
        raise Http404
    return FileResponse(
        (found.file.parent / file).open("rb"), as_attachment=True, content_type="text/csv; charset=utf-8"
    )


@require_safe
def change(request: HttpRequest, number: int) -> HttpResponseBase:
    """What the gate found of one change of the champion, as it stands in the ledger."""
    entry = next((each for each in PublicationLedger(shown_site().scores).entries() if each.number == number), None)
    if entry is None or "gate" not in entry.evidence:
        raise Http404
    language = page_language()
    return page(
        request,
        "model_room/change.html",
        row=_row(entry),
        lines=[(line, CALLED[line.rule], line.within(language)) for line in _gate(entry)],
        verdict_of=lambda line: verdict_of(line, language),
        styles=_STYLES,
        summary=str(entry.evidence.get(SUMMARY, "")),
    )


def _shelf() -> list[ShelfLine]:
    language, settings = page_language(), shown_site().config
    lines = []
    for kind in KINDS.values():
        found = found_report(kind, settings)
        lines.append(
            ShelfLine(
                title=kind.title.within(language),
                tells=kind.tells.within(language),
                made=_made(found),
                address="" if found is None else reverse("model_page", args=[kind.key]),
                command=f"clientvalue {kind.command}",
            )
        )
    return lines


def _made(found: FoundReport | None) -> str:
    return "" if found is None else written_day(found.made.date())


def _part(found: FoundReport, part: PagePart) -> Markup:
    """What our own templates made of a report: all that came from outside is escaped there."""
    edition = Edition(page_language(), part=part)
    return Markup(found.page(shown_site().config, edition))  # noqa: S704 - see above


def _row(entry: Publication) -> PublicationRow:
    language = page_language()
    return PublicationRow(
        entry=entry,
        act=act_name(entry.act.value, language),
        why=reason_given(entry.why, language),
        address=reverse("model_change", args=[entry.number]) if "gate" in entry.evidence else "",
    )


def _gate(entry: Publication) -> list[GateLine]:
    """The lines of the gate that the ledger keeps."""
    kept = entry.evidence["gate"]
    if not isinstance(kept, list):
        raise UserError(rule="an entry of the ledger must hold the lines of its gate", got=type(kept).__name__,
                        remedy="restore the ledger from a copy")  # fmt: skip
    return [from_plain(GateLine, each, subject="a line of the gate", remedy="restore the ledger") for each in kept]
