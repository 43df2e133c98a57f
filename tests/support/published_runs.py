"""Small published runs made by hand, in the files and columns of real ones, with what databases like to change."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.lists.publishing import SCHEMA as LISTS_SCHEMA
from models.movers.compute import SCHEMA as MOVERS_SCHEMA
from models.publications.ledger import Act, Deed, Publication, PublicationLedger
from models.scoring.explanations import METADATA_KEY
from models.store.keys import text_hash
from models.store.sealed import write_manifest

CONFIG = Path(__file__).parents[1] / "configs" / "valid" / "files.yaml"
BOOK = "lender"
MARCH, APRIL = date(2023, 3, 1), date(2023, 4, 1)
CLIENTS = (
    "00123",
    "NA",
    "null",
    "",
    " acme ",
    'Smith, "Sons" & Co',
    "Line\nBreak\tLtd",
    "O'Neil\\N",
    "\\.",
    "中国进出口银行",
    "C0001",
    "C0002",
)
"""Ids that databases, CSV and COPY like to change."""
NUMBERS = (0.1 + 0.2, -0.0, 5e-324, 1.797693134862315e150, -123456789.123456789, 1 / 3, 2.0**-24, 1e16)
"""Numbers that only all their digits tell."""
TEXTS = ("", "plain", 'a "quoted", one', "two\nlines", "NULL", "\\N", "{}", "银行")
FEATURES = ("value_sum_6p", "tenure_days", "country")
REASON = pa.struct([("reason", pa.string()), ("points", pa.float64()), ("feature", pa.string()), ("peers", pa.int32())])
EVIDENCE = pa.struct([("dimension", pa.string()), ("feature", pa.string()), ("now", pa.float64())])
OVERRIDE = pa.struct([("state", pa.string()), ("tier", pa.string()), ("on", pa.date32())])
TREATMENT = pa.struct([("rate_bp", pa.int64()), ("collateral_cover", pa.float64()), ("next_step", pa.string())])
SCORES_SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("value", pa.float64()),
        ("decline_probability", pa.float64()),
        ("segment", pa.int32()),
        ("tier", pa.string()),
        ("model_version", pa.string()),
        ("run_key", pa.string()),
        ("reasons", pa.list_(REASON)),
        ("relationship_degrees", pa.struct([("strategic", pa.float64()), ("problem-solving", pa.float64())])),
        ("cold_start", pa.bool_()),
        ("warnings", pa.list_(pa.string())),
        ("override", OVERRIDE),
        ("treatment", TREATMENT),
    ]
)
WARNINGS_SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("rank", pa.int32()),
        ("dimensions", pa.list_(pa.string())),
        ("evidence", pa.list_(EVIDENCE)),
        ("first_seen", pa.date32()),
        ("repeat", pa.bool_()),
    ]
)
CURVES_SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("event", pa.string()),
        ("until_period", pa.int32()),
        ("probability", pa.float64()),
        ("dormant", pa.float64()),
    ]
)
EXPLANATIONS_SCHEMA = pa.schema(
    [
        ("client_id", pa.string()),
        ("as_of", pa.date32()),
        ("model", pa.string()),
        ("unit", pa.string()),
        ("base", pa.float64()),
        ("prediction", pa.float64()),
        ("served_unit", pa.string()),
        ("served_base", pa.float64()),
        ("served_prediction", pa.float64()),
        ("served_per_unit", pa.float64()),
        *((name, pa.float64()) for name in FEATURES),
    ],
    metadata={METADATA_KEY: b"{}"},
)


def config_with(work: Path, *sinks: str, **publish: str) -> Config:
    """The config of a small book whose results stand below ``work``, and whose sinks these are."""
    return load_config(
        CONFIG,
        [
            f"run.work_dir={work}",
            f"publish.sink=[{', '.join(repr(each) for each in sinks)}]",
            *(f"publish.{name}={value}" for name, value in publish.items()),
        ],
    )


def scores_of(config: Config) -> Path:
    """The folder below which runs are published."""
    return work_dir(config) / SCORES_FOLDER


def published_run(
    config: Config,
    as_of: date = MARCH,
    *,
    seed: int = 1,
    clients: tuple[str, ...] = CLIENTS,
    act: Act = Act.OFFICIAL,
    without: tuple[str, ...] = (),
    scores: pa.Schema = SCORES_SCHEMA,
) -> Publication:
    """Publish a run and record it. ``without`` names files that it lacks; ``scores`` are its columns of scores."""
    key = text_hash(f"{as_of} {seed} {clients} {without} {scores}")
    folder = scores_of(config) / f"{as_of}-{key[:12]}"
    if not folder.exists():
        folder.mkdir(parents=True)
        for name, table in _tables(as_of, seed, clients, key, scores).items():
            if name not in without:
                pq.write_table(table, folder / name, row_group_size=5)
        write_manifest(folder, {"run_key": key, "as_of": as_of.isoformat(), "bundle": "b" * 64})
    return recorded(config, as_of, key, act)


def recorded(config: Config, as_of: date, key: str, act: Act = Act.OFFICIAL) -> Publication:
    """Record a run that stands there, once more where another took its place."""
    deed = Deed(act=act, bundle="b" * 64, as_of=as_of, run_key=key, folder=f"{as_of}-{key[:12]}", why='a "why", 为什么')
    return PublicationLedger(scores_of(config)).record(deed)


def _tables(as_of: date, seed: int, clients: tuple[str, ...], key: str, scores: pa.Schema) -> dict[str, pa.Table]:
    drawn = np.random.default_rng(seed)
    warned = clients[::2]
    curves = [(client, period) for client in clients for period in (1, 2)]
    models = [(client, model) for client in clients for model in ("value", "decline")]
    listed = [(client, purpose) for purpose in ("review next", "keep") for client in clients[1:4]]
    fixed: dict[str, tuple[pa.Schema, dict[str, list[Any]], int]] = {
        "scores.parquet": (scores, {"client_id": list(clients), "run_key": [key] * len(clients)}, len(clients)),
        "warnings.parquet": (WARNINGS_SCHEMA, {"client_id": list(warned)}, len(warned)),
        "movers.parquet": (MOVERS_SCHEMA, {"client_id": list(clients[:3])}, len(clients[:3])),
        "curves.parquet": (
            CURVES_SCHEMA,
            {
                "client_id": [each[0] for each in curves],
                "until_period": [each[1] for each in curves],
                "event": ["decline"] * len(curves),
            },
            len(curves),
        ),
        "explanations.parquet": (
            EXPLANATIONS_SCHEMA,
            {"client_id": [each[0] for each in models], "model": [each[1] for each in models]},
            len(models),
        ),
        "lists.parquet": (
            LISTS_SCHEMA,
            {"client_id": [each[0] for each in listed], "list": [each[1] for each in listed]},
            len(listed),
        ),
    }
    return {name: _table(drawn, as_of, *each) for name, each in fixed.items()}


def _table(
    drawn: np.random.Generator, as_of: date, schema: pa.Schema, known: dict[str, list[Any]], rows: int
) -> pa.Table:
    columns = {
        field.name: known.get(field.name) or [_value(drawn, field.type, place) for place in range(rows)]
        for field in schema
    } | {"as_of": [as_of] * rows}
    return pa.table({name: pa.array(columns[name], type=schema.field(name).type) for name in schema.names}, schema)


def _value(drawn: np.random.Generator, kind: pa.DataType, place: int) -> Any:
    if pa.types.is_list(kind):
        return [_present(drawn, kind.value_type, place + entry + 1) for entry in range(drawn.integers(0, 3))]
    return None if drawn.random() < 0.15 else _present(drawn, kind, place)


def _present(drawn: np.random.Generator, kind: pa.DataType, place: int) -> Any:
    if pa.types.is_struct(kind):
        return {field.name: _value(drawn, field.type, place + 1) for field in kind}
    return _PLAIN[str(kind)](drawn, place)


def _number(drawn: np.random.Generator, place: int) -> float:
    return math.nan if drawn.random() < 0.1 else NUMBERS[place % len(NUMBERS)] * float(drawn.choice([1.0, 0.5]))


def _whole(drawn: np.random.Generator, _place: int) -> int:
    return int(drawn.integers(-(2**31), 2**31))


_PLAIN: dict[str, Callable[[np.random.Generator, int], Any]] = {
    "double": _number,
    "int32": _whole,
    "int64": _whole,
    "bool": lambda drawn, _: bool(drawn.random() < 0.5),
    "date32[day]": lambda drawn, _: date(1969, 12, 31) + timedelta(days=int(drawn.integers(0, 30_000))),
    "string": lambda drawn, _: str(drawn.choice(TEXTS)),
}
