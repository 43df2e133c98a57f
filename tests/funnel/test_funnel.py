"""Two opportunities of one borrower: the chance of being signed is what a hand count of hazards says."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.loading import load_book
from models.config.loading import load_config
from models.config.root import Config
from models.errors import UserError
from models.funnel.compute import book_funnel
from models.funnel.rules import layers, learned_chances, waiting, weighed_by_value
from models.funnel.text import candidate_stands, layer_cells
from models.relations.opportunities import Opportunity, opportunities_known
from models.relations.reading import reading
from models.store.sealed import publish_folder, write_manifest
from models.vocab import SilentProgress
from support.books import Frames, book_of, rows, settings

AS_OF = date(2021, 1, 1)
REAL = os.environ.get("CLIENTVALUE_REAL_DATA")
ROOT = Path(__file__).parents[2]


def tables() -> Frames:
    """X was signed after ten days in each stage, Y was lost in assessment, Z waits; a later end is not known yet."""
    day, column = date, "opportunity_id client_id stage entered amount outcome closed"
    signed = [
        ("X", "A", stage, day(2020, 1, 1 + 5 * place), 100.0, "won", day(2020, 1, 21))
        for place, stage in enumerate(("identified", "assessed", "due_diligence", "approved", "signed"))
    ]
    return {
        "clients": rows("client_id", ("A",), ("B",)),
        "cashflows": rows("client_id date kind amount", ("A", day(2019, 1, 1), "drawdown", 1.0)),
        "ratings": rows("client_id date pd", ("B", day(2020, 5, 1), 0.1), ("B", AS_OF, 0.9)),
        "opportunities": rows(
            column,
            *signed,
            ("Y", "A", "assessed", day(2020, 3, 1), 50.0, "lost", day(2020, 3, 11)),
            ("Z", "B", "identified", day(2020, 12, 1), 80.0, "won", day(2021, 1, 1)),
            ("Z", "B", "assessed", day(2020, 12, 12), 80.0, "won", day(2021, 1, 1)),
        ),
    }


def known(folder: Path, config: Config) -> Opportunity:
    with reading(book_of(tables(), folder), config) as reader:
        return opportunities_known(reader, AS_OF)


def day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def test_layers_count_who_went_on_was_lost_and_waits(tmp_path: Path) -> None:
    found = book_funnel(book_of(tables(), tmp_path), settings(work_dir=tmp_path), as_of=AS_OF)
    identified, assessed, *_, signed = found.layers
    assert (identified.reached, identified.advanced, identified.lost) == (3, 3, 0)  # Y began as assessed
    assert (assessed.open, assessed.advanced, assessed.lost, assessed.conversion) == (1, 1, 1, 0.5)
    assert (assessed.amount, assessed.risk, signed.reached) == (
        80.0,
        0.1,
        1,
    )  # the rating of the as-of date is not known
    assert [(each.opportunity_id, each.days_in_stage) for each in found.candidates] == [("Z", 20)]


def test_layers_tell_of_their_window_alone(tmp_path: Path) -> None:
    """Since 6 January: X came to assessment on that day, stood there for five days, as later in every stage."""
    seen = known(tmp_path, settings(work_dir=tmp_path))
    day = day_number(AS_OF)
    chances = learned_chances(seen, day, step_days=30, steps=2, ahead_days=180, shrinkage=5.0)
    whole = layers(seen, chances, day, since=0)
    identified, assessed, *_, signed = layers(seen, chances, day, since=day_number(date(2020, 1, 6)))
    assert (whole[0].reached, identified.reached, identified.advanced) == (3, 2, 3)  # X left on the first day
    assert identified.days == pytest.approx((0 + 0 + 11) / 3)
    assert assessed.days == pytest.approx((5 + 10 + 20) / 2)  # Z still stands there and counts with its 20 days
    late = layers(seen, chances, day, since=day_number(date(2020, 12, 20)))
    assert (late[1].reached, late[1].advanced, late[1].lost, late[1].days) == (0, 0, 0, None)
    assert (late[1].open, late[1].amount) == (1, 80.0)  # who stands there now came earlier
    assert (late[-1].reached, late[-1].amount, signed.amount) == (0, 0.0, 100.0)


def test_nobody_waits_among_the_signed(tmp_path: Path) -> None:
    found = book_funnel(book_of(tables(), tmp_path), settings(work_dir=tmp_path), as_of=AS_OF)
    assert found.window_start == date(2020, 1, 1)
    signed = found.layers[-1]
    assert (signed.open, signed.risk, signed.reached) == (0, None, 1)
    assert layer_cells(signed)[1] == "–"
    assert layer_cells(signed)[-1] == "–"


def test_chances_are_hazards_counted_by_hand(tmp_path: Path) -> None:
    seen = known(tmp_path, settings(work_dir=tmp_path))
    chances = learned_chances(seen, day_number(AS_OF), step_days=30, steps=2, ahead_days=30, shrinkage=1e-9)
    assert chances.seen[1].tolist() == [2.0, 0.0]  # X and Y ended in the first step; Z has not stood through one
    assert (chances.advance[1, 0], chances.lose[1, 0]) == pytest.approx((0.5, 0.5))
    assert chances.advance[3, 0] == pytest.approx(1.0)


def test_a_rating_lowers_what_is_expected(tmp_path: Path) -> None:
    seen = known(tmp_path, settings(work_dir=tmp_path))
    chances = learned_chances(seen, day_number(AS_OF), step_days=30, steps=2, ahead_days=180, shrinkage=5.0)
    ranked = waiting(seen, chances, day_number(AS_OF), stages=("assessed",), margin=0.5)
    assert ranked.expected[0] == pytest.approx(80 * 0.5 * ranked.chance[0] * 0.9)
    assert 0 < ranked.chance[0] < 1
    assert sum(layer.expected for layer in layers(seen, chances, day_number(AS_OF), since=0)[:4]) <= 80.0


def test_what_is_expected_of_who_starts_cold_weighs_beside_the_amount() -> None:
    """Alike by amount and chance, the newcomer of whom more is expected goes first; known clients stay as they were."""
    expected = np.array([8.0, 8.0, 5.0])
    weighed = weighed_by_value(expected, np.array([100.0, 400.0, np.nan]))
    assert weighed == pytest.approx([16 / 3, 32 / 3, 5.0])
    assert weighed[:2].sum() == pytest.approx(expected[:2].sum())
    assert weighed_by_value(expected, np.full(3, np.nan)) == pytest.approx(expected)
    assert weighed_by_value(expected, np.array([0.0, 0.0, np.nan])) == pytest.approx(expected)


def test_scores_of_a_day_tell_the_funnel_who_starts_cold(tmp_path: Path) -> None:
    def fill(draft: Path) -> None:
        columns = {"client_id": ["A", "B"], "value": [5.0, 7.0], "cold_start": [False, True]}
        pq.write_table(pa.table(columns), draft / "scores.parquet")
        write_manifest(draft, {"as_of": AS_OF.isoformat(), "run_key": "0"})

    publish_folder(tmp_path / "scores" / AS_OF.isoformat(), fill)
    book, config = book_of(tables(), tmp_path / "book"), settings(work_dir=tmp_path)
    (alone,) = book_funnel(book, config, as_of=AS_OF).candidates
    found = book_funnel(book, config, as_of=AS_OF, scores=tmp_path / "scores")
    (candidate,) = found.candidates
    assert found.scored_on == AS_OF
    assert (candidate.client_id, candidate.cold_start, candidate.client_value) == ("B", True, 7.0)
    assert candidate.expected == pytest.approx(alone.expected)  # one alone keeps the total
    assert (alone.cold_start, alone.client_value) == (False, None)
    assert candidate_stands(candidate).endswith("cold start, value 7")


def test_a_book_without_opportunities_says_so(tmp_path: Path) -> None:
    fewer = {name: frame for name, frame in tables().items() if name != "opportunities"}
    with pytest.raises(UserError, match="a funnel needs the table opportunities"):
        book_funnel(book_of(fewer, tmp_path), settings(work_dir=tmp_path))


@pytest.mark.skipif(not REAL, reason="CLIENTVALUE_REAL_DATA names no folder of public data")
def test_crm_deals_are_counted_as_published_and_ranked_better_than_by_amount(tmp_path: Path) -> None:
    settings_of_all = ["run.threads=1", f"run.work_dir={tmp_path}", "funnel.window_periods=60"]
    config = load_config(ROOT / "configs" / "crm_sales.yaml", settings_of_all)
    book = load_book(config, f"{REAL}/crm_sales", tmp_path, SilentProgress())
    found = book_funnel(book, config)
    assessed = found.layers[1]
    assert (assessed.open, assessed.advanced, assessed.lost) == (1_589, 4_238, 2_473)
    assert (found.unnamed, found.quarantined) == (1_088, 500)
    assert [layer.is_recorded for layer in found.layers] == [False, True, False, False, True]
    assert found.shares["ours"] > found.shares["largest_amount"] > found.shares["first_in_first_out"]
