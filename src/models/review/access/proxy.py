"""Log-in by a reverse proxy that has checked who asks, and says so in a header."""

from __future__ import annotations

from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.middleware import RemoteUserMiddleware

from models.review.site import shown_site


class ProxyUserMiddleware(RemoteUserMiddleware):
    """Takes the user from the header that the config names; without it nobody is logged in."""

    header = "HTTP_" + shown_site().config.review.header.upper().replace("-", "_")


class ProxyUserBackend(RemoteUserBackend):
    """Knows the users whom an administrator has entered; makes none by itself."""

    create_unknown_user = False
