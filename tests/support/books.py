"""Small books from pandas frames, as checked books come: one Parquet file per table with the contract's types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from models.book.columns import Kind
from models.book.contract import TABLES
from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.loading import parse_config
from models.config.root import Config
from models.panel.build import panel_of
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel
from models.panel.prepare import fit_notes

Frames = Mapping[str, pd.DataFrame]

ARROW_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.TRUTH: pa.bool_(),
}
AS_OF = date(2020, 7, 1)
SETTINGS = """
book: {name: test, source: files, currency: EUR}
time: {period: month, horizon_periods: 3, activity_periods: 6}
activity: {kinds: [commitment, drawdown]}
value: {kinds: {interest: 1.0, fee: 0.5, funding_cost: -1.0}, discount_rate_annual: 0.1}
decline: {rule: drop, share: 0.5}
features:
  windows: [1, 3, 6, 12]
  measures:
    loan: {kinds: [commitment, drawdown], products: [loan]}
    guarantee: {kinds: [commitment, drawdown], products: [guarantee, letter_of_credit]}
    drawdown: {kinds: [drawdown]}
    repayment: {kinds: [repayment]}
    all_flows: {}
    meetings: {table: interactions, kinds: [meeting], column: ""}
    waiting: {table: interactions, kinds: [enquiry, complaint], column: response_hours}
    latest_waiting: {table: interactions, kinds: [enquiry, complaint], column: response_hours, form: state}
    pd: {table: ratings, column: pd, form: state}
    revenue: {table: financials, column: revenue, form: state}
    csat: {table: surveys, column: csat, form: state}
    pipeline: {table: opportunities, column: amount}
    interest: {kinds: [interest]}
    arrears: {kinds: [arrears]}
    ebitda: {table: financials, column: ebitda, form: state}
  mix: [loan, guarantee]
  facility_counts:
    loan: {products: [loan]}
    backed_plant:
      products: [guarantee, letter_of_credit]
      purposes: [new plant]
      label: {en: guarantees for plants, zh: 建厂担保}
  macro: [gdp_growth]
  text_components: 2
  attributes: [country, industry]
  context: [country, region]
origins: {test: [2020-07-01], spacing_periods: 3, min_history_periods: 12}
learners: {segments: {features: [value_sum_6p]}}
stages: {acquisition_max_periods: 6, churned_after_periods: 6, trend_window_periods: 3, decline_probability: 0.7}
run: {threads: 1}
"""


def settings(*overrides: str, work_dir: Path) -> Config:
    """A config of every kind of measure, by the month; its ledgers go to ``work_dir``."""
    return parse_config(SETTINGS, [*overrides, f"run.work_dir={work_dir}"])


def write_table(name: str, rows: pd.DataFrame, path: Path) -> None:
    """One table with all columns of its contract; those that ``rows`` lacks are null."""
    schema = pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in TABLES[name].columns])
    unknown = set(rows.columns) - set(schema.names)
    assert not unknown, f"{name} has no columns {unknown}"
    frame = rows.reindex(columns=schema.names).astype(object)
    frame = frame.where(frame.notna(), None)
    pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), path)


def book_of(tables: Frames, folder: Path, *, known_until: date = date(2022, 1, 1)) -> Book:
    """A book of these tables; nothing is checked."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in tables}
    for name, path in paths.items():
        write_table(name, tables[name], path)
    return Book(
        name="test",
        currency="EUR",
        tables=paths,
        quarantine=folder / "quarantine.parquet",
        first_date=min(tables["cashflows"]["date"]),
        known_until=known_until,
        fingerprint="",
        counts=(),
        ignored_columns={},
    )


def panel_from(
    tables: Frames,
    folder: Path,
    *overrides: str,
    as_of: date = AS_OF,
    origins: Sequence[int] = (0,),
    targets: bool = False,
    until: int | None = None,
) -> Panel:
    """The panel of these tables, the whole way: files, ledger, cube, features; outcomes as far as ``until``."""
    config, book = settings(*overrides, work_dir=folder / "work"), book_of(tables, folder)
    notes = fit_notes(book, config, PeriodGrid(config.time.period, as_of).start_of(min(origins)))
    with prepared_book(book, config, as_of, notes) as prepared:
        return panel_of(prepared, config, origins, targets=targets, until=until)


def rows(columns: str, *values: tuple[object, ...]) -> pd.DataFrame:
    """A frame from a line of column names and one tuple per row."""
    return pd.DataFrame(list(values), columns=columns.split(), dtype=object)
