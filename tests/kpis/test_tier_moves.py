"""Of four clients scored twice one climbs and one falls; who left and who came is counted apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from models.kpis.groups import Groups, PublishedGroups
from models.kpis.tier_moves import tier_moves
from models.publications.previous import PreviousScores
from models.text import ENGLISH


class Twice(PublishedGroups):
    """Two runs: at the beginnings of 2020 and 2021."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        before = {"a": "AA", "b": "B", "c": "A", "d": "A", "left": "B"}
        now = {"a": "AA", "b": "A", "c": "B", "d": "A", "came": "AA"}
        self._runs = [_scores(2020, before), _scores(2021, now)]

    def until(self, day: date) -> PreviousScores | None:
        """The newest of both."""
        return next((run for run in reversed(self._runs) if run.as_of <= day), None)


def _scores(year: int, tiers: dict[str, str]) -> PreviousScores:
    return PreviousScores(
        folder=Path(), as_of=date(year, 1, 1), run_key="", columns=pd.DataFrame({"tier": pd.Series(tiers)})
    )


def test_clients_move_between_tiers() -> None:
    moves = tier_moves(Twice(), date(2021, 6, 1))
    assert moves.names == ("AA", "A", "B", "not scored")
    assert moves.counts == ((1, 0, 0, 0), (0, 1, 1, 0), (0, 1, 0, 1), (1, 0, 0, 0))
    assert (moves.upgraded.estimate, moves.downgraded.estimate, moves.upgraded.clients) == (0.25, 0.25, 4)


def test_one_run_tells_no_moves() -> None:
    assert "at one date only" in tier_moves(Twice(), date(2020, 6, 1)).missing
    assert "no scores were published" in tier_moves(Twice(), date(2019, 6, 1)).missing


def test_groups_stand_best_tier_first_and_the_unscored_last() -> None:
    groups = Groups(until=date(2021, 1, 1), scores=Twice().until(date(2021, 1, 1)), regions=pd.Series(dtype=object))
    places, names = groups.places("tier", pd.Series(["c", "left", "a", "b"]))
    assert names == ("AA", "A", "B", "not scored")
    assert places.tolist() == [2, 3, 0, 1]
    why = groups.missing("region")
    assert why is not None
    assert why.within(ENGLISH) == "the book tells no regions"
