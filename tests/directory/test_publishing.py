"""Every client that was known is in the file, scored or not, with what was known of it before the as-of date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.directory.index import ClientIndex
from models.directory.publishing import SCHEMA, client_batches
from models.directory.report import EVERYTHING, ClientQuery
from models.directory.standing import FIGURES, STANDING, Reach
from models.store.sealed import read_facts
from support.books import AS_OF, book_of, settings
from support.lending_book import drawn_tables
from support.random_books import random_book
from support.trained_lender import TrainedLender


@pytest.fixture(scope="module")
def published(trained: TrainedLender) -> pd.DataFrame:
    return pq.read_table(trained.predicted.folder / "clients.parquet").to_pandas().set_index("client_id")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return dict(drawn_tables())


def before(table: pd.DataFrame, column: str, as_of: date) -> pd.DataFrame:
    return table[pd.to_datetime(table[column], errors="coerce") < pd.Timestamp(as_of)]


def test_the_file_is_sealed_and_in_the_order_of_ids(trained: TrainedLender, published: pd.DataFrame) -> None:
    file = trained.predicted.folder / "clients.parquet"
    assert pq.read_schema(file).equals(SCHEMA)
    assert file.name in read_facts(trained.predicted.folder)["files"]
    assert list(published.index) == sorted(published.index)
    assert published.index.is_unique


def test_whoever_was_known_is_there_scored_or_not(
    trained: TrainedLender, published: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    as_of = trained.predicted.as_of
    known = set(before(tables["cashflows"], "date", as_of)["client_id"])
    known |= set(before(tables["facilities"], "signed", as_of)["client_id"])
    assert known == set(published.index)
    scored = set(trained.column("client_id"))
    assert set(published.index[published.scored]) == scored
    assert 0 < len(scored) < len(published)
    left = published[~published.scored]
    assert set(left.reach) <= {"quiet", "unserved"}
    assert left.not_scored.str.contains("the 12 months before").all()
    assert published.not_scored[published.scored].isna().all()


def test_scores_say_who_the_client_is(trained: TrainedLender, published: pd.DataFrame) -> None:
    identity = ["name", "group_id", "country", "region", "industry"]
    scores = pq.read_table(trained.predicted.folder / "scores.parquet").to_pandas().set_index("client_id")
    for name in identity:
        assert scores[name].fillna("-").tolist() == published[name].reindex(scores.index).fillna("-").tolist()
    assert scores.country.notna().any()


@pytest.mark.parametrize("seed", range(3))
def test_the_rating_is_the_latest_that_was_known(tmp_path: Path, seed: int) -> None:
    tables = random_book(seed, 40)
    ids = sorted(tables["clients"]["client_id"])
    rows = {"client_id": ids, "reach": [(Reach.QUIET if each == ids[0] else Reach.ACTIVE).value for each in ids]}
    nothing = {name: pa.nulls(len(ids), pa.float64()) for name in FIGURES}
    pq.write_table(pa.table(rows | nothing, schema=STANDING), tmp_path / "standing.parquet")
    pieces = client_batches(
        book_of(tables, tmp_path), tmp_path / "standing.parquet", settings(work_dir=tmp_path), AS_OF
    )
    found = pa.concat_tables(pieces).to_pandas().set_index("client_id")
    assert list(found.index) == ids
    assert found.not_scored.notna().tolist() == [each == ids[0] for each in ids]
    known = before(tables["ratings"], "date", AS_OF)
    latest = known.sort_values(["client_id", "date", "pd"]).groupby("client_id").last(skipna=False)
    assert {client: str(day) for client, day in found.rated_on.dropna().items()} == {
        str(client): str(pd.Timestamp(day).date()) for client, day in latest.date.items()
    }
    worst = known.assign(pd=known.pd.fillna(-1)).sort_values(["client_id", "date", "pd"]).groupby("client_id").pd.last()
    assert found.pd.dropna().to_dict() == worst[worst >= 0].to_dict()


def test_a_run_leaves_an_index_of_all_of_them(trained: TrainedLender, published: pd.DataFrame) -> None:
    index = ClientIndex.open(trained.predicted.folder)
    found = index.search(ClientQuery(scope=EVERYTHING))
    assert found.total == len(published)
    assert (index.as_of, index.run_key) == (trained.predicted.as_of, trained.predicted.run_key)
    counts = {each.value: each.count for facet in found.facets if facet.name == "scored" for each in facet.values}
    assert counts == {"yes": int(published.scored.sum()), "no": int((~published.scored).sum())}
    assert ClientIndex.open(Path(trained.predicted.folder.parent / "latest")).run_key == index.run_key
