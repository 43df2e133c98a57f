"""The index of a run's clients: memory-mapped files and compiled loops, for any number of threads at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.directory.columns import (
    BRANCH,
    BY_NAME,
    DEFAULT_DESCENDING,
    DEFAULT_SORT,
    FACET_NAMES,
    MANAGER,
)
from models.directory.folding import folded_words
from models.directory.kernels import Bytes, Signatures, count_facets, find_word, keep_scope, page_of
from models.directory.places import CODES, MARKS, OF_INDEX, ORDERS, ROWS, TEXTS, index_folder, index_is_of
from models.directory.report import ClientQuery, ClientsFound, Facet, FacetValue, FoundClient, Scope
from models.errors import MissingFileError, UserError
from models.store.sealed import MANIFEST, OF_SCORES, read_facts, read_manifest
from models.vocab import BoolArray, IntArray

LONGEST_TEXT, MOST_WORDS, MOST_ROWS = 200, 8, 1_000
"""Characters and words that are looked for, and rows of a page."""
EXPORTED_AT_ONCE = 5_000
SHOWN_OF_REFUSED = (
    "client_id",
    "name",
    "group_id",
    "manager",
    "branch",
    "outstanding",
    "limit",
    "utilisation",
    "days_overdue",
)
"""What is shown of a client who refused the processing of its data, beside that it refused."""
_REMEMBERED = 24
"""Searches whose clients are held: whoever pages, sorts and picks facets asks for the same words again."""


@dataclass(frozen=True)
class _Files:
    """The files of an index. ``codes`` (n_facets, n_clients), ``orders`` (n_columns, n_clients)."""

    rows: pa.Table
    text: Bytes
    offsets: NDArray[np.int64]
    marks: Signatures
    codes: NDArray[np.int32]
    orders: NDArray[np.int32]

    @classmethod
    def of(cls, folder: Path) -> _Files:
        rows, texts = (pa.ipc.open_file(pa.memory_map(str(folder / name))).read_all() for name in (ROWS, TEXTS))
        text = texts["text"].chunk(0) if texts.num_rows else pa.array([], pa.large_string())
        buffers = text.buffers()
        offsets = (
            np.frombuffer(buffers[1], dtype=np.int64)[: len(text) + 1] if texts.num_rows else np.zeros(1, np.int64)
        )
        data = np.frombuffer(buffers[2] or b"", dtype=np.uint8)
        mapped = (np.load(folder / name, mmap_mode="r") for name in (MARKS, CODES, ORDERS))
        return cls(rows, data, offsets, *mapped)


@dataclass
class _Memory:
    """The clients of the latest searches by words and scope, each (n_clients,)."""

    held: OrderedDict[tuple[tuple[str, ...], Scope], Bytes] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[tuple[str, ...], Scope]) -> Bytes | None:
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
            return self.held.get(key)

    def put(self, key: tuple[tuple[str, ...], Scope], found: Bytes) -> None:
        with self.lock:
            self.held[key] = found
            while len(self.held) > _REMEMBERED:
                self.held.popitem(last=False)


class ClientIndex:
    """The clients of one published run, found by words and facets; open it once and ask it from any thread."""

    def __init__(
        self, folder: Path, facts: Mapping[str, Any], own: Mapping[str, Any], refused: Collection[str] = ()
    ) -> None:
        self.run_key: str = facts["run_key"]
        self.as_of = date.fromisoformat(facts["as_of"])
        self.bundle: str = facts["bundle"]
        self._files = _Files.of(folder)
        self._values = {name: tuple(own["values"][name]) for name in FACET_NAMES}
        self._unknown: Mapping[str, int] = own["unknown"]
        self._starts = np.cumsum([0, *(len(each) for each in self._values.values())]).astype(np.int64)
        self._memory = _Memory()
        self._refused = pa.array(sorted(refused), type=pa.string())
        self._withheld = pc.is_in(self._files.rows["client_id"], self._refused).to_numpy()

    @classmethod
    def open(cls, run: Path, refused: Collection[str] = ()) -> ClientIndex:
        """The index of the published folder ``run``, proved by its hashes, ready for the first question.

        Of clients who ``refused`` since only what is shown of who refused is shown, and no facet finds them.
        Raises ``MissingFileError`` where none was built from the run as it is, ``DamagedBundleError`` where a file of
        it is not as it was written.
        """
        facts, folder = read_facts(run, remedies=OF_SCORES), index_folder(run)
        if not index_is_of(folder, facts):
            raise MissingFileError(folder / MANIFEST, remedy=OF_INDEX.missing)
        own = read_manifest(folder, remedies=OF_INDEX)
        index = cls(folder, facts, own, refused)
        index.search(ClientQuery(text="warm up", scope=Scope(), limit=1))
        return index

    def __len__(self) -> int:
        return int(self._files.rows.num_rows)

    def search(self, query: ClientQuery) -> ClientsFound:
        """One page of the clients that a query asks for, with their number and the facets. Raises ``UserError``."""
        _require_sound(query)
        found = self._found(query)
        counts, kept, total = self._counted(query, found)
        places = self._page(query, kept, query.offset, query.limit)
        return ClientsFound(rows=self._cells(places, query.columns), total=total, facets=self._facets(query, counts))

    def export(self, query: ClientQuery) -> Iterator[pa.Table]:
        """All clients that a query asks for, in its order, in pieces, whatever page it names. Raises ``UserError``."""
        _require_sound(query)
        _, kept, total = self._counted(query, self._found(query))
        places = self._page(query, kept, 0, max(total, 1))
        names = list(query.columns or BY_NAME)
        for start in range(0, max(total, 1), EXPORTED_AT_ONCE):
            yield self._disclosed(names, places[start : start + EXPORTED_AT_ONCE]).select(names)

    def client(self, client_id: str, scope: Scope) -> FoundClient | None:
        """The row of one client by its id, byte for byte; None where there is none within the scope."""
        place = self._place(client_id)
        if place is None or not self._is_within(place, scope):
            return None
        return self._cells(np.array([place]), ())[0]

    def members(self, group: str, scope: Scope, columns: Sequence[str] = ()) -> pa.Table:
        """All clients of a sponsor group within a scope, by its id, the largest exposure first."""
        theirs = pc.equal(self._files.rows["group_id"], group).fill_null(fill_value=False)
        found = theirs.to_numpy().astype(np.uint8)
        if not scope.everything:
            self._narrow(found, scope)
        names = list(columns or BY_NAME)
        shown = self._disclosed([*names, "outstanding"], np.flatnonzero(found))
        return shown.sort_by([("outstanding", "descending"), ("client_id", "ascending")]).select(names)

    def values(self, facet: str) -> tuple[str, ...]:
        """All values of a facet, in their order, whoever may see whom. Raises ``UserError``."""
        _require_known("facets", [facet], FACET_NAMES)
        return self._values[facet]

    def _place(self, client_id: str) -> int | None:
        ids = self._files.rows["client_id"]
        place = pc.index(ids, client_id).as_py()
        return None if place < 0 else int(place)

    def _is_within(self, place: int, scope: Scope) -> bool:
        manager, branch = (
            self._values[FACET_NAMES[each]][self._files.codes[each, place]] for each in (MANAGER, BRANCH)
        )
        return scope.everything or manager in scope.managers or branch in scope.branches

    def _found(self, query: ClientQuery) -> Bytes:
        """How each client is found by the words of a query, 0 where not, or where it is out of scope."""
        key = (folded_words(query.text)[:MOST_WORDS], query.scope)
        known = self._memory.get(key)
        if known is not None:
            return self._without_refused(known, query)
        words, scope = key
        found = np.ones(len(self), dtype=np.uint8)
        if not scope.everything:
            self._narrow(found, scope)
        files = self._files
        for place, word in enumerate(words):
            asked = np.frombuffer(word.encode(), dtype=np.uint8)
            find_word(files.text, files.offsets, files.marks, asked, found, place == 0)
        self._memory.put(key, found)
        return self._without_refused(found, query)

    def _without_refused(self, found: Bytes, query: ClientQuery) -> Bytes:
        """The same without who refused since, where facets are asked for: they were published before that."""
        return np.where(self._withheld, 0, found).astype(np.uint8) if query.facets else found

    def _narrow(self, found: Bytes, scope: Scope) -> None:
        codes, values = self._files.codes, self._values
        own, office = (
            np.array([value in allowed and value != "" for value in values[FACET_NAMES[place]]], dtype=np.bool_)
            for place, allowed in ((MANAGER, scope.managers), (BRANCH, scope.branches))
        )
        keep_scope(found, codes[MANAGER], codes[BRANCH], own, office)

    def _counted(self, query: ClientQuery, found: Bytes) -> tuple[IntArray, Bytes, int]:
        filtered = np.array([FACET_NAMES.index(name) for name in query.facets], dtype=np.int64)
        counts, kept, total = count_facets(self._files.codes, self._starts, self._allowed(query), filtered, found)
        return counts, kept, total

    def _allowed(self, query: ClientQuery) -> BoolArray:
        """Which values of all facets pass, the facets one after the other."""
        passing = [
            np.isin(values, query.facets[name]) if name in query.facets else np.ones(len(values), dtype=np.bool_)
            for name, values in self._values.items()
        ]
        return np.concatenate(passing)

    def _page(self, query: ClientQuery, kept: Bytes, offset: int, limit: int) -> IntArray:
        sort = query.sort or DEFAULT_SORT
        descending = query.descending if query.sort else DEFAULT_DESCENDING
        order = self._files.orders[list(BY_NAME).index(sort)]
        backwards = len(self) - self._unknown[sort] if descending else 0  # who has no value stays last
        ranks = bool(query.text.strip()) and not query.sort
        return np.asarray(page_of(order, backwards, kept, ranks, offset, limit))

    def _cells(self, places: IntArray, columns: Sequence[str]) -> tuple[FoundClient, ...]:
        names = tuple(columns or BY_NAME)
        taken = self._disclosed(names, places)
        cells = {name: taken[name].to_pylist() for name in taken.column_names}
        return tuple(
            FoundClient(client_id=own, cells={name: cells[name][row] for name in names})
            for row, own in enumerate(cells["client_id"])
        )

    def _disclosed(self, names: Sequence[str], places: IntArray) -> pa.Table:
        """Some columns of some rows, ``client_id`` among them; of who refused since without what models say."""
        taken = self._files.rows.select(list(dict.fromkeys(("client_id", *names)))).take(pa.array(places))
        withheld = self._withheld[places]
        if not withheld.any():
            return taken
        for place, name in enumerate(taken.column_names):
            if name not in SHOWN_OF_REFUSED:
                column = taken[name]
                said = pa.scalar(False if name == "consent" else None, type=column.type)
                taken = taken.set_column(place, name, pc.if_else(pa.array(withheld), said, column))
        return taken

    def _facets(self, query: ClientQuery, counts: IntArray) -> tuple[Facet, ...]:
        return tuple(
            Facet(name=name, values=tuple(self._counted_values(query, name, counts[start : start + len(values)])))
            for (name, values), start in zip(self._values.items(), self._starts.tolist(), strict=False)
        )

    def _counted_values(self, query: ClientQuery, name: str, counts: IntArray) -> Iterator[FacetValue]:
        """The values that occur; of those that are asked for also such as do not, so that they can be taken back."""
        chosen = query.facets.get(name, ())
        for value, count in zip(self._values[name], counts.tolist(), strict=True):
            if count or value in chosen:
                yield FacetValue(value=value, count=count, chosen=value in chosen)


def _require_sound(query: ClientQuery) -> None:
    _require_known("facets", query.facets, FACET_NAMES)
    _require_known("columns", [*query.columns, *([query.sort] if query.sort else [])], BY_NAME)
    if len(query.text) > LONGEST_TEXT:
        raise UserError(
            rule=f"a search must have at most {LONGEST_TEXT} characters", got=len(query.text), remedy="search for less"
        )
    if query.offset < 0 or not 1 <= query.limit <= MOST_ROWS:
        raise UserError(
            rule=f"a page must begin at 0 or later and have 1 to {MOST_ROWS} rows",
            got=f"{query.limit} rows from {query.offset}",
            remedy="ask for another page",
        )


def _require_known(what: str, asked: Iterable[str], known: Iterable[str]) -> None:
    for name in asked:
        if name not in known:
            raise UserError(rule=f"{what} must be of the index", got=name, remedy=f"name one of {', '.join(known)}")
