"""Routes with the right that each asks for; a route without one is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from models.review.shared.rights import Right

View = Callable[..., HttpResponseBase]
NEEDS = "needs"
"""The attribute of a view that names its right; ``OPEN`` for those that anybody reaches."""
OPEN = "open"


def route(address: str, view: View, *, name: str, needs: Right) -> URLPattern:
    """A route of a screen: ``needs`` is held against the rights of who asks before the view is called."""
    return path(address, _needing(view, needs), name=name)


def open_route(address: str, view: View, *, name: str) -> URLPattern:
    """A route that needs no log-in: the log-in itself."""
    return path(address, _needing(view, OPEN), name=name)


def _needing(view: View, needs: str) -> View:
    @wraps(view)
    def needing(request: HttpRequest, *args: Any, **slots: Any) -> HttpResponseBase:
        return view(request, *args, **slots)

    setattr(needing, NEEDS, needs)
    return needing
