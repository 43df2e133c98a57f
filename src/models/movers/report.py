"""The moves between two publications as typed data: the matrix, and the clients of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

MOVERS = "movers.parquet"
MATRIX = "moves.json"
ABSENT = ""
"""The tier of who is not scored."""


@dataclass(frozen=True, kw_only=True)
class MoveCell:
    """The clients of one tier before and one tier now, "" for who is not scored.

    Attributes:
        value_before, value: expected of all of them together, in book currency; None of who is not scored then.
        causes: who did it -> clients, most first, "" where that cannot be decided; empty of who stayed.
        parts: what moved -> clients, most first: a dimension of the policy, or one of ``MovedPart``.
    """

    before: str
    tier: str
    clients: int
    value_before: float | None
    value: float | None
    causes: Mapping[str, int]
    parts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class MoveMatrix:
    """All clients by tier before (rows) and now (columns).

    Attributes:
        as_of_before, run_before: date and key of the earlier run; None and "" where there was none.
        rows, columns: the tiers of either run, best first, with "" behind, who is not scored.
        cells: those that hold anybody, row by row.
        same_bundle, same_policy: whether the same models and the same policy with its cut-offs made both; None where
            the earlier run does not tell.
    """

    as_of_before: date | None
    as_of: date
    run_before: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[MoveCell, ...]
    same_bundle: bool | None
    same_policy: bool | None

    @property
    def moved(self) -> int:
        """Clients in another tier than before, in both runs."""
        return sum(each.clients for each in self.cells if ABSENT not in (each.before, each.tier) and is_move(each))

    def cell(self, before: str, tier: str) -> MoveCell | None:
        """The clients of one cell; None where it is empty."""
        return next((each for each in self.cells if (each.before, each.tier) == (before, tier)), None)


def is_move(cell: MoveCell) -> bool:
    """Whether its clients stand in another tier than before, or came or went."""
    return cell.before != cell.tier


@dataclass(frozen=True, kw_only=True)
class Mover:
    """One client in another tier than before; what is not known, or was not there, is None.

    Attributes:
        part: what moved it: a dimension of the policy, or one of ``MovedPart``.
        cause: who did it, one of ``MoveCause``; None where that cannot be decided.
        criterion: that moved the dimension most, or set the cap off.
        override_event: what people did, where they moved it.
        value, decline: expected value in book currency, and probability of decline; as they were before beside them.
    """

    client_id: str
    way: str
    tier_before: str | None
    tier: str | None
    part: str | None
    cause: str | None
    dimension: str | None
    criterion: str | None
    cap: str | None
    override_event: str | None
    value_before: float | None
    value: float | None
    decline_before: float | None
    decline: float | None
    tier_reason_before: str | None
    tier_reason: str | None


@dataclass(frozen=True, kw_only=True)
class MovedClients:
    """Some clients of a cell, the most valuable first, and how many there are."""

    rows: tuple[Mover, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class MovesReport:
    """The matrix of moves, and the first clients of one cell or of all."""

    matrix: MoveMatrix
    before: str | None
    tier: str | None
    clients: MovedClients
    currency: str
