"""Matches source columns to contract columns: by name, one to one, with units."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.book.columns import Column, TableSchema, Unit
from models.book.contract import NAMELESS
from models.book.own import contract_of
from models.book.side_tables import SIDE_TABLES
from models.book.sources.units import BRACKETED, UNIT_WORDS, contradiction, stated_units
from models.config.book import BookConfig
from models.config.own import OwnConfig
from models.errors import ManyProblemsError, MissingColumnError, UserError
from models.notices import Notice, Severity


@dataclass(frozen=True, kw_only=True)
class MatchedColumns:
    """Column of the contract -> column at the source; the columns that no one takes; and what a reader should know."""

    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    notices: tuple[Notice, ...] = ()


def squeezed(header: str) -> str:
    """A column's name without what drifts between editions: case, blanks, signs, and what stands in brackets.

    >>> squeezed("Borrower's Obligation (US$)") == squeezed("BORROWERS OBLIGATION")
    True
    """
    bare = re.sub(r"US\s*\$", "", BRACKETED.sub("", header))
    return re.sub(r"[\W_]+", "", bare.casefold())


def match_headers(present: Sequence[str], headers: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Column -> name at a published source, for each that is there. Of several spellings the first listed one wins.

    Raises ``UserError`` where one spelling fits several columns, or the unit of a column is of none of the spellings.

    >>> match_headers(["Country / Economy", "Sum"], {"country": ["Country Economy"], "rate": ["Rate"]})
    {'country': 'Country / Economy'}
    """
    matched: dict[str, str] = {}
    for column, spellings in headers.items():
        exact = [name for spelling in spellings for name in present if name == spelling]
        close = [_alike(present, spelling) for spelling in spellings]
        first: Sequence[str] = exact[:1] * exact.count(exact[0]) if exact else next(filter(None, close), ())
        if first:
            matched[column] = _only(column, first)
            _require_known_unit(column, matched[column], spellings)
    return matched


def _alike(present: Sequence[str], spelling: str) -> tuple[str, ...]:
    return tuple(name for name in present if squeezed(name) == squeezed(spelling))


def _only(column: str, candidates: Sequence[str]) -> str:
    if len(candidates) > 1:
        raise UserError(
            rule=f"{column} must come from one column", got=_named(candidates), remedy="remove or rename the others"
        )
    return candidates[0]


def _require_known_unit(column: str, header: str, spellings: Sequence[str]) -> None:
    known = {unit for spelling in spellings for unit in stated_units(spelling)}
    strange = sorted(unit for unit in stated_units(header) if known.isdisjoint((unit, *unit.split(" or "))))
    if strange:
        raise UserError(
            rule=f"{column} must be counted as in the editions known, such as {spellings[-1]!r}",
            got=f"{', '.join(strange)} in {header!r}",
            remedy="convert the column at the source",
        )


def book_columns(
    present: Sequence[str],
    schema: TableSchema,
    book: BookConfig,
    *,
    renames: Mapping[str, str] | None = None,
    given: Collection[str] = (),
) -> MatchedColumns:
    """The columns of one table of the contract; ``book.columns`` decides where it names a column as it is written.

    Raises ``MissingColumnError`` if a required or a renamed column is absent, ``UserError`` for an unknown column, and
    where two columns compete for one of the contract, or a header states another unit than the contract's. ``renames``
    stand in the place of those of ``book.columns``; columns that are ``given`` otherwise are not looked for.
    """
    renames = book.columns.get(schema.name, {}) if renames is None else renames
    require_known(f"book.columns.{schema.name}", list(renames), [column.name for column in schema.columns])
    names = [column.name for column in schema.columns if column.name not in given]
    found = {name: _candidates(present, renames.get(name, name), decided=name in renames) for name in names}
    needed = [name for name in names if name in schema.required or name in renames]
    missing = [renames.get(name, name) for name in needed if not found[name]]
    if missing:
        more = (
            f", say in book.columns.{schema.name} what they are called there, or set book.read.{schema.name}.header_row"
        )
        raise MissingColumnError(schema.name, missing, present, more=f"{more} if their names stand in a lower row")
    problems = [problem for name, several in found.items() for problem in _competing(schema, name, several)]
    matched = {name: several[0] for name, several in found.items() if several}
    settled = {name: header for name, header in matched.items() if len(found[name]) == 1}
    decided = {name for name, header in matched.items() if renames.get(name) == header}
    notices = list(_unnamed(schema, present))
    for column, said in _stated_otherwise(schema, settled, book.currency):
        reported = _UnitFinding(schema, column, matched[column.name], book.currency, said)
        if column.name in decided:
            notices.append(reported.as_notice())
        else:
            problems.append(reported.as_problem())
    if problems:
        raise ManyProblemsError(subject=f"the columns of {schema.name}", problems=problems)
    used = set(matched.values())
    ignored = tuple(dict.fromkeys(name for name in present if name not in used))
    return MatchedColumns(columns=matched, ignored=ignored, notices=tuple(notices))


def names_at_source(config: BookConfig) -> tuple[str, ...]:
    """The tables that a source may have: those of the contract, those beside it, and what a mapping draws on."""
    return tuple(dict.fromkeys((*contract_of(config.own), *SIDE_TABLES, *config.drawn_on)))


def require_known(setting: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Raises ``UserError`` for the first of ``names`` that is not among the ``known``, with the nearest that is."""
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            raise UserError(rule=f"{setting} must name what the contract knows", got=name, remedy=remedy)


def check_table_names(setting: str, names: Sequence[str], own: OwnConfig) -> None:
    """Raises ``UserError`` if one of ``names`` is neither a table of the book nor one beside it."""
    require_known(setting, names, [*contract_of(own), *SIDE_TABLES])


def _candidates(present: Sequence[str], wanted: str, *, decided: bool) -> tuple[str, ...]:
    """Columns that could be meant. A name of the config that is written as in the source means that column alone."""
    exact = tuple(name for name in present if name == wanted)
    return exact if decided and exact else _alike(present, wanted)


def _competing(schema: TableSchema, name: str, candidates: Sequence[str]) -> Iterator[UserError]:
    if len(candidates) < 2:  # noqa: PLR2004
        return
    distinct = len(set(candidates)) == len(candidates)
    remedy = f"set book.columns.{schema.name}.{name} to the one that is meant, as it is written"
    yield UserError(
        rule=f"{schema.name}.{name} must come from one column",
        got=_named(candidates),
        remedy=remedy if distinct else "remove or rename the others at the source",
    )


def _named(candidates: Sequence[str]) -> str:
    counts = Counter(candidates)
    return " and ".join(f"{name!r}{f' {count} times' if count > 1 else ''}" for name, count in counts.items())


def _stated_otherwise(schema: TableSchema, matched: Mapping[str, str], currency: str) -> Iterator[tuple[Column, str]]:
    for column in schema.columns:
        said = contradiction(matched[column.name], column, currency) if column.name in matched else None
        if said:
            yield column, said


@dataclass(frozen=True)
class _UnitFinding:
    """A header that states another unit than its column's."""

    schema: TableSchema
    column: Column
    header: str
    currency: str
    said: str

    @property
    def place(self) -> str:
        return f"{self.schema.name}.{self.column.name}"

    @property
    def rule(self) -> str:
        whole = f"in whole {self.currency} (book.currency)"
        unit = whole if self.column.unit is Unit.MONEY else UNIT_WORDS[self.column.unit or Unit.COUNT]
        return f"{self.place} must be counted {unit}"

    def as_problem(self) -> UserError:
        return UserError(
            rule=self.rule,
            got=f"{self.said} in the header {self.header!r}",
            remedy=f"convert it at the source; if the header is wrong, set book.columns.{self.place} to it",
        )

    def as_notice(self) -> Notice:
        """The same where the column was named on purpose: it is read, with a notice."""
        return Notice(
            code="unit_stated_otherwise",
            severity=Severity.WARNING,
            subject=self.place,
            found=f"{self.rule.removeprefix(self.place).strip()}, its header {self.header!r} says {self.said}",
            remedy="it is read as it stands, since book.columns names it",
        )


def _unnamed(schema: TableSchema, present: Sequence[str]) -> Iterator[Notice]:
    labels = {NAMELESS.format(place) for place in range(1, len(present) + 1)}
    nameless = [name for name in present if name in labels]
    if nameless:
        yield Notice(
            code="unnamed_column",
            severity=Severity.NOTE,
            subject=schema.name,
            found=f"{', '.join(nameless)} is not read",
            remedy="give it a name if it belongs to the book",
            count=len(nameless),
        )
