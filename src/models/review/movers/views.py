"""View of moves between tiers: the matrix of a reader's portfolio, and the clients of the cell that is asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from models.errors import MissingFileError
from models.grading.fitted import GradingPolicy
from models.movers.earlier import policy_of_run
from models.movers.reading import MoversAsked, matrix_within, read_matrix, read_movers
from models.movers.report import MoveCell, MoveMatrix, Mover, is_move
from models.movers.rules import MoveCause, MoveWay
from models.movers.text import (
    cause_meaning,
    cause_name,
    matrix_sentences,
    matrix_title,
    moved_sentence,
    tier_name,
)
from models.publications.past import OfficialRun
from models.reasons.figures import money, percentage
from models.review.access.named import NamedClient, named_clients, page_number, tiers_in_portfolio
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.site import shown_site
from models.text import Language

ROWS = 50
_CHOSEN = ("before", "tier", "cause", "way")


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """A cell of the matrix: how many clients, where it leads, and its direction: up, down, same or other."""

    clients: int
    address: str
    way: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class MoverRow:
    """A row below the matrix, in words."""

    client: NamedClient | None
    client_id: str
    ends: tuple[str, str]
    way: str
    value: str
    decline: str
    what: str
    who: str


@require_GET
def movers(request: HttpRequest) -> HttpResponseBase:
    """The matrix, and the clients of a cell, of a cause or of a direction."""
    run = shown_site().newest()
    if run is None:
        return page(request, "movers/movers.html", matrix=None)
    try:
        return page(request, "movers/movers.html", **_context(request, run))
    except MissingFileError:
        return page(request, "movers/movers.html", matrix=None)


def _context(request: HttpRequest, run: OfficialRun) -> dict[str, Any]:
    spoken, tiers = page_language(), tiers_in_portfolio(request.user)
    matrix = read_matrix(run.folder) if tiers is None else matrix_within(run.folder, tiers)
    policy, asked = policy_of_run(run.folder), _asked(request)
    number = _page(request)
    within = replace(asked, clients=None if tiers is None else tiers.keys(), offset=(number - 1) * ROWS, limit=ROWS)
    found = read_movers(run.folder, within)
    labels = {} if policy is None else policy.scale.labels(spoken)
    names = named_clients(request.user, [each.client_id for each in found.rows])
    return {
        "matrix": matrix,
        "title": matrix_title(matrix, spoken),
        "sentences": matrix_sentences(matrix, spoken),
        "columns": [tier_name(tier, labels, spoken) for tier in matrix.columns],
        "rows": [
            (tier_name(before, labels, spoken), [_cell(matrix, before, tier, asked) for tier in matrix.columns])
            for before in matrix.rows
        ],
        "causes": _causes(matrix, asked, spoken),
        "top": _top_turned(policy, asked),
        "found": [_mover(each, names, policy, labels, spoken) for each in found.rows],
        "total": found.total,
        "chosen": _chosen_words(asked, labels, spoken),
        "pages": _pages(asked, number, found.total),
        "first": (number - 1) * ROWS + 1,
    }


def _asked(request: HttpRequest) -> MoversAsked:
    """What the address asks for; what it cannot mean is passed over."""
    given = {name: request.GET.get(name) for name in _CHOSEN}
    cause = given["cause"] if given["cause"] in {each.value for each in MoveCause} | {""} else None
    way = given["way"] if given["way"] in {each.value for each in MoveWay} else None
    return MoversAsked(tier_before=given["before"], tier=given["tier"], cause=cause, way=way)


def _page(request: HttpRequest) -> int:
    return page_number(request.GET.get("page", "1"))


def _address(asked: MoversAsked, **more: int) -> str:
    names = {"before": asked.tier_before, "tier": asked.tier, "cause": asked.cause, "way": asked.way, **more}
    given = {name: value for name, value in names.items() if value is not None}
    return reverse("movers") + (f"?{urlencode(given)}#clients" if given else "")


def _cell(matrix: MoveMatrix, before: str, tier: str, asked: MoversAsked) -> MatrixCell | None:
    cell = matrix.cell(before, tier)
    if cell is None:
        return None
    address = _address(MoversAsked(tier_before=before, tier=tier)) if is_move(cell) else ""
    chosen = (asked.tier_before, asked.tier) == (before, tier)
    return MatrixCell(clients=cell.clients, address=address, way=_way(matrix, cell), chosen=chosen)


def _way(matrix: MoveMatrix, cell: MoveCell) -> str:
    """Up, down, same, or other, of who came or went."""
    if not is_move(cell):
        return "same"
    if not cell.before or not cell.tier or cell.before not in matrix.columns:
        return "other"
    return "up" if matrix.columns.index(cell.tier) < matrix.columns.index(cell.before) else "down"


def _causes(matrix: MoveMatrix, asked: MoversAsked, spoken: Language) -> list[tuple[str, str, int, str, bool]]:
    """Per cause its name, meaning, clients and address, and whether it is asked for."""
    counts: Counter[str] = Counter()
    for cell in matrix.cells:
        counts.update(cell.causes)
    return [
        (
            cause_name(cause, spoken),
            cause_meaning(cause, spoken),
            count,
            _address(replace(asked, cause=None if asked.cause == cause else cause)),
            asked.cause == cause,
        )
        for cause, count in counts.most_common()
    ]


def _top_turned(policy: GradingPolicy | None, asked: MoversAsked) -> list[tuple[str, str, bool]]:
    """The best tiers with the address of those who left them downwards."""
    tiers = () if policy is None else policy.scale.top
    found = [MoversAsked(tier_before=tier, way=MoveWay.DOWN.value) for tier in tiers]
    return [(each.tier_before or "", _address(each), each == asked) for each in found]


def _mover(
    mover: Mover,
    names: dict[str, NamedClient],
    policy: GradingPolicy | None,
    labels: dict[str, str],
    spoken: Language,
) -> MoverRow:
    currency = shown_site().config.book.currency
    value = mover.value if mover.value is not None else mover.value_before
    decline = mover.decline if mover.decline is not None else mover.decline_before
    return MoverRow(
        client=names.get(mover.client_id),
        client_id=mover.client_id,
        ends=(tier_name(mover.tier_before, labels, spoken), tier_name(mover.tier, labels, spoken)),
        way=mover.way if mover.way in {"up", "down"} else "other",
        value="" if value is None else money(value, currency, spoken),
        decline="" if decline is None else percentage(decline, spoken),
        what=moved_sentence(mover, policy, spoken),
        who=cause_name(mover.cause, spoken),
    )


def _chosen_words(asked: MoversAsked, labels: dict[str, str], spoken: Language) -> list[str]:
    ends = [] if asked.tier_before is None else [tier_name(asked.tier_before, labels, spoken)]
    ends += [] if asked.tier is None else [tier_name(asked.tier, labels, spoken)]
    words = [" → ".join(ends)] if ends else []
    return words + ([cause_name(asked.cause, spoken)] if asked.cause is not None else [])


def _pages(asked: MoversAsked, number: int, total: int) -> tuple[str, str]:
    """The addresses of the page before and of the next, "" where there is none."""
    before = _address(asked, page=number - 1) if number > 1 else ""
    return before, _address(asked, page=number + 1) if number * ROWS < total else ""
