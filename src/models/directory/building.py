"""Makes the index of a published run from its files: whole or not at all, and again whenever it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.book.contract import ALIAS_SEPARATOR
from models.directory.columns import COLUMNS, FACETS, NO, NONE, SEARCHED, YES, CellKind, IndexColumn
from models.directory.folding import FIELD, country_words, folded, pinyin
from models.directory.kernels import signatures
from models.directory.places import CODES, LAYOUT, MARKS, ORDERS, ROWS, TEXTS, index_folder, index_is_of
from models.directory.publishing import CLIENTS
from models.engines.duckdb import DUCKDB
from models.engines.protocol import Session, SessionLimits
from models.errors import MissingFileError
from models.movers.report import MOVERS
from models.publications.previous import SCORES, scale_of
from models.store.drafts import put_in_place, scratch_folder
from models.store.sealed import OF_SCORES, read_facts, write_manifest
from models.vocab import IntArray
from models.warnings.report import WARNINGS

_OF_SCORES = (
    *("tier", "tier_reason", "next_tier", "stage", "relationship_type", "need_type", "value_class"),
    *("value", "value_low", "value_high", "margin", "credit_loss", "business_at_risk"),
    *("decline_probability", "default_probability", "warning_severity"),
)
_OF_MOVERS = ("way", "tier_before", "moved_by")
_ORDERED = {"moved": ("up", "down", "appeared", "vanished", "other tiers", NONE), "warning": ("shown", "held back")}
"""Facets whose values have an order of their own; those of others are sorted, and what is not named comes behind."""


def build_index(run: Path, limits: SessionLimits | None = None) -> Path:
    """Build the index of the published folder ``run`` beside it, unless it stands there already; returns its folder.

    Raises ``MissingFileError`` for a run that was published before clients were.
    """
    facts = read_facts(run, remedies=OF_SCORES)
    final = index_folder(run)
    if index_is_of(final, facts):
        return final
    if CLIENTS not in facts["files"]:
        raise MissingFileError(run / CLIENTS, remedy="predict again: runs of earlier versions know scored clients only")
    final.parent.mkdir(exist_ok=True)
    with scratch_folder(final.parent, "index") as draft:
        _write(draft, _rows(run, facts, limits), facts)
        put_in_place(draft, final, is_whole=lambda folder: index_is_of(folder, facts))
    return final


def _write(draft: Path, rows: pa.Table, facts: Mapping[str, Any]) -> None:
    texts = _texts(rows)
    offsets, data = (
        np.frombuffer(texts.searched.buffers()[place], dtype=of) for place, of in ((1, np.int64), (2, np.uint8))
    )
    coded = {column.name: _coded(rows, column, facts) for column in FACETS}
    orders = [_order(rows, column, texts.sorted_by) for column in COLUMNS]
    np.save(draft / MARKS, signatures(np.frombuffer(data, np.uint8), np.frombuffer(offsets, np.int64)[: len(rows) + 1]))
    np.save(draft / CODES, np.stack([codes for _, codes in coded.values()]))
    np.save(draft / ORDERS, np.stack(orders))
    _write_arrow(draft / TEXTS, pa.table({"text": texts.searched}))
    _write_arrow(draft / ROWS, rows)
    write_manifest(
        draft,
        {
            "layout": LAYOUT,
            "run_key": facts["run_key"],
            "of": {name: facts["files"][name] for name in (CLIENTS, SCORES)},
            "values": {name: values for name, (values, _) in coded.items()},
            "unknown": {column.name: rows[column.name].null_count for column in COLUMNS},
        },
    )


def _rows(run: Path, facts: Mapping[str, Any], limits: SessionLimits | None) -> pa.Table:
    """All columns of the index, a row per client in the order of ids, each column in one piece."""
    with DUCKDB.session(limits) as session:
        found = _joined(session, run, known_before=facts.get("previous") is not None)
        table = found.select([column.name for column in COLUMNS]).order_by("client_id").to_pyarrow()
    return pa.table({column.name: _compact(table[column.name].combine_chunks(), column) for column in COLUMNS})


def _compact(cells: pa.Array, column: IndexColumn) -> pa.Array:
    """A column with each text once, where few stand in many rows, and with null for NaN, which is no number to show."""
    if pa.types.is_floating(cells.type):
        return pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    return cells.dictionary_encode() if _repeats(column) else cells


def _repeats(column: IndexColumn) -> bool:
    """Whether few values stand in many rows."""
    return column.kind is CellKind.TEXT and column.name not in ("client_id", "name", "aliases", "group_id")


def _joined(session: Session, run: Path, *, known_before: bool) -> Any:
    rows = session.read(run / CLIENTS, name="clients").drop("as_of")
    for other in (_scores(session, run), _movers(session, run), _warnings(session, run)):
        rows = rows.left_join(other, "client_id").drop("client_id_right")
    nobody = ibis.null("string")
    return rows.mutate(
        moved=rows.way.fill_null(NONE),
        warning=rows.warning.fill_null(NONE),
        cap=rows.cap.fill_null(NONE),
        override=rows.override.fill_null(NONE),
        tier_before=ibis.coalesce(rows.tier_before, rows.way.isnull().ifelse(rows.tier, nobody))
        if known_before
        else nobody,
        utilisation=(rows["limit"] > 0).ifelse(rows["outstanding"] / rows["limit"], ibis.null("float64")),
    )


def _scores(session: Session, run: Path) -> Any:
    scores = session.read(run / SCORES, name="scores")
    treated = "treatment" in scores.columns
    return scores.select(
        "client_id",
        *_OF_SCORES,
        segment="segment_name",
        cap=scores.tier_caps[0],
        override=scores.override["state"],
        monitoring_months=scores.treatment["monitoring_months"].cast("float64") if treated else ibis.null("float64"),
    )


def _movers(session: Session, run: Path) -> Any:
    return session.read(run / MOVERS, name="movers").select("client_id", *_OF_MOVERS)


def _warnings(session: Session, run: Path) -> Any:
    return session.read(run / WARNINGS, name="warnings").select("client_id", warning="state")


@dataclass(frozen=True)
class _Texts:
    """What is searched of each client, folded, in one text of fields, and what it is sorted by name with."""

    searched: pa.Array
    sorted_by: pa.Array


def _texts(rows: pa.Table) -> _Texts:
    """Names are sorted as they are spoken: Chinese ones by their pinyin."""
    name, aliases, own, group, country = (pc.cast(rows[column].combine_chunks(), pa.string()) for column in SEARCHED)
    known = pc.coalesce(name, "")  # Arrow drops a row of which all parts are null
    called = pc.binary_join_element_wise(known, aliases, ALIAS_SEPARATOR, null_handling="skip")
    words, spoken = (
        pc.replace_substring_regex(each, rf"\s*{ALIAS_SEPARATOR}\s*", FIELD)
        for each in (folded(called), pinyin(called))
    )
    fields = (words, folded(own), folded(group), country_words(country), spoken, pa.scalar(FIELD))
    large = [each.cast(pa.large_string()) for each in fields]
    return _Texts(pc.binary_join_element_wise(*large, null_handling="skip"), pc.coalesce(spoken, words))


def _coded(rows: pa.Table, column: IndexColumn, facts: Mapping[str, Any]) -> tuple[list[str], IntArray]:
    """The values of a facet in their order, and the place of each client's among them. Codes (n_clients,) int32."""
    cells = rows[column.name].combine_chunks()
    if column.kind is CellKind.TRUTH:
        cells = pc.if_else(cells, YES, NO)
    cells = pc.fill_null(pc.cast(cells, pa.string()), column.absent)
    order = tuple(scale_of(facts).names) if column.name in ("tier", "tier_before") else _ORDERED.get(column.name, ())
    found = sorted(pc.unique(cells).to_pylist())
    values = [*(each for each in order if each in found), *(each for each in found if each not in order)]
    codes = pc.index_in(cells, pa.array(values, type=pa.string()))
    return values, np.asarray(codes, dtype=np.int32)


def _order(rows: pa.Table, column: IndexColumn, names: pa.Array) -> IntArray:
    """The clients in the order of a column, rising, without a value last; by name in that of ``names``."""
    cells = rows[column.name].combine_chunks()
    if column.name == "name":
        cells = pc.if_else(pc.is_null(cells), pa.scalar(None, pa.string()), names)
    elif pa.types.is_dictionary(cells.type):
        cells = _ranks(cells)
    return np.asarray(pc.array_sort_indices(cells), dtype=np.int32)


def _ranks(cells: pa.DictionaryArray) -> pa.Array:
    """Of each cell the rank of its value, which sorts faster than text."""
    ranks = pc.rank(cells.dictionary, tiebreaker="dense")
    return ranks.take(cells.indices)


def _write_arrow(path: Path, table: pa.Table) -> None:
    """One batch, not compressed, so that it can be read where it lies."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=max(1, table.num_rows))
