"""One independent block of the simulated book, from its first month to its tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.random import Generator, SeedSequence, default_rng

from models.config.simulation import SimulationConfig
from models.simulator.arrow import Calendar, identifiers
from models.simulator.economics import Economics
from models.simulator.files import client_table, financial_table, rating_table, survey_table
from models.simulator.injected_errors import ERROR_KINDS, REPAIRS_SCHEMA, with_injected_errors
from models.simulator.journal import Journal
from models.simulator.ledgers import (
    CLIENT_DIGITS,
    BlockRecorder,
    cashflow_table,
    facility_table,
    interaction_table,
    opportunity_table,
)
from models.simulator.population import Population, create_population
from models.simulator.state import BookState
from models.simulator.states import state_tables
from models.simulator.step import step
from models.simulator.truth import (
    TRUTH_SCHEMA,
    TRUTH_STREAM,
    Moment,
    TrueOutcomes,
    run_forward,
    truth_table,
)
from models.simulator.world import World, create_world
from models.vocab import FloatArray

BLOCK_STREAM = 1
POPULATION, PROCESS, RECORDS, ERRORS, NAMING, STATES = range(6)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be simulated. ``as_of`` are the months at whose start the truth is taken."""

    config: SimulationConfig
    clients: int
    months: int
    seed: int
    as_of: tuple[int, ...]

    @property
    def blocks(self) -> int:
        """How many blocks the clients make."""
        return -(-self.clients // self.config.block_clients)

    @property
    def blocks_with_truth(self) -> int:
        """The first blocks, as many as the settings allow, and at least one."""
        return max(1, self.config.truth.max_clients // self.config.block_clients)

    def size(self, block: int) -> int:
        """Clients of a block; all but the last are full."""
        return min(self.config.block_clients, self.clients - block * self.config.block_clients)

    def noise(self, block: int, purpose: int, *more: int) -> Generator:
        """A stream of its own for each block and purpose."""
        return default_rng(SeedSequence(self.seed, spawn_key=(BLOCK_STREAM, block, purpose, *more)))


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A block's futures summed over clients that were active at the as-of date. Shapes (paths,)."""

    as_of: int
    clients: int
    value: FloatArray
    declined: FloatArray


@dataclass(frozen=True, kw_only=True)
class SimulatedBlock:
    """All that a block contributes: tables of the contract, truth, and the repairs of injected errors."""

    tables: dict[str, pa.Table]
    totals: tuple[Totals, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A block that has been run: what happened, the last state, and the moments on the way."""

    population: Population
    state: BookState
    journal: Journal
    moments: tuple[Moment, ...]


def run_block(plan: Plan, block: int, *, until: int | None = None) -> Run:
    """Run a block through the months of the book; ``until`` stops earlier."""
    economics, world = Economics.of(plan.config), world_of(plan)
    size = plan.size(block)
    population = create_population(economics, clients=size, months=plan.months, noise=plan.noise(block, POPULATION))
    state, journal = population.state, Journal(months=plan.months, clients=size)
    moments: list[Moment] = []
    for month in range(plan.months if until is None else until + 1):
        if month in plan.as_of:
            periods = plan.config.truth.activity_periods
            moments.append(Moment.of(state, journal, as_of=month, activity_periods=periods))
        if month == until:
            break
        journal.month = month
        step(
            state,
            month,
            world=world,
            economics=economics,
            noise=plan.noise(block, PROCESS, month),
            sink=journal,
        )
        journal.history.note(month, state.clients)
    return Run(population=population, state=state, journal=journal, moments=tuple(moments))


def world_of(plan: Plan) -> World:
    """The world of the plan's seed."""
    return create_world(plan.config, months=plan.months, seed=plan.seed)


def simulate_block(plan: Plan, block: int) -> SimulatedBlock:
    """Everything of one block. The same plan and block give the same bytes."""
    run = run_block(plan, block)
    desk = desk_of(plan, block, run.population)
    tables, repairs = _with_errors(_clean_tables(plan, run, desk), plan, block, desk)
    if plan.config.states:
        noise = plan.noise(block, STATES)
        tables |= state_tables(run.state.clients, run.journal, desk, Economics.of(plan.config), noise)
    truth: list[pa.Table] = []
    totals: list[Totals] = []
    for moment in run.moments if block < plan.blocks_with_truth else ():
        outcomes = run_forward(
            moment,
            world_of(plan),
            Economics.of(plan.config),
            paths=plan.config.truth.paths,
            seed=plan.seed,
            block=block,
            stream=TRUTH_STREAM,
        )
        as_of = int(desk.calendar.day(np.array(moment.as_of), np.array(1)))
        truth.append(truth_table(moment, outcomes, desk.client_ids, as_of))
        totals.append(_totals(moment, outcomes))
    tables["truth"] = pa.concat_tables([TRUTH_SCHEMA.empty_table(), *(each.cast(TRUTH_SCHEMA) for each in truth)])
    tables["truth_clean"] = repairs
    return SimulatedBlock(tables=tables, totals=tuple(totals))


def desk_of(plan: Plan, block: int, population: Population) -> BlockRecorder:
    """What writing a block down needs."""
    calendar = Calendar.of(plan.config.start, plan.months)
    first = block * plan.config.block_clients
    return BlockRecorder(
        block=block,
        first_client=first,
        client_ids=identifiers("C", first + np.arange(plan.size(block)), CLIENT_DIGITS),
        profile=population.profile,
        calendar=calendar,
        months=plan.months,
        noise=plan.noise(block, RECORDS),
        naming=plan.noise(block, NAMING),
        end=int(calendar.day(np.array(plan.months), np.array(1))),
    )


def _clean_tables(plan: Plan, run: Run, desk: BlockRecorder) -> dict[str, pa.Table]:
    clients, journal, economics = run.state.clients, run.journal, Economics.of(plan.config)
    return {
        "clients": client_table(clients, desk),
        "facilities": facility_table(journal, desk),
        "cashflows": cashflow_table(journal, desk),
        "interactions": interaction_table(journal, desk),
        "surveys": survey_table(clients, journal, desk, economics),
        "ratings": rating_table(clients, journal, desk),
        "financials": financial_table(clients, journal, desk),
        "opportunities": opportunity_table(journal, desk),
    }


def _with_errors(
    clean: dict[str, pa.Table], plan: Plan, block: int, desk: BlockRecorder
) -> tuple[dict[str, pa.Table], pa.Table]:
    tables: dict[str, pa.Table] = {}
    repairs = [REPAIRS_SCHEMA.empty_table()]
    for place, name in enumerate(ERROR_KINDS):
        noise = plan.noise(block, ERRORS, place)
        written = with_injected_errors(name, clean[name], plan.config.dirt, noise=noise, end=desk.end)
        tables[name] = written.table
        repairs.append(written.repairs)
    return tables, pa.concat_tables(repairs)


def _totals(moment: Moment, outcomes: TrueOutcomes) -> Totals:
    active = moment.past > 0
    return Totals(
        as_of=moment.as_of,
        clients=int(active.sum()),
        value=outcomes.value[:, active].sum(axis=1),
        declined=outcomes.declined[:, active].sum(axis=1).astype(np.float64),
    )


def first_day(start: date, month: int) -> date:
    """First day of a month of the book.

    >>> first_day(date(2018, 11, 1), 2)
    datetime.date(2019, 1, 1)
    """
    years, rest = divmod(start.month - 1 + month, 12)
    return date(start.year + years, rest + 1, 1)
