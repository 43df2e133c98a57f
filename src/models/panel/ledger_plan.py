"""Build settings, metadata and part names of a ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from models.book.measures import NOTES, WRITE_OFF, MeasureBook, measures_of
from models.book.periods import PeriodName
from models.book.sections import LedgerSections
from models.book.side_tables import MERGED_ON
from models.book.state_tables import COUNTRIES
from models.config.credit import CreditConfig
from models.store.entries import Facts

FLOWS, STATES, CLIENTS, FACILITIES, OPPORTUNITIES = "flows", "states", "clients", "facilities", "opportunities"
FACILITY_FLOWS, DEFAULTS = "facility_flows", "defaults"
"""Parts in blocks of clients."""
BEGAN, WON_FOR = "relationship_start", "acquisition_cost"
"""Columns of clients that tell of one that was never active: when it began, and what was spent to win it."""
CONSENT = "consent"
"""Column of clients that tells whether it agreed to the processing of its data; null where it was not asked."""
IDENTITY = ("name", "group_id", "country", "region", "industry")
"""Columns of clients that stand beside their scores, whatever models look at."""
MACRO = "macro"


@dataclass(frozen=True, kw_only=True)
class LedgerPlan:
    """Everything in a config that decides what a ledger holds. Nothing else of it is at hand where one is made.

    ``facility_counts``: column -> values, of each kind of facilities that is counted apart. ``attributes``, ``context``
    and ``macro`` are columns of clients and of economies; ``countries``: whether the book tells the risk of countries.
    ``default_days``: from so many days past due on a client is in default; None where decline is something else.
    ``facility_means``: own numbers of facilities.
    """

    period: PeriodName
    measures: MeasureBook
    facility_counts: tuple[Mapping[str, tuple[str, ...]], ...]
    attributes: tuple[str, ...]
    context: tuple[str, ...]
    macro: tuple[str, ...]
    block_clients: int
    credit: CreditConfig = field(default_factory=CreditConfig)
    reads_refused: bool = False
    """Whether notes of clients who refused the processing of their data are read all the same."""
    default_days: int | None = None
    facility_means: tuple[str, ...] = ()
    countries: bool = False

    @classmethod
    def of(cls, config: LedgerSections, tables: Collection[str], *, notes: bool) -> LedgerPlan:
        """The plan for a book of these ``tables``; ``notes``: whether what clients write becomes numbers."""
        features = config.features
        known = {*tables, NOTES} if notes and "interactions" in tables else set(tables)
        return cls(
            period=config.time.period,
            measures=measures_of(config, known),
            facility_counts=tuple(count.columns for count in features.facility_counts.values()),
            attributes=features.attributes,
            context=features.context,
            macro=features.macro if "macro" in tables else (),
            block_clients=config.run.block_clients,
            credit=config.credit,
            reads_refused=not config.privacy.leaves_out,
            facility_means=features.facility_means,
            default_days=config.decline.days_past_due if config.decline.rule == "default" else None,
            countries=COUNTRIES in tables,
        )

    def key_parts(self) -> dict[str, Any]:
        """The same as parts of a key. Names and weights of measures count for nothing: the ledger holds cells."""
        cells = {"flows": self.measures.flow_cells, "states": self.measures.state_cells}
        return {
            "period": self.period,
            "cells": {form: [asdict(cell) for cell in these] for form, these in cells.items()},
            "money_step": self.measures.money_step,
            "facility_counts": self.facility_counts,
            "attributes": self.attributes,
            "beginning": (BEGAN, WON_FOR),
            "consent": (CONSENT, self.reads_refused),
            "identity": IDENTITY,
            "context": self.context,
            "macro": self.macro,
            "block_clients": self.block_clients,
            "counts_losses": self.counts_losses,
            "credit": self.credit.model_dump(mode="json", exclude={"past_recoveries"}),
            **({"facility_means": self.facility_means} if self.facility_means else {}),
            **({} if self.default_days is None else {"default_days": self.default_days}),
        }

    @property
    def counts_losses(self) -> bool:
        """Whether value counts write-offs; else what moved on single facilities is asked by nobody."""
        return WRITE_OFF in self.measures.value_weights

    @property
    def client_columns(self) -> tuple[str, ...]:
        """Columns of clients that come along."""
        economies = ("country",) if self.macro or self.countries else ()
        return tuple(
            dict.fromkeys((*self.attributes, *self.context, *economies, BEGAN, WON_FOR, CONSENT, MERGED_ON, *IDENTITY))
        )


@dataclass(frozen=True, kw_only=True)
class LedgerFacts:
    """What is known of a ledger beside its rows; periods are numbers of the grid that it is summed on.

    Attributes:
        first_period: the earliest of any row.
        beginnings: table, or ``GROUPS`` -> the period in which it first holds anything.
        first_cause: the period in which the first facility closed of which the book tells how it ended; None where it
            never does.
        block_numbers: the blocks, rising.
        context_columns: columns of clients by which flows are also summed up.
        reporting: state table -> the days on which it reports anything, since 1970, each with the number of its rows.
    """

    first_period: int
    beginnings: Mapping[str, int]
    first_cause: int | None
    block_numbers: tuple[int, ...]
    context_columns: tuple[str, ...]
    reporting: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @classmethod
    def from_facts(cls, facts: Facts) -> LedgerFacts:
        """Read what ``asdict`` gave. Raises ``KeyError`` for facts of something else."""
        return cls(
            first_period=facts["first_period"],
            beginnings=facts["beginnings"],
            first_cause=facts["first_cause"],
            block_numbers=tuple(facts["block_numbers"]),
            context_columns=tuple(facts["context_columns"]),
            reporting=facts["reporting"],
        )

    def before(self, periods: int) -> LedgerFacts:
        """The same, counted from ``periods`` later."""
        return LedgerFacts(
            first_period=self.first_period - periods,
            beginnings={name: period - periods for name, period in self.beginnings.items()},
            first_cause=None if self.first_cause is None else self.first_cause - periods,
            block_numbers=self.block_numbers,
            context_columns=self.context_columns,
            reporting=self.reporting,
        )


def counted_column(place: int) -> str:
    """The column of a ledger that tells whether a facility belongs to the count at ``place``.

    >>> counted_column(0)
    'counted_1'
    """
    return f"counted_{place + 1}"


def own_column(place: int) -> str:
    """The column of a ledger with the own number of facilities at ``place``.

    >>> own_column(0)
    'own_1'
    """
    return f"own_{place + 1}"


def context_part(column: str) -> str:
    """The part of a ledger with the sums by a client attribute.

    >>> context_part("country")
    'context/country'
    """
    return f"context/{column}"
