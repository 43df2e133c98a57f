"""However often a book is scored between two month's ends, it ends where monthly runs end, to the byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from models.publications.past import official_runs
from models.scoring.job import predict
from models.scoring.publication import Publishing
from models.scoring.report import Predicted
from support.night_lender import NightLender

ENDS = (date(2022, 8, 1), date(2022, 9, 1), date(2022, 10, 1))
UNTIL = date(2022, 10, 2)
SETTLED = ["tier", "tier_by_rule", "stage", "relationship_type", "need_type"]


def contents(run: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(run.iterdir())}


@pytest.fixture(scope="module")
def monthly(lender: NightLender, tmp_path_factory: pytest.TempPathFactory) -> dict[date, Path]:
    out = tmp_path_factory.mktemp("monthly")
    config = lender.at_work(out, UNTIL)
    return {day: predict(config, as_of=day).folder for day in ENDS}


@pytest.mark.parametrize("seed", [1, 2])
def test_nights_reruns_gaps_a_back_fill_and_shadows_end_where_months_end(
    lender: NightLender, tmp_path: Path, monthly: dict[date, Path], seed: int
) -> None:
    random = np.random.default_rng(seed)
    config = lender.at_work(tmp_path, UNTIL)
    nights = [date(2022, 8, 2), date(2022, 8, 17), date(2022, 8, 31), date(2022, 9, 9), date(2022, 9, 30)]
    drawn = sorted(random.choice(len(nights), size=3, replace=False).tolist())
    days = sorted([*ENDS, *(nights[place] for place in drawn)])
    late = nights[drawn[0]]  # missed, and made up for at the end
    for day in [*(day for day in days if day != late), late]:
        predict(config, as_of=day, how=Publishing(shadow=bool(random.integers(2)), of_that_day=False))
        predict(config, as_of=day)
    official = {run.as_of: run.folder for run in official_runs(tmp_path / "work" / "lender" / "scores")}
    assert sorted(official) == days
    for day in ENDS:
        assert contents(official[day]) == contents(monthly[day]), day


def scores(run: Predicted | Path) -> dict[str, list[object]]:
    folder = run if isinstance(run, Path) else run.folder
    return pq.read_table(folder / "scores.parquet", columns=["client_id", *SETTLED]).to_pydict()


def test_a_withdrawn_model_leaves_no_trace_in_what_is_graded_later(
    lender: NightLender, tmp_path: Path, monthly: dict[date, Path]
) -> None:
    config = lender.at_work(tmp_path, UNTIL)
    other = lender.at_work(tmp_path, UNTIL, **{"tiers.aa_share": 0.3})  # another policy, withdrawn the same day
    assert scores(predict(config, as_of=ENDS[0])) == scores(monthly[ENDS[0]])
    predict(other, as_of=ENDS[0])
    predict(config, as_of=ENDS[0])
    later = predict(config, as_of=ENDS[1])
    assert contents(later.folder) == contents(monthly[ENDS[1]])


def test_stages_and_types_stay_within_a_month_and_wait_since_a_date(
    lender: NightLender, tmp_path: Path, monthly: dict[date, Path]
) -> None:
    config = lender.at_work(tmp_path, UNTIL)
    for day in ENDS[:2]:
        predict(config, as_of=day)
    settled = pq.read_table(monthly[ENDS[1]] / "scores.parquet").to_pandas().set_index("client_id")
    night = predict(config, as_of=date(2022, 9, 20))
    now = pq.read_table(night.folder / "scores.parquet").to_pandas().set_index("client_id")
    both = settled.index.intersection(now.index)
    assert (settled.loc[both, SETTLED[2:]] == now.loc[both, SETTLED[2:]]).all(axis=None)
    waits = settled.loc[both, "stage_candidate"] != settled.loc[both, "stage"]
    assert waits.any()
    assert set(settled.loc[both[waits], "stage_candidate_since"]) <= {date(2022, 7, 1), ENDS[0]}
    still = waits & (now.loc[both, "stage_candidate"] == settled.loc[both, "stage_candidate"])
    since = now.loc[both[still], "stage_candidate_since"]
    assert since.tolist() == settled.loc[both[still], "stage_candidate_since"].tolist()


def test_alarms_of_nights_are_news_and_keep_to_the_budget_of_the_stretch(lender: NightLender, tmp_path: Path) -> None:
    config = lender.at_work(tmp_path, UNTIL)
    predict(config, as_of=ENDS[0])
    shown: list[str] = []
    runs = [predict(config, as_of=date(2022, 8, day)) for day in (6, 13, 20, 27)]
    for run in runs:
        table = pq.read_table(run.folder / "warnings.parquet").to_pandas()
        mine = table[(table["state"] == "shown") & ~table["repeat"]]["client_id"].tolist()
        assert not set(mine) & set(shown), "a warning that was shown on a night is no news on the next"
        shown += mine
    spent = [run.alarms["spent"] for run in runs]
    assert spent == sorted(spent)
    assert all(run.alarms["shown"] - run.alarms["always_shown"] <= run.alarms["budget"] for run in runs)
