"""Measures of a client, each a named set of rows and numbers of the book.

A *cell* is the finest thing the ledger sums: one number column of one table, of one kind and one product. A measure
is a set of cells; value is a weighted set of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.book.names import kind_column
from models.book.own import contract_of
from models.book.sections import LedgerSections
from models.config.features import MeasureConfig
from models.config.own import DATE, OwnConfig
from models.vocab import FloatArray

ACTIVITY = "activity"
WRITE_OFF, RECOVERY = "value_part_write_off", "value_part_recovery"
"""Parts of value that are credit loss; what else value counts is margin."""
KNOWN_ON = {
    "cashflows": "date",
    "interactions": "date",
    "surveys": "date",
    "ratings": "date",
    "arrears": "date",
    "financials": "published",
    "opportunities": "entered",
    "notes": "date",
}
"""The column of each table that says from when on a row is known, see ``known_on``."""
NUMBER_STEP = 0.01
"""Numbers other than money (hours, scores) are summed in steps of this size."""
TONE_STEP = 1e-4
NOTES = "notes"
"""Not a table of the book: the interactions that carry a note, with its tone in numbers."""


def known_on(table: str) -> str:
    """The column of a table, of the contract or a book's own, that says from when on a row is known.

    >>> known_on("financials"), known_on("site_visits")
    ('published', 'date')
    """
    return KNOWN_ON.get(table, DATE)


@dataclass(frozen=True, order=True)
class Cell:
    """One number column of one table, of one kind and product.

    Empty ``column``: rows are only counted. Empty ``kind``: the table has none. Empty ``product``: every product that
    no measure names. Cells of one table and column never overlap.
    """

    table: str
    column: str
    kind: str = ""
    product: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A named set of cells, summed (flow) or of which the last value counts (state)."""

    name: str
    cells: tuple[Cell, ...]
    form: str = "flow"


@dataclass(frozen=True, kw_only=True)
class MeasureBook:
    """All measures of a config, and the weights that turn some of them into value."""

    flows: tuple[Measure, ...]
    states: tuple[Measure, ...]
    value_weights: dict[str, float]
    """Name of a flow -> weight."""
    money_step: float

    def state_index(self, name: str) -> int:
        """Place of a state in the cube."""
        return [measure.name for measure in self.states].index(name)

    def table_of(self, name: str) -> str:
        """The table that a flow or state is measured in."""
        return next(m.cells[0].table for m in (*self.flows, *self.states) if m.name == name)

    def of_tables(self, tables: Collection[str]) -> MeasureBook:
        """The measures of these tables only; their places are other ones."""
        kept = [tuple(m for m in forms if m.cells[0].table in tables) for forms in (self.flows, self.states)]
        return replace(self, flows=kept[0], states=kept[1])

    @property
    def flow_cells(self) -> tuple[Cell, ...]:
        """Every cell that some flow needs, in a fixed order; its place is its code in the ledger."""
        return _sorted_cells(self.flows)

    @property
    def state_cells(self) -> tuple[Cell, ...]:
        """Every cell that some state needs, in a fixed order."""
        return _sorted_cells(self.states)

    def step_of(self, name: str) -> float:
        """Size of one whole step of a flow, in its unit."""
        return float(self.flow_steps[self.flow_index(name)])

    def table_step(self, table: str) -> float:
        """Size of one whole step of the numbers of a table."""
        return {"cashflows": self.money_step, NOTES: TONE_STEP}.get(table, NUMBER_STEP)

    @cached_property
    def flow_steps(self) -> FloatArray:
        """Size of one whole step of each flow. Shape (n_flows,)."""
        return np.array([self.table_step(flow.cells[0].table) for flow in self.flows])

    def flow_index(self, name: str) -> int:
        """Place of a flow in the cube."""
        return self._flow_places[name]

    @cached_property
    def _flow_places(self) -> dict[str, int]:
        return {flow.name: place for place, flow in reversed(list(enumerate(self.flows)))}


def measures_of(config: LedgerSections, tables: Iterable[str]) -> MeasureBook:
    """The measures that a config asks for, as far as the book has their tables; its names are known to the contract."""
    present = set(tables)
    chosen = {name: spec for name, spec in config.features.measures.items() if spec.table in present}
    products = sorted({product for spec in chosen.values() for product in spec.products})
    made = [
        Measure(name=name, cells=_cells(spec, _products_for(spec, products), config.book.own), form=spec.form)
        for name, spec in chosen.items()
    ]
    every_product = ("", *products) if products else ("",)
    activity = Measure(name=ACTIVITY, cells=_cashflow_cells(config.activity.kinds, every_product))
    parts = {f"value_part_{kind}": weight for kind, weight in config.value.kinds.items()}
    value = [
        Measure(name=f"value_part_{kind}", cells=_cashflow_cells((kind,), every_product)) for kind in config.value.kinds
    ]
    tones = [Measure(name=name, cells=(Cell(NOTES, name),)) for name in tone_names(config) if NOTES in present]
    flows = (activity, *value, *(measure for measure in made if measure.form == "flow"), *tones)
    return MeasureBook(
        flows=flows,
        states=tuple(measure for measure in made if measure.form == "state"),
        value_weights=parts,
        money_step=config.book.money_step,
    )


def tone_names(config: LedgerSections) -> tuple[str, ...]:
    """Names of the numbers that a note becomes."""
    return tuple(f"tone_{number}" for number in range(1, config.features.text_components + 1))


def absent_measures(config: LedgerSections, tables: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Table that the book lacks -> measures of the config that therefore stay away."""
    present = set(tables)
    asked: list[tuple[str, str]] = [(spec.table, name) for name, spec in config.features.measures.items()]
    asked += [("interactions", name) for name in tone_names(config)]
    asked += [("macro", f"macro_{name}") for name in config.features.macro]
    asked += [("facilities", "facility_*"), ("opportunities", "funnel_*")]
    asked += [("arrears", f"{config.decline.days_past_due} days past due")] * (config.decline.rule == "default")
    missing = sorted({table for table, _ in asked if table not in present})
    return {table: tuple(name for place, name in asked if place == table) for table in missing}


def products_of(cells: Iterable[Cell]) -> tuple[str, ...]:
    """The products that some cell names, in a fixed order."""
    return tuple(sorted({cell.product for cell in cells if cell.product}))


def _products_for(spec: MeasureConfig, products: list[str]) -> tuple[str, ...]:
    if spec.table != "cashflows" or not products:
        return ("",)
    return spec.products or ("", *products)


def _cells(spec: MeasureConfig, products: tuple[str, ...], own: OwnConfig) -> tuple[Cell, ...]:
    kinds = spec.kinds or _every_kind(spec.table, own)
    return tuple(Cell(spec.table, spec.column, kind, product) for kind in kinds for product in products)


def _every_kind(table: str, own: OwnConfig) -> tuple[str, ...]:
    """All kinds that the contract of the book allows, so that cells never overlap."""
    column = contract_of(own)[table].column(kind_column(table, own) or "")
    return ("",) if column is None else column.allowed


def _cashflow_cells(kinds: tuple[str, ...], products: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(Cell("cashflows", "amount", kind, product) for kind in kinds for product in products)


def _sorted_cells(measures: tuple[Measure, ...]) -> tuple[Cell, ...]:
    return tuple(sorted({cell for measure in measures for cell in measure.cells}))
