"""Views of one client: a tab at a time, its comments, and the style sheet that puts a foot on each printed page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pyarrow.compute as pc
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from models.decisions.entries import DecisionAct
from models.directory.report import EVERYTHING
from models.explanation.page import client_parts, print_foot, section_functions
from models.panel.features.labels import common_label
from models.profiles.kind_names import kind_in_words
from models.reasons.figures import day, exact_money, money, percentage
from models.review.access.named import page_number
from models.review.access.portfolio import portfolio_of, shown_index
from models.review.chain.record import entries
from models.review.client.asked import AskedClient, asked_client
from models.review.client.book_rows import ClientRows
from models.review.client.history import history_of
from models.review.client.models import LONGEST_COMMENT, ClientComment
from models.review.client.notes import read_notes
from models.review.client.published import published_history
from models.review.client.stories import SHELF
from models.review.client.text import COMMENTED, EMPTY_COMMENT, OF_LOCKED, OF_THE_STORY, TABS
from models.review.shared.render import page
from models.review.shared.rights import Right, rights_of
from models.review.site import shown_site
from models.shell.html import css_text

_MENTION = re.compile(r"@([\w.@+-]{1,150})")
MEMBERS = 100
_SUMMED = ("outstanding", "limit")
_OF_MEMBERS = ("client_id", "name", "tier", "outstanding", "limit", "days_overdue")
_ACTS = tuple(act for act in DecisionAct if act.startswith(("override ", "letter ", "objection ")))


@require_GET
def client(request: HttpRequest, client: str) -> HttpResponseBase:
    """The client's first tab."""
    return client_tab(request, "grade", client)


@require_GET
def client_tab(request: HttpRequest, tab: str, client: str) -> HttpResponseBase:
    """A tab of a client; where the models must first speak of it, the frame at once and the rest when it is there."""
    if tab not in TABS:
        raise Http404
    asked = asked_client(request, client)
    is_part = "part" in request.GET
    waits = tab in OF_THE_STORY and not asked.locked and not is_part and "whole" not in request.GET
    if waits and not SHELF.has(asked.run, asked.client, asked.language):
        return _shown(asked, tab, "client/waiting.html", {})
    if asked.locked and tab not in OF_LOCKED:
        return _shown(asked, tab, "client/locked.html", {}, is_part=is_part)
    return _shown(asked, tab, f"client/{tab}.html", _CONTENTS[tab](asked), is_part=is_part)


@require_POST
def comment(request: HttpRequest, client: str) -> HttpResponseBase:
    """Adds a comment; whom it mentions by ``@account`` is recorded with it."""
    asked = asked_client(request, client)
    text = request.POST.get("text", "").strip()
    if 0 < len(text) <= LONGEST_COMMENT and "\x00" not in text:
        named = set(_MENTION.findall(text))
        members = User.objects.filter(username__in=named, member__isnull=False).values_list("username", flat=True)
        ClientComment.objects.create(
            by=request.user.get_username(),
            client_id=client,
            text=text,
            mentions=sorted(members),
            run_key=asked.run.entry.run_key,
        )
        messages.success(request, COMMENTED.within(asked.language))
    else:
        messages.error(request, EMPTY_COMMENT.within(asked.language, count=LONGEST_COMMENT))
    return redirect("client_tab", tab="comments", client=client)


@require_GET
def print_style(request: HttpRequest, client: str) -> HttpResponse:
    """The foot of each printed page as a style sheet, since pages hold no style of their own."""
    asked = asked_client(request, client)
    story = SHELF.story(asked.run, asked.client, asked.language)
    foot = asked.client if story is None else print_foot(story)
    style = (
        "@page { size: A4; margin: 11mm 12mm 14mm; "
        f'@bottom-left {{ content: "{css_text(foot)}"; font: 8px sans-serif; }} '
        '@bottom-right { content: counter(page) " / " counter(pages); font: 8px sans-serif; } }\n'
    )
    return HttpResponse(style, content_type="text/css; charset=utf-8")


def _shown(
    asked: AskedClient, tab: str, template: str, contents: Mapping[str, object], *, is_part: bool = False
) -> HttpResponse:
    lang, client = asked.language, asked.client
    tabs = [
        (name, title.within(lang), reverse("client_tab", kwargs={"tab": name, "client": client}))
        for name, title in TABS.items()
    ]
    rights = rights_of(asked.request.user)
    frame: dict[str, object] = {
        "layout": "client/part.html" if is_part else "client/frame.html",
        "client": client,
        "header": asked.header(),
        "tab": tab,
        "tabs": tabs,
        "as_of": day(asked.run.as_of, lang),
        "may_comment": Right.COMMENT in rights,
        "may_write_letters": Right.WRITE_LETTERS in rights,
    }
    return page(asked.request, template, **(frame | dict(contents)))  # type: ignore[arg-type]  # none is called status


def _of_story(asked: AskedClient) -> dict[str, object]:
    """The client laid out, and what its sections speak by; ``parts`` is None where the models say nothing of it."""
    story = SHELF.story(asked.run, asked.client, asked.language)
    return {"parts": None} if story is None else {"parts": client_parts(story), **section_functions(story)}


def _rows(asked: AskedClient) -> ClientRows:
    return ClientRows(SHELF.book(asked.run), asked.client, asked.run.as_of)


def _history(asked: AskedClient) -> dict[str, object]:
    events = history_of(
        published_history(shown_site().runs(), asked.client),
        entries(_ACTS, asked.client),
        ClientComment.objects.filter(client_id=asked.client),
        currency=asked.currency,
        tiers=shown_site().config.scale.labels(asked.language),
        language=asked.language,
    )
    return {"events": events, **_of_story(asked)}


def _facilities(asked: AskedClient) -> dict[str, object]:
    rows, lang, currency = _rows(asked), asked.language, asked.currency
    chosen = {name: asked.request.GET.get(name, "")[:500] for name in ("facility", "kind")}
    number = asked.request.GET.get("page", "1")
    flows = rows.cashflows(**chosen, page=min(int(number), 100_000) if number.isdecimal() and int(number) else 1)
    return {
        "facilities": rows.facilities(),
        "sums": flows.sums,
        "shown": flows.page,
        "chosen": chosen,
        "amount": lambda value: "" if value is None else money(value, currency, lang),
        "exact": lambda value: exact_money(value, currency, lang),
        "share": lambda value: "" if value is None else percentage(value, lang, 1),
        "date": lambda value: "" if value is None else day(value, lang),
        "called": lambda name: "" if name is None else common_label(name).within(lang),
        "cause": lambda name: "" if name is None else kind_in_words(name, lang),
    }


def _group(asked: AskedClient) -> dict[str, object]:
    group, lang = asked.header().group, asked.language
    scope, index = portfolio_of(asked.request.user).scope, shown_index()
    own = index.members(group or "", scope, _OF_MEMBERS)
    number = page_number(asked.request.GET.get("page", "1"))
    return {
        "members": own.slice((number - 1) * MEMBERS, MEMBERS).to_pylist(),
        "number": number,
        "pages": max(1, -(-own.num_rows // MEMBERS)),
        "hidden": index.members(group or "", EVERYTHING, ("client_id",)).num_rows - own.num_rows,
        "sums": {name: money(pc.sum(own[name]).as_py() or 0, asked.currency, lang) for name in _SUMMED},
        "amount": lambda value: "" if value is None else money(value, asked.currency, lang),
    }


def _notes(asked: AskedClient) -> dict[str, object]:
    """What was noted of the client, with the sentence that makes the tone."""
    notes = read_notes(_rows(asked).notes(), SHELF.models(asked.run).notes)
    return {
        "known": notes,
        "date": lambda value: day(value, asked.language),
        "called": lambda name: common_label(name).within(asked.language),
    }


def _comments(asked: AskedClient) -> dict[str, object]:
    lang = asked.language
    written = ClientComment.objects.filter(client_id=asked.client).order_by("-pk")
    return {
        "comments": [(each, f"{day(each.at.date(), lang)} {each.at:%H:%M}") for each in written],
        "longest": LONGEST_COMMENT,
    }


_CONTENTS: Mapping[str, Callable[[AskedClient], dict[str, object]]] = {
    **dict.fromkeys(("grade", "why", "treatment", "print"), _of_story),
    "history": _history,
    "facilities": _facilities,
    "group": _group,
    "notes": _notes,
    "comments": _comments,
}
