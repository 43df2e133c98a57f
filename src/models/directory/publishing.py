"""The file ``clients.parquet`` of a run: every client known before the as-of date, scored or not, in order of id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.door import Book
from models.config.root import Config
from models.directory.standing import SCORED, Reach
from models.directory.text import not_scored
from models.publications.refused import ALL_CLIENTS
from models.relations.reading import Reader, reading

CLIENTS = ALL_CLIENTS
MASTER = (
    *("name", "aliases", "group_id", "country", "region", "industry", "ownership", "manager", "branch"),
    *("consent", "relationship_start", "esg_grade"),
)
"""Columns of the book's clients that come along as they are."""
OF_REFUSED = ("name", "group_id", "manager", "branch", "consent")
"""Those that come along of a client who refused the processing of its data: who it is, whose exposure adds to its own
by law, and who of us answers for it."""
SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        *((name, pa.string()) for name in MASTER[:9]),
        ("consent", pa.bool_()),
        ("relationship_start", pa.date32()),
        ("esg_grade", pa.string()),
        ("scored", pa.bool_()),
        ("reach", pa.string()),
        ("not_scored", pa.string()),
        ("outstanding", pa.float64()),
        ("limit", pa.float64()),
        ("days_overdue", pa.float64()),
        ("rating", pa.string()),
        ("rated_on", pa.date32()),
        ("pd", pa.float64()),
    ]
)
"""``reach`` says whether models speak of the client, ``not_scored`` in words why they do not; null where they do.

``pd`` is that of the latest rating, a share; amounts are in book currency. Null is what the book does not tell.
"""


_OF_RATING = ("rating", "rated_on", "pd")


def client_batches(book: Book, standing: Path, config: Config, as_of: date) -> Iterator[pa.Table]:
    """The rows of the file in pieces, from the ``standing`` of all clients, a Parquet file of ``STANDING``.

    They are put in order in a file beside that.
    """
    ordered = standing.with_name("ordered.parquet")
    with reading(book, config) as reader:
        rows = _rows(reader, reader.session.read(standing, name="standing"), config, as_of)
        reader.session.write(rows.order_by("client_id"), ordered)
    with pq.ParquetFile(ordered) as file:
        for batch in file.iter_batches():
            yield pa.Table.from_batches([batch]).select(SCHEMA.names).cast(SCHEMA)


def _rows(reader: Reader, standing: Any, config: Config, as_of: date) -> Any:
    clients = reader.table("clients").select("client_id", *MASTER)
    rows = standing.left_join(clients, "client_id").drop("client_id_right")
    rows = _with_rating(rows, reader, config, as_of)
    why = {reach.value: not_scored(reach, config, as_of) for reach in Reach if reach not in SCORED}
    refused = rows.reach == Reach.REFUSED.value
    hidden = [name for name in (*MASTER, *_OF_RATING) if name not in OF_REFUSED]
    rows = rows.mutate(**{name: refused.ifelse(ibis.null(rows[name].type()), rows[name]) for name in hidden})
    return rows.mutate(
        as_of=ibis.date(as_of.isoformat()),
        scored=rows.reach.isin([reach.value for reach in SCORED]),
        not_scored=rows.reach.cases(*why.items(), else_=ibis.null("string")),
    )


def _with_rating(rows: Any, reader: Reader, config: Config, as_of: date) -> Any:
    """The latest rating before the as-of date; of several on one day the worst, by its probability of default."""
    if not reader.has("ratings"):
        nothing = {"rating": ibis.null("string"), "rated_on": ibis.null("date"), "pd": ibis.null("float64")}
        return rows.mutate(**nothing)
    ratings = reader.table("ratings")
    known = ratings.filter(ratings.date < ibis.date(as_of.isoformat()))
    known = known.mutate(pd=_pd(known, config))
    latest_first = [known.date.desc(), known.pd.desc(nulls_first=False), known.grade]
    placed = known.mutate(place=ibis.row_number().over(group_by="client_id", order_by=latest_first))
    latest = placed.filter(placed.place == 0).select("client_id", rating="grade", rated_on="date", pd="pd")
    return rows.left_join(latest, "client_id").drop("client_id_right")


def _pd(ratings: Any, config: Config) -> Any:
    """The probability of default of each rating, that of its grade where it has none of its own."""
    if not config.credit.grades:
        return ratings.pd
    cases = [(grade, ibis.literal(pd, type="float64")) for grade, pd in sorted(config.credit.grades.items())]
    return ibis.coalesce(ratings.pd, ratings.grade.cases(*cases, else_=ibis.null("float64")))
