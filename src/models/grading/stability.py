"""Stability of tiers: the margin that a client must pass, and the limit on how many move in one run.

The limit spans the whole book, which may be graded block by block. It takes two passes: the first notes of each block
who would move and how far past the cut-off (``Move``, a few clients); ``limit_of`` turns all of them into one
threshold; the second pass asks of each client alone whether its move lies before that threshold. The threshold is
part of a run's facts: with it one client alone gets the tier that it got in the whole book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from models.config.policy.tiers import UNRANKED
from models.grading.decision_table import DecisionTable
from models.grading.scores import Scored
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

FURTHEST = 10.0
"""Clients further past a cut-off than so many times the cut-off count as equally far."""
_HALVINGS = 40


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Clients that would change tier, and how far past the cut-off they are, as a share of it. Shapes (n_moves,).

    ``graded_before`` is how many clients the block had with an earlier tier: the limit is a share of them.
    """

    client_id: TextArray
    distance: FloatArray
    graded_before: int


@dataclass(frozen=True, kw_only=True)
class MoveLimit:
    """The last client that may still move: further ones may too, and of those as far the ones with a smaller id."""

    distance: float
    client_id: str

    def admits(self, distance: FloatArray, client_id: TextArray) -> BoolArray:
        """Whether each client may move. Shapes (n_clients,)."""
        alike = (distance == self.distance) & (np.asarray(client_id).astype(str) <= self.client_id)
        return np.asarray((distance > self.distance) | alike)


EVERY_MOVE = MoveLimit(distance=-1.0, client_id="")
NO_MOVE = MoveLimit(distance=2 * FURTHEST, client_id="")


def held_ranks(table: DecisionTable, scores: Mapping[str, Scored], previous: IntArray, margin: float) -> IntArray:
    """The rank of each client, where an earlier one gives way only by the margin. Shapes (n_clients,).

    With every cut-off made harder by the margin a client gets the tier it surely deserves, with every one made easier
    the best that it may still have; between the two the earlier tier stays.
    """
    best, sure = table.ranks(scores, -margin), table.ranks(scores, margin)
    held = np.minimum(np.maximum(previous, best), sure)
    return np.where(previous == UNRANKED, table.ranks(scores), held)


def distances(table: DecisionTable, scores: Mapping[str, Scored], previous: IntArray, moving: BoolArray) -> FloatArray:
    """How large the margin could be until a moving client would stay: 0 for others, at most ``FURTHEST``.

    Found by halving, each client for itself. Shapes (n_clients,).
    """
    found = np.zeros(len(previous))
    rows = np.flatnonzero(moving)
    some = {name: Scored(numbers=each.numbers[rows], points=each.points[:, rows]) for name, each in scores.items()}
    before = previous[rows]
    low, high = np.zeros(len(rows)), np.full(len(rows), FURTHEST)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        moves = (table.ranks(some, -middle) > before) | (table.ranks(some, middle) < before)
        low, high = np.where(moves, middle, low), np.where(moves, high, middle)
    found[rows] = np.maximum(low, np.finfo(np.float64).tiny)  # a move is a move, however near
    return found


def limit_of(moves: Sequence[Moves], share: float) -> MoveLimit:
    """The limit that lets the furthest moves of all blocks through, up to a share of the clients graded before.

    >>> three = Moves(client_id=np.array(["a", "b", "c"]), distance=np.array([0.1, 0.3, 0.1]), graded_before=20)
    >>> limit_of([three], 0.1)
    MoveLimit(distance=0.1, client_id='a')
    """
    allowed = floor(share * sum(block.graded_before for block in moves) + 1e-9)
    total = sum(len(block.distance) for block in moves)
    if total <= allowed:
        return EVERY_MOVE
    if allowed == 0:
        return NO_MOVE
    distance = np.concatenate([block.distance for block in moves])
    client_id = np.concatenate([np.asarray(block.client_id).astype(str) for block in moves])
    last = np.lexsort((client_id, -distance))[allowed - 1]
    return MoveLimit(distance=float(distance[last]), client_id=str(client_id[last]))
