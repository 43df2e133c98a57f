"""One published demo book, one database for each process of tests, and a browser.

Django is set up when this file is collected, since its tables are classes; the book is made when a test first asks.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from models.review.job import prepared_site
from models.review.site import ReviewSite
from support.review_site import Served, review_config, served, shared_demo, shared_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SHARED = shared_folder()
OWN = Path(tempfile.mkdtemp(prefix="clientvalue-review-"))
SHARED.mkdir(exist_ok=True)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop of its own in this thread
if not (SHARED / "demo.yaml").exists():
    review_config(SHARED)
SITE = prepared_site(SHARED / "demo.yaml", [f"review.database=sqlite:///{OWN}/review.sqlite"])
BROWSER = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
PATIENCE = 180_000
"""Milliseconds that a page may take on a machine that does much else."""


@pytest.fixture(scope="session", autouse=True)
def _folders_go() -> Iterator[None]:
    yield
    connection.close()
    shutil.rmtree(OWN, ignore_errors=True)
    if "PYTEST_XDIST_TESTRUNUID" not in os.environ:
        shutil.rmtree(SHARED, ignore_errors=True)


@pytest.fixture(scope="session")
def demo_config() -> Path:
    """The config of the published demo book, for all processes of this run of tests; leave it as it is."""
    return shared_demo(SHARED)


@pytest.fixture(scope="session")
def entered(demo_config: Path) -> Path:
    """The database as it is when one member of each role was entered."""
    from models.review.access.members import demo_members  # noqa: PLC0415 - tables are there once Django is set up

    call_command("migrate", interactive=False, verbosity=0)
    demo_members()
    connection.close()
    return Path(shutil.copyfile(OWN / "review.sqlite", OWN / "entered.sqlite"))


@pytest.fixture
def site(entered: Path) -> Iterator[ReviewSite]:
    """The published demo book with a database in which there are only the members of the demo."""
    _restored(entered)
    yield SITE
    connection.close()


def _restored(entered: Path) -> None:
    connection.close()
    for name in ("review.sqlite-wal", "review.sqlite-shm"):
        (OWN / name).unlink(missing_ok=True)
    shutil.copyfile(entered, OWN / "review.sqlite")


@pytest.fixture
def client_as(site: ReviewSite) -> Callable[..., Client]:
    """A client of the application in this process, logged in as the demo's member of a role; without one as nobody."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - as above

    def logged_in(role: str | None = None, *, checks_csrf: bool = False) -> Client:
        client = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=checks_csrf, raise_request_exception=False)
        if role is not None:
            member = User.objects.get(username=f"demo_{role}")
            client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture(scope="session")
def workbench(demo_config: Path) -> Iterator[Served]:
    """The workbench in a process of its own, on the demo book and a database of its own."""
    with served(demo_config, f"review.database=sqlite:///{OWN}/served.sqlite") as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; tests that need it are skipped where there is none."""
    if BROWSER is None:
        pytest.skip("there is no chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it starts a process of its own

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _states() -> dict[tuple[str, str], str]:
    """Cookies of those who logged in once already."""
    return {}


@pytest.fixture
def page_as(chromium: Browser, workbench: Served, _states: dict) -> Iterator[Callable[..., Page]]:
    """A page of the workbench in the browser, of the demo's member of a role; ``lang`` is the language of its texts."""
    contexts: list[BrowserContext] = []

    def opened(role: str, *, lang: str = "en", width: int = 1280, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=workbench.address,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            storage_state=_states.get((role, lang)),
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if (role, lang) not in _states:
            page.goto("/log-in/")
            page.fill("[name=username]", f"demo_{role}")
            page.fill("[name=password]", workbench.passwords[role])
            page.click("main button")
            _states[role, lang] = context.storage_state()
        page.goto("/settings/")
        if page.locator("html").get_attribute("lang") != lang:
            page.select_option("[name=language]", lang)
            page.click("main button")
        return page

    yield opened
    for context in contexts:
        context.close()
