"""Refusals of work on Spark, each with its remedy: before it begins, and when it ended early."""

from __future__ import annotations

import os
import re
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from models.config.spark import CURRENT
from models.errors import UserError

CONNECT = "sc://"
STANDALONE = "spark://"
_PORTS = {"sc": 15002, "spark": 7077}
_PATIENCE_SECONDS = 5.0
_NO_REACH = ("connection refused", "unavailable", "all masters are unresponsive", "name resolution", "unknownhost")


class ClusterError(UserError):
    """Spark cannot be reached, or ended work before it was done; nothing was published."""


def require_pyspark() -> None:
    """PySpark must be installed."""
    if find_spec("pyspark") is None:
        raise ClusterError(
            rule="run.engine spark needs PySpark, which is an optional part",
            got="an environment without it",
            remedy="pip install 'clientvalue[spark]', or leave run.engine as it was",
        )


def require_java(master: str) -> None:
    """Java must be here, unless a server or a session that is open has it."""
    if master == CURRENT or master.startswith(CONNECT):
        return
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").is_file() if home else shutil.which("java")):
        raise ClusterError(
            rule="Spark needs Java 17 or later on the machine that drives it",
            got=f"JAVA_HOME={home}, where there is no bin/java" if home else "no java in PATH and no JAVA_HOME",
            remedy="install it (Debian: apt-get install openjdk-17-jre-headless) and set JAVA_HOME, or set "
            "spark.master to a Spark Connect server, such as sc://host:15002, which needs no Java here",
        )


def require_reach(master: str) -> None:
    """Somebody must answer at the address of a master or server: Spark itself would wait for minutes."""
    if not master.startswith((CONNECT, STANDALONE)):
        return
    errors = [error for error in map(_unheard, _addresses(master)) if error]
    if len(errors) == len(_addresses(master)):
        raise unreachable(master, errors[0])


def unreachable(master: str, reason: str) -> ClusterError:
    """Nobody answers."""
    return ClusterError(
        rule=f"Spark must answer at spark.master {master}",
        got=reason,
        remedy="start it, mend the address, or set spark.master to local[2] for two cores of this machine",
    )


def broken_off(master: str, error: Exception) -> ClusterError:
    """Why work ended that Spark had begun, as far as Spark tells."""
    reason = str(error)
    low = reason.lower()
    if "no space left on device" in low or "errno 28" in low:
        return ClusterError(
            rule="executors need room on disk for what they hold beside memory",
            got="No space left on device",
            remedy="free it, or set spark.settings to {spark.local.dir: FOLDER} on a larger disk; "
            "nothing was published",
        )
    if lacking := re.search(r"No module named '([\w.]+)'", reason):
        return ClusterError(
            rule="every executor must have clientvalue installed, with all that it needs",
            got=f"a Python there without {lacking[1]}",
            remedy="install the wheel there, name its Python in PYSPARK_PYTHON, or send an environment along "
            "(spark.archives); nothing was published",
        )
    if "python worker exited unexpectedly" in low or "python worker failed" in low:
        return ClusterError(
            rule="a Python process of Spark must live until its block is scored",
            got="one that was killed again each time it was tried, as where memory ends",
            remedy="lower run.block_clients, or raise spark.executor.memoryOverhead; nothing was published",
        )
    if any(word in low for word in _NO_REACH):
        return unreachable(master, _last_line(reason))
    return ClusterError(
        rule="Spark must end the work that it began",
        got=_last_line(reason),
        remedy="look into Spark's log; nothing was published",
    )


def _last_line(text: str) -> str:
    """The last line that tells something of an error: Python's traces end with it, Java's begin with it."""
    lines = [
        line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("\t", "JVM", " SQLSTATE"))
    ]
    return lines[-1][:300] if lines else "an error without words"


def _addresses(master: str) -> list[tuple[str, int]]:
    """Host and port of each machine that is named; Spark's own masters may be several."""
    scheme, _, rest = master.partition("://")
    parts = [urlsplit(f"//{each}") for each in rest.split("/")[0].split(",")]
    return [(part.hostname or "", part.port or _PORTS[scheme]) for part in parts]


def _unheard(address: tuple[str, int]) -> str:
    """Why nobody answers there; empty where somebody does."""
    try:
        with socket.create_connection(address, timeout=_PATIENCE_SECONDS):
            return ""
    except OSError as error:
        return f"{error.strerror or error} at {address[0]}:{address[1]}"
