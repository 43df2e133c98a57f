"""Flat columns have names that every database takes, and come from nested ones without loss."""

from __future__ import annotations

import pyarrow as pa
import pytest

from models.errors import UserError
from models.sinks.layout import ColumnKind, leaves_of


def test_a_treatment_becomes_columns_and_nobodys_is_null() -> None:
    inner = pa.struct([("of which", pa.float64()), ("named", pa.list_(pa.string()))])
    struct = pa.struct([("rate_bp", pa.int64()), ("more", inner)])
    rows = [
        {"rate_bp": -25, "more": {"of which": float("nan"), "named": ["a", "中"]}},
        None,
        {"rate_bp": 0, "more": None},
    ]
    batch = pa.record_batch({"treatment": pa.array(rows, type=struct)})
    leaves = leaves_of(list(batch.schema))
    assert [(leaf.column.name, leaf.column.kind) for leaf in leaves] == [
        ("treatment_rate_bp", ColumnKind.INTEGER),
        ("treatment_more_of_which", ColumnKind.NUMBER),
        ("treatment_more_named", ColumnKind.TEXT),
    ]
    assert [leaf.of(batch).to_pylist() for leaf in leaves] == [
        [-25, None, 0],
        [None, None, None],
        ['["a", "中"]', None, None],
    ]


def test_a_column_of_nothing_but_nulls_waits_until_its_kind_is_known() -> None:
    struct = pa.struct([("unknown", pa.null()), ("known", pa.float64())])
    assert [leaf.column.name for leaf in leaves_of([pa.field("treatment", struct)])] == ["treatment_known"]


@pytest.mark.parametrize("names", [("risk-score", "risk score"), ("x" * 64,)])
def test_names_that_databases_cannot_tell_apart_are_refused(names: tuple[str, ...]) -> None:
    fields = [pa.field(name, pa.float64()) for name in names]
    with pytest.raises(UserError, match="give the dimension, type or driver of the policy or config behind it another"):
        leaves_of(fields)
