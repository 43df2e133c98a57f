"""IFC Investment Services Projects, as published by the World Bank Group: what was approved, for whom, when.

The file shows the state of its ``As of Date``: statuses and later dates are hindsight and are not read. Only
the approval date rebuilds history. The edition of 2016 has no approval dates; its projected board date stands
in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from models.book.columns import Column, Kind, TableSchema, Words
from models.book.conventions import Conventions
from models.book.quarantine import Gate
from models.book.sources.countries import unknown_places, with_country
from models.book.sources.published import day_after, read_published
from models.book.sources.source_tables import SourceTables, known_until_of
from models.config.book import BookConfig

USD_PER_MILLION = 1_000_000
PRODUCTS = ("loan", "equity", "guarantee", "risk_management")
OTHER_PRODUCT = "other"
ROUNDING_USD = 50_000
"""The file rounds each amount to 0.01 million or so: a smaller rest is none."""

_strip_accents = ibis.udf.scalar.builtin(
    lambda text: None,  # noqa: ARG005 - DuckDB has the body
    name="strip_accents",
    signature=((dt.string,), dt.string),
)

HEADERS = {
    "number": ("Project Number",),
    "name": ("Project Name",),
    "company": ("Company Name",),
    "country": ("Country", "Country / Economy", "IFC Country"),
    "sector": ("Sector", "Industry"),
    "approved": ("IFC Approval Date", "Approval Date", "Projected Board Date"),
    "loan": ("IFC investment for Loan(Million - USD)",),
    "equity": ("IFC investment for Equity(Million - USD)",),
    "guarantee": ("IFC investment for Guarantee(Million - USD)",),
    "risk_management": ("IFC investment for Risk Management(Million - USD)",),
    "total": ("Total IFC investment as approved by Board(Million - USD)",),
    "as_of": ("As of Date",),
}
"""Our column -> its names in the editions of the file, the preferred one first."""


def _millions(name: str, note: str) -> Column:
    return Column(name=name, kind=Kind.NUMBER, note=f"{note}, in million USD", low=0, high=1e6, strict=True)


PROJECTS = TableSchema(
    name="projects",
    key=("number",),
    known_on="approved",
    columns=(
        Column(name="number", kind=Kind.TEXT, note="the project", required=True, words=Words.IDS),
        Column(name="name", kind=Kind.TEXT, note="what the project is called"),
        Column(name="company", kind=Kind.TEXT, note="who is financed", required=True, words=Words.IDS),
        Column(name="country", kind=Kind.TEXT, note="where the project is", required=True, words=Words.COUNTRIES),
        Column(name="sector", kind=Kind.TEXT, note="industry of the project"),
        Column(name="approved", kind=Kind.DATE, note="day of the approval", required=True, past=True),
        *(_millions(product, f"approved as {product}") for product in PRODUCTS),
        _millions("total", "approved by the board"),
    ),
)
"""One row per project. A number that comes twice (18 in 2022, 9 in 2016) names one company both times."""


def read(connection: Any, config: BookConfig, path: str, scratch: Path) -> SourceTables:
    """Clients (company and country), facilities (project and product) and commitments, in USD."""
    raw = read_published(
        connection, path, PROJECTS.name, HEADERS, [*PROJECTS.required, "total"], scratch=scratch, config=config
    )
    stated = day_after(raw.as_of) if "as_of" in raw.columns else None
    known_until = known_until_of(config, stated)
    gate = Gate(
        connection=connection, known_until=known_until, folder=scratch, conventions=Conventions.published(config)
    )
    checked = gate.check(raw, PROJECTS, keep_source_row=True)
    projects = _with_client(connection, checked.rows)
    parts = connection.create_table("project_parts", _parts(projects), overwrite=True)
    tables = {"clients": _clients(projects), "facilities": _facilities(parts), "cashflows": _cashflows(parts)}
    notices = unknown_places(tables["clients"])
    return SourceTables(tables=tables, known_until=known_until, checked=(checked,), notices=notices)


def _with_client(connection: Any, projects: Any) -> Any:
    """Adds ``client_id``: company and country in capitals, e.g. ``ACLEDA BANK PLC | CAMBODIA``.

    Editions write ``L.P.`` and ``LP``, commas and accents or none: these are no part of an id. Where a
    project lies in a group of countries, the id says no more: editions cut and spell groups anew.
    """
    projects = with_country(connection, projects.mutate(company=projects.company.strip()))
    letters = _strip_accents(projects.company).re_replace(r"[.'`\x{2018}\x{2019}]", "")
    company = letters.re_replace(r"[^\p{L}\p{N}]+", " ").strip().upper().nullif("").coalesce(projects.company.upper())
    return projects.mutate(client_id=company + " | " + projects.place)


def _clients(projects: Any) -> Any:
    """Name and industry as of the client's first project: nothing later may be known of them."""
    first = ibis.row_number().over(group_by="client_id", order_by=["approved", "number"])
    earliest = projects.mutate(rank=first).filter(lambda table: table.rank == 0)
    return earliest.select(
        "source_row",
        "client_id",
        "country",
        name=earliest.company,
        region=earliest.listed_region,
        industry=earliest.sector,
    )


def _parts(projects: Any) -> Any:
    """One row per project and product with an amount.

    What the products leave of the total is a part of its own (``other``; none in the editions known), and a
    project without any amount is one part of zero without a product: it was approved all the same.
    """
    amounts = {product: _usd(projects[product].fill_null(0.0)) for product in PRODUCTS}
    known = sum(amounts.values(), ibis.literal(0.0))
    rest = ibis.coalesce(_usd(projects.total) - known, 0.0)
    rest = ibis.ifelse(rest.abs() > ROUNDING_USD, rest, 0.0)
    split = {**amounts, OTHER_PRODUCT: rest}
    by_product = [
        _part(projects, place, len(split), ibis.literal(product), amount)
        for place, (product, amount) in enumerate(split.items())
    ]
    filled = [table.filter(table.amount != 0) for table in by_product]
    empty = projects.filter((known == 0) & (rest == 0))
    zero = _part(empty, 0, len(split), ibis.null("string"), ibis.literal(0.0))
    parts = ibis.union(*filled, zero)
    return parts.mutate(facility_id=parts.number + ("-" + parts["product"]).fill_null(""))


def _part(projects: Any, place: int, places: int, product: Any, amount: Any) -> Any:
    return projects.mutate(product=product, amount=amount, row_id=projects.source_row * places + place)


def _usd(millions: Any) -> Any:
    """Whole cents, so that 11.4 million is 11,400,000.00 and sums do not depend on their order."""
    return (millions * (USD_PER_MILLION * 100)).round() / 100


def _facilities(parts: Any) -> Any:
    return parts.select(
        "source_row",
        "row_id",
        "facility_id",
        "client_id",
        "product",
        "sector",
        "country",
        purpose=parts.name,
        limit=parts.amount,
        signed=parts.approved,
    )


def _cashflows(parts: Any) -> Any:
    return parts.select(
        "source_row",
        "row_id",
        "client_id",
        "facility_id",
        "amount",
        date=parts.approved,
        kind=ibis.literal("commitment"),
    )
