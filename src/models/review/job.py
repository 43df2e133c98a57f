"""Starts the workbench: its database brought up to date, its application served on this machine alone."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command
from waitress.server import create_server

from models.errors import UserError
from models.lazy import lazy
from models.review.site import CONFIG_VARIABLE, SET_VARIABLE, ReviewSite, shown_site, site

if TYPE_CHECKING:
    from models.review.access import members, portfolio
    from models.review.client import stories
    from models.review.project import wsgi
else:
    portfolio = lazy("models.review.access.portfolio")
    members = lazy("models.review.access.members")
    stories = lazy("models.review.client.stories")
    wsgi = lazy("models.review.project.wsgi")

ADDRESS = "127.0.0.1"
THREADS = 8
MOST_SENT_BYTES = 12_000_000
"""A form with one attachment; what is larger is refused before it is read."""


def opened_site(config: Path, overrides: Sequence[str] = ()) -> ReviewSite:
    """The site of a config, with Django set up for it and all tables of its database as they should be.

    A process serves one site. Raises ``UserError`` where nothing is published.
    """
    found = prepared_site(config, overrides)
    if found.newest() is None:
        raise UserError(
            rule="the workbench shows published runs",
            got=f"none below {found.scores}",
            remedy=f"publish one first: clientvalue run --config {config}",
        )
    call_command("migrate", interactive=False, verbosity=0)
    return found


def prepared_site(config: Path, overrides: Sequence[str] = ()) -> ReviewSite:
    """The site of a config, with Django set up for it; its database is not looked at."""
    os.environ[CONFIG_VARIABLE], os.environ[SET_VARIABLE] = str(config), json.dumps(list(overrides))
    os.environ["DJANGO_SETTINGS_MODULE"] = "models.review.project.settings"
    site.cache_clear()
    found = shown_site()
    django.setup()
    return found


def bound_server(found: ReviewSite, port: int | None = None) -> Any:
    """A server of the workbench, bound to its port but not yet serving; ``run()`` serves until it is interrupted.

    The index of clients is open then, and what speaks of one client opens meanwhile. ``port`` 0 takes any that is free.
    Raises ``UserError`` where it is taken, or where no index was built with the run.
    """
    portfolio.shown_index()
    Thread(target=stories.warm, name="warm", daemon=True).start()
    asked = found.config.review.port if port is None else port
    behind = {"trusted_proxy": ADDRESS, "trusted_proxy_headers": "x-forwarded-proto x-forwarded-for"}
    try:
        return create_server(
            wsgi.application,
            host=ADDRESS,
            port=asked,
            threads=THREADS,
            ident=None,
            max_request_body_size=MOST_SENT_BYTES,
            **(behind if found.config.review.tls else {}),
        )
    except OSError as error:
        raise UserError(
            rule="the port of the workbench must be free",
            got=asked,
            remedy="stop what holds it, or name another: --port",
        ) from error


def demo() -> list[members.NewMember]:
    """One member of each role, with passwords of this start; the manager's portfolio is of three real managers."""
    return members.demo_members(portfolio.busiest_managers())


def administrator(name: str) -> members.NewMember:
    """The first administrator, who enters all others."""
    return members.administrator(name)
