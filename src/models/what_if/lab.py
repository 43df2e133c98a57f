"""The policy lab: published clients graded by moved cut-offs, at once, from the numbers that were published with them.

Moving a cut-off changes no number of a client, only the level that it reaches; so nothing is scored again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import table_dimensions
from models.config.policy.tiers import UNRANKED, TierScale
from models.errors import UserError
from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy, refit_on_numbers
from models.grading.known_overrides import COUNTING
from models.grading.scores import Scored
from models.publications.previous import SCORES
from models.scoring.policy_in_force import POLICY_FACTS, policy_hash
from models.store.sealed import OF_SCORES, read_facts
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

MOST_MOVERS = 200
_COLUMNS = ["client_id", "tier_dimensions", "tier_caps", "override", "value", "credit_loss", "cold_start"]
_NOTHING = np.empty((0, 0))


@dataclass(frozen=True, kw_only=True)
class LabClients:
    """The clients of a published run with the numbers of their grades. Shapes (n_clients,).

    Attributes:
        numbers: dimension -> number of each client, NaN where unknown.
        caps: cap -> which clients it holds.
        asked: the tier of an override that counts, "" where none does.
        settling: the clients by whom shares are settled: those that are active.
        cut_offs, policy: where levels began in the run, and what identifies its policy.
    """

    client_id: TextArray
    numbers: Mapping[str, FloatArray]
    caps: Mapping[str, BoolArray]
    asked: TextArray
    settling: BoolArray
    value: FloatArray
    credit_loss: FloatArray
    cut_offs: Mapping[str, tuple[float, ...]]
    policy: str

    @classmethod
    def of(cls, run: Path) -> LabClients:
        """Read a published run. Raises ``UserError`` for one that was published before grades had numbers."""
        facts, stored = read_facts(run, remedies=OF_SCORES), pq.read_schema(run / SCORES).names
        known = facts.get(POLICY_FACTS)
        if "tier_dimensions" not in stored or not isinstance(known, Mapping):
            raise UserError(
                rule="a run must hold the numbers of its grades", got=run.name, remedy="predict again, and look at that"
            )
        table = pq.read_table(run / SCORES, columns=[name for name in _COLUMNS if name in stored]).combine_chunks()
        return cls(
            client_id=_texts(table["client_id"]),
            numbers=_numbers(table["tier_dimensions"].combine_chunks()),
            caps=_caps(table["tier_caps"].combine_chunks()),
            asked=_asked(table["override"].combine_chunks()),
            settling=_active(table),
            value=_floats(table, "value"),
            credit_loss=_floats(table, "credit_loss"),
            cut_offs={str(name): tuple(map(float, numbers)) for name, numbers in known["cut_offs"].items()},
            policy=str(known["hash"]),
        )

    def fitted(self, policy: PolicyConfig) -> GradingPolicy:
        """A policy with its shares settled: as in the run, if it graded the run, else on its clients.

        Raises ``UserError`` if rules turn on a dimension that the run does not know.
        """
        lacking = [name for name in table_dimensions(policy.dimensions, policy.rules) if name not in self.numbers]
        if lacking:
            raise UserError(
                rule="the policy must turn on dimensions that were published",
                got=", ".join(lacking),
                remedy="predict by the policy that runs now, and look again",
            )
        if self.policy == policy_hash(policy):
            return GradingPolicy(settings=policy, cut_offs=self.cut_offs, currency="")
        unfitted = GradingPolicy(settings=_without_dimensions(policy), cut_offs={}, currency="")
        return refit_on_numbers(unfitted, policy, self.settling_numbers)

    @property
    def settling_numbers(self) -> dict[str, FloatArray]:
        """Dimension -> numbers of the clients by whom shares are settled."""
        return {name: numbers[self.settling] for name, numbers in self.numbers.items()}

    def ranks(self, policy: GradingPolicy) -> IntArray:
        """The tier of each client by its rules, overrides and caps; earlier tiers count for nothing."""
        scale = policy.scale
        scores = {name: Scored(numbers=numbers, points=_NOTHING) for name, numbers in self.numbers.items()}
        ruled, asked = DecisionTable(policy).ranks(scores), scale.ranks(self.asked, len(self.asked))
        found = np.where(asked == UNRANKED, ruled, asked)
        for cap in policy.settings.caps:
            if cap.name in self.caps:
                found = np.where(self.caps[cap.name], np.maximum(found, scale.rank(cap.at_most)), found)
        return np.asarray(found, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class LabTier:
    """A tier before and after: clients, expected value and expected credit loss in book currency."""

    tier: str
    clients: tuple[int, int]
    value: tuple[float, float]
    credit_loss: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class LabMover:
    """A client that would change tier."""

    client_id: str
    before: str
    after: str
    value: float


@dataclass(frozen=True, kw_only=True)
class LabShift:
    """Two policies beside each other over a published run.

    Attributes:
        matrix: (tiers before, tiers after), how many clients, best tier first.
        tiers: each tier before and after, best first.
        moved, up, down: how many clients would change tier, and which way.
        movers: those of the largest expected value, at most ``MOST_MOVERS``.
    """

    matrix: tuple[tuple[int, ...], ...]
    tiers: tuple[LabTier, ...]
    moved: int
    up: int
    down: int
    movers: tuple[LabMover, ...]


def lab_shift(grades: LabClients, before: PolicyConfig, after: PolicyConfig) -> LabShift:
    """Who would move from one policy to another with the same tiers and dimensions, and what that is worth.

    Raises ``UserError`` if a cut-off by share falls beyond a fixed one, or a policy turns on what is not known.
    """
    own = grades.fitted(before)
    moved = refit_on_numbers(own, after, grades.settling_numbers)
    old, new = grades.ranks(own), grades.ranks(moved)
    scale, size = before.scale, len(before.scale)
    return LabShift(
        matrix=tuple(map(tuple, np.bincount(old * size + new, minlength=size * size).reshape(size, size).tolist())),
        tiers=tuple(_tier(grades, scale, rank, (old, new)) for rank in range(size)),
        moved=int((old != new).sum()),
        up=int((new < old).sum()),
        down=int((new > old).sum()),
        movers=tuple(_movers(grades, scale, old, new)),
    )


def _tier(grades: LabClients, scale: TierScale, rank: int, ranks: tuple[IntArray, IntArray]) -> LabTier:
    before, after = (each == rank for each in ranks)
    return LabTier(
        tier=scale.names[rank],
        clients=(int(before.sum()), int(after.sum())),
        value=(float(np.nansum(grades.value[before])), float(np.nansum(grades.value[after]))),
        credit_loss=(float(np.nansum(grades.credit_loss[before])), float(np.nansum(grades.credit_loss[after]))),
    )


def _movers(grades: LabClients, scale: TierScale, old: IntArray, new: IntArray) -> list[LabMover]:
    moved = np.flatnonzero(old != new)
    largest = moved[np.lexsort((grades.client_id[moved], -grades.value[moved]))][:MOST_MOVERS]
    return [
        LabMover(
            client_id=str(grades.client_id[row]),
            before=scale.names[old[row]],
            after=scale.names[new[row]],
            value=float(grades.value[row]),
        )
        for row in largest
    ]


def _without_dimensions(policy: PolicyConfig) -> PolicyConfig:
    """A policy that says nothing of any dimension, so that all of them are settled anew."""
    return policy.model_copy(update={"dimensions": {}})


def _numbers(struct: pa.StructArray) -> dict[str, FloatArray]:
    columns = zip(struct.type, struct.flatten(), strict=True)
    return {
        field.name: np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64) for field, column in columns
    }


def _caps(lists: pa.ListArray) -> dict[str, BoolArray]:
    rows, names = pc.list_parent_indices(lists).to_numpy(), pc.list_flatten(lists)
    found = {}
    for name in pc.unique(names).to_pylist():
        holds = np.zeros(len(lists), dtype=np.bool_)
        holds[rows[pc.equal(names, name).to_numpy(zero_copy_only=False)]] = True
        found[str(name)] = holds
    return found


def _asked(override: pa.StructArray) -> TextArray:
    """The tier of each override that counts; "" where there is none, and under a struct that is null."""
    counts = pc.and_(pc.is_valid(override), pc.is_in(override.field("state"), pa.array(COUNTING)))
    return _texts(pc.if_else(pc.fill_null(counts, False), override.field("tier"), ""))


def _texts(cells: pa.Array | pa.ChunkedArray) -> TextArray:
    return np.asarray(pc.fill_null(cells, "").to_pylist(), dtype=np.str_)


def _active(table: pa.Table) -> BoolArray:
    """Who starts cold has no past by which a share of the book could be meant."""
    if "cold_start" not in table.column_names:
        return np.ones(table.num_rows, dtype=np.bool_)
    return np.asarray(pc.invert(pc.fill_null(table["cold_start"], False)).to_numpy(), dtype=np.bool_)


def _floats(table: pa.Table, name: str) -> FloatArray:
    if name not in table.column_names:
        return np.zeros(table.num_rows)
    return np.asarray(table[name].to_numpy(), dtype=np.float64)
