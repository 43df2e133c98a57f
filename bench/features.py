"""Times ledger, cube and window features at many as-of dates, beside the same features at one date in SQL and pandas.

Run: python -m bench features --clients 500000 --cashflows 20000000. Every side runs in a process of its own, whose
highest memory is told; all must give the same sums of every feature at the latest as-of date.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

KINDS = ("commitment", "drawdown", "repayment", "interest", "fee", "funding_cost", "service_cost", "arrears")
WINDOWS = (3, 6, 12, 24, 36)
FIRST_DAY, MONTHS = date(2018, 1, 1), 72
AS_OF = date(2024, 1, 1)
NAMES = tuple(f"{kind}_{what}_{window}p" for kind in KINDS for what in ("sum", "count") for window in WINDOWS)
OURS, PANEL, WIDE_SQL, TWO_STEP_SQL, PANDAS = (
    "clientvalue",
    "clientvalue, whole panel",
    "DuckDB",
    "DuckDB, two steps",
    "pandas",
)
TOLERANCE = 1e-9

Sums = dict[str, float]


def write_book(folder: Path, *, clients: int, cashflows: int) -> None:
    """Clients and cashflows with the columns of the contract; a third of the clients has two thirds of the rows."""
    import duckdb  # noqa: PLC0415 - each side loads only what it needs

    connection = duckdb.connect()
    connection.execute("set preserve_insertion_order = false")
    ids = "'client ' || lpad(cast({} as varchar), 7, '0')"
    kinds = "[" + ", ".join(f"'{kind}'" for kind in KINDS) + "]"
    connection.execute(
        f"copy (select {ids.format('i')} as client_id, cast(null as varchar) as group_id from range({clients}) t(i)) "  # noqa: S608
        f"to '{folder}/clients.parquet'"
    )
    connection.execute(
        f"""copy (
            select {ids.format(f"cast(floor({clients} * pow(u, 1.5)) as bigint)")} as client_id,
                cast(null as varchar) as facility_id,
                date '{FIRST_DAY}' + cast(floor(v * {(AS_OF - FIRST_DAY).days}) as int) as date,
                {kinds}[1 + cast(floor(w * {len(KINDS)}) as int)] as kind,
                round(exp(8 + 2 * (x + y - 1)), 2) as amount
            from (select hash(i) / 18446744073709551616.0 as u, hash(i + {cashflows}) / 18446744073709551616.0 as v,
                    hash(i + 2 * {cashflows}) / 18446744073709551616.0 as w,
                    hash(i + 3 * {cashflows}) / 18446744073709551616.0 as x,
                    hash(i + 4 * {cashflows}) / 18446744073709551616.0 as y
                  from range({cashflows}) t(i))
        ) to '{folder}/cashflows.parquet'"""  # noqa: S608
    )


def ours(folder: Path, as_of_dates: int) -> Sums:
    """Ledger, cube and ``amount_features`` of the project at every as-of date; returned are those of the latest."""
    from models.panel.features.amounts import amount_features  # noqa: PLC0415
    from models.panel.ledger_cache import prepared_book  # noqa: PLC0415

    config, sums = _config(folder), dict.fromkeys(NAMES, 0.0)
    with prepared_book(_book(folder), config, AS_OF) as prepared:
        for block in prepared.blocks(prepared.block_numbers, 0):
            for origin in range(1 - as_of_dates, 1):
                for feature in amount_features(_known(prepared, block, config, origin)):
                    total = float(feature.values.sum())
                    if origin == 0 and feature.name in sums:
                        sums[feature.name] += total
    return sums


def whole_panel(folder: Path, as_of_dates: int) -> Sums:
    """All feature families as training gets them: a frame of the active clients per block."""
    from models.panel.build import panels_by_block  # noqa: PLC0415
    from models.panel.ledger_cache import prepared_book  # noqa: PLC0415

    config, sums = _config(folder), dict.fromkeys(NAMES, 0.0)
    with prepared_book(_book(folder), config, AS_OF) as prepared:
        for panel in panels_by_block(prepared, config, range(1 - as_of_dates, 1), targets=False):
            latest = panel.features[panel.origin == 0]
            for name in NAMES:
                sums[name] += float(latest[name].sum())
    return sums


def wide_sql(folder: Path, _: int) -> Sums:
    """One grouped pass with a filtered aggregate per feature."""
    columns = [
        f"{what}(amount) filter (where kind = '{kind}' and date >= date '{_start(window)}') as {kind}_{what}_{window}p"
        for kind in KINDS
        for what in ("sum", "count")
        for window in WINDOWS
    ]
    return _query(f"select client_id, {', '.join(columns)} from {_rows_sql(folder)} group by client_id")  # noqa: S608


def two_step_sql(folder: Path, _: int) -> Sums:
    """First by client and kind, then the kinds side by side: fewer filters per row."""
    inner = [
        f"{what}(amount) filter (where date >= date '{_start(window)}') as {what}_{window}p"
        for what in ("sum", "count")
        for window in WINDOWS
    ]
    outer = [
        f"sum({what}_{window}p) filter (where kind = '{kind}') as {kind}_{what}_{window}p"
        for kind in KINDS
        for what in ("sum", "count")
        for window in WINDOWS
    ]
    step = f"select client_id, kind, {', '.join(inner)} from {_rows_sql(folder)} group by client_id, kind"  # noqa: S608
    return _query(f"select client_id, {', '.join(outer)} from ({step}) group by client_id")  # noqa: S608


def in_pandas(folder: Path, _: int) -> Sums:
    """Read what the longest window needs; one groupby per window, kinds side by side."""
    import pandas as pd  # noqa: PLC0415

    longest = [("date", ">=", _start(max(WINDOWS))), ("date", "<", AS_OF)]
    rows = pd.read_parquet(
        folder / "cashflows.parquet", columns=["client_id", "date", "kind", "amount"], filters=longest
    )
    rows["date"] = pd.to_datetime(rows["date"])
    rows = rows.astype({"client_id": "category", "kind": "category"})
    sums: Sums = {}
    for window in WINDOWS:
        inside = rows[rows["date"] >= pd.Timestamp(_start(window))]
        wide = (
            inside.groupby(["client_id", "kind"], observed=True)["amount"].agg(["sum", "count"]).unstack(fill_value=0)
        )
        sums |= {
            f"{kind}_{what}_{window}p": float(wide[what, kind].sum()) for kind in KINDS for what in ("sum", "count")
        }
    return sums


SIDES: dict[str, Callable[[Path, int], Sums]] = {
    OURS: ours,
    PANEL: whole_panel,
    WIDE_SQL: wide_sql,
    TWO_STEP_SQL: two_step_sql,
    PANDAS: in_pandas,
}


def _query(sql: str) -> Sums:
    import duckdb  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    table = duckdb.connect().sql(sql).to_arrow_table()
    return {name: float(pc.sum(table[name]).as_py() or 0.0) for name in NAMES}


def _rows_sql(folder: Path) -> str:
    return (
        f"(select * from '{folder}/cashflows.parquet' "  # noqa: S608
        f"where date >= date '{_start(max(WINDOWS))}' and date < date '{AS_OF}')"
    )


def _start(window: int) -> date:
    months = AS_OF.year * 12 + AS_OF.month - 1 - window
    return date(months // 12, months % 12 + 1, 1)


def _config(folder: Path) -> Any:
    from models.config.loading import parse_config  # noqa: PLC0415

    measures = "".join(f"    {kind}: {{kinds: [{kind}]}}\n" for kind in KINDS)
    return parse_config(f"""
book: {{name: bench, source: files, currency: EUR}}
time: {{period: month, horizon_periods: 1, activity_periods: {MONTHS}}}
activity: {{kinds: [drawdown, interest]}}
value: {{kinds: {{interest: 1.0}}}}
decline: {{rule: lapse}}
features:
  windows: {list(WINDOWS)}
  measures:
{measures}
origins: {{test: [{AS_OF}], spacing_periods: 1, min_history_periods: 12}}
learners: {{segments: {{features: [value_sum_6p]}}}}
stages: {{acquisition_max_periods: 12, churned_after_periods: 12, trend_window_periods: 12, decline_probability: 0.5}}
run: {{work_dir: {folder / "work"}}}
""")


def _book(folder: Path) -> Any:
    from models.book.door import Book  # noqa: PLC0415

    return Book(
        name="bench",
        currency="EUR",
        tables={name: folder / f"{name}.parquet" for name in ("clients", "cashflows")},
        quarantine=folder / "none.parquet",
        first_date=FIRST_DAY,
        known_until=AS_OF,
        fingerprint="",
        counts=(),
        ignored_columns={},
    )


def _known(prepared: Any, block: Any, config: Any, origin: int) -> Any:
    import numpy as np  # noqa: PLC0415

    from models.panel.cutoff import past_of  # noqa: PLC0415
    from models.panel.features.inputs import FeatureInputs  # noqa: PLC0415
    from models.panel.features.labels import labels_of  # noqa: PLC0415

    return FeatureInputs(
        past=past_of(block.cube, origin, prepared.grid.start_of(origin), block.first_day, None),
        settings=config.features,
        own=config.book.own,
        credit=config.credit,
        activity_periods=config.time.activity_periods,
        horizon_periods=config.time.horizon_periods,
        currency="EUR",
        labels=labels_of(config),
        attributes=block.attributes,
        group=block.group,
        groups_known=False,
        context_past={},
        macro=None,
        country=np.empty(0, dtype=np.int64),
    )


def measured(side: str, folder: Path, as_of_dates: int, repeats: int) -> dict[str, Any]:
    """The fastest of some runs of one side, each in a process of its own: seconds, CPU seconds, peak MB and sums."""
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder), "--as-of-dates", str(as_of_dates)]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(repeats)]  # noqa: S603
    results: list[dict[str, Any]] = [json.loads(run.stdout) for run in runs]
    return min(results, key=lambda result: float(result["seconds"]))


def run_side(side: str, folder: Path, as_of_dates: int) -> None:
    """One side in this process; prints one line of JSON."""
    importlib.import_module("models.panel.build" if side in {OURS, PANEL} else "pandas" if side == PANDAS else "duckdb")
    started, used = time.perf_counter(), time.process_time()
    sums = SIDES[side](folder, as_of_dates)
    result = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - used,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "sums": sums,
    }
    print(json.dumps(result))


def compare(*, clients: int, cashflows: int, as_of_dates: int, repeats: int, sides: list[str]) -> None:
    """Write one book, run the sides on it, and print a table of them."""
    print(
        f"\n{clients:,} clients, {cashflows:,} cashflows, {MONTHS} months, {len(NAMES)} features; best of {repeats}\n"
    )
    print(
        "| side | as-of dates | seconds | per date | CPU seconds per date | peak MB |\n|---|---|---|---|---|---|",
        flush=True,
    )
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-features-") as name:
        write_book(Path(name), clients=clients, cashflows=cashflows)
        for side in sides:
            dates = as_of_dates if side in {OURS, PANEL} else 1
            result = results[side] = measured(side, Path(name), dates, repeats)
            per_date, cpu = result["seconds"] / dates, result["cpu_seconds"] / dates
            result |= {"per_date": per_date, "cpu_per_date": cpu}
            print(
                f"| {side} | {dates} | {result['seconds']:.1f} | {per_date:.2f} | {cpu:.2f} "
                f"| {result['peak_mb']:,.0f} |",
                flush=True,
            )
            _require_same(side, results[sides[0]]["sums"], result["sums"])
    _print_ratios(results)


def _print_ratios(results: dict[str, dict[str, Any]]) -> None:
    for side in (WIDE_SQL, TWO_STEP_SQL, PANDAS):
        if {side, OURS} <= results.keys():
            wall, cpu = (results[side][name] / results[OURS][name] for name in ("per_date", "cpu_per_date"))
            print(f"\nPer as-of date, {side} takes {wall:.1f} times as long as {OURS}, and {cpu:.1f} times the CPU.")


def _require_same(side: str, reference: Sums, sums: Sums) -> None:
    """Sums must agree; the panel leaves clients out that neither drew nor paid interest, who have no sums of either."""
    names = [name for name in NAMES if side != PANEL or name.startswith(("drawdown", "interest"))]
    wrong = [name for name in names if not math.isclose(reference[name], sums[name], rel_tol=TOLERANCE)]
    if wrong:
        raise SystemExit(f"{side} differs in {len(wrong)} features, e.g. {wrong[0]}")


def main() -> None:
    """Parse the arguments; run one side, or compare all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500_000)
    parser.add_argument("--cashflows", type=int, default=20_000_000)
    parser.add_argument("--as-of-dates", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", action="append", choices=list(SIDES), help="this side only; may be repeated")
    parser.add_argument("--side", choices=list(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        run_side(given.side, given.folder, given.as_of_dates)
        return
    compare(
        clients=given.clients,
        cashflows=given.cashflows,
        as_of_dates=given.as_of_dates,
        repeats=given.repeats,
        sides=given.only or list(SIDES),
    )


if __name__ == "__main__":
    main()
