"""Whether a tracking store answers: what is down is told within seconds, what refuses us is left to MLflow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from models.interfaces.tracking_store import TrackingError, require_answer


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
    with server_that_says(status) as uri, pytest.raises(TrackingError, match=f"must answer, got {status} ") as told:
        require_answer(uri)
    assert "s3cretpw" not in str(told.value)


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_a_server_that_refuses_us_answers(status: int) -> None:
    with server_that_says(status) as uri:
        require_answer(uri)
