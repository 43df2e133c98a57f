"""Pages of screens: a template, and what every page has."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from models.reasons.figures import day
from models.review.shared.languages import page_language
from models.review.shared.rights import Right, rights_of
from models.review.shared.screens import navigation
from models.review.site import shown_site


def page(
    request: HttpRequest,
    template: str,
    *,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """The page of a screen.

    ``template``: as ``today/today.html``, below its screen's folder ``templates``; it speaks by ``_``, like every page.
    Dates and amounts are for the caller to write.
    """
    user = getattr(request, "user", AnonymousUser())  # none yet where a request is refused at the door
    spoken, rights = page_language(), rights_of(user)
    shown = shown_site().newest()
    everywhere = {
        "lang": spoken,
        "user": user,
        "navigation": navigation(rights, spoken),
        "may_manage_members": Right.MANAGE_MEMBERS in rights,
        "notes": list(messages.get_messages(request)),
        "book": shown_site().config.book.name,
        "shown_as_of": None if shown is None else written_day(shown.as_of),
    }
    return render(request, template, everywhere | context, status=status, using="jinja2")


def written_day(when: date) -> str:
    """A day as it is written in the language of the page."""
    return day(when, page_language())
