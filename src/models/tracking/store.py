"""The tracking store at an address: whether it answers, in which words it fails, and where its files belong.

A store is a SQLite file, another database or a server. MLflow asks a server that is down for minutes before it gives
up, and tells each kind of failure in a class of its own.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from mlflow.exceptions import MlflowException
from requests.exceptions import RequestException
from sqlalchemy.exc import SQLAlchemyError

from models.errors import UserError
from models.shell.storage_errors import storage_error
from models.showable import without_secrets, without_secrets_of

_SECONDS = 10
_SAID = 200
T = TypeVar("T")
_NOT_THERE = "RESOURCE_DOES_NOT_EXIST"
_SERVER_SCHEMES = ("http", "https")
_HOSTED = ("databricks", "uc")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Of two letters and more: one letter is a drive of Windows."""


class TrackingError(UserError):
    """A tracking store that does not answer, or not as MLflow's do."""

    def __init__(self, uri: str, got: str) -> None:
        self.uri = uri
        super().__init__(
            rule=f"the tracking store at {without_secrets(uri)} must answer",
            got=without_secrets_of(uri, got),
            remedy="start it, or set run.tracking_uri to another, e.g. sqlite:///mlruns/mlflow.db",
        )


def is_server(uri: str) -> bool:
    """Whether an address leads to a server, which keeps files by itself, and not to a database."""
    return urlsplit(uri).scheme in (*_SERVER_SCHEMES, *_HOSTED) or uri in _HOSTED


def artifact_place(uri: str, artifact_dir: str) -> str | None:
    """Where the files of a new experiment belong: None where the server decides.

    >>> artifact_place("http://127.0.0.1:5000", "mlruns/artifacts") is None
    True
    >>> artifact_place("http://127.0.0.1:5000", "s3://bank/models")
    's3://bank/models'
    """
    if _HAS_SCHEME.match(artifact_dir):
        return artifact_dir
    return None if is_server(uri) else str(Path(artifact_dir).resolve())


def require_answer(uri: str) -> None:
    """Ask a server for its health, once and briefly. Raises ``TrackingError``.

    A refusal is an answer, since MLflow may be let in where we are not. One of 500 and more is what a proxy says of a
    server that is down.
    """
    parts = urlsplit(uri)
    if parts.scheme not in _SERVER_SCHEMES:
        return
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], path=f"{parts.path.rstrip('/')}/health", query="")
    try:
        with urlopen(Request(urlunsplit(bare)), timeout=_SECONDS):  # noqa: S310 - the scheme is http or https
            return
    except HTTPError as error:
        error.close()
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TrackingError(uri, f"{error.code} {error.reason}") from error
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        if not isinstance(reason, ssl.SSLError):  # how far certificates are trusted, MLflow's own settings say
            raise TrackingError(uri, f"no answer ({reason})") from error


def if_there(ask: Callable[[], T]) -> T | None:
    """What a store answers; None where it does not have what is asked for."""
    try:
        return ask()
    except MlflowException as error:
        if error.error_code == _NOT_THERE:
            return None
        raise


@contextmanager
def answering(uri: str) -> Iterator[None]:
    """Within, what MLflow and its database say of a store that fails becomes a ``TrackingError``.

    Where the store is a file, a disk that is full or read-only is reported as such: nothing is there to be started.
    """
    try:
        yield
    except (MlflowException, RequestException, SQLAlchemyError) as error:
        of_disk = storage_error(error) if uri.startswith("sqlite:") else None
        if of_disk is not None:
            raise of_disk from error
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        raise TrackingError(uri, f"{type(error).__name__} ({said[:_SAID]})") from error
