"""The book that the workbench shows: its config, its published runs, and where people's decisions are kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from secrets import token_urlsafe

import dj_database_url

from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.decisions.database import DATABASE_FILE, DATABASE_FOLDER
from models.publications.past import OfficialRun, newest_official, official_runs
from models.sinks.targets.addresses import SinkPlace

CONFIG_VARIABLE, SET_VARIABLE = "CLIENTVALUE_REVIEW_CONFIG", "CLIENTVALUE_REVIEW_SET"
"""Environment variables: the path of the config, and a JSON list of ``section.key=value`` beside it."""
SECRET_VARIABLE = "CLIENTVALUE_REVIEW_SECRET"  # noqa: S105 - the name of a variable
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
"""Who writes waits for whoever writes, and what is committed outlives a loss of power."""


@dataclass(frozen=True)
class ReviewSite:
    """One book as the workbench shows it."""

    config: Config

    @cached_property
    def folder(self) -> Path:
        """The folder of the workbench below that of the book's results: database, secret, attachments."""
        folder = work_dir(self.config) / DATABASE_FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def scores(self) -> Path:
        """The folder of published runs."""
        return work_dir(self.config) / SCORES_FOLDER

    def runs(self) -> list[OfficialRun]:
        """The official runs, the earliest as-of date first; read anew when the ledger changed."""
        return official_runs(self.scores)

    def newest(self) -> OfficialRun | None:
        """The official run of the latest as-of date; None where nothing is published."""
        return newest_official(self.scores)


@lru_cache(maxsize=1)
def site() -> ReviewSite | None:
    """The site that the environment names; None where it names none, as when types are checked."""
    path = os.environ.get(CONFIG_VARIABLE)
    if path is None:
        return None
    return ReviewSite(load_config(Path(path), json.loads(os.environ.get(SET_VARIABLE, "[]"))))


def shown_site() -> ReviewSite:
    """The site that is served. Raises ``AssertionError`` where none is."""
    found = site()
    assert found is not None, f"{CONFIG_VARIABLE} names no config"  # noqa: S101 - the command sets it
    return found


def secret_key(site: ReviewSite | None) -> str:
    """The key of the environment, else that of the site's own file, which is made once and read by its owner alone."""
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        return given
    return token_urlsafe(48) if site is None else _kept_key(site.folder / "secret")


def _kept_key(file: Path) -> str:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="utf-8")
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(token_urlsafe(48))
    return file.read_text(encoding="utf-8")


def database_of(site: ReviewSite | None) -> dict[str, object]:
    """The database of a site as Django takes it: SQLite in a file of its own, or what ``review.database`` names."""
    if site is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    address = site.config.review.database
    if address is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": site.folder / DATABASE_FILE,
            "OPTIONS": _SQLITE,
        }
    found = dj_database_url.parse(SinkPlace(address).expanded(address), conn_max_age=60)
    return {**found, "OPTIONS": _SQLITE} if found["ENGINE"].endswith("sqlite3") else {**found}
