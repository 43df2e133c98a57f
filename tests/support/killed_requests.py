"""Requests to the workbench whose process is killed at a random moment, each in a fork of this one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping

from django.db import connections
from django.test import Client


def killed_post(client: Client, address: str, form: Mapping[str, str], *, after_seconds: float) -> bool:
    """Send a form in a fork that is killed after so long; returns whether it was answered as done before that.

    ``client`` is logged in already. Nothing that the fork did but what it committed outlives it.
    """
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(client, address, form, writing)
    os.close(writing)
    time.sleep(after_seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        return told.read() == b"done"


def _answer(client: Client, address: str, form: Mapping[str, str], writing: int) -> None:
    """Of the fork alone: it never comes back."""
    try:
        if client.post(address, dict(form)).status_code == 302:
            os.write(writing, b"done")
        time.sleep(60)  # it is killed long before
    finally:
        os._exit(1)
