"""The first screen: counts with links to the lists that they count, by what whoever asks may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from models.publications.past import OfficialRun
from models.review.access.portfolio import portfolio_of, refused_since, shown_index
from models.review.model_room.kept import known_weaknesses
from models.review.shared.languages import page_language
from models.review.shared.render import page, written_day
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.review.today import text
from models.review.today.counting import (
    ClientCounts,
    awaiting_overrides,
    awaiting_policies,
    late_data,
    open_findings,
    open_objections,
    raised_alarms,
    returned_overrides,
    run_before,
)
from models.text import Text

Query = Mapping[str, str | tuple[str, ...]]
NO_QUERY: Query = {}


@dataclass(frozen=True, kw_only=True)
class TodayLine:
    """One count: what is counted, how many there are, where they are listed, and whether somebody must look."""

    said: Text
    count: int
    address: str = ""
    asks: bool = False


@require_safe
def today(request: HttpRequest) -> HttpResponseBase:
    """What asks for whoever is logged in."""
    run, language = shown_site().newest(), page_language()
    if run is None:
        return page(request, "today/today.html", sections=[], weaknesses="", changes=[], late=[])
    rights, by = rights_of(request.user), request.user.get_username()
    counts = ClientCounts(shown_index(), run, portfolio_of(request.user).scope, refused_since())
    sections = [
        (text.CLIENTS, list(_clients(counts))),
        (text.TO_DECIDE, list(_to_decide(counts, rights, by))),
        (text.MODELS, list(_models(rights))),
    ]
    return page(
        request,
        "today/today.html",
        sections=[(title, lines) for title, lines in sections if lines],
        weaknesses=known_weaknesses() if Right.SEE_MODELS in rights else "",
        changes=list(_changes(run, counts)),
        late=[" ".join(filter(None, each.within(language))) for each in late_data(run)],
    )


def _clients(counts: ClientCounts) -> Iterator[TodayLine]:
    top, tiers = counts.top, text.tiers_of(counts.top)
    turned, fallen = counts.total(tier=top, warning=("shown",)), counts.fallen()
    warned = address_of("clients", {"warning": "shown"})
    yield TodayLine(
        said=text.TURNED.filled(tiers=tiers),
        count=turned,
        address=address_of("clients", {"tier": top, "warning": "shown"}),
        asks=turned > 0,
    )
    yield TodayLine(
        said=text.FALLEN.filled(tiers=tiers),
        count=fallen,
        address=first_of(address_of("movers"), address_of("clients", {"moved": "down"})),
        asks=fallen > 0,
    )
    new = counts.new_warnings()
    yield TodayLine(said=text.NEW_WARNINGS, count=new, address=first_of(address_of("alerts"), warned), asks=new > 0)
    yield TodayLine(said=text.WARNINGS, count=counts.total(warning=("shown",)), address=warned)
    due = first_of(address_of("worklists"), address_of("clients"))
    yield TodayLine(said=text.REVIEWS_DUE, count=counts.to_review(), address=due)


def _to_decide(counts: ClientCounts, rights: frozenset[Right], by: str) -> Iterator[TodayLine]:
    overrides = address_of("overrides")
    if Right.APPROVE in rights:
        waiting = sum(counts.may_see(case.client) for case in awaiting_overrides(by))
        policies = len(awaiting_policies(by))
        yield TodayLine(said=text.TO_APPROVE, count=waiting, address=overrides, asks=waiting > 0)
        yield TodayLine(said=text.POLICIES, count=policies, address=address_of("policy_lab"), asks=policies > 0)
    if Right.PROPOSE in rights:
        returned = len(returned_overrides(by))
        yield TodayLine(said=text.RETURNED, count=returned, address=overrides, asks=returned > 0)
    if rights & {Right.WRITE_LETTERS, Right.ANSWER_OBJECTIONS}:
        yield from _objections(counts)


def _objections(counts: ClientCounts) -> Iterator[TodayLine]:
    """Objections that await an answer, and how many of them are late."""
    mine = [case for case in open_objections() if counts.may_see(case.entry.subject)]
    today, letters = datetime.now(tz=UTC).date(), address_of("letters")
    late = sum(case.is_late(today) for case in mine)
    yield TodayLine(said=text.OBJECTIONS, count=len(mine), address=letters, asks=bool(mine))
    if late:
        yield TodayLine(said=text.LATE_OBJECTIONS, count=late, address=letters, asks=True)


def _models(rights: frozenset[Right]) -> Iterator[TodayLine]:
    if Right.SEE_MODELS not in rights:
        return
    for said, count, kind in (
        (text.ALARMS, raised_alarms(), "monitor"),
        (text.FINDINGS, open_findings(), "validation"),
    ):
        if count is not None:
            yield TodayLine(said=said, count=count, address=f"{address_of('models')}{kind}/", asks=count > 0)


def _changes(run: OfficialRun, counts: ClientCounts) -> Iterator[tuple[Text, str]]:
    """What is otherwise since the run before, each with where it is listed."""
    before = run_before(run)
    if before is None:
        return
    day, moved = written_day(before.as_of), counts.moved()
    for way, said in text.MOVED.items():
        if moved.get(way):
            yield said.filled(count=moved[way], day=day), address_of("clients", {"moved": way})
    if before.models:
        yield text.OTHER_MODELS, address_of("models")
    if before.policy:
        yield text.OTHER_POLICY, address_of("policy_lab")


def address_of(name: str, query: Query = NO_QUERY) -> str:
    """Where a screen is, with what is asked of it; empty where there is no such screen."""
    try:
        found = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(query, doseq=True)}" if query else found


def first_of(*addresses: str) -> str:
    """The first address that leads anywhere."""
    return next((each for each in addresses if each), "")
