"""The matrix of moves: every client by tier before and tier now, with who did it and what moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.config.policy.tiers import TierScale
from models.movers.report import ABSENT, MoveCell, MoveMatrix
from models.movers.rules import RunDifferences
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class RunOfMoves:
    """A run whose scores stand in a folder: its date, tiers, and key, "" of one that is being made."""

    folder: Path
    as_of: date
    scale: TierScale
    run_key: str = ""


def move_matrix(
    pairs: pd.DataFrame, reported: pd.DataFrame, before: RunOfMoves, now: RunOfMoves, runs: RunDifferences
) -> MoveMatrix:
    """The matrix of ``pairs``: tiers ``before`` and ``now``, "" for none, and both values, one row per client.

    ``reported`` has the cause and the part of each who moved, by client.
    """
    rows, columns = before.scale.names, now.scale.names
    found = pairs.groupby(["before", "now"], sort=False)
    of_movers = _counts(pairs.loc[reported.index], reported)
    cells = [
        MoveCell(
            before=str(old),
            tier=str(new),
            clients=len(cell),
            value_before=_total(cell["value_before"].to_numpy(), absent=old == ABSENT),
            value=_total(cell["value"].to_numpy(), absent=new == ABSENT),
            causes=of_movers["cause"].get((str(old), str(new)), {}),
            parts=of_movers["part"].get((str(old), str(new)), {}),
        )
        for (old, new), cell in found
    ]
    order = {name: place for place, name in enumerate([*dict.fromkeys([*rows, *columns]), ABSENT])}
    return MoveMatrix(
        as_of_before=before.as_of,
        as_of=now.as_of,
        run_before=before.run_key,
        rows=(*rows, ABSENT),
        columns=(*columns, ABSENT),
        cells=tuple(sorted(cells, key=lambda each: (order[each.before], order[each.tier]))),
        same_bundle=runs.same_bundle,
        same_policy=runs.same_policy,
    )


def _counts(moved: pd.DataFrame, reported: pd.DataFrame) -> dict[str, dict[tuple[str, str], dict[str, int]]]:
    """Of cause and part: cell -> what -> clients, most first."""
    found: dict[str, dict[tuple[str, str], dict[str, int]]] = {"cause": {}, "part": {}}
    for name, cells in found.items():
        counts = Counter(zip(moved["before"], moved["now"], reported[name], strict=True))
        for (old, new, what), clients in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
            cells.setdefault((str(old), str(new)), {})[str(what)] = clients
    return found


def _total(values: FloatArray, *, absent: bool) -> float | None:
    return None if absent else float(np.nansum(values))
