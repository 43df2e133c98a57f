"""The review database as a run reads it: the table of entries, by SQLAlchemy, read only and verified before it is used.

The workbench writes the table, one ``entries.sealed_after`` the other; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from models.config.addresses import expanded
from models.config.review import ReviewConfig
from models.decisions.entries import BrokenChainError, Entry, moment_text, verify
from models.errors import ClientValueError, UserError
from models.lazy import lazy
from models.showable import without_secrets, without_secrets_of

if TYPE_CHECKING:
    import sqlalchemy as sa
else:
    sa = lazy("sqlalchemy")

ENTRY_TABLE = "review_entry"
COLUMNS = ("number", "act", "subject", "payload", "by", "at", "before", "seal")
"""Of the table: ``number`` is the key, a whole number; all others are text, ``at`` as ``moment_text`` writes it."""
DATABASE_FOLDER, DATABASE_FILE = "review", "review.sqlite"
"""Where it is by default, below the folder of the results of a book."""
_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")
_WAIT_SECONDS = 60
_MOST_SAID = 300


class ReviewDatabaseError(UserError):
    """A review database that is named and cannot be read."""


@dataclass(frozen=True)
class ReviewDatabase:
    """Where decisions are kept: an address as the config has it, with names of environment variables for secrets."""

    address: str

    @classmethod
    def of(cls, review: ReviewConfig, work_dir: Path) -> ReviewDatabase:
        """The database of a book whose results stand in ``work_dir``."""
        return cls(review.database or f"{_SQLITE}{work_dir / DATABASE_FOLDER / DATABASE_FILE}")

    @property
    def url(self) -> str:
        """The address with what environment variables hold: never to be shown."""
        return expanded(self.address, setting="review.database", error=ReviewDatabaseError)

    @property
    def label(self) -> str:
        """The address, without secrets."""
        return without_secrets(self.address)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None of any other."""
        url = self.url
        return Path(unquote(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None

    def entries(self) -> tuple[Entry, ...]:
        """The whole chain, verified; empty where there is no database yet, or nothing was ever recorded in it.

        Raises ``BrokenChainError`` that names the first entry that does not hold, ``ReviewDatabaseError``.
        """
        file = self.file
        if file is not None and not file.is_file():
            return ()
        with self._reporting():
            rows = self._rows()
        entries: list[Entry] = []
        broken = verify(self._read_into(entries, rows), place=self.label)
        if broken is not None:
            raise broken
        return tuple(entries)

    def _read_into(self, entries: list[Entry], rows: Sequence[Mapping[str, object]]) -> Iterator[Entry]:
        """One entry after the other: the first that does not hold is named, whatever is wrong with later ones."""
        for place, row in enumerate(rows, start=1):
            entries.append(self._entry(place, row))
            yield entries[-1]

    def _rows(self) -> list[Mapping[str, object]]:
        engine = _engine(self)
        try:
            with engine.connect() as connection:
                if not sa.inspect(connection).has_table(ENTRY_TABLE):
                    return []
                table = sa.table(ENTRY_TABLE, *(sa.column(name) for name in COLUMNS))
                found = connection.execute(sa.select(table).order_by(table.c.number)).mappings()
                return [dict(row) for row in found]
        finally:
            engine.dispose()

    def _entry(self, place: int, row: Mapping[str, object]) -> Entry:
        """A row as an entry. Raises ``BrokenChainError`` where it holds what was never written."""
        number, text = row["number"], {name: row[name] for name in COLUMNS if name != "number"}
        others = [name for name, value in text.items() if not isinstance(value, str)]
        moment = None if others else _moment(str(text["at"]))
        if not isinstance(number, int) or others or moment is None:
            named = others[0] if others else "number" if not isinstance(number, int) else "at"
            raise BrokenChainError(place, f"its column {named} holds what was never written", place=self.label)
        kept = {name: str(value) for name, value in text.items() if name != "at"}
        return Entry(number=number, at=moment, **kept)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """What a driver raises within becomes a sentence without secrets; its own error is no cause of ours."""
        try:
            yield
        except ClientValueError:
            raise
        except Exception as error:  # noqa: BLE001 - drivers share no class of errors: each has a base of its own
            said = " ".join(str(getattr(error, "orig", None) or error).split())[:_MOST_SAID]
            problem = ReviewDatabaseError(
                rule="the review database must be readable, so that what was approved is what runs",
                got=f"{type(error).__name__} ({without_secrets_of(self.url, said)})",
                remedy=f"check {self.label}, its server and the rights there, or mend review.database",
            )
        else:
            return
        raise problem from None


def _moment(text: str) -> datetime | None:
    """The moment of a text that is written as ``moment_text`` does; None of any other."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment_text(moment) == text else None


def _engine(database: ReviewDatabase) -> sa.Engine:
    file = database.file
    if file is not None:
        address = sa.URL.create(
            "sqlite", database=f"file:{quote(str(file.resolve()))}", query={"mode": "ro", "uri": "true"}
        )
        return sa.create_engine(
            address, connect_args={"timeout": _WAIT_SECONDS}, hide_parameters=True, poolclass=sa.NullPool
        )
    url = database.url
    for scheme in _POSTGRES:
        if url.startswith(scheme):
            url = f"postgresql+psycopg://{url.removeprefix(scheme)}"
    return sa.create_engine(
        url, hide_parameters=True, poolclass=sa.NullPool, execution_options={"postgresql_readonly": True}
    )
