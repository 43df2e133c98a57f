"""The bench that judges steadiness: what counts as a change of the truth, and how its tables line up."""

from __future__ import annotations

from datetime import date

import pandas as pd
from bench.steadiness import SEGMENT, truths

from models.book.periods import PeriodGrid
from models.profiles.migrations import steadiness

GRID = PeriodGrid("month", date(2022, 1, 1))


def test_a_segment_is_stirred_when_stage_or_a_type_truly_changes() -> None:
    truth = pd.DataFrame(
        {
            "client_id": ["calm", "calm", "moved", "moved"],
            "as_of": [date(2022, 1, 1), date(2022, 2, 1)] * 2,
            "stage": ["maturity", "maturity", "maturity", "decline"],
            "relationship_type": ["strategic"] * 4,
            "need_type": ["funding"] * 4,
        }
    )
    reported = truths(truth, GRID)
    assert reported["stage"].index.tolist() == [0, 1]
    assert reported["need_type"].loc[0, "calm"] == "funding"
    published = pd.DataFrame({"calm": ["0", "1"], "moved": ["0", "1"]}, index=[0, 1]).astype(object)
    found = steadiness(published, reported[SEGMENT])
    assert (found.changed_steps, found.idle_steps) == (1.0, 0.5)
    assert (found.changed_clients, found.idle_clients) == (1.0, 1.0)


def test_who_is_not_there_has_no_kind() -> None:
    truth = pd.DataFrame(
        {
            "client_id": ["late", "early", "early"],
            "as_of": [date(2022, 2, 1), date(2022, 1, 1), date(2022, 2, 1)],
            "stage": ["acquisition", "maturity", "maturity"],
            "relationship_type": ["partnership"] * 3,
            "need_type": ["funding"] * 3,
        }
    )
    stages = truths(truth, GRID)["stage"]
    assert stages["late"].isna().tolist() == [True, False]
