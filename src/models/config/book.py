"""The section ``book``: where a lender's book comes from, how it is read, and what it is counted in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Name, PositiveFloat, Section, Share, TimeZone
from models.config.mapping import CurrenciesConfig, MapEntries
from models.config.own import OwnConfig
from models.config.reading import DEFAULT, ReadConfig
from models.vocab import DateOrder

ABSENT_WORDS = (
    "NA", "N/A", "N.A.", "#N/A", "#NA", "<NA>", "NaN", "NaT", "None", "NULL", "(null)", "\\N",
    "-", "--", "\u2013", "\u2014",
)  # fmt: skip
"""How spreadsheets, databases, pandas, R and people write that nothing is known."""


SOURCES = ("ifc", "ibrd", "online_retail", "cdnow", "crm_sales", "files", "sql")
"""Sources of our own, see ``BookConfig.source``."""


class BookConfig(Section):
    """Where the book comes from and what it is counted in."""

    name: Name
    source: Name = Field(
        json_schema_extra={"examples": list(SOURCES)},
        description="One of ours (ifc, ibrd, online_retail, cdnow, crm_sales, files, sql) or of plugins.sources.",
    )
    engine: Literal["duckdb", "sql"] = Field(
        default="duckdb",
        exclude_if=lambda engine: engine == "duckdb",  # so that configs without it mean what they meant
        description="Where the book is checked and summed up. duckdb: here, which fetches the tables of a database; "
        "sql: in the database of source sql, from which cashflows do not travel.",
    )
    path: str | None = Field(
        default=None, description="File, folder or database URL; --book on the command line goes before it."
    )
    tables: dict[str, str] = Field(
        default_factory=dict, description="For source sql: book table -> table in the database."
    )
    columns: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Book table -> {book column: column at the source}; of a published source its own table.",
    )
    read: dict[str, ReadConfig] = Field(
        default_factory=dict,
        description="For files and sql: table -> how it is written; default holds for every table. Tables that are "
        "none of the contract are read for book.map.",
    )
    map: dict[str, MapEntries] = Field(
        default_factory=dict,
        description="For files and sql: table of the book -> how its rows are made of those of a table at the source, "
        "or of several.",
    )
    currencies: CurrenciesConfig | None = Field(
        default=None,
        description="For files and sql: amounts in other currencies become amounts in that of the book, by the column "
        "currency of their table.",
    )
    own: OwnConfig = Field(
        default_factory=OwnConfig,
        exclude_if=lambda own: own.is_empty,  # so that configs without it mean what they meant
        description="What the book tells beyond the contract: columns, kinds of cashflow, tables.",
    )
    truth: str | None = Field(
        default=None, description="File inside the book's folder with what could be known, of a simulated book."
    )
    overrides: str | None = Field(
        default=None,
        description="Parquet or CSV file of tiers that people ask for; without it the book's own table overrides.",
    )
    known_until: date | None = Field(
        default=None,
        description="The book holds everything dated before this day. Default: what the source says, else the day "
        "after its last dated row.",
    )
    after_known_until: Literal["cut", "quarantine"] = Field(
        default="cut",
        description="What becomes of rows that are dated from known_until on: cut leaves them out and counts them, "
        "quarantine takes them for mistakes, of which max_quarantine_share tells how many may be.",
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    money_step: PositiveFloat = Field(
        default=0.01, description="Smallest amount, in the currency; sums are exact in whole steps."
    )
    max_quarantine_share: Share = Field(
        default=0.05,
        description="More bad rows than this share of a table stop the run, and so do more unreadable values than this "
        "share of those of an optional column.",
    )
    absent_words: tuple[str, ...] = Field(
        default=ABSENT_WORDS,
        description="What a file writes where nothing is known, as blanks do anyway; in any case of letters. Ids are "
        "ids, whatever they read, and NA is a country where countries stand as codes of two letters.",
    )
    date_order: DateOrder | None = Field(
        default=None,
        description="What comes first in dates such as 01/05/2018: dmy, mdy, or ymd, which reads none of them. Without "
        "it each column decides by its days above 12; where none does, the book is refused.",
    )
    time_zone: TimeZone = Field(
        default="UTC",
        description="Whose calendar day counts of moments that are stored in UTC, e.g. Europe/Berlin. Other moments "
        "count on the day that they are written with.",
    )

    @property
    def drawn_on(self) -> tuple[str, ...]:
        """The tables at the source that ``map`` draws on, each once."""
        return tuple(dict.fromkeys(entry.from_ or name for name, several in self.map.items() for entry in several))

    def reading(self, table: str) -> ReadConfig:
        """How a table is written: as ``read`` says of it, else as it says of all."""
        return self.read.get(table, ReadConfig()).over(self.read.get(DEFAULT, ReadConfig()))
