"""A real MLflow server on 127.0.0.1, on SQLite or another database, that keeps the artifacts itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_PATIENCE_SECONDS = 120
_OWN_GROUP = True
"""The server has workers; they end with it by their group."""


@dataclass(frozen=True)
class TrackingServer:
    """A running server: its address, and the folder in which it keeps artifacts."""

    uri: str
    artifacts: Path

    def files(self) -> set[str]:
        """Names of the files that the server keeps."""
        return {path.name for path in self.artifacts.rglob("*") if path.is_file()}


def unused_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tracking_server(root: Path, database: str = "") -> Iterator[TrackingServer]:
    """Start a server below ``root`` and wait until it answers; it ends with the block. ``database``: else SQLite."""
    uri = f"http://127.0.0.1:{unused_port()}"
    served = TrackingServer(uri, root / "served")
    store = database or f"sqlite:///{root / 'server.db'}"
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", uri.rpartition(":")[2]),
        *("--backend-store-uri", store, "--artifacts-destination", str(served.artifacts)),
        *("--workers", "1"),
    ]
    with (root / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=root, stdout=log, stderr=log, start_new_session=_OWN_GROUP
        )
        try:
            _wait(uri, process, root / "server.log")
            yield served
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=_PATIENCE_SECONDS)


def _wait(uri: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{uri}/health", timeout=5):  # noqa: S310 - 127.0.0.1
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-2_000:])
