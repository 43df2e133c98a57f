"""Middleware of every request: the language of who asks, the right of its route, and what is not in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.log import log_response

from models.errors import UserError
from models.review.access.pages import out_of_order
from models.review.access.routes import NEEDS, OPEN
from models.review.shared.languages import django_language, preferred_language
from models.review.shared.rights import Right, rights_of

Handler = Callable[[HttpRequest], HttpResponse]
_OF_THE_ADMIN = "admin"
"""The pages that come with Django, for users: of administrators alone."""
_OF_THE_DIRECTORY = frozenset({"oidc_authentication_init", "oidc_authentication_callback"})
"""The two steps of a log-in by the bank's directory."""


class LanguageMiddleware:
    """Speaks the language that a member chose; before the log-in the one that the browser asks for."""

    def __init__(self, answer: Handler) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers in that language."""
        member = getattr(request.user, "member", None)
        spoken = preferred_language(request) if member is None else member.language
        with translation.override(django_language(spoken)):
            response = self._answer(request)
        response.headers["Content-Language"] = spoken
        return response


class RightsMiddleware:
    """Lets nobody reach a view without the right that its route asks for, and keeps answers out of caches."""

    def __init__(self, answer: Handler) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers; what was answered is kept by no cache, since it may be of one person alone."""
        response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, slots: object
    ) -> HttpResponseBase | None:
        """None lets it pass. Raises ``PermissionDenied`` without the right, also where a route names none."""
        needs = needed_right(request, view)
        if needs == OPEN:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.path if request.method == "GET" else "/")
        if needs is None or needs not in rights_of(request.user):
            raise PermissionDenied
        return None


class OrderMiddleware:
    """Answers where files, models or databases of the workbench are not in order, which no reader can mend."""

    def __init__(self, answer: Handler) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for what whoever runs the workbench can mend; the log names the route and the kind of error."""
        if not isinstance(exception, UserError):
            return None
        answer = out_of_order(request)
        log_response("out of order", response=answer, request=request, exception=exception)
        return answer


def needed_right(request: HttpRequest, view: Callable[..., Any]) -> str | None:
    """The right that a view asks for; None where it names none."""
    match = request.resolver_match
    if match is not None and match.app_names[:1] == [_OF_THE_ADMIN]:
        return Right.MANAGE_MEMBERS
    if match is not None and match.url_name in _OF_THE_DIRECTORY:
        return OPEN
    return getattr(view, NEEDS, None)
