"""The documentation of the tables tells every column that real runs have, of its kind, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from models.config.publish import SINK_TABLES
from models.movers.report import MOVERS
from models.scoring.compute import CURVES, EXPLANATIONS
from models.scoring.job import predict
from models.sinks import tables
from models.sinks.catalogue import UNKNOWN, described, note_of
from models.sinks.layout import SinkShape
from models.sinks.records import RECORDS
from models.sinks.report import ColumnNote
from support.graded import PROJECT_FINANCE
from support.trained_lender import TrainedLender


@pytest.fixture(scope="module")
def shapes(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> tuple[SinkShape, ...]:
    """The tables of a run by a policy that has treatments, and those that the sink has of itself."""
    config = trained.config.model_copy(
        update={
            "run": trained.config.run.model_copy(update={"work_dir": str(tmp_path_factory.mktemp("treated"))}),
            "policy": trained.config.grading.model_copy(update={"treatments": PROJECT_FINANCE.treatments}),
        }
    )
    predicted = predict(config, book=trained.result.book)
    return (*(table.shape for table in tables.run_tables(predicted.folder)), *RECORDS)


def notes(shapes: tuple[SinkShape, ...]) -> Iterator[ColumnNote]:
    for table in described(shapes):
        yield from table.columns


def test_every_column_is_documented_as_what_it_is(shapes: tuple[SinkShape, ...]) -> None:
    for shape in shapes:
        for column in shape.columns:
            note = note_of(shape.name, column)
            assert note is not None, f"{shape.name}.{column.name} has no words in columns.toml"
            assert note.kind == column.kind, f"{shape.name}.{column.name}"
            assert note.meaning


def test_every_documented_column_is_one_that_runs_have(shapes: tuple[SinkShape, ...]) -> None:
    real = {shape.name: [column.name for column in shape.columns] for shape in shapes}
    lacking = [
        f"{table.name}.{column.name}"
        for table in described(())
        for column in table.columns
        if not any(fnmatchcase(name, column.name) for name in real.get(table.name, ()))
    ]
    assert lacking == []


def test_tables_are_told_with_the_columns_that_they_have(shapes: tuple[SinkShape, ...]) -> None:
    told = {table.name: table for table in described(shapes)}
    scores = next(shape for shape in shapes if shape.name == "scores")
    assert told["scores"].key == ("book", "as_of", "client_id")
    assert [column.name for column in told["scores"].columns] == [column.name for column in scores.columns]
    assert all(column.meaning != UNKNOWN for column in notes(shapes))


def test_files_and_tables_go_by_the_names_that_scoring_gives_them() -> None:
    assert (tables.EXPLANATIONS, tables.CURVES, tables.MOVERS) == (EXPLANATIONS, CURVES, MOVERS)
    assert set(SINK_TABLES) <= {table.name for table in described(())}
