"""Times the tabs of a client in the workbench of a published book: with its story to be computed, and with it kept.

Run: python -m bench client_page --work FOLDER --book PLACE. FOLDER is the ``run.work_dir`` below which the
book was published. Clients are drawn from the published run; each tab is asked for through the server, as a browser
asks: the frame first, the part that waits for the models after it, then the whole again. The bench fails where the 95th
percentile of a tab whose story is kept is above its bound.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil
import pyarrow.parquet as pq
import requests
from bench.review import log_in, served

from models.review.client.text import OF_THE_STORY, TABS

MOST_MS = 300.0
FIRST, AGAIN = "first time", "again"


def drawn_clients(work: Path, count: int) -> list[str]:
    """Clients of the published run, drawn by a seed."""
    (latest,) = work.glob("*/scores/latest")
    ids = pq.read_table(latest / "scores.parquet", columns=["client_id"])["client_id"]
    return ids.take(np.random.default_rng(1).choice(len(ids), count, replace=False)).to_pylist()


def waited(session: requests.Session, address: str) -> float:
    """Milliseconds until a page was there; anything but a page is an error."""
    began = time.perf_counter()
    session.get(address, timeout=120).raise_for_status()
    return (time.perf_counter() - began) * 1e3


def asked(session: requests.Session, address: str, clients: list[str]) -> Mapping[tuple[str, str], list[float]]:
    """(tab, which time) -> what each client's page took, in milliseconds."""
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for client in clients:
        place = f"{address.rstrip('/')}/client-tab"
        for which in (FIRST, AGAIN):
            for tab in TABS:
                part = "?part=1" if which == FIRST and tab in OF_THE_STORY else ""
                waits[tab, which].append(waited(session, f"{place}/{tab}/{quote(client, safe='')}{part}"))
    return waits


def main() -> int:
    """Start the workbench, ask it, and print a table; 1 if the bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="Where the book was published: its run.work_dir.")
    parser.add_argument("--book", required=True, help="The book itself.")
    parser.add_argument("--clients", type=int, default=40)
    parser.add_argument(
        "--set", action="append", default=[], help="Another value than the config's, as for clientvalue."
    )
    given = parser.parse_args()
    clients = drawn_clients(given.work, given.clients)
    command = [sys.executable, "-c", "from models.cli import main; main()", "review", "--demo", "--port", "0"]
    settings = [f"run.work_dir={given.work.resolve()}", f"book.path={given.book}", *given.set]
    command += ["--config", "configs/demo.yaml", *(part for each in settings for part in ("--set", each))]
    environment = {**os.environ, "PYTHONPATH": str(Path("src").resolve())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: S603
        try:
            address, password = served(server)
            session = log_in(address, password)
            waits = asked(session, address, clients)
            held = psutil.Process(server.pid).memory_info().rss / 2**30
        finally:
            server.terminate()
    print("| tab | time | median, ms | 95th percentile, ms | most, ms |\n|---|---|---|---|---|")
    late = {}
    for (tab, which), each in sorted(waits.items()):
        middle, late[tab, which], most = np.percentile(each, [50, 95, 100])
        print(f"| {tab} | {which} | {middle:.0f} | {late[tab, which]:.0f} | {most:.0f} |")
    print(f"\nmemory of the server: {held:.2f} GiB")
    broken = [tab for (tab, which), value in late.items() if which == AGAIN and value > MOST_MS]
    print("broken:", ", ".join(broken) or "nothing")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
