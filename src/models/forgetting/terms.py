"""Words that a client is known by: its id, names that nobody else bears, its facilities and opportunities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.contract import ALIAS_SEPARATOR

KEYS: Final = {"facilities": "facility_id", "opportunities": "opportunity_id"}
"""Table -> its own ids, which lead to the client wherever they stand."""
CLIENT: Final = "client_id"
STAND_IN: Final = "forgotten"
"""What stands in a sentence in the place of an id or a name."""
_SHORTEST_NAME = 4
_LONGEST_ID = 60
_TELLING = re.compile(r"(?=.*\d)(?=.*\D).{4,}|\d{6,}|.{4,}[ \u4e00-\u9fff].*")
"""Words that stand for themselves in any text; others, such as 17 or agreed, are words of every file."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """By what a client is searched. ``keys``: column -> its own ids there. ``names`` stand in clients alone."""

    client_id: str
    keys: dict[str, tuple[str, ...]]
    names: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        own = (each for name, ids in self.keys.items() if name != CLIENT for each in ids)
        return tuple(dict.fromkeys([self.client_id, *own, *self.names]))

    @property
    def in_text(self) -> str:
        """A regular expression (RE2) of a word between signs that belong to no word.

        Numbers of few digits and plain words would be found in every file: they count between quotation marks or tags
        alone.
        """
        plain = [re.escape(word) for word in self.words if is_telling(word)]
        short = [re.escape(word) for word in self.words if not is_telling(word)]
        parts = [rf"(?:^|[^\w])(?:{'|'.join(plain)})(?:[^\w]|$)"] if plain else []
        parts += [rf"[\"'>](?:{'|'.join(short)})[\"'<]"] if short else []
        return "|".join(parts)

    @property
    def in_cell(self) -> str:
        """The same of a cell of a table, which may also be the word itself, of however few digits."""
        return rf"^(?:{'|'.join(map(re.escape, self.words))})$|{self.in_text}"

    def replaced(self, text: str, stand_in: str) -> str:
        """A text with ``stand_in`` for each word.

        >>> Terms(client_id="K001", keys={}, names=("Astra Ltd",)).replaced("K001 is no K0012: ask Astra Ltd.", "it")
        'it is no K0012: ask it.'
        """
        longest_first = sorted(filter(is_telling, self.words), key=len, reverse=True)
        if not longest_first:
            return text
        found = "|".join(map(re.escape, longest_first))
        return re.sub(rf"(?<!\w)(?:{found})(?!\w)", lambda _: stand_in, text)

    def joined(self, other: Terms) -> Terms:
        """The same, known also by what ``other`` knows."""
        names = {*self.keys, *other.keys}
        keys = {name: tuple(dict.fromkeys([*self.keys.get(name, ()), *other.keys.get(name, ())])) for name in names}
        return Terms(client_id=self.client_id, keys=keys, names=tuple(dict.fromkeys([*self.names, *other.names])))


def is_telling(word: str) -> bool:
    """Whether a word tells a client wherever it stands.

    >>> [is_telling(word) for word in ("C00000017", "17", "1234567", "agreed", "Amber Estate", "value")]
    [True, False, True, False, True, False]
    """
    return _TELLING.fullmatch(word) is not None


def terms_in(client_id: str, folders: Iterable[Path]) -> Terms:
    """By what the client is known in folders of tables, such as checked books and published runs."""
    known = Terms(client_id=client_id, keys={CLIENT: (client_id,)})
    for folder in folders:
        keys = {column: _own(folder / f"{table}.parquet", column, client_id) for table, column in KEYS.items()}
        clients = folder / "clients.parquet"
        names = _names(clients, client_id)
        known = known.joined(Terms(client_id=client_id, keys=keys, names=names))
    return known


def names_any(text: str, folders: Iterable[Path]) -> bool:
    """Whether a sentence holds the id of any client of some folders of tables, between signs that belong to no word."""
    inside = {place for place in range(1, len(text)) if re.fullmatch("[A-Za-z0-9]{2}", text[place - 1 : place + 1])}
    ends = [place for place in range(len(text) + 1) if place not in inside]
    parts = {text[begin:end] for begin in ends for end in ends if begin < end <= begin + _LONGEST_ID}
    telling = pa.array(sorted(filter(is_telling, parts)), pa.string())
    files = (folder / "clients.parquet" for folder in folders)
    known = (file for file in files if file.is_file() and CLIENT in pq.read_schema(file).names)
    ids = (pq.read_table(file, columns=[CLIENT])[CLIENT].cast(pa.string()) for file in known)
    return any(bool(pc.any(pc.is_in(telling, value_set=each.combine_chunks())).as_py()) for each in ids)


def _own(file: Path, column: str, client_id: str) -> tuple[str, ...]:
    if not file.is_file() or not {CLIENT, column} <= set(pq.read_schema(file).names):
        return ()
    found = pq.read_table(file, columns=[column], filters=pc.field(CLIENT) == client_id)[column]
    return tuple(str(each) for each in pc.unique(found).to_pylist() if each)


def _names(file: Path, client_id: str) -> tuple[str, ...]:
    """Names and aliases of the client that no other client bears: those of several tell nobody."""
    columns = pq.read_schema(file).names if file.is_file() else []
    known = [name for name in ("name", "aliases") if name in columns]
    if not known or CLIENT not in columns:
        return ()
    rows = pq.read_table(file, columns=[CLIENT, *known])
    is_own = pc.equal(rows[CLIENT], client_id)
    own, others = rows.filter(is_own), rows.filter(pc.invert(is_own))
    mine = {part for name in known for cell in _cells(own, name) for part in _parts(cell)}
    free = [part for part in sorted(mine) if len(part) >= _SHORTEST_NAME]
    return tuple(part for part in free if not _borne(others, known, part))


def _cells(rows: pa.Table, name: str) -> list[str]:
    return [str(cell) for cell in rows[name].to_pylist() if cell]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(ALIAS_SEPARATOR) if part.strip()]


def _borne(rows: pa.Table, columns: Sequence[str], part: str) -> bool:
    contains: Callable[[pa.ChunkedArray], pa.ChunkedArray] = lambda cells: pc.match_substring(cells, part)  # noqa: E731
    return any(pc.any(contains(rows[name].cast(pa.string()))).as_py() for name in columns)
