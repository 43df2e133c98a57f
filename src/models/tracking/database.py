"""The SQLite database in which MLflow keeps runs and versions: made whole before anything opens it.

MLflow itself builds a new database in place, in hundreds of steps that nothing holds together: who opens it meanwhile
builds as well, and what a killed process leaves mostly cannot be opened again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy
from alembic.util import CommandError
from mlflow.exceptions import MlflowException
from mlflow.store.db.utils import _initialize_tables
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from models.errors import UnreadableFileError
from models.shell.storage_errors import storage_error
from models.showable import without_secrets
from models.store.drafts import publish_once

_IN_MEMORY = ("", ":memory:")


@contextmanager
def whole_database(uri: str) -> Iterator[None]:
    """Within, the file of a ``sqlite:///`` address is there with all its tables; one that was there is left as it is.

    Several processes may come here at once: each builds, the first gives its database the name, none waits. Raises
    ``UnreadableFileError`` if MLflow cannot open what is there.
    """
    file = _file_of(uri)
    if file is not None and not file.exists():
        publish_once(file, _empty_database())
    try:
        yield
    except (MlflowException, SQLAlchemyError, CommandError) as error:
        of_disk = storage_error(error)
        if of_disk is not None:  # no copy and no other MLflow would help
            raise of_disk from error
        said = str(getattr(error, "orig", error)).partition("\n")[0].partition(". ")[0]
        raise UnreadableFileError(
            rule="run.tracking_uri must lead to a database that MLflow can open",
            got=f"{file or without_secrets(uri)} ({said})",
            remedy="run again if something else was writing to it; else restore it from a copy, or move it away and a "
            f"new one is made; if an older MLflow left it: mlflow db upgrade {without_secrets(uri)}",
        ) from error


def _file_of(uri: str) -> Path | None:
    place = sqlalchemy.make_url(uri).database or ""
    return None if place in _IN_MEMORY or place.startswith("file:") else Path(place).resolve()


@cache
def _empty_database() -> bytes:
    """All tables as MLflow makes them. In memory, where a kill leaves nothing and no step waits for the disk."""
    connection = sqlite3.connect(":memory:")
    engine = sqlalchemy.create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        _initialize_tables(engine)  # type: ignore[no-untyped-call]  # as MLflow's own stores do
        return connection.serialize()
    finally:
        engine.dispose()
