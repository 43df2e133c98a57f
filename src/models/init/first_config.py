"""A first config made of a proposal: what cannot be known from the book alone, in at most twelve lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.book.sources.column_kinds import LookedKind
from models.book.sources.looking import LookedTable
from models.config.printing import one_line
from models.init.proposal import CASHFLOWS, BookProposal, ProposedTable

_OF_ONE_FILE = ("files", "sheet", "header_row", "query")
Options = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FirstAnswers:
    """What a look at a book cannot tell: its name, its currency, and what unknown words of cashflows mean."""

    name: str
    place: str
    currency: str
    guessed: bool = False
    kinds: Mapping[str, str] | None = None


def first_config(proposal: BookProposal, answers: FirstAnswers) -> str:
    """The text of a config, with a comment wherever something was guessed or has to be answered."""
    return "".join(f"{line}\n" for line in _lines(proposal, answers))


def _lines(proposal: BookProposal, answers: FirstAnswers) -> Iterator[str]:
    yield "# What else a config can say, and with which defaults: clientvalue config --yaml --config FILE"
    yield "book:"
    yield f"  name: {one_line(answers.name)}"
    if "://" in answers.place:
        yield "  source: sql"
    yield f"  path: {one_line(answers.place)}"
    yield f"  currency: {answers.currency}{'  # guessed: say in which currency the book is kept' * answers.guessed}"
    if any(currency != answers.currency for currency in proposal.currencies):
        yield "  currencies: {}  # rates come from the table rates, or as constants: {USD: 0.9}"
    yield from _reading(proposal)
    yield from _mapping(proposal, answers.kinds or {})


def _reading(proposal: BookProposal) -> Iterator[str]:
    sources = {each.source.name: each.source for each in proposal.tables}
    common = _common(list(sources.values()))
    own = {name: _but(table.options, common) for name, table in sources.items()}
    if not common and not any(own.values()):
        return
    yield "  read:"
    if common:
        yield f"    default: {one_line(_plain(common))}"
    for name, options in own.items():
        if options:
            yield f"    {one_line(name)}: {one_line(_plain(options))}"


def _common(tables: Sequence[LookedTable]) -> Options:
    """The options of a whole extract: those that all tables share, but for the tables on which they say nothing."""
    keys = {key for table in tables for key in table.options if key not in _OF_ONE_FILE}
    return {key: found[0] for key in sorted(keys) if len(found := _values(key, tables)) == 1 and found[0] is not None}


def _values(key: str, tables: Sequence[LookedTable]) -> list[Any]:
    """The different values of an option, None where a table has none although it might."""
    concerned = [table for table in tables if key in table.options or _concerns(key, table)]
    found: list[Any] = []
    for table in concerned:
        value = table.options.get(key)
        found += [value] if value not in found else []
    return found


def _concerns(key: str, table: LookedTable) -> bool:
    """Whether an option says anything of a table: one that could be read as UTF-8 may hold no other letters at all."""
    if key in ("encoding", "delimiter"):
        return key == "delimiter"
    return (LookedKind.DATE if key == "dates" else LookedKind.NUMBER) in {column.kind for column in table.columns}


def _but(options: Mapping[str, Any], common: Options) -> Options:
    return {key: value for key, value in options.items() if key not in common}


def _plain(options: Mapping[str, Any]) -> Options:
    """Options as YAML writes them: one value for a list of one."""
    unpacked = {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()}
    return {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in unpacked.items()}


def _mapping(proposal: BookProposal, kinds: Mapping[str, str]) -> Iterator[str]:
    lines = [line for table in proposal.tables for line in _mapped(table, kinds)]
    yield from ("  map:", *lines) if any(not line.lstrip().startswith("#") for line in lines) else lines


def _mapped(table: ProposedTable, kinds: Mapping[str, str]) -> Iterator[str]:
    entry, unknown = _entry(table, kinds), [word for word in table.unknown if word not in kinds]
    if entry:
        yield f"    {table.name}: {one_line(entry)}"
    if unknown:
        yield f"    # unknown words of {table.name}, say what they are under values.kind: {', '.join(unknown)}"


def _entry(table: ProposedTable, answered: Mapping[str, str]) -> Options:
    """What ``book.map`` has to say of a table; nothing where the source calls it and its columns as we do."""
    renamed = {ours: name for ours, name in table.columns.items() if ours != name}
    values = {**table.kinds, **{word: kind for word, kind in answered.items() if word in table.unknown}}
    flows = [{"kind": flow.kind, "date": _quoted(flow.date), "amount": _quoted(flow.amount)} for flow in table.flows]
    entry: Options = {
        "from": table.source.name if table.source.name != table.name else None,
        "columns": renamed,
        "constants": {"kind": table.kind} if table.kind and table.name == CASHFLOWS and not flows else {},
        "expressions": {"amount": " * ".join(map(_quoted, table.amount))} if table.amount else {},
        "values": {"kind": values} if values else {},
        "flows": flows,
    }
    return {key: value for key, value in entry.items() if value}


def _quoted(column: str) -> str:
    """A column as an expression names it."""
    return column if column.isidentifier() and column.isascii() else f'"{column}"'
