"""The checked book: its tables as files that are trusted inside, and what is known about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.book.counts import TableCount
from models.book.guard.profile import EMPTY_PROFILE, BookProfile
from models.config.defaults import BookTraits
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Engine, Session
from models.engines.sql import beside_file
from models.notices import Notice, notice_facts, notices_of
from models.store.entries import Store
from models.store.keys import Key

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET = ".parquet"
QUARANTINE = "quarantine.parquet"


@dataclass(frozen=True, kw_only=True)
class Book:
    """A checked book: its tables as Parquet files, and what is known about them.

    In the place of a table whose rows stay in a database stands a note, which ``engine`` knows; it is read by ``open``.
    Every file has all columns of its table's contract, typed: text, float64, int64, date32 or boolean; what
    the source does not have is null. The book holds what is dated from ``first_date``, before
    ``known_until``. ``fingerprint`` (sha256) tells the contents, whatever the order of the rows. ``counts``
    has one entry per table that was checked, those of the source's own contract first. ``notices`` says what the
    door left out or found implausible, ``profile`` what the book looks like from afar. ``engine`` is where
    the tables are, ``traits`` what decides the settings that a config leaves to the book, where it leaves any.
    """

    name: str
    currency: str
    tables: Mapping[str, Path]
    quarantine: Path
    first_date: date
    known_until: date
    fingerprint: str
    counts: tuple[TableCount, ...]
    ignored_columns: Mapping[str, tuple[str, ...]]
    notices: tuple[Notice, ...] = ()
    profile: BookProfile = EMPTY_PROFILE
    engine: Engine = field(default=DUCKDB, compare=False, repr=False)
    traits: BookTraits | None = field(default=None, compare=False, repr=False)

    def open(self, session: Session, table: str) -> Any:
        """One table as an Ibis table of a session of the book's engine; ``KeyError`` if there is none."""
        return session.read(self.tables[table], name=f"book_{table}")

    @property
    def here(self) -> tuple[str, ...]:
        """The tables of which all rows are here."""
        return tuple(name for name, file in self.tables.items() if file.suffix == PARQUET)

    def stored_here(self, table: str) -> Path:
        """File of the rows of a table that are here, with all columns: all rows, unless some stay in a database."""
        file = self.tables[table]
        return file if file.suffix == PARQUET else file.with_name(beside_file(table))

    def brought(self, table: str, columns: Sequence[str], *, column: str, among: Sequence[str]) -> pa.Table:
        """Some columns of the rows of a table whose ``column`` is ``among`` some values, wherever the rows are."""
        with self.engine.session() as session:
            rows = self.open(session, table)
            return session.brought(rows.filter(rows[column].isin(list(among))).select(*columns)).to_pyarrow()

    def to_facts(self) -> dict[str, Any]:
        """All but the place, ready for JSON."""
        return {
            "name": self.name,
            "currency": self.currency,
            "first_date": self.first_date.isoformat(),
            "known_until": self.known_until.isoformat(),
            "fingerprint": self.fingerprint,
            "tables": sorted(self.tables),
            "counts": [asdict(count) for count in self.counts],
            "ignored_columns": {table: list(names) for table, names in self.ignored_columns.items()},
            "notices": notice_facts(self.notices),
            "profile": self.profile.to_facts(),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], work_dir: Path, engine: Engine = DUCKDB) -> Book:
        """The book that ``to_facts`` describes, as it stands below ``work_dir``."""
        folder = books_in(work_dir).place(Key(facts["fingerprint"]))
        return cls(
            name=facts["name"],
            currency=facts["currency"],
            tables={name: folder / f"{name}.parquet" for name in facts["tables"]},
            quarantine=work_dir / QUARANTINE,
            first_date=date.fromisoformat(facts["first_date"]),
            known_until=date.fromisoformat(facts["known_until"]),
            fingerprint=facts["fingerprint"],
            counts=tuple(TableCount.of_facts(count) for count in facts["counts"]),
            ignored_columns={table: tuple(names) for table, names in facts["ignored_columns"].items()},
            notices=notices_of(facts["notices"]),
            profile=BookProfile.from_facts(facts["profile"]),
            engine=engine,
        )

    def files(self) -> tuple[Path, ...]:
        """Every file that checking left of the book."""
        return (*self.tables.values(), self.quarantine)


def books_in(work_dir: Path) -> Store:
    """The checked books below ``work_dir``, each under its fingerprint."""
    return Store(work_dir / "book")
