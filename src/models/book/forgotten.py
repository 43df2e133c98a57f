"""Clients who were forgotten, as salted hashes of their ids: by these the door knows them again, and leaves them out.

Nothing of the list tells who they were. Whoever holds it and guesses an id can tell whether it is among them, as with
any list by which somebody is to be known again: it deserves the rights of the book.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from models.codec import from_json, to_json_text
from models.lazy import lazy
from models.notices import Notice, Severity
from models.store.drafts import publish_text
from models.store.keys import text_hash
from models.text import Text

if TYPE_CHECKING:
    import ibis

    from models.book.sources.source_tables import SourceTables
else:
    ibis = lazy("ibis")  # it loads slowly, and who opens a checked book needs none of it

FORGOTTEN_FILE = "forgotten.json"
_CLIENT, _FACILITY, _OLD = "client_id", "facility_id", "old_id"
_RETURNED: Final = Text(
    "{count:,} row of clients who were forgotten came with the source again, and is left out",
    plural="{count:,} rows of clients who were forgotten came with the source again, and are left out",
)
_AT_THE_SOURCE: Final = Text("take them out at the source")


@dataclass(frozen=True, kw_only=True)
class ForgottenClient:
    """One client: the salted hash of its id, when it was forgotten, by whom and why; ``done`` once it was proved."""

    client: str
    at: datetime
    by: str
    why: str
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class ForgottenList:
    """All that were forgotten in a book. ``salt`` is drawn with the first of them."""

    salt: str = ""
    clients: tuple[ForgottenClient, ...] = ()

    @classmethod
    def of(cls, work_dir: Path) -> ForgottenList:
        """The list of a book, empty where nobody was forgotten. Raises ``UserError`` for a file that is none."""
        file = work_dir / FORGOTTEN_FILE
        if not file.is_file():
            return cls()
        remedy = "restore it from a copy: without it clients who were forgotten would return with the source"
        return from_json(cls, file.read_text(encoding="utf-8"), subject=str(file), remedy=remedy)

    @property
    def key(self) -> str:
        """What identifies it; "" while it is empty."""
        return text_hash("".join([self.salt, *(each.client for each in self.clients)])) if self.clients else ""

    def hash_of(self, client_id: str) -> str:
        """The salted hash of an id: 64 hexadecimal digits."""
        return hashlib.sha256(f"{self.salt}{client_id}".encode()).hexdigest()

    def find(self, client_id: str) -> ForgottenClient | None:
        """The entry of a client, None where it was not forgotten."""
        known = self.hash_of(client_id)
        return next((each for each in self.clients if each.client == known), None)

    def with_client(self, client_id: str, *, by: str, why: str) -> ForgottenList:
        """The same with a client that is being forgotten from now on."""
        if self.find(client_id) is not None:
            return self
        salted = self if self.salt else replace(self, salt=secrets.token_hex(16))
        moment = datetime.now(tz=UTC).replace(microsecond=0)
        added = ForgottenClient(client=salted.hash_of(client_id), at=moment, by=by, why=why)
        return replace(salted, clients=(*salted.clients, added))

    def proved(self, client_id: str) -> ForgottenList:
        """The same once nothing is left of a client."""
        known = self.hash_of(client_id)
        return replace(
            self, clients=tuple(replace(each, done=each.done or each.client == known) for each in self.clients)
        )

    def write(self, work_dir: Path) -> None:
        """Keep the list, whole or not at all."""
        publish_text(work_dir / FORGOTTEN_FILE, to_json_text(self, indent=1) + "\n")


NOBODY_FORGOTTEN: Final = ForgottenList()


def without_forgotten(source: SourceTables, forgotten: ForgottenList) -> SourceTables:
    """The same without the rows of forgotten clients and of their facilities, which are counted among the notices."""
    if not forgotten.clients:
        return source
    facilities, theirs = source.tables.get("facilities"), None
    if facilities is not None and {_CLIENT, _FACILITY} <= set(facilities.columns):
        theirs = facilities.filter(_is_forgotten(facilities, forgotten)).select(_FACILITY).distinct()
    left: dict[str, Any] = {}
    notices = []
    for name, table in source.tables.items():
        gone = _gone(table, forgotten, theirs)
        count = 0 if gone is None else int(table.filter(gone).count().to_pyarrow().as_py())
        left[name] = table if gone is None or not count else table.filter(~gone)
        if count:
            notices.append(_returned(name, count))
    return replace(source, tables=left, notices=(*source.notices, *notices))


def aliases_without_forgotten(aliases: Any, followed: Any, forgotten: ForgottenList) -> Any:
    """Rows of merged ids without those of forgotten clients; ``followed`` leads each old id to the one used now."""
    gone = followed.filter(_is_forgotten(followed, forgotten))
    named = _is_forgotten(aliases, forgotten) | _is_forgotten(aliases, forgotten, column=_OLD)
    return aliases.filter(~(named | aliases[_OLD].cast("string").isin(gone[_OLD].cast("string")).fill_null(False)))


def _returned(table: str, count: int) -> Notice:
    found = _RETURNED.filled(count=count)
    return Notice.of("forgotten_returned", Severity.WARNING, table, found=found, remedy=_AT_THE_SOURCE, count=count)


def _gone(table: Any, forgotten: ForgottenList, theirs: Any | None) -> Any | None:
    if _CLIENT in table.columns:
        return _is_forgotten(table, forgotten)
    if _FACILITY in table.columns and theirs is not None:
        return table[_FACILITY].cast("string").isin(theirs[_FACILITY].cast("string")).fill_null(False)
    return None


def _is_forgotten(table: Any, forgotten: ForgottenList, *, column: str = _CLIENT) -> Any:
    salted = (ibis.literal(forgotten.salt) + table[column].cast("string")).hexdigest("sha256")
    return salted.isin([each.client for each in forgotten.clients]).fill_null(False)
