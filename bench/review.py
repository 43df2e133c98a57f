"""Times the reviewers' search on a large book: the index, search with facets, and the page of it through the server.

Run: python -m bench review --clients 1000000. A small book is simulated, trained and published, or --run names a
published folder; its files are multiplied with ids and names of their own. The bench fails where the 95th percentile of
search and facets, or the memory of the process with all users, is above its bound.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import requests

from models.directory.building import build_index
from models.directory.columns import FACET_NAMES
from models.directory.index import ClientIndex
from models.directory.places import index_folder
from models.directory.report import EVERYTHING, ClientQuery, Scope
from models.publications.ledger import Act, Deed, PublicationLedger
from models.store.sealed import read_facts, write_manifest

MOST_MS = 200.0
MOST_GIB = 2.0
PAGE = 50
FILES = ("clients.parquet", "scores.parquet", "warnings.parquet", "movers.parquet", "lists.parquet")
SMALL = ("learners.value.trees=20", "learners.decline.trees=20", "origins.max_count=4", "origins.group_folds=2")
SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "en", "or"))
CITIES = (
    "北京",
    "上海",
    "广州",
    "深圳",
    "重庆",
    "天津",
    "武汉",
    "成都",
    "南京",
    "杭州",
    "西安",
    "长沙",
    "青岛",
    "大连",
)
MARKS = tuple("华恒金盛泰和瑞安宏远中信德隆兴业嘉诚天地海山东方新长江永昌国民惠通达富源广博")
LINES = ("能源", "电力", "交通", "水务", "通信", "矿业", "石油", "地产", "制造", "农业", "医疗", "教育")
SPOKEN = ("shanghai", "chongqing", "dianli", "huaneng", "jiaotong", "hn", "beijing", "nongye", "tjhx")


@dataclass(frozen=True)
class Waits:
    """How long each question of a side took, in milliseconds, and how many were asked a second."""

    title: str
    milliseconds: np.ndarray
    cpu: np.ndarray
    """Of the thread alone, in milliseconds: what other work on the machine changes less."""
    seconds: float

    def __str__(self) -> str:
        middle, late, worst = np.percentile(self.milliseconds, [50, 95, 100])
        rate = len(self.milliseconds) / self.seconds
        cpu = "{:.1f}, {:.1f}".format(*np.percentile(self.cpu, [50, 95]))
        return f"{self.title:<58}{middle:8.1f}{late:8.1f}{worst:9.1f} ms; CPU {cpu} ms; {rate:.1f} a second"

    @property
    def late(self) -> float:
        """The 95th percentile."""
        return float(np.percentile(self.milliseconds, 95))


def small_run(folder: Path, clients: int = 1_000) -> Path:
    """A small simulated book, trained and published in ``folder``."""
    config = Path("configs/demo.yaml").resolve()
    sets = [part for each in (*SMALL, f"book.path={folder / 'book'}") for part in ("--set", each)]
    command = [sys.executable, "-c", "from models.cli import main; main()"]
    environment = {**os.environ, "PYTHONPATH": str(Path("src").resolve())}
    for verb in (
        ["simulate", "--clients", str(clients), "--out", str(folder / "book"), "--config", str(config)],
        ["train", "--config", str(config), *sets],
        ["predict", "--config", str(config), *sets],
    ):
        subprocess.run([*command, *verb], cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603
    return (folder / "data/processed/demo/scores/latest").resolve()


def multiplied(run: Path, folder: Path, clients: int) -> Path:
    """The files of a published run so often that they hold as many clients, each with an id and a name of its own."""
    facts = {name: value for name, value in read_facts(run).items() if name != "files"}
    final = folder / "demo" / "scores" / run.name
    final.mkdir(parents=True)
    ids = pq.read_table(run / FILES[0], columns=["client_id"])["client_id"]
    copies = -(-clients // len(ids))
    for name in FILES:
        table = pq.read_table(run / name)
        place = np.asarray(pc.index_in(table["client_id"], value_set=ids))
        own = np.concatenate([place + copy * len(ids) for copy in range(copies)])
        whole = pa.concat_tables([table] * copies)
        whole = whole.set_column(
            whole.schema.get_field_index("client_id"),
            "client_id",
            pc.binary_join_element_wise("K", pc.utf8_lpad(pa.array(own).cast("string"), 8, "0"), ""),
        )
        if name == FILES[0]:
            whole = named_anew(whole)
        pq.write_table(whole, final / name, compression="zstd")
    write_manifest(final, facts)
    day = date.fromisoformat(facts["as_of"])
    deed = Deed(act=Act.OFFICIAL, as_of=day, run_key=facts["run_key"], folder=final.name, bundle=facts["bundle"])
    PublicationLedger(final.parent).record(deed)
    return final


def named_anew(table: pa.Table) -> pa.Table:
    """The clients with drawn names, a third of them Chinese, and twenty times as many managers."""
    draw, rows = np.random.default_rng(1), table.num_rows

    def drawn(words: Sequence[str]) -> pa.Array:
        return pa.array(words).take(pa.array(draw.integers(0, len(words), rows)))

    first = pc.utf8_capitalize(pc.binary_join_element_wise(*(drawn(SYLLABLES) for _ in range(3)), ""))
    latin = pc.binary_join_element_wise(first, table["name"].combine_chunks(), " ")
    chinese = pc.binary_join_element_wise(
        drawn(CITIES), *(drawn(MARKS) for _ in range(3)), drawn(LINES), drawn(("有限公司", "集团有限公司")), ""
    )
    is_chinese = pa.array(draw.random(rows) < 1 / 3)
    number = pa.array(draw.integers(1, 21, rows).astype(str))
    for name, column in (
        ("name", pc.if_else(is_chinese, chinese, latin)),
        ("aliases", pc.if_else(is_chinese, latin, table["aliases"].combine_chunks())),
        ("group_id", pc.binary_join_element_wise(table["group_id"].combine_chunks(), number, "-")),
        ("manager", pc.binary_join_element_wise(table["manager"].combine_chunks(), number, " ")),
    ):
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


class Questions:
    """Drawn questions of reviewers: parts of names in three scripts, facets, sorts, deep pages, scopes; none twice."""

    def __init__(self, index: ClientIndex, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._values = {name: index.values(name) for name in FACET_NAMES}

    def one(self) -> ClientQuery:
        """The next question."""
        draw = self._draw
        facets = {
            name: (self._pick(self._values[name]),) for name in draw.choice(FACET_NAMES, draw.integers(0, 3), False)
        }
        sort = self._pick(("", "", "", "name", "decline_probability", "outstanding", "manager"))
        return ClientQuery(
            text=self._text(),
            facets=facets,
            scope=self._scope(),
            sort=sort,
            descending=bool(draw.random() < 0.5),
            offset=int(draw.choice([0, 0, 0, 50, 2_000])),
            limit=PAGE,
        )

    def _text(self) -> str:
        """A part of a name, of two to eight letters or one to three characters; pinyin; an id; often nothing."""
        latin = "".join(self._pick(SYLLABLES) for _ in range(3))[: self._draw.integers(2, 7)]
        chinese = self._pick(CITIES) + self._pick(MARKS)
        return self._pick(
            (
                "", "", latin, latin, f"{latin} ltd", self._pick(LINES), chinese, self._pick(MARKS), self._pick(SPOKEN),
                f"K{self._draw.integers(0, 10**6):08d}", "silver", "horizon power", "德国",
            )
        )  # fmt: skip

    def _scope(self) -> Scope:
        if self._draw.random() < 0.4:
            return EVERYTHING
        managers = frozenset(self._pick(self._values["manager"]) for _ in range(3))
        return Scope(managers=managers, branches=frozenset([self._pick(self._values["branch"])]))

    def _pick(self, words: Sequence[str]) -> str:
        return words[int(self._draw.integers(0, len(words)))]


def asked(title: str, index: ClientIndex, *, users: int, each: int, thinking: float) -> Waits:
    """So many users in threads ask one question after the other, ``thinking`` seconds between two on average."""
    waits: list[tuple[float, float]] = []

    def user(seed: int) -> None:
        questions, draw = Questions(index, seed), np.random.default_rng(seed)
        for _ in range(each):
            time.sleep(draw.exponential(thinking) if thinking else 0)
            query, began, cpu = questions.one(), time.perf_counter(), time.thread_time()
            index.search(query)
            waits.append(((time.perf_counter() - began) * 1e3, (time.thread_time() - cpu) * 1e3))

    began = time.perf_counter()
    threads = [threading.Thread(target=user, args=(seed,)) for seed in range(100, 100 + users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Waits(title, *np.array(waits).T, seconds=time.perf_counter() - began)


class Reader:
    """A member with a browser's cookies, who asks for the list as its page does."""

    def __init__(self, address: str, password: str) -> None:
        self._session, self._address = log_in(address, password), address

    def ask(self, query: ClientQuery) -> None:
        """One change of the list, as htmx asks for it; anything but a table is an error."""
        form = {"q": query.text, "sort": f"-{query.sort}" if query.descending and query.sort else query.sort}
        page = {"page": query.offset // PAGE + 1, **{name: list(values) for name, values in query.facets.items()}}
        answer = self._session.post(
            f"{self._address}/clients/", form | page | self._token(), headers={"HX-Request": "true"}, timeout=60
        )
        answer.raise_for_status()
        assert 'id="found"' in answer.text

    def first_page(self) -> None:
        """What a member sees after logging in."""
        self._session.get(f"{self._address}/today/", timeout=60).raise_for_status()

    def _token(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self._session.cookies["csrftoken"]}


def log_in(address: str, password: str) -> requests.Session:
    """The checker of the demo, logged in, with a browser's cookies."""
    session = requests.Session()
    session.get(f"{address}/log-in/", timeout=60)
    token = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
    form = {"username": "demo_checker", "password": password, **token}
    session.post(f"{address}/log-in/", form, timeout=60).raise_for_status()
    return session


def through_the_server(
    title: str, folder: Path, index: ClientIndex, *, users: int, each: int, thinking: float
) -> tuple[Waits, float]:
    """So many members at once before the workbench of the large run; also the GiB that it holds."""
    command = [sys.executable, "-c", "from models.cli import main; main()", "review", "--demo", "--port", "0"]
    given = ["--config", "configs/demo.yaml", "--set", f"run.work_dir={folder.resolve()}"]
    environment = {**os.environ, "PYTHONPATH": str(Path("src").resolve())}
    waits: list[tuple[float, float]] = []
    with subprocess.Popen([*command, *given], stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: S603
        try:
            address, password = served(server)
            readers = [Reader(address, password) for _ in range(users)]
            timed("the first page, nobody else there", readers[0].first_page)

            def user(number: int) -> None:
                questions, draw = Questions(index, number), np.random.default_rng(number)
                for _ in range(each):
                    time.sleep(draw.exponential(thinking) if thinking else 0)
                    query, began = questions.one(), time.perf_counter()
                    readers[number].ask(query)
                    waits.append(((time.perf_counter() - began) * 1e3, np.nan))

            cpu, began = psutil.Process(server.pid).cpu_times(), time.perf_counter()
            with ThreadPoolExecutor(users) as pool:
                list(pool.map(user, range(users)))
            seconds, after = time.perf_counter() - began, psutil.Process(server.pid).cpu_times()
            spent = (after.user + after.system - cpu.user - cpu.system) * 1e3 / len(waits)
            held = psutil.Process(server.pid).memory_info().rss / 2**30
        finally:
            server.terminate()
    wall = np.array([each for each, _ in waits])
    return Waits(title, wall, np.full(len(waits), spent), seconds=seconds), float(held)


def served(server: subprocess.Popen[str]) -> tuple[str, str]:
    """The address of a workbench that was just started, and the checker's password."""
    assert server.stdout is not None
    password = ""
    for line in server.stdout:
        words = line.split()
        if words[:1] == ["demo_checker"]:
            password = words[1]
        if words[:1] == ["workbench"]:
            return words[1], password
    raise AssertionError("the workbench did not start")


def timed(title: str, work: Callable[[], object]) -> None:
    """Say how long something took, and what the process holds after."""
    began = time.perf_counter()
    work()
    print(f"{title:<58}{time.perf_counter() - began:8.1f} s   {held_gib():.2f} GiB held", flush=True)


def held_gib() -> float:
    """Memory of this process now, the pages of mapped files included."""
    return float(psutil.Process().memory_info().rss) / 2**30


def main() -> int:
    """Build in a process of its own, ask in this one; 1 if a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--run", type=Path, help="A published folder. Default: one is made.")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--each", type=int, default=60, help="Questions of each user.")
    parser.add_argument(
        "--folder", type=Path, help="Where the large run stands or is made. Default: a folder that goes."
    )
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        timed("building the index", lambda: build_index(given.run))
        print(f"{'most memory of building':<58}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GiB")
        return 0
    with tempfile.TemporaryDirectory(prefix="review") as scratch:
        return judged(given, given.folder or Path(scratch))


def large_run(given: argparse.Namespace, folder: Path) -> Path:
    """The large run in ``folder``, made if it is not there, with its index."""
    standing = sorted((folder / "demo" / "scores").glob("2*")) if folder.is_dir() else []
    if not standing:
        folder.mkdir(parents=True, exist_ok=True)
        standing = [multiplied(given.run or small_run(folder), folder, given.clients)]
        command = [sys.executable, "-m", "bench.review", "--build", "--run", str(standing[0])]
        subprocess.run(command, check=True)  # noqa: S603 - ourselves
    size = sum(file.stat().st_size for file in index_folder(standing[0]).iterdir())
    print(f"{'size of the index':<58}{size / 1e6:8.0f} MB")
    return standing[0]


def judged(given: argparse.Namespace, folder: Path) -> int:
    """Ask the index of the large run; 1 if a bound is broken."""
    run = large_run(given, folder)
    timed("opening it: hashes proved, loops ready", lambda: ClientIndex.open(run))
    index = ClientIndex.open(run)
    print(f"{len(index):,} clients; milliseconds: median, 95th percentile, most")
    sides = [
        asked("one user, one question after the other", index, users=1, each=300, thinking=0.0),
        asked(
            f"{given.users} users at once, a second between questions",
            index,
            users=given.users,
            each=given.each,
            thinking=1.0,
        ),
        asked(f"{given.users} users at once, without a pause", index, users=given.users, each=given.each, thinking=0.0),
    ]
    for side in sides:
        print(side)
    print(f"memory of the process: {held_gib():.2f} GiB, files included")
    alone, _ = through_the_server("the page: one user", folder, index, users=1, each=200, thinking=0.0)
    together, server_gib = through_the_server(
        f"the page: {given.users} users at once, a second between questions",
        folder,
        index,
        users=given.users,
        each=given.each // 2,
        thinking=1.0,
    )
    for page in (alone, together):
        print(page)
    print(f"memory of the server: {server_gib:.2f} GiB, files included")
    sides.insert(2, alone)
    broken = [side.title for side in sides[:3] if side.late > MOST_MS]
    broken += ["memory"] if max(held_gib(), server_gib) > MOST_GIB else []
    print("broken:", ", ".join(broken) or "nothing")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
