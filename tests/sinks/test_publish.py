"""Published runs stand in every kind of sink as in their files, once, whole, and level with the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import dialects

from models.config.root import Config
from models.publications.ledger import Act
from models.sinks import tables
from models.sinks.compute import Wish
from models.sinks.job import publish, publish_due
from models.sinks.tables import EXPLAINED, RunStamp, RunTable, run_tables
from support.published_runs import (
    APRIL,
    BOOK,
    CLIENTS,
    MARCH,
    SCORES_SCHEMA,
    config_with,
    published_run,
    recorded,
    scores_of,
)
from support.sink_rows import Place, Rows, rows_of_run, tidy
from support.trained_lender import TrainedLender


@pytest.fixture
def config(sink: Place, tmp_path: Path) -> Config:
    return config_with(tmp_path / "work", sink.address, **sink.settings)


def both(first: Rows, second: Rows) -> Rows:
    return {name: sorted([*first.get(name, []), *second.get(name, [])], key=repr) for name in {*first, *second}}


def of_files(config: Config, folder: str) -> Rows:
    return rows_of_run(scores_of(config) / folder, BOOK)


def test_a_night_in_a_bank_stands_in_the_database_as_in_its_files(sink: Place, config: Config) -> None:
    march, april = published_run(config, MARCH), published_run(config, APRIL, seed=2)
    report = publish_due(config)
    assert report.problems == ()
    assert [run.as_of for run in report.sinks[0].written] == [MARCH, APRIL]
    expected = both(of_files(config, march.folder), of_files(config, april.folder))
    assert sink.of_runs() == expected
    assert {each.table: each.rows for run in report.sinks[0].written for each in run.tables if run.as_of == APRIL} == {
        name: len(rows) for name, rows in of_files(config, april.folder).items()
    }


def test_the_same_again_leaves_the_same_rows(sink: Place, config: Config) -> None:
    published_run(config)
    publish_due(config)
    before = sink.read()
    again = publish_due(config)
    assert (again.sinks[0].written, again.sinks[0].held) == ((), 1)
    assert sink.read() == before
    anew = publish(config, Wish(anew=True))
    assert [run.as_of for run in anew.sinks[0].written] == [MARCH]
    assert sink.of_runs() == {name: tidy(rows) for name, rows in before.items() if name in sink.of_runs()}
    assert tidy(sink.read()["publications"]) == tidy(before["publications"])


def test_the_official_run_takes_the_place_of_the_one_before_and_of_clients_that_vanished(
    sink: Place, config: Config
) -> None:
    first = published_run(config, MARCH)
    april = published_run(config, APRIL)
    publish_due(config)
    second = published_run(config, MARCH, seed=5, clients=CLIENTS[4:7])
    report = publish_due(config)
    assert [(run.as_of, run.replaced) for run in report.sinks[0].written] == [(MARCH, first.run_key)]
    assert sink.of_runs() == both(of_files(config, second.folder), of_files(config, april.folder))
    standing = {row["as_of"]: (row["run_key"], row["publication"]) for row in sink.read()["runs"]}
    assert standing == {MARCH: (second.run_key, 3), APRIL: (april.run_key, 2)}


def test_an_older_run_comes_back_when_the_ledger_says_so(sink: Place, config: Config) -> None:
    first = published_run(config)
    published_run(config, seed=3)
    publish_due(config)
    recorded(config, MARCH, first.run_key)
    publish_due(config)
    assert sink.of_runs() == of_files(config, first.folder)


def test_a_shadow_is_told_of_but_not_written(sink: Place, config: Config) -> None:
    official = published_run(config)
    publish_due(config)
    shadow = published_run(config, seed=9, act=Act.SHADOW)
    report = publish_due(config)
    assert report.sinks[0].written == ()
    assert sink.of_runs() == of_files(config, official.folder)
    told = {row["number"]: (row["act"], row["run_key"], row["why"]) for row in sink.read()["publications"]}
    assert told == {1: ("official", official.run_key, official.why), 2: ("shadow", shadow.run_key, shadow.why)}


def test_rows_of_files_that_the_new_run_lacks_go(sink: Place, config: Config) -> None:
    published_run(config)
    publish_due(config)
    second = published_run(config, seed=4, without=("curves.parquet", "warnings.parquet"))
    publish_due(config)
    found = sink.of_runs()
    assert {name: found.pop(name) for name in ("curves", "warnings", "warnings_evidence")} == {
        "curves": [],
        "warnings": [],
        "warnings_evidence": [],
    }
    assert found == of_files(config, second.folder)


def test_only_the_tables_that_were_asked_for_are_filled(sink: Place, tmp_path: Path) -> None:
    config = config_with(tmp_path / "work", sink.address, tables="[scores, lists]", **sink.settings)
    run = published_run(config)
    publish_due(config)
    expected = of_files(config, run.folder)
    filled = {"scores", "scores_reasons", "lists"}
    assert sink.of_runs() == {name: rows if name in filled else [] for name, rows in expected.items()}


def test_explanations_of_dates_long_past_go_and_are_not_written(sink: Place, tmp_path: Path) -> None:
    config = config_with(tmp_path / "work", sink.address, explained_days="20", **sink.settings)
    published_run(config, MARCH)
    publish_due(config)
    april = published_run(config, APRIL)
    publish_due(config)
    found = sink.of_runs()
    assert {name: rows for name, rows in found.items() if name in EXPLAINED} == {
        name: rows for name, rows in of_files(config, april.folder).items() if name in EXPLAINED
    }
    assert {row["as_of"] for row in found["scores"]} == {MARCH, APRIL}
    publish(config, Wish(as_of=MARCH, anew=True))
    assert sink.of_runs() == found


def test_a_later_version_adds_columns_and_tables(sink: Place, config: Config) -> None:
    older = pa.schema([field for field in SCORES_SCHEMA if field.name not in ("override", "reasons", "cold_start")])
    march = published_run(config, MARCH, scores=older)
    publish_due(config)
    april = published_run(config, APRIL)
    report = publish_due(config)
    added = {f"scores.{name}" for name in ("cold_start", "override_state", "override_tier", "override_on")}
    assert set(report.sinks[0].written[0].added_columns) == added
    expected = both(of_files(config, march.folder), of_files(config, april.folder))
    lacking = {name.removeprefix("scores."): None for name in added}
    expected["scores"] = tidy_again([lacking | row for row in expected["scores"]])
    assert sink.of_runs() == expected
    assert [row["version"] for row in sink.read()["schema_version"]] == [1]


def tidy_again(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(({name: row[name] for name in sorted(row)} for row in rows), key=repr)


def test_one_date_alone_is_written_anew(sink: Place, config: Config) -> None:
    published_run(config, MARCH)
    published_run(config, APRIL)
    report = publish(config, Wish(as_of=APRIL, anew=True))
    assert [run.as_of for run in report.sinks[0].written] == [APRIL]
    assert {row["as_of"] for row in sink.read()["scores"]} == {APRIL}
    assert [row["number"] for row in sink.read()["publications"]] == [1, 2]


def test_a_run_that_is_damaged_keeps_back_none_of_the_others(sink: Place, config: Config) -> None:
    march = published_run(config, MARCH)
    april = published_run(config, APRIL)
    with (scores_of(config) / march.folder / "lists.parquet").open("ab") as file:
        file.write(b"x")
    report = publish_due(config)
    assert [run.as_of for run in report.sinks[0].written] == [APRIL]
    assert [problem.as_of for problem in report.problems] == [MARCH]
    assert "lists.parquet must be as it was written, got other bytes" in str(report.problems[0])
    assert sink.of_runs() == of_files(config, april.folder)


def test_a_real_run_stands_there_in_every_cell(sink: Place, trained: TrainedLender, tmp_path: Path) -> None:
    copied = scores_of(config_with(tmp_path / "work"))
    shutil.copytree(trained.predicted.folder, copied / trained.predicted.folder.name)
    report = publish_due(config_with(tmp_path / "work", sink.address, **sink.settings))
    assert report.problems == ()
    assert sink.of_runs() == rows_of_run(trained.predicted.folder, BOOK)


def test_a_database_that_only_sqlalchemy_knows_gets_the_same(postgres_sink: Place, tmp_path: Path) -> None:
    """A dialect of another name, so that nothing of what is special to PostgreSQL and SQLite is used."""
    dialects.registry.register("lenderdb", "support.other_database", "OtherDatabase")
    address = postgres_sink.address.replace("postgresql:", "lenderdb:")
    config = config_with(tmp_path, address, **postgres_sink.settings)
    published_run(config, scores=pa.schema([field for field in SCORES_SCHEMA if field.name != "cold_start"]))
    publish_due(config)
    second = published_run(config, seed=2, clients=CLIENTS[2:])
    report = publish_due(config)
    assert report.problems == ()
    assert report.sinks[0].written[0].added_columns == ("scores.cold_start",)
    assert postgres_sink.of_runs() == of_files(config, second.folder)


def test_a_run_is_never_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_with(tmp_path)
    run = published_run(config)
    monkeypatch.setattr(tables, "BLOCK_ROWS", 24)
    for table in run_tables(scores_of(config) / run.folder):
        blocks = [block.num_rows for block in table.batches(RunStamp(BOOK, MARCH, run.run_key))]
        assert max(blocks) <= 24
        assert len(blocks) >= sum(blocks) / 24


def test_several_sinks_each_get_all_and_one_that_fails_harms_no_other(tmp_path: Path) -> None:
    addresses = (f"sqlite://{tmp_path}/none/a.db", f"duckdb://{tmp_path}/b.db", f"sqlite://{tmp_path}/c.db")
    config = config_with(tmp_path / "work", *addresses)
    published_run(config)
    report = publish_due(config)
    assert [len(each.written) for each in report.sinks] == [0, 1, 1]
    assert report.problems[0].rule == "the folder of a sink's file must exist"


def test_a_night_that_breaks_off_is_mended_by_the_next(
    sink: Place, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_run(config)
    publish_due(config)
    before = sink.of_runs()
    second = published_run(config, seed=2, clients=CLIENTS[2:])
    batches = RunTable.batches

    def breaking(table: RunTable, stamp: RunStamp) -> Iterator[pa.RecordBatch]:
        if table.name == "lists":
            raise OSError(5, "the disk is gone")
        yield from batches(table, stamp)

    with monkeypatch.context() as patched:
        patched.setattr(RunTable, "batches", breaking)
        report = publish_due(config)
    assert report.sinks[0].written == ()
    assert len(report.problems) == 1
    if not sink.address.startswith("delta"):  # whose tables change one by one
        assert sink.of_runs() == before
    assert [run.replaced for run in publish_due(config).sinks[0].written] == [before["scores"][0]["run_key"]]
    assert sink.of_runs() == of_files(config, second.folder)


def test_without_a_sink_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert publish_due(config_with(tmp_path)).sinks == ()


def test_a_date_without_an_official_run_is_refused(tmp_path: Path) -> None:
    config = config_with(tmp_path, f"duckdb://{tmp_path}/a.db")
    published_run(config)
    with pytest.raises(Exception, match=r"got 2023-12-01: there are 2023-03-01"):
        publish(config, Wish(as_of=date(2023, 12, 1)))
