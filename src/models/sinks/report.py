"""Typed data on publishing into sinks: runs and rows that were written, problems, and the columns of tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.errors import MAX_PROBLEMS_SHOWN, ManyProblemsError, UserError
from models.showable import without_secrets


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """How many rows of a run went into a table."""

    table: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class WrittenRun:
    """A run whose rows stand in a sink now.

    Attributes:
        publication: the number of its entry in the ledger.
        replaced: the key of the run that stood there for the same date; None where there was none.
        tables: in the order in which they were written; those that only lost the rows of another run are at 0.
        added_columns: columns that tables of the sink lacked, as table.column.
    """

    as_of: date
    run_key: str
    publication: int
    replaced: str | None
    tables: tuple[TableRows, ...]
    added_columns: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """The rows of all its tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, kw_only=True)
class SinkProblem:
    """Something that could not be written: the rule that was broken, what was got, and what helps.

    ``as_of`` is the date of a run that was kept back; None where it is the whole sink.
    """

    sink: str
    rule: str
    got: str
    remedy: str
    as_of: date | None = None

    @classmethod
    def of(cls, error: UserError, sink: str, as_of: date | None = None) -> SinkProblem:
        """An error as data."""
        got = str(error.got)
        if isinstance(error, ManyProblemsError):
            got = "; ".join(str(each) for each in error.problems[:MAX_PROBLEMS_SHOWN])
        rule, got, remedy = map(without_secrets, (error.rule, got, error.remedy))
        return cls(sink=sink, rule=rule, got=got, remedy=remedy, as_of=as_of)

    def __str__(self) -> str:
        run = "" if self.as_of is None else f", run of {self.as_of}"
        return f"{self.sink}{run}: {self.rule}, got {self.got}: {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class SinkReport:
    """What was done to one sink.

    Attributes:
        sink: its address, without secrets.
        held: runs that stood there already.
        publications: entries of the ledger that it tells of now.
        problems: what could not be written; the rest was.
    """

    sink: str
    written: tuple[WrittenRun, ...] = ()
    held: int = 0
    publications: int = 0
    problems: tuple[SinkProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SinksReport:
    """What was done to each sink of a book."""

    book: str
    sinks: tuple[SinkReport, ...]

    @property
    def problems(self) -> tuple[SinkProblem, ...]:
        """What could not be written into any sink."""
        return tuple(problem for each in self.sinks for problem in each.problems)


@dataclass(frozen=True, kw_only=True)
class ColumnNote:
    """A column of a table in a sink: its kind, unit and meaning.

    ``name`` ends in ``*`` where it stands for several, whose names the config or policy gives.
    """

    table: str
    name: str
    kind: str
    unit: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class TableNote:
    """A table of a sink: what a row is, the key, and its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[ColumnNote, ...]
