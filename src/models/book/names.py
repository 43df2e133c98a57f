"""Names in a config: what nothing of the contract is called is refused, what only rows can tell is listed for them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.book.columns import Kind
from models.book.contract import NEVER_LEARNED
from models.book.own import clashes, contract_of
from models.book.state_tables import STATE_KNOWN_ON
from models.config.book import BookConfig
from models.config.own import KIND, OwnConfig
from models.config.root import Config
from models.errors import ConfigError, UserError
from models.notices import Severity

KIND_COLUMN = {"cashflows": "kind", "interactions": "kind", "opportunities": "stage"}
PUBLISHED_TABLES = {
    "ifc": ("projects",),
    "ibrd": ("loans",),
    "online_retail": ("invoice_lines",),
    "cdnow": (),
    "crm_sales": ("sales_pipeline", "accounts", "products"),
}
"""Published source -> its own tables, whose columns ``book.columns`` may name where an edition calls them otherwise."""
_NEAR = 0.6


def kind_column(table: str, own: OwnConfig) -> str | None:
    """The column with the kinds of a table's rows; None where it has none."""
    if table in own.tables:
        return KIND if own.tables[table].kinds else None
    return KIND_COLUMN.get(table)


def expiring_tables(own: OwnConfig) -> list[str]:
    """Tables of which old rows may be left out: each row stands alone, with the day on which it was known."""
    return [
        name
        for name, schema in contract_of(own).items()
        if not schema.key and name not in STATE_KNOWN_ON and any(each.past and each.required for each in schema.columns)
    ]


def require_known_names(config: Config) -> None:
    """Raises ``ConfigError`` with every name that the contract does not know: it would count as nothing at all."""
    problems = [
        *clashes(config.book.own),
        *_unknown_columns(config),
        *_unknown_facility_columns(config),
        *_unknown_kinds(config),
        *_unknown_measures(config),
        *_idle_settings(config),
        *_unknown("privacy.keep", config.privacy.keep, expiring_tables(config.book.own)),
    ]
    if problems:
        raise ConfigError(subject="config", problems=problems)


def _unknown_columns(config: Config) -> Iterator[UserError]:
    features, tables = config.features, contract_of(config.book.own)
    macro = tables["macro"].columns
    clients = [column.name for column in tables["clients"].columns if column.name != "client_id"]
    yield from _unknown("features.attributes", features.attributes, clients)
    yield from _unknown("features.context", features.context, clients)
    yield from _not_learned("features.attributes", features.attributes)
    yield from _not_learned("features.context", features.context)
    yield from _unknown("features.macro", features.macro, [each.name for each in macro if each.kind is Kind.NUMBER])


def _unknown_facility_columns(config: Config) -> Iterator[UserError]:
    own = config.book.own.facilities
    texts = [name for name, column in own.items() if column.type == "text"]
    for name, count in config.features.facility_counts.items():
        yield from _unknown(f"features.facility_counts.{name}.own", count.own, texts)
    numbers = [name for name, column in own.items() if column.is_number]
    yield from _unknown("features.facility_means", config.features.facility_means, numbers)


def _not_learned(setting: str, names: Sequence[str]) -> Iterator[UserError]:
    """Who looks after a client would stand for how it was treated, and changes with the team."""
    found = [name for name in names if name in NEVER_LEARNED]
    if found:
        yield UserError(
            rule=f"{setting} must name what is known of clients, not what they are called or who looks after them",
            got=", ".join(found),
            remedy=f"leave it away: no model learns from {', '.join(NEVER_LEARNED)}",
        )


def _unknown_kinds(config: Config) -> Iterator[UserError]:
    column = contract_of(config.book.own)["cashflows"].column("kind")
    known = () if column is None else column.allowed
    yield from _unknown("activity.kinds", config.activity.kinds, known)
    yield from _unknown("value.kinds", config.value.kinds, known)
    yield from _unknown("backtest.limits.losses", config.backtest.limits.losses, known)


def _unknown_measures(config: Config) -> Iterator[UserError]:
    own, tables = config.book.own, contract_of(config.book.own)
    for name, spec in config.features.measures.items():
        place, schema = f"features.measures.{name}", tables[spec.table]
        columns = {each.name: each for each in schema.columns}
        numbers = [column.name for column in columns.values() if column.kind in (Kind.NUMBER, Kind.INTEGER)]
        countable = spec.form == "flow" and not spec.column
        yield from () if countable else _unknown(f"{place}.column", [spec.column], numbers)
        column = columns.get(kind_column(spec.table, own) or "")
        kinds = () if column is None else column.allowed
        yield from _unknown(f"{place}.kinds", spec.kinds, kinds)
        yield from _unknown(f"{place}.products", () if spec.table == "cashflows" else spec.products, ())


def _idle_settings(config: Config) -> Iterator[UserError]:
    """Settings on which the source of the book does not look."""
    book = config.book
    if book.source not in PUBLISHED_TABLES:
        yield from _idle(
            book, "tables", () if book.source == "sql" else book.tables, "has an effect with source sql only"
        )
        return
    own = PUBLISHED_TABLES[book.source]
    rule = f"may name {', '.join(own)} or overrides, the tables that its source publishes"
    none = "has no effect, as the file names no columns" if not own else rule
    yield from _idle(book, "columns", [name for name in book.columns if name not in (*own, "overrides")], none)
    only = "has an effect with a book of your own only: source files, sql or a plug-in"
    for setting, names in (("tables", book.tables), ("map", book.map), ("read", [*book.read])):
        yield from _idle(book, setting, [name for name in names if name != "overrides"], only)
    yield from _idle(book, "currencies", ["rates"] if book.currencies else [], only)


def _idle(book: BookConfig, setting: str, names: Iterable[str], rule: str) -> Iterator[UserError]:
    got = ", ".join(names)
    if got:
        got = f"{got} with source {book.source}"
        yield UserError(rule=f"book.{setting} {rule}", got=got, remedy=f"remove book.{setting}, or change book.source")


def _unknown(place: str, got: Iterable[str], known: Sequence[str]) -> Iterator[UserError]:
    rule = f"{place} must be among {', '.join(known)}" if known else f"{place} must be empty for this table"
    for name in got:
        if name not in known:
            near = nearest(name, known)
            remedy = f"did you mean {near}?" if near else f"mend or remove it in {place}"
            yield UserError(rule=rule, got=repr(name), remedy=remedy)


@dataclass(frozen=True)
class NamedInRows:
    """Values that a setting names, and the column of the book that should hold them.

    ``severity`` holds where the book has none of them; where it has some, the absent ones are a note, unless a near
    word makes them look misspelled.
    """

    setting: str
    values: tuple[str, ...]
    table: str
    column: str
    severity: Severity = Severity.WARNING


def names_in_rows(config: Config) -> tuple[NamedInRows, ...]:
    """The names in a config that only the rows of a book can tell, by setting."""
    return tuple(_names_in_rows(config))


def _names_in_rows(config: Config) -> Iterator[NamedInRows]:
    yield NamedInRows("activity.kinds", config.activity.kinds, "cashflows", "kind")
    yield NamedInRows("value.kinds", tuple(config.value.kinds), "cashflows", "kind")
    for name, spec in config.features.measures.items():
        place = f"features.measures.{name}"
        of_kind = kind_column(spec.table, config.book.own)
        if of_kind:
            yield NamedInRows(f"{place}.kinds", spec.kinds, spec.table, of_kind)
        yield NamedInRows(f"{place}.products", spec.products, "facilities", "product")
    for name, count in config.features.facility_counts.items():
        for column, values in count.columns.items():
            setting = f"own.{column}" if column in count.own else f"{column}s"
            yield NamedInRows(f"features.facility_counts.{name}.{setting}", values, "facilities", column)
    for setting in ("key", "emerging"):
        yield NamedInRows(f"regions.{setting}", getattr(config.regions, setting), "clients", config.regions.level)


def nearest(name: str, known: Collection[str]) -> str | None:
    """The one of ``known`` that ``name`` is most likely a slip of, whatever its case; None if none is near.

    >>> nearest("repaymnt", ["drawdown", "repayment"])
    'repayment'
    """
    by_case = {each.casefold(): each for each in sorted(known, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=_NEAR)
    return by_case[close[0]] if close else None
