"""The share of clients whose tier a person decided, from scores as published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from models.kpis.groups import overridden
from models.publications.previous import PreviousScores


def reported(state: str, instead_of: str) -> dict[str, str]:
    return {"state": state, "tier": "AA", "instead_of": instead_of}


def scores(**columns: list[object]) -> PreviousScores:
    frame = pd.DataFrame(columns, index=[f"c{place}" for place in range(8)])
    return PreviousScores(folder=Path(), as_of=date(2024, 1, 1), run_key="", columns=frame)


TIERS: list[object] = ["AA", "B", "A", "B", "B", "A", "AA", "B"]


def test_decisions_that_hold_are_counted_with_the_way_they_went() -> None:
    fates: list[object] = [
        reported("applied", "B"),
        reported("applied", "A"),
        reported("agrees with the rules", "A"),
        reported("held down by a cap", "B"),
        reported("expired", "AA"),
        reported("not yet decided", "AA"),
        None,
        None,
    ]
    found = overridden(scores(tier=TIERS, override=fates))
    assert (found.share.estimate, found.up.estimate, found.down.estimate) == (4 / 8, 1 / 8, 1 / 8)
    assert found.share.clients == 8


def test_scores_without_overrides_have_none_and_older_ones_do_not_tell() -> None:
    found = overridden(scores(tier=TIERS, override=[None] * 8))
    assert (found.share.estimate, found.up.estimate) == (0.0, 0.0)
    for unknown in (scores(tier=TIERS), None):
        assert overridden(unknown).share.estimate is None
        assert overridden(unknown).share.missing == "not known: the scores tell of no overrides"
