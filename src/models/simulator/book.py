"""Simulates a whole book, block by block on one or more processes, and writes it; or only its futures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.random import SeedSequence, default_rng

from models.book.contract import DECISION_TABLES, TABLES
from models.config.simulation import SimulationConfig
from models.errors import ManyProblemsError, UserError
from models.simulator.arrow import Calendar
from models.simulator.blocks import (
    Plan,
    SimulatedBlock,
    Totals,
    desk_of,
    first_day,
    run_block,
    simulate_block,
    world_of,
)
from models.simulator.commons import campaign_table, country_table, macro_table
from models.simulator.economics import Economics
from models.simulator.publishing import BlockWriter, published_folder
from models.simulator.truth import CHECK_STREAM, run_forward
from models.vocab import BoolArray, FloatArray, IntArray, Progress, SilentProgress
from models.workers import Each, Processes

SIMULATED = tuple(name for name in TABLES if name not in DECISION_TABLES)
"""A folder in which people keep decisions is never replaced."""
FILES = (*SIMULATED, "truth", "truth_clean")
MACRO_STREAM = 7
TRUTH_METADATA = "clientvalue.truth"
YEAR, MOST_MONTHS = 12, 360


@dataclass(frozen=True, kw_only=True)
class SimulationSummary:
    """What was written. ``known_until`` is the first day after the book; ``rows`` are per file."""

    folder: Path
    clients: int
    months: int
    seed: int
    start: date
    known_until: date
    as_of: tuple[date, ...]
    rows: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Futures:
    """What became of the clients that had arrived by the as-of date. Shapes (paths, n_clients).

    ``value`` in currency over the horizon; ``cause`` -1 for none, else a position in ``ExitCause``;
    ``decline_cause`` -1 for none, else a position in ``DeclineCause``.
    ``active``, shape (n_clients,), marks who had interest or fees in the window before.
    """

    client_ids: tuple[str, ...]
    active: BoolArray
    value: FloatArray
    declined: BoolArray
    cause: IntArray
    decline_cause: IntArray


def simulate(
    config: SimulationConfig,
    *,
    clients: int,
    months: int,
    seed: int,
    out: Path,
    as_of_months: Sequence[int] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> SimulationSummary:
    """Write a book of ``clients`` over ``months`` into the folder ``out``: the tables, and the truth.

    ``truth.parquet`` has one row per client and as-of date; ``truth_clean.parquet`` one per injected error.
    ``as_of_months`` count from the book's first month; by default 12 and 24 months before the end.
    The same arguments give the same bytes, whatever ``workers``. Raises ``ManyProblemsError`` for numbers
    out of range, ``UserError`` for a folder in use.
    """
    plan = plan_of(config, clients=clients, months=months, seed=seed, as_of_months=as_of_months)
    progress = progress or SilentProgress()
    progress.stage("simulate")
    totals: list[Totals] = []
    with published_folder(out, known=frozenset(f"{name}.parquet" for name in FILES)) as folder:
        parts = folder.parent / "parts"
        with BlockWriter(folder) as writer:
            blocks = _blocks(plan, workers, parts)
            for block in progress.track(blocks, total=plan.blocks, title="blocks of clients"):
                writer.write(block.tables)
                totals.extend(block.totals)
            writer.write_commons(_commons(plan))
            writer.note("truth", {TRUTH_METADATA: json.dumps(_about_truth(plan, totals), sort_keys=True)})
        rows = dict(writer.rows)
    return SimulationSummary(
        folder=out,
        clients=clients,
        months=months,
        seed=seed,
        start=config.start,
        known_until=first_day(config.start, months),
        as_of=tuple(first_day(config.start, month) for month in plan.as_of),
        rows=rows,
    )


def futures(config: SimulationConfig, *, clients: int, months: int, seed: int, as_of_month: int, paths: int) -> Futures:
    """Run the book of these arguments forward from an as-of month ``paths`` times.

    The noise is not that of the truth, so the two can be compared.
    """
    plan = plan_of(config, clients=clients, months=months, seed=seed, as_of_months=(as_of_month,))
    economics, world = Economics.of(config), world_of(plan)
    ids: list[str] = []
    parts = []
    active = []
    for block in range(plan.blocks):
        run = run_block(plan, block, until=as_of_month)
        moment = run.moments[0]
        ids += desk_of(plan, block, run.population).client_ids.take(pa.array(moment.clients)).to_pylist()
        active.append(moment.past > 0)
        parts.append(run_forward(moment, world, economics, paths=paths, seed=seed, block=block, stream=CHECK_STREAM))
    return Futures(
        client_ids=tuple(ids),
        active=np.concatenate(active),
        value=np.concatenate([part.value for part in parts], axis=1),
        declined=np.concatenate([part.declined for part in parts], axis=1),
        cause=np.concatenate([part.cause for part in parts], axis=1),
        decline_cause=np.concatenate([part.decline_cause for part in parts], axis=1),
    )


def plan_of(
    config: SimulationConfig, *, clients: int, months: int, seed: int, as_of_months: Sequence[int] | None
) -> Plan:
    """Check what was asked for. Raises ``ManyProblemsError`` with all that is wrong."""
    chosen = (
        [month for month in (months - 2 * YEAR, months - YEAR) if month > 0] if as_of_months is None else as_of_months
    )
    bounds = (
        ("clients must be at least 1", clients, clients < 1, "--clients"),
        (f"months must lie within 2 and {MOST_MONTHS}", months, not 1 < months <= MOST_MONTHS, "--months"),
        ("seed must not be negative", seed, seed < 0, "--seed"),
        (
            f"as-of months must lie within 1 and {months - 1}",
            list(chosen),
            not all(0 < m < months for m in chosen),
            "them",
        ),
    )
    problems = [UserError(rule=rule, got=got, remedy=f"set {name}") for rule, got, wrong, name in bounds if wrong]
    if problems:
        raise ManyProblemsError(subject="simulation", problems=problems)
    return Plan(config=config, clients=clients, months=months, seed=seed, as_of=tuple(sorted(set(chosen))))


def _blocks(plan: Plan, workers: int, parts: Path) -> Iterator[SimulatedBlock]:
    if workers <= 1 or plan.blocks == 1:
        yield from (simulate_block(plan, block) for block in range(plan.blocks))
        return
    parts.mkdir()
    work = Each(partial(_write_part, plan, parts))
    written = Processes(workers).map(work, range(plan.blocks), shares=plan.blocks)
    yield from (_read_part(parts / str(block), totals) for block, totals in enumerate(written))


def _write_part(plan: Plan, parts: Path, block: int) -> tuple[Totals, ...]:
    """Simulate a block in another process and leave its tables where this one finds them."""
    result, folder = simulate_block(plan, block), parts / str(block)
    folder.mkdir()
    for name, table in result.tables.items():
        with pa.OSFile(str(folder / name), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    return result.totals


def _read_part(folder: Path, totals: tuple[Totals, ...]) -> SimulatedBlock:
    tables = {}
    for name in (name for name in FILES if (folder / name).exists()):
        with pa.OSFile(str(folder / name), "rb") as source:
            tables[name] = pa.ipc.open_file(source).read_all()
    shutil.rmtree(folder)
    return SimulatedBlock(tables=tables, totals=totals)


def _commons(plan: Plan) -> dict[str, pa.Table]:
    calendar = Calendar.of(plan.config.start, plan.months)
    end = int(calendar.day(np.array(plan.months), np.array(1)))
    noise = default_rng(SeedSequence(plan.seed, spawn_key=(0, MACRO_STREAM)))
    world = world_of(plan)
    shared = {
        "campaigns": campaign_table(world, calendar, end),
        "macro": macro_table(world, calendar, end, noise),
    }
    return shared | ({"countries": country_table(world, calendar, end)} if plan.config.states else {})


def _about_truth(plan: Plan, totals: Sequence[Totals]) -> dict[str, object]:
    settings = plan.config.truth
    return {
        "seed": plan.seed,
        "paths": settings.paths,
        "horizon_periods": settings.horizon_periods,
        "activity_periods": settings.activity_periods,
        "decline": settings.decline.model_dump(),
        "discount_rate_annual": settings.discount_rate_annual,
        "campaign_lift": {name: each.campaign_lift for name, each in plan.config.types.items()},
        "campaign_months": plan.config.campaigns.months,
        "intervention": plan.config.intervention.model_dump(),
        "totals_of_active_clients": [_about_moment(plan, month, totals) for month in plan.as_of],
    }


def _about_moment(plan: Plan, month: int, totals: Sequence[Totals]) -> dict[str, object]:
    """Sums over the active clients with truth; the standard errors know the cycle common to all of them."""
    here = [each for each in totals if each.as_of == month]
    result: dict[str, object] = {
        "as_of": first_day(plan.config.start, month).isoformat(),
        "clients": sum(each.clients for each in here),
    }
    for name in ("value", "declined"):
        paths = np.sum([getattr(each, name) for each in here], axis=0)
        result[name] = float(paths.mean())
        result[f"{name}_se"] = float(paths.std(ddof=1) / np.sqrt(len(paths)))
    return result
