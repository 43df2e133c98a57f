"""Makes the tables that a sink lacks and adds the columns that theirs lack; refuses what no adding can mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from models.errors import AllProblems, UserError
from models.sinks.layout import LAYOUT, ColumnKind, SinkColumn, SinkShape
from models.sinks.records import RECORDS, layout_version, note_layout
from models.sinks.targets.protocol import KnownTables, SinkTransaction

_ALIKE = frozenset({ColumnKind.TRUTH, ColumnKind.INTEGER})
"""Some databases keep yes and no as numbers."""


class SinkLayoutError(UserError):
    """Tables in a sink that are not such as ours, and that adding columns cannot make so."""


def make_ready(transaction: SinkTransaction, known: KnownTables, shapes: Sequence[SinkShape]) -> tuple[str, ...]:
    """Make and widen tables until the sink has all ``shapes``; returns the columns that were added, by table.

    Raises ``SinkLayoutError`` before anything is changed, with every clash.
    """
    version = layout_version(transaction, known)
    _refuse_later(version)
    wanted = (*RECORDS, *shapes)
    with AllProblems(subject="the tables of the sink") as problems:
        for shape in wanted:
            with problems.caught():
                _require_alike(shape, known.get(shape.name, {}))
    added: list[str] = []
    for shape in wanted:
        if shape.name not in known:
            transaction.create(shape)
            continue
        lacking = [column for column in shape.columns if column.name not in known[shape.name]]
        if lacking:
            transaction.add(shape, lacking)
            added += [f"{shape.name}.{column.name}" for column in lacking]
    if version < LAYOUT:
        note_layout(transaction)
    return tuple(added)


def _refuse_later(version: int) -> None:
    if version > LAYOUT:
        raise SinkLayoutError(
            rule=f"the tables of the sink must be of layout {LAYOUT} or before",
            got=version,
            remedy="a later version of clientvalue made them: publish with that one, or under another publish.prefix",
        )


def _require_alike(shape: SinkShape, found: Mapping[str, ColumnKind | None]) -> None:
    if not found:
        return
    lost = [name for name in shape.key if name not in found]
    clashing = [column for column in shape.columns if not _fits(column, found)]
    if lost or clashing:
        raise SinkLayoutError(
            rule=f"the table {shape.name} must have {_wanted(shape, lost, clashing)}",
            got=", ".join(
                [*(f"no {name}" for name in lost), *(f"{each.name} {_called(found[each.name])}" for each in clashing)]
            ),
            remedy="rename the table or the column, so that it is made anew (publish --all fills it), or set another "
            "publish.prefix",
        )


def _fits(column: SinkColumn, found: Mapping[str, ColumnKind | None]) -> bool:
    kind = found.get(column.name, column.kind)
    return kind is column.kind or {kind, column.kind} == _ALIKE


def _wanted(shape: SinkShape, lost: Iterable[str], clashing: Iterable[SinkColumn]) -> str:
    names = {*lost, *(column.name for column in clashing)}
    return ", ".join(f"{column.name} as {column.kind}" for column in shape.columns if column.name in names)


def _called(kind: ColumnKind | None) -> str:
    return "of another type" if kind is None else f"as {kind}"
