"""One config, one line changed: scores and explanations are the same, and no cashflow leaves PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from models.scoring.job import predict
from models.scoring.report import Predicted
from models.training.job import train
from support.lending_book import drawn_tables
from support.two_databases import in_two_databases

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

_STATEMENT = re.compile(r"(?:statement|execute [^:]*): (.*?)(?=\n\d{4}-|\Z)", re.DOTALL)
_HARMLESS = re.compile(
    r'CURSOR FOR SELECT (COUNT|MIN|MAX)\(|GROUP BY|SELECT DISTINCT| LIMIT 0$|WHERE NOT \("t\d+"\."good"\)$'
)


@dataclass(frozen=True)
class _Both:
    """What was predicted by either engine, and what PostgreSQL was asked meanwhile."""

    here: Predicted
    there: Predicted
    statements: list[str]


@pytest.fixture(scope="module")
def both(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> _Both:
    databases = in_two_databases(tmp_path_factory.mktemp("bank"), postgres, drawn_tables(), schema="sql_lender")
    postgres.psql("alter system set log_statement = 'all';")
    postgres.psql("select pg_reload_conf();")
    log = Path(postgres.log)
    predicted, start = [], log.stat().st_size
    try:
        for engine in ("duckdb", "sql"):
            config = databases.config(tmp_path_factory.mktemp(engine), engine=engine)
            result = train(config)
            predicted.append(predict(config, book=result.book))
    finally:
        postgres.psql("alter system reset log_statement;")
        postgres.psql("select pg_reload_conf();")
    logged = log.read_bytes()[start:].decode(errors="replace")
    return _Both(*predicted, _STATEMENT.findall(logged))


def test_run_key_and_files_are_the_same(both: _Both) -> None:
    assert both.there.folder.name == both.here.folder.name
    names = sorted(file.name for file in both.here.folder.glob("*.parquet"))
    assert "scores.parquet" in names
    assert "explanations.parquet" in names
    for name in names:
        assert pq.read_table(both.there.folder / name).equals(pq.read_table(both.here.folder / name)), name


def test_no_cashflow_is_fetched(both: _Both) -> None:
    """PostgreSQL gives sums, distinct values and doubtful rows, of which this book has none; never the rows."""
    asked = [each for each in both.statements if '"cashflows"' in each and each.startswith("DECLARE")]
    assert any("GROUP BY" in each for each in asked)
    assert not [each for each in asked if not _HARMLESS.search(each)]
    assert not [each for each in both.statements if "COPY" in each or ('"cashflows"' in each and "INSERT" in each)]
