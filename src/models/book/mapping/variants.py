"""Rows of the book that an entry of ``book.map`` makes of one at the source: one, or one for each of its flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis

from models.book.columns import Kind, TableSchema
from models.book.mapping.expressions import SourceFormula
from models.book.mapping.raw_columns import RawColumns
from models.book.quarantine import ROW_ID, SOURCE_ROW
from models.book.written import WRITTEN_PREFIX, as_source_text
from models.config.mapping import FlowMapConfig, TableMapConfig

FLOW_COLUMNS = ("kind", "date", "amount")
"""What each flow tells of by itself."""
_KEPT = "kept row"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One row of the book of each row at the source: columns that are the same in all, and those that are made.

    ``conditions`` must all be true, and where there is a ``size``, it must be something.
    """

    constants: Mapping[str, str]
    formulas: Mapping[str, SourceFormula]
    conditions: Sequence[SourceFormula] = field(default=())
    size: SourceFormula | None = None

    def asked(self) -> Iterator[SourceFormula]:
        """Every expression of it."""
        yield from self.conditions
        yield from self.formulas.values()

    def rows(self, taken: Any, raw: RawColumns, schema: TableSchema) -> Any:
        """The rows that it makes of those ``taken`` from the source, with the columns of the book that there are."""
        cells: dict[str, Any] = {name: ibis.literal(value) for name, value in self.constants.items()}
        for name, formula in self.formulas.items():
            column = schema.column(name)
            made = formula.value(raw, Kind.TEXT if column is None else column.kind)
            cells |= {name: made.value} | ({} if made.written is None else {WRITTEN_PREFIX + name: made.written})
        kept = [each.holds(raw) for each in self.conditions]
        kept += [self.size.brings(raw)] if self.size else []
        wide = taken.mutate(**cells, **({_KEPT: ibis.and_(*kept)} if kept else {}))
        rows = wide.filter(wide[_KEPT]) if kept else wide
        ours = [name for column in schema.columns for name in (column.name, WRITTEN_PREFIX + column.name)]
        return rows.select(SOURCE_ROW, *[name for name in ours if name in rows.columns])


def variants_of(entry: TableMapConfig, setting: str) -> tuple[Variant, ...]:
    """What an entry, which stands at ``setting``, makes of a row: one variant for each flow, else one."""
    formulas = {name: _formula(f"{setting}.expressions.{name}", text) for name, text in entry.expressions.items()}
    conditions = [_formula(f"{setting}.where", entry.where)] if entry.where else []
    shared = Variant(constants=entry.constants, formulas=formulas, conditions=conditions)
    flows = [_flow(shared, flow, f"{setting}.flows.{place}") for place, flow in enumerate(entry.flows)]
    return tuple(flows) or (shared,)


def _flow(shared: Variant, flow: FlowMapConfig, setting: str) -> Variant:
    texts = {"date": flow.date, "amount": flow.amount}
    own = {name: _formula(f"{setting}.{name}", text) for name, text in texts.items()}
    own |= {name: _formula(f"{setting}.expressions.{name}", text) for name, text in flow.expressions.items()}
    more = [_formula(f"{setting}.where", flow.where)] if flow.where else []
    return Variant(
        constants={**shared.constants, "kind": flow.kind},
        formulas={**shared.formulas, **own},
        conditions=[*shared.conditions, *more],
        size=own["amount"],
    )


def _formula(setting: str, text: str) -> SourceFormula:
    return SourceFormula(setting=setting, text=text)


def union_of(parts: Sequence[Any]) -> Any:
    """Rows of several parts; where there are several, ``row_id`` tells apart what comes of one row at the source.

    A column that is not of one type, or was turned from text in some, becomes text as the contract writes it.
    """
    if len(parts) == 1:
        return parts[0]
    own = (SOURCE_ROW, ROW_ID)
    names = [name for part in parts for name in part.columns if name not in own and not name.startswith(WRITTEN_PREFIX)]
    types = {name: _type_of(parts, name) for name in dict.fromkeys(names)}
    return ibis.union(*[_as_types(part, types, place, len(parts)) for place, part in enumerate(parts)])


def _type_of(parts: Sequence[Any], name: str) -> str:
    found = {str(part[name].type().copy(nullable=True)) for part in parts if name in part.columns}
    turned = any(WRITTEN_PREFIX + name in part.columns for part in parts)
    return "string" if turned or len(found) > 1 else found.pop()


def _as_types(part: Any, types: Mapping[str, str], place: int, places: int) -> Any:
    values = {
        name: ibis.null(kind)
        if name not in part.columns
        else as_source_text(part, name)
        if kind == "string"
        else part[name]
        for name, kind in types.items()
    }
    number = part[ROW_ID if ROW_ID in part.columns else SOURCE_ROW]
    return part.select(SOURCE_ROW, **values, **{ROW_ID: number * places + place})
