"""Whether a tracking store answers: what is down is told within seconds, what refuses us is left to MLflow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError

from models.errors import UserError
from models.tracking.store import TrackingError, answering, require_answer


@contextmanager
def server_that_says(status: int) -> Iterator[str]:
    """The address of a server that answers everything with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that the library calls
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: a test's output is its own."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://bob:s3cretpw@127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_that_is_down_behind_its_proxy_is_told_at_once(status: int) -> None:
    with server_that_says(status) as uri, pytest.raises(TrackingError, match=f"must answer, got {status} ") as reported:
        require_answer(uri)
    assert "s3cretpw" not in str(reported.value)


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_a_server_that_refuses_us_answers(status: int) -> None:
    with server_that_says(status) as uri:
        assert require_answer(uri) is None


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("database or disk is full", "the disk must have room"),
        ("attempt to write a readonly database", "the place must be open to reading and writing"),
    ],
)
def test_a_store_in_a_file_whose_disk_refuses_is_told_as_such(said: str, rule: str) -> None:
    with pytest.raises(UserError, match=rule) as reported, answering("sqlite:///mlruns/mlflow.db"):
        _fail(said)
    assert not isinstance(reported.value, TrackingError)


def test_a_database_elsewhere_that_refuses_is_told_as_a_store() -> None:
    with pytest.raises(TrackingError, match="permission denied"), answering("postgresql://risk@db.bank/mlflow"):
        _fail("permission denied for table runs")


def _fail(said: str) -> None:
    """As MLflow fails where its database does."""
    try:
        raise OperationalError("insert", {}, sqlite3.OperationalError(said))
    except OperationalError as error:
        raise MlflowException(str(error)) from error
