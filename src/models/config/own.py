"""The section of what a book has of its own: columns of clients and facilities, kinds of cashflow, dated tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config.base import Name, Section
from models.config.labels import LabelConfig

OwnUnit = Literal["money", "share", "ratio", "basis points", "hours", "days", "count", "score"]
Meaning = Annotated[str, Field(min_length=3, description="What it is, as people of the book would say it.")]
DATE, KIND, CLIENT, FACILITY = "date", "kind", "client_id", "facility_id"
GIVEN_COLUMNS = (CLIENT, FACILITY, DATE, KIND)
"""Columns that every own table has; ``kind`` only where it names kinds."""


class OwnColumnConfig(Section):
    """One column of the book's own: its type, what it means, and what its values must satisfy."""

    type: Literal["text", "number", "integer", "date", "truth"] = "text"
    meaning: Meaning
    label: LabelConfig | None = Field(
        default=None, description="What people call it within a sentence; default: the name with blanks."
    )
    unit: OwnUnit | None = Field(default=None, description="What a number counts; money is in the book's currency.")
    low: float | None = Field(default=None, description="A number below it takes its row out.")
    high: float | None = Field(default=None, description="A number above it takes its row out.")
    allowed: tuple[str, ...] = Field(default=(), description="The words that text may be; empty: any.")
    required: bool = Field(default=False, description="Whether a row without it is left out.")

    @property
    def is_number(self) -> bool:
        """Whether it can be summed, averaged and kept as a state."""
        return self.type in ("number", "integer")

    @model_validator(mode="after")
    def _fitting(self) -> OwnColumnConfig:
        given = [name for name in ("unit", "low", "high") if getattr(self, name) is not None]
        if given and not self.is_number:
            raise ValueError(f"{', '.join(given)} must stand with type number or integer, got type {self.type}")
        if self.allowed and self.type != "text":
            raise ValueError(f"allowed must stand with type text, got type {self.type}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low must not be above high, got {self.low:g} and {self.high:g}")
        return self


class OwnKindConfig(Section):
    """One kind of cashflow of the book's own. What it adds to value, and with which sign, ``value.kinds`` says."""

    meaning: Meaning
    label: LabelConfig | None = Field(
        default=None, description="What people call it within a sentence, in the plural; default: the name with blanks."
    )


class OwnTableConfig(Section):
    """One dated table of the book's own, a row per event or state of a client.

    It has ``client_id`` and ``date``, from when on a row is known; where it names ``kinds``, ``kind``; and may have
    ``facility_id``. ``features.measures`` make flows and states of its numbers.
    """

    meaning: Meaning
    columns: dict[Name, OwnColumnConfig] = Field(default_factory=dict)
    kinds: tuple[str, ...] = Field(default=(), description="The words of its column kind; empty: it has none.")

    @model_validator(mode="after")
    def _fitting(self) -> OwnTableConfig:
        taken = [name for name in self.columns if name in GIVEN_COLUMNS]
        if taken:
            raise ValueError(f"columns must not be {', '.join(GIVEN_COLUMNS)}, which it has anyway, got {taken}")
        return self


class OwnConfig(Section):
    """What a book tells beyond the contract of all books."""

    clients: dict[Name, OwnColumnConfig] = Field(
        default_factory=dict, description="Own columns of clients; models learn from those that features name."
    )
    facilities: dict[Name, OwnColumnConfig] = Field(default_factory=dict, description="Own columns of facilities.")
    cashflow_kinds: dict[Name, OwnKindConfig] = Field(default_factory=dict, description="Own kinds of cashflow.")
    tables: dict[Name, OwnTableConfig] = Field(default_factory=dict, description="Own dated tables.")

    @property
    def is_empty(self) -> bool:
        """Whether the book tells nothing beyond the contract."""
        return not (self.clients or self.facilities or self.cashflow_kinds or self.tables)

    def columns_of(self, table: str) -> Mapping[str, OwnColumnConfig]:
        """The own columns of a table, be it of the contract or own."""
        if table in self.tables:
            return self.tables[table].columns
        return {"clients": self.clients, "facilities": self.facilities}.get(table, {})

    def unit_of(self, table: str, column: str) -> OwnUnit | None:
        """What an own number counts; None where it is none, or nothing is said."""
        found = self.columns_of(table).get(column)
        return None if found is None else found.unit

    def labels(self) -> Iterator[tuple[str, LabelConfig]]:
        """Name and label of each own thing that has one."""
        for named in (self.clients, self.facilities, self.cashflow_kinds):
            for name, each in named.items():
                if each.label is not None:
                    yield name, each.label

    @property
    def texts_of_clients(self) -> tuple[str, ...]:
        """Own columns of clients that become categories."""
        return tuple(name for name, each in self.clients.items() if each.type in ("text", "truth"))
