"""Routes of log-in and settings."""

from __future__ import annotations

from models.review.access import pages
from models.review.access.routes import open_route, route
from models.review.shared.rights import Right

urlpatterns = [
    open_route("log-in/", pages.log_in, name="log_in"),
    route("log-out/", pages.log_out, name="log_out", needs=Right.ENTER),
    route("", pages.home, name="home", needs=Right.ENTER),
    route("settings/password/", pages.password, name="password", needs=Right.ENTER),
    route("settings/", pages.settings, name="settings", needs=Right.ENTER),
]
