"""The proposal that a look at files or a database leads to: which table is which, what its columns and words mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.book.columns import Kind, TableSchema
from models.book.contract import CASHFLOW_KINDS, OVERRIDES, TABLES
from models.book.side_tables import ALIASES, CURRENCY, RATES
from models.book.sources.column_kinds import LookedKind
from models.book.sources.looking import LookedColumn, LookedTable
from models.init.words import column_words, flat_words, kind_of, matched, plain, side_words, table_words

CLIENTS, FACILITIES, CASHFLOWS = "clients", "facilities", "cashflows"
_CORE = (CLIENTS, FACILITIES, CASHFLOWS)
_KIND, _AMOUNT = "kind", "amount"
_DECIMALS = re.compile(r"-?\d+[.,]\d+")
_FLAT_ALONE = 1
_PRICED = ("quantity", "price")


@dataclass(frozen=True, kw_only=True)
class ProposedFlow:
    """One cashflow of a row that tells of several: its kind, and the columns of its day and size."""

    kind: str
    date: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class ProposedTable:
    """A table of the book, and what of which table at the source it is made of.

    Attributes:
        columns: ours -> the column at the source.
        kinds: word at the source -> kind of cashflow.
        unknown: words of which nobody knows what they mean.
        kind: what every row is, where no column tells.
        amount: the two columns that make up the amount, quantity and price of one, where no column has it.
        flows: the cashflows of each row, where it tells of several.
    """

    name: str
    source: LookedTable
    columns: Mapping[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    kind: str = ""
    amount: tuple[str, ...] = ()
    flows: tuple[ProposedFlow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BookProposal:
    """All tables that were made out, and the tables at the source that serve nothing."""

    tables: tuple[ProposedTable, ...]
    unused: tuple[LookedTable, ...]
    currencies: tuple[str, ...] = ()
    """Those of the amounts, the most frequent first; none where no column tells."""

    def table(self, name: str) -> ProposedTable | None:
        """A table of the book, if it was made out."""
        return next((each for each in self.tables if each.name == name), None)


def propose(looked: Sequence[LookedTable]) -> BookProposal:
    """Which tables of the book are made of which at the source: by names, and by what columns hold.

    Clients, facilities and cashflows are also known by their columns alone, all others by the names of their tables.
    """
    whole = [table for table in looked if table.columns]
    found = _by_name(whole)
    _add_by_columns(found, whole)
    proposed = [_proposed(name, source) for name, source in found.items()]
    if CASHFLOWS not in found:
        proposed += _flat(proposed, whole)
    used = {each.source.name for each in proposed}
    unused = tuple(table for table in looked if table.name not in used)
    return BookProposal(tables=tuple(proposed), unused=unused, currencies=_currencies(proposed))


def _by_name(looked: Sequence[LookedTable]) -> dict[str, LookedTable]:
    """Table of the book -> the one at the source that is called so and has what is required."""
    found: dict[str, LookedTable] = {}
    for name in (*TABLES, RATES.name, ALIASES.name):
        words = table_words(name) if name in TABLES else side_words(name, "tables")
        named = [table for table in looked if _is_called(table.name, words) and table not in found.values()]
        fitting = [table for table in named if _has_required(name, table)]
        if fitting and name != OVERRIDES.name:
            found[name] = max(fitting, key=lambda table: len(_columns(name, table)))
    return found


def _is_called(name: str, words: Collection[str]) -> bool:
    """Whether a name is one of the words, or holds one that is long enough to mean it.

    >>> _is_called("export_Kunden_2024", ["kunden"]), _is_called("Interview", ["int"])
    (True, False)
    """
    bare = plain(name)
    return any(bare == word or (len(word) >= _MEANS_IT.get(word.isascii(), 1) and word in bare) for word in words)


_MEANS_IT = {True: 5, False: 2}
"""Letters of a word that stands for a table within a longer name: Latin, and Chinese."""


def _add_by_columns(found: dict[str, LookedTable], looked: Sequence[LookedTable]) -> None:
    """The core by what is in it: a table with an amount and a day is cashflows, one row per client is clients."""
    for name in (CASHFLOWS, FACILITIES, CLIENTS):
        free = [table for table in looked if table not in found.values() and _has_required(name, table)]
        fitting = [table for table in free if _is_like(name, table)]
        if name not in found and fitting:
            found[name] = max(fitting, key=lambda table: (len(_columns(name, table)), table.rows))


def _is_like(name: str, table: LookedTable) -> bool:
    columns = _columns(name, table)
    if name == CASHFLOWS:
        return len(_flows_in(table)) <= _FLAT_ALONE and not _is_key(table, columns.get("client_id"))
    return _is_key(table, columns.get(TABLES[name].key[0]))


def _is_key(table: LookedTable, column: str | None) -> bool:
    return any(each.name == column and each.distinct == table.rows for each in table.columns)


def _has_required(name: str, table: LookedTable) -> bool:
    """Whether all is there that nothing else can tell: kinds may be constants, and facilities tell their clients."""
    columns = _columns(name, table)
    schema = {**TABLES, RATES.name: RATES, ALIASES.name: ALIASES}[name]
    needed = set(schema.required) - ({_KIND} if name == CASHFLOWS else set())
    if "facility_id" in columns and name not in _CORE[:2]:
        needed.discard("client_id")
    if name == CASHFLOWS and _priced(table):
        needed.discard(_AMOUNT)
    return needed <= set(columns)


def _columns(name: str, table: LookedTable) -> dict[str, str]:
    """Ours -> the column at the source that is called so and holds what it must."""
    wanted = dict(_wanted(name))
    fitting = {each.name: each for each in table.columns}
    schema: TableSchema = {**TABLES, RATES.name: RATES, ALIASES.name: ALIASES}[name]
    kinds = {column.name: column.kind for column in schema.columns}
    found: dict[str, str] = {}
    for ours, words in wanted.items():
        names = [each for each in fitting if each not in found.values() and _can_be(fitting[each], kinds.get(ours))]
        found |= matched(names, {ours: words})
    return found


def _wanted(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if name in (RATES.name, ALIASES.name):
        yield from (
            (column.name, side_words(name, column.name))
            for column in (RATES if name == RATES.name else ALIASES).columns
        )
        return
    yield from ((column.name, column_words(name, column.name)) for column in TABLES[name].columns)
    if name in (FACILITIES, CASHFLOWS, "balances", "arrears"):
        yield CURRENCY, column_words(CASHFLOWS, CURRENCY)


def _can_be(column: LookedColumn, kind: Kind | None) -> bool:
    """Whether a column holds what ours must: amounts are numbers and days are days, all else may be anything."""
    if kind in (Kind.NUMBER, Kind.INTEGER):
        return _is_number(column)
    return kind is not Kind.DATE or column.kind is LookedKind.DATE


def _is_number(column: LookedColumn) -> bool:
    """Whether a column holds numbers; what has decimals is none of ids, whatever it is called."""
    return column.kind is LookedKind.NUMBER or (
        column.kind is LookedKind.ID and any(_DECIMALS.fullmatch(sample) for sample in column.samples)
    )


def _priced(table: LookedTable) -> tuple[str, ...]:
    """The columns of quantity and price of a table of sales; none where it has not both."""
    numbers = [each.name for each in table.columns if _is_number(each)]
    found = matched(numbers, {word: side_words("priced", word) for word in _PRICED})
    return tuple(found.values()) if len(found) == len(_PRICED) else ()


def is_snapshot(table: LookedTable) -> bool:
    """Whether a table tells of clients and of no day: what was, without when, and without what came of it."""
    names = [column.name for column in table.columns]
    of_clients = matched(names, {"client_id": column_words(CLIENTS, "client_id")})
    return bool(of_clients) and not any(column.kind is LookedKind.DATE for column in table.columns)


def _proposed(name: str, source: LookedTable) -> ProposedTable:
    columns = _columns(name, source)
    if name != CASHFLOWS:
        return ProposedTable(name=name, source=source, columns=columns)
    if _KIND not in columns:
        kind = "order" if "facility_id" not in columns else "interest"
        amount = () if _AMOUNT in columns else _priced(source)
        return ProposedTable(name=name, source=source, columns=columns, kind=kind, amount=amount)
    words = next(each.samples for each in source.columns if each.name == columns[_KIND])
    known = {word: kind_of(word) for word in words}
    return ProposedTable(
        name=name,
        source=source,
        columns=columns,
        kinds={word: kind for word, kind in known.items() if kind is not None and word != kind},
        unknown=tuple(word for word, kind in known.items() if kind is None and word not in CASHFLOW_KINDS),
    )


def _flat(proposed: list[ProposedTable], looked: Sequence[LookedTable]) -> Iterator[ProposedTable]:
    """Cashflows of the table whose rows tell most of them, and its clients and facilities where there are none."""
    source = max(looked, key=lambda table: len(_flows_in(table)), default=None)
    flows = () if source is None else _flows_in(source)
    if source is None or not flows:
        return
    columns = {
        ours: name for ours, name in _columns(CASHFLOWS, source).items() if ours.endswith("_id") or ours == CURRENCY
    }
    yield ProposedTable(name=CASHFLOWS, source=source, columns=columns, flows=flows)
    if FACILITIES not in {each.name for each in proposed} and _has_required(FACILITIES, source):
        yield _proposed(FACILITIES, source)


def _flows_in(table: LookedTable) -> tuple[ProposedFlow, ...]:
    """The cashflows of which a row of a table tells size and day, by the names of its columns."""
    numbers = [each.name for each in table.columns if _is_number(each)]
    days = [each.name for each in table.columns if each.kind is LookedKind.DATE]
    found: list[ProposedFlow] = []
    for kind, (amounts, dates) in flat_words().items():
        amount, date = matched(numbers, {"it": amounts}), matched(days, {"it": dates})
        if amount and date and amount["it"] not in {flow.amount for flow in found}:
            found.append(ProposedFlow(kind=kind, date=date["it"], amount=amount["it"]))
    return tuple(found)


def _currencies(proposed: Sequence[ProposedTable]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for table in proposed:
        for column in table.source.columns:
            if column.name == table.columns.get(CURRENCY):
                counts.update({word: len(column.samples) - at for at, word in enumerate(column.samples)})
    return tuple(word for word, _ in counts.most_common())
