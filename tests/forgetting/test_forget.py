"""A trained and predicted book forgets a client; a killed call is finished by the next, and the door knows it again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.book.forgotten import FORGOTTEN_FILE, ForgottenList, without_forgotten
from models.book.sources.source_tables import SourceTables
from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.engines.duckdb import DUCKDB
from models.errors import UnknownClientError, UserError
from models.forgetting.job import forget
from models.forgetting.report import TraceFate
from models.forgetting.terminal import forgotten_lines
from models.publications.past import newest_official
from models.scoring.job import predict
from models.store.sealed import REWRITTEN, read_manifest
from support.trained_lender import TrainedLender

WHY = "asked for erasure, case 117"
_KILLED = """
import os, signal, sys
from pathlib import Path
import models.forgetting.{module} as module
from models.config.loading import load_config
from models.forgetting.job import forget
name, calls = {function!r}, {calls}
before = getattr(module, name)
def killing(*given, **named):
    global calls
    calls -= 1
    if calls < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*given, **named)
setattr(module, name, killing)
forget(load_config(Path(sys.argv[1]), sys.argv[3:]), sys.argv[2], why="asked for erasure, case 117")
"""


def copied(trained: TrainedLender, root: Path) -> tuple[Config, list[str]]:
    """The config of a copy of all that training and prediction left, and its settings beside the file."""
    shutil.copytree(trained.root, root, symlinks=True)
    text = trained.config_file.read_text(encoding="utf-8").replace(str(trained.root), str(root))
    (root / trained.config_file.name).write_text(text, encoding="utf-8")
    return load_config(root / trained.config_file.name), []


def somebody(trained: TrainedLender) -> str:
    """A client of the published scores."""
    return str(trained.column("client_id")[3])


def left_of(client: str, config: Config) -> list[str]:
    """Files below the results and the models that hold the id as a word, looked for without our own search."""
    word, found = re.compile(rf"(?<!\w){re.escape(client)}(?!\w)"), []
    for place in (work_dir(config), Path(config.run.artifact_dir)):
        for file in place.rglob("*"):
            if not file.is_file() or file.is_symlink() or file.suffix == ".whl":
                continue
            table = file.suffix == ".parquet"
            content = str(pq.read_table(file).to_pydict()) if table else file.read_bytes().decode("utf-8", "replace")
            if word.search(content):
                found.append(str(file))
    return found


def test_no_trace_is_left_and_others_stand_as_they_were(trained: TrainedLender, tmp_path: Path) -> None:
    config, _ = copied(trained, tmp_path / "lender")
    client = somebody(trained)
    run = newest_official(work_dir(config) / SCORES_FOLDER)
    assert run is not None
    before = {file.name: pq.read_table(file) for file in run.folder.glob("*.parquet")}
    assert left_of(client, config)
    plan = forget(config, client, why=WHY, dry_run=True)
    assert {file.name: pq.read_table(file) for file in run.folder.glob("*.parquet")} == before
    assert not (work_dir(config) / FORGOTTEN_FILE).exists()
    done = forget(config, client, why=WHY)
    assert done.is_proved
    assert left_of(client, config) == []
    assert {each.place for each in done.traces} == {each.place for each in plan.traces}
    for name, table in before.items():
        others = table.filter(pc.not_equal(table["client_id"], client))
        assert pq.read_table(run.folder / name).equals(others), name
    manifest = read_manifest(run.folder)
    assert (manifest["run_key"], manifest[REWRITTEN]["clients"]) == (run.entry.run_key, 1)
    assert client not in (work_dir(config) / FORGOTTEN_FILE).read_text(encoding="utf-8")
    at_source = {Path(each.place).name: each for each in done.traces if each.fate is TraceFate.AT_THE_SOURCE}
    assert set(at_source) >= {"clients.csv", "cashflows.csv"}
    for name, trace in at_source.items():  # the officer is told each line, as an editor numbers them
        lines = (Path(str(config.book.path)) / name).read_bytes().decode().split("\n")
        word = re.compile(rf"(?<!\w){re.escape(client)}(?!\w)")
        theirs = [place for place, line in enumerate(lines, start=1) if word.search(line)]
        assert list(trace.lines) == theirs, name
    told = "\n".join(forgotten_lines(done))
    assert f"clients.csv, 1 row (line {at_source['clients.csv'].lines[0]})" in told


@pytest.mark.parametrize(
    ("module", "function", "calls"),
    [("folders", "write_manifest", 0), ("job", "build_index", 0)],
)
def test_killed_in_the_middle_a_second_call_finishes(
    module: str, function: str, calls: int, trained: TrainedLender, tmp_path: Path
) -> None:
    config, _ = copied(trained, tmp_path / "lender")
    client, file = somebody(trained), tmp_path / "lender" / trained.config_file.name
    program = _KILLED.format(module=module, function=function, calls=calls)
    killed = subprocess.run([sys.executable, "-c", program, str(file), client], env=os.environ, check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    run = newest_official(work_dir(config) / SCORES_FOLDER)
    assert run is not None
    assert forget(config, client, why=WHY).is_proved
    assert left_of(client, config) == []
    assert read_manifest(run.folder)[REWRITTEN]["clients"] == 1
    assert not list(run.folder.parent.glob(".forget-*"))


def test_killed_between_the_two_renames_the_run_comes_back(trained: TrainedLender, tmp_path: Path) -> None:
    config, _ = copied(trained, tmp_path / "lender")
    client, file = somebody(trained), tmp_path / "lender" / trained.config_file.name
    run = newest_official(work_dir(config) / SCORES_FOLDER)
    assert run is not None
    program = _KILLED.format(module="folders", function="_swap", calls=0).replace(
        "os.kill(os.getpid(), signal.SIGKILL)",
        "given[1].rename(given[1].with_name(module._OLD + given[1].name)); os.kill(os.getpid(), signal.SIGKILL)",
    )
    killed = subprocess.run([sys.executable, "-c", program, str(file), client], env=os.environ, check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    assert not run.folder.exists()
    assert forget(config, client, why=WHY).is_proved
    assert read_manifest(run.folder)["run_key"] == run.entry.run_key
    assert left_of(client, config) == []


def test_the_door_leaves_it_out_when_it_returns_with_the_source(trained: TrainedLender, tmp_path: Path) -> None:
    config, _ = copied(trained, tmp_path / "lender")
    client = somebody(trained)
    forget(config, client, why=WHY)
    predicted = predict(config)
    returned = [each for each in predicted.notices if each.code == "forgotten_returned"]
    flows = pd.read_csv(Path(str(config.book.path)) / "cashflows.csv", dtype=str)
    counts = {each.subject: each.count for each in returned}
    assert counts["clients"] == 1
    assert counts["cashflows"] == int((flows["client_id"] == client).sum())
    assert "take them out at the source" in str(returned[0])
    assert client not in pq.read_table(predicted.folder / "scores.parquet")["client_id"].to_pylist()
    assert left_of(client, config) == []


def test_rows_of_its_facilities_go_with_it() -> None:
    known = ForgottenList().with_client("A", by="officer", why=WHY)
    with DUCKDB.session() as session:
        made = {
            "facilities": pa.table({"facility_id": ["F1", "F2"], "client_id": ["A", "B"]}),
            "balances": pa.table({"facility_id": ["F1", "F2", None], "drawn": ["1", "2", "3"]}),
            "macro": pa.table({"country": ["A"]}),
        }
        tables = {name: session.backend.create_table(name, rows, temp=True) for name, rows in made.items()}
        left = without_forgotten(SourceTables(tables=tables, known_until=date(2024, 1, 1)), known)
        assert {name: int(table.count().to_pyarrow().as_py()) for name, table in left.tables.items()} == {
            "facilities": 1,
            "balances": 2,
            "macro": 1,
        }
    assert [(each.subject, each.count) for each in left.notices] == [("facilities", 1), ("balances", 1)]


def test_a_list_knows_a_client_again_and_tells_nobody_who_it_was(tmp_path: Path) -> None:
    first = ForgottenList().with_client("A", by="officer", why=WHY)
    first.write(tmp_path)
    again = ForgottenList.of(tmp_path)
    assert again.find("A") is not None
    assert again.find("B") is None
    assert again.with_client("A", by="x", why="y") == again
    assert again.key != again.with_client("B", by="officer", why=WHY).key
    assert ForgottenList().with_client("A", by="officer", why=WHY).clients[0].client != again.clients[0].client
    (tmp_path / FORGOTTEN_FILE).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match="restore it from a copy"):
        ForgottenList.of(tmp_path)


def test_whoever_is_no_client_is_refused_and_nothing_goes(trained: TrainedLender) -> None:
    for word in ("nobody", "value", "C-9999"):
        with pytest.raises(UnknownClientError, match="must name the client"):
            forget(trained.config, word, why=WHY)
    assert read_manifest(trained.predicted.folder)["run_key"] == trained.predicted.run_key


@pytest.mark.parametrize(("why", "said"), [("x", "at least 5 signs"), ("", "at least 5"), ("it is {}", "not name")])
def test_a_reason_is_asked_for_that_does_not_name_it(why: str, said: str, trained: TrainedLender) -> None:
    with pytest.raises(UserError, match=said):
        forget(trained.config, somebody(trained), why=why.format(somebody(trained)))
