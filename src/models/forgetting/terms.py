"""Words that a client is known by: its id, names that nobody else bears, its facilities and opportunities."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.book.contract import ALIAS_SEPARATOR
from models.book.merges import OLD
from models.book.side_tables import ALIASES

KEYS: Final = {"facilities": "facility_id", "opportunities": "opportunity_id"}
"""Table -> its own ids, which lead to the client wherever they stand."""
CLIENT: Final = "client_id"
_ESCAPE = r"\\[nrtbf]|\\u[0-9A-Fa-f]{4}"
"""What JSON writes for a sign, and ends with a letter or a digit."""
STAND_IN: Final = "forgotten"
"""What stands in a sentence in the place of an id or a name."""
_SHORTEST_NAME = 4
_LONGEST_ID = 60
_TELLING = re.compile(r"(?=.*\d)(?=.*\D).{4,}|\d{6,}|.{4,}[ \u4e00-\u9fff].*|(?:.*[\u4e00-\u9fff]){4}.*")
"""Words that stand for themselves in any text; others, such as 17 or agreed, are words of every file."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """By what a client is searched. ``keys``: column -> its own ids there. ``names`` stand in clients alone."""

    client_id: str
    keys: dict[str, tuple[str, ...]]
    names: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Its id, and old ones that lead to it."""
        return self.keys.get(CLIENT) or (self.client_id,)

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        own = (each for ids in self.keys.values() for each in ids)
        return tuple(dict.fromkeys([self.client_id, *own, *self.names]))

    @property
    def forms(self) -> tuple[str, ...]:
        """All words, also as pages and JSON write them: the database looks for these."""
        return tuple(dict.fromkeys(form for word in self.words for form in _forms(word)))

    @property
    def in_text(self) -> str:
        """A regular expression (RE2) of a word between signs that belong to no word.

        Numbers of few digits and plain words would be found in every file: they count between quotation marks or tags
        alone.
        """
        return self._written("(?:^|[^A-Za-z0-9]|{escape})", "(?:[^A-Za-z0-9]|$)", "[\"'>]", "[\"'<]")

    @property
    def in_cell(self) -> str:
        """The same of a cell of a table, which may also be the word itself, of however few digits."""
        return rf"^(?:{'|'.join(map(re.escape, self.words))})$|{self.in_text}"

    def replaced(self, text: str, stand_in: str) -> str:
        """A text with ``stand_in`` for each word.

        >>> Terms(client_id="K001", keys={}, names=("Astra Ltd",)).replaced("K001 is no K0012: ask Astra Ltd.", "it")
        'it is no K0012: ask it.'
        """
        before = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{{4}}))"
        found = self._written(before, "(?![A-Za-z0-9])", "(?<=[\"'>])", "(?=[\"'<])")
        return re.sub(found, lambda _: stand_in, text)

    def _written(self, before: str, after: str, opening: str, closing: str) -> str:
        """All words between what may stand before and after them; short ones between ``opening`` and ``closing``."""
        before, longest_first = before.format(escape=_ESCAPE), sorted(self.words, key=len, reverse=True)
        ends: dict[tuple[str, str], list[str]] = {}
        for word in longest_first:
            plain = ("" if _joins(word[0]) else before, "" if _joins(word[-1]) else after)
            forms = ends.setdefault(plain if is_telling(word) else (opening, closing), [])
            forms.extend(map(re.escape, _forms(word)))
        return "|".join(f"{first}(?:{'|'.join(forms)}){last}" for (first, last), forms in ends.items())

    def joined(self, other: Terms) -> Terms:
        """The same, known also by what ``other`` knows."""
        names = {*self.keys, *other.keys}
        keys = {name: tuple(dict.fromkeys([*self.keys.get(name, ()), *other.keys.get(name, ())])) for name in names}
        return Terms(client_id=self.client_id, keys=keys, names=tuple(dict.fromkeys([*self.names, *other.names])))


def _joins(sign: str) -> bool:
    """Whether a sign needs none between words, as Chinese ones do not."""
    return "\u3400" <= sign <= "\u9fff" or sign >= "\uf900"


def _forms(word: str) -> tuple[str, ...]:
    """A word as texts, pages and JSON write it."""
    as_json = json.dumps(word)[1:-1]
    upper = re.sub(r"\\u[0-9a-f]{4}", lambda found: "\\u" + found[0][2:].upper(), as_json)
    half = json.dumps(word, ensure_ascii=False)[1:-1]
    return tuple(dict.fromkeys([word, html.escape(word), html.escape(word, quote=False), half, as_json, upper]))


def is_telling(word: str) -> bool:
    """Whether a word tells a client wherever it stands.

    >>> [is_telling(word) for word in ("C00000017", "17", "1234567", "agreed", "Amber Estate", "value")]
    [True, False, True, False, True, False]
    """
    return _TELLING.fullmatch(word) is not None


def terms_in(client_id: str, folders: Iterable[Path]) -> Terms:
    """By what the client is known in folders of tables, such as checked books and published runs."""
    places = list(folders)
    ids = _ids(client_id, [folder / f"{ALIASES.name}.parquet" for folder in places])
    known = Terms(client_id=client_id, keys={CLIENT: ids})
    for folder in places:
        keys = {column: _own(folder / f"{table}.parquet", column, ids) for table, column in KEYS.items()}
        clients = folder / "clients.parquet"
        names = _names(clients, ids)
        known = known.joined(Terms(client_id=client_id, keys=keys, names=names))
    tables = [file for folder in places for file in sorted(folder.glob("*.parquet")) if file.is_file()]
    return reduce(_without_shared, tables, known)


def _ids(client_id: str, files: Iterable[Path]) -> tuple[str, ...]:
    """The id, and all old ones that lead to it, however many steps away."""
    tables = [pq.read_table(file, columns=[OLD, CLIENT]) for file in files if file.is_file()]
    ids, count = {client_id: None}, 0
    while count < len(ids):
        count = len(ids)
        for rows in tables:
            leads = _is_one_of(rows[CLIENT], tuple(ids))
            ids |= dict.fromkeys(str(each) for each in _text(rows[OLD].filter(leads)).to_pylist() if each)
    return tuple(ids)


def _is_one_of(cells: pa.ChunkedArray, ids: tuple[str, ...]) -> pa.ChunkedArray:
    return pc.fill_null(pc.is_in(_text(cells), value_set=pa.array(ids, pa.string())), False)


def _without_shared(known: Terms, file: Path) -> Terms:
    """The same without ids that rows of other clients have too: such a facility leads to no single client."""
    columns, keys = pq.read_schema(file).names, dict(known.keys)
    for column in (each for each in known.keys if each != CLIENT and {CLIENT, each} <= set(columns) and keys[each]):
        rows = pq.read_table(file, columns=[CLIENT, column])
        others = pc.and_(pc.invert(_is_one_of(rows[CLIENT], keys[CLIENT])), pc.is_valid(rows[CLIENT]))
        shared = set(pc.unique(_text(rows[column].filter(others))).to_pylist())
        keys[column] = tuple(each for each in keys[column] if each not in shared)
    return replace(known, keys=keys)


def _text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids as text, whatever their type."""
    return cells.cast(pa.string())


def names_any(text: str, folders: Iterable[Path]) -> bool:
    """Whether a sentence holds the id of any client of some folders of tables, between signs that belong to no word."""
    inside = {place for place in range(1, len(text)) if re.fullmatch("[A-Za-z0-9]{2}", text[place - 1 : place + 1])}
    ends = [place for place in range(len(text) + 1) if place not in inside]
    parts = {text[begin:end] for begin in ends for end in ends if begin < end <= begin + _LONGEST_ID}
    telling = pa.array(sorted(filter(is_telling, parts)), pa.string())
    files = (folder / "clients.parquet" for folder in folders)
    known = (file for file in files if file.is_file() and CLIENT in pq.read_schema(file).names)
    ids = (pq.read_table(file, columns=[CLIENT])[CLIENT] for file in known)
    return any(bool(pc.any(pc.is_in(telling, value_set=_text(each).combine_chunks())).as_py()) for each in ids)


def _own(file: Path, column: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    if not file.is_file() or not {CLIENT, column} <= set(pq.read_schema(file).names):
        return ()
    rows = pq.read_table(file, columns=[CLIENT, column])
    found = rows[column].filter(_is_one_of(rows[CLIENT], ids))
    return tuple(str(each) for each in pc.unique(found).to_pylist() if each)


def _names(file: Path, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Names and aliases of the client that no other client bears: those of several tell nobody."""
    columns = pq.read_schema(file).names if file.is_file() else []
    known = [name for name in ("name", "aliases") if name in columns]
    if not known or CLIENT not in columns:
        return ()
    rows = pq.read_table(file, columns=[CLIENT, *known])
    is_own = _is_one_of(rows[CLIENT], ids)
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
