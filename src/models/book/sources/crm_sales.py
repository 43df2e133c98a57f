"""CRM sales opportunities of a fictional maker of hardware: a folder of four tables, one row per opportunity, in USD.

A deal that is engaged has entered the stage assessed, a won one the stage signed; when it was identified, examined or
approved is not in the data. What it is expected to bring is the list price of its product: what it did bring is known
only afterwards, and stands among the cashflows. An account that is not named is kept as the client ``(not named)``,
which has no cashflows, since no such deal was closed. Deals still prospected have no date and go to quarantine.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis

from models.book.columns import Column, Kind, TableSchema, Words
from models.book.contract import UNNAMED
from models.book.conventions import Conventions
from models.book.parsing import typed
from models.book.quarantine import ROW_ID, SOURCE_ROW, Gate
from models.book.sources.published import read_published
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig
from models.errors import MissingFileError

PUBLISHED_UNTIL = date(2018, 1, 1)
"""The day after the last close; the files themselves do not say."""
DAY_FIRST = r"^(\d{2})-(\d{2})-(\d{2})$"
"""How one edition writes days; the other writes ISO 8601."""
HEADERS = {
    "opportunity_id": ("opportunity_id",),
    "product": ("product",),
    "account": ("account",),
    "deal_stage": ("deal_stage",),
    "engaged": ("engage_date",),
    "closed": ("close_date",),
    "close_value": ("close_value",),
}
SALES_PIPELINE = TableSchema(
    name="sales_pipeline",
    key=("opportunity_id",),
    known_on="engaged",
    ordered=(("engaged", "closed"),),
    columns=(
        Column(name="opportunity_id", kind=Kind.TEXT, note="the deal", required=True, words=Words.IDS),
        Column(name="product", kind=Kind.TEXT, note="what is sold"),
        Column(name="account", kind=Kind.TEXT, note="to whom, if that is known"),
        Column(
            name="deal_stage",
            kind=Kind.TEXT,
            note="how far it is",
            required=True,
            allowed=("Prospecting", "Engaging", "Won", "Lost"),
        ),
        Column(name="engaged", kind=Kind.DATE, note="first talk", required=True, past=True),
        Column(name="closed", kind=Kind.DATE, note="day it was won or lost", past=True),
        Column(name="close_value", kind=Kind.NUMBER, note="USD it brought", low=0, high=1e9),
    ),
)
"""One row per deal."""


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
    """Clients (accounts), opportunities, and an order per won deal, from the files of a folder.

    Raises ``MissingFileError`` and what else is wrong with the files.
    """
    folder = Path(path)
    raw = read_published(
        connection,
        _file(folder, "sales_pipeline"),
        SALES_PIPELINE.name,
        HEADERS,
        SALES_PIPELINE.required,
        scratch=scratch,
        config=config,
    )
    dated = raw.mutate(**{name: raw[name].re_replace(DAY_FIRST, r"20\3-\2-\1") for name in ("engaged", "closed")})
    known_until = known_until_of(config, PUBLISHED_UNTIL)
    gate = Gate(
        connection=connection, known_until=known_until, folder=scratch, conventions=Conventions.published(config)
    )
    checked = gate.check(dated, SALES_PIPELINE, keep_source_row=True)
    deals = checked.rows.mutate(client_id=checked.rows.account.fill_null(UNNAMED))
    tables = {
        "clients": _clients(connection, config, folder, deals, scratch),
        "cashflows": _cashflows(deals),
        "opportunities": _opportunities(deals, _prices(connection, config, folder, scratch)),
    }
    return SourceTables(tables=tables, known_until=known_until, checked=(checked,))


def _file(folder: Path, name: str) -> str:
    """The file of a table, plain or gzipped."""
    for file in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if file.is_file():
            return str(file)
    raise MissingFileError(
        folder / f"{name}.csv", remedy="name the folder with accounts, products and sales_pipeline with --book"
    )


def _clients(connection: Any, config: BookConfig, folder: Path, deals: Any, scratch: Path) -> Any:
    """Accounts with their line of business, place and headcount, and whoever else has a deal."""
    headers = {"client_id": ("account",), "industry": ("sector",), "region": ("office_location",)}
    headers |= {"group_id": ("subsidiary_of",), "employees": ("employees",)}
    accounts = read_published(
        connection, _file(folder, "accounts"), "accounts", headers, ("client_id",), scratch=scratch, config=config
    )
    named = deals.group_by("client_id").agg(first_row=deals.source_row.min())
    joined = named.left_join(accounts.drop("source_row"), "client_id")
    kept = joined.select(
        "client_id",
        "group_id",
        "industry",
        "region",
        "employees",
        source_row="first_row",
        name=joined.client_id,
        country=joined.region,
    )
    return kept.mutate(group_id=kept.group_id.fill_null(kept.client_id))


def _prices(connection: Any, config: BookConfig, folder: Path, scratch: Path) -> Any:
    """List price by product, whose name is written with and without a blank."""
    headers = {"product": ("product",), "price": ("sales_price",)}
    listed = read_published(
        connection, _file(folder, "products"), "products", headers, ("product", "price"), scratch=scratch, config=config
    )
    return listed.select(article=listed["product"].replace(" ", ""), amount=typed(listed.price, Kind.NUMBER))


def _cashflows(deals: Any) -> Any:
    won = deals.filter(deals.deal_stage == "Won", deals.closed.notnull(), deals.close_value.notnull())
    return won.select("source_row", "client_id", date=won.closed, kind=ibis.literal("order"), amount=won.close_value)


def _opportunities(deals: Any, prices: Any) -> Any:
    """A row for the engaged stage, and one more for a won deal."""
    ended = ibis.cases((deals.deal_stage == "Won", "won"), (deals.deal_stage == "Lost", "lost"))
    priced = deals.mutate(outcome=ended, article=deals["product"].replace(" ", "")).left_join(prices, "article")
    columns = [SOURCE_ROW, "opportunity_id", "client_id", "amount", "outcome", "closed"]
    begun = priced.select(
        *columns, **{ROW_ID: priced.source_row * 2 - 1}, stage=ibis.literal("assessed"), entered=priced.engaged
    )
    won = priced.filter(priced.deal_stage == "Won", priced.closed.notnull())
    signed = won.select(*columns, **{ROW_ID: won.source_row * 2}, stage=ibis.literal("signed"), entered=won.closed)
    return begun.union(signed)
