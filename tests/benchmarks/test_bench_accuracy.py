"""The contest of the bench: who is shown as best, what is kept between runs, and that rivals score the right rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bench.accuracy.__main__ import write_page
from bench.accuracy.parts import OURS, JudgedBook, Standing, read_judged, read_rival, write_facts, write_judged
from bench.accuracy.standings import BookTable, Row, rows_of
from bench.accuracy.tables import BEGIN, END, of_book, over_all

from models.metrics.bootstrap import Interval
from models.metrics.ranking import auc, normalized_gini

CLIENTS = 60


def standing(noise: float, seed: int = 1, *, is_forecast: bool = True) -> Standing:
    random = np.random.default_rng(seed)
    declined, value = outcomes()
    scores = {
        "decline": np.clip(0.2 + 0.6 * declined + noise * random.normal(size=CLIENTS), 0.01, 0.99),
        "value": np.abs(value + 100 * noise * random.normal(size=CLIENTS)),
    }
    return Standing(scores=scores, forecasts=frozenset(scores if is_forecast else ()))


def outcomes() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.integers(0, 2, CLIENTS).astype(float), random.lognormal(3, 1, CLIENTS)


def judged(**standings: Standing) -> JudgedBook:
    declined, value = outcomes()
    return JudgedBook(
        outcomes={"decline": declined, "value": value},
        groups=np.arange(CLIENTS) // 2,
        standings=standings,
        order=np.arange(CLIENTS)[::-1].copy(),
        facts={"as_of": ["2020-01-01"]},
    )


def table(**figures: dict[str, float]) -> BookTable:
    rows = [Row(name=name, figures=reported, ours_minus={}) for name, reported in figures.items()]
    return BookTable(book=judged(), rows=tuple(rows))


def test_the_best_of_each_column_stands_out_but_the_truth_does_not_compete() -> None:
    reported = table(
        ours={"auc": 0.8, "log_loss": 0.5},
        recency={"auc": 0.9},
        flaml={"auc": 0.7, "log_loss": 0.4},
        truth={"auc": 0.95, "log_loss": 0.3},
    )
    lines = of_book(reported).split("\n\n")[0].splitlines()[2:]
    assert lines == [
        "| ours | 0.800 |  | 0.5000 | – |",
        "| recency | **0.900** |  | – | – |",
        "| FLAML | 0.700 |  | **0.4000** | – |",
        "| truth (a ceiling) | 0.950 |  | 0.3000 | – |",
    ]


def test_the_best_total_is_the_nearest_to_one_by_factor() -> None:
    reported = table(
        ours={"normalized_gini": 0.5, "total_ratio": 0.6}, flaml={"normalized_gini": 0.4, "total_ratio": 1.5}
    )
    assert "**1.500**" in of_book(reported)
    assert "**0.600**" not in of_book(reported)


def test_the_difference_to_ours_is_told_with_its_interval() -> None:
    rival = Row(
        name="recency", figures={"auc": 0.7}, ours_minus={"decline": Interval(estimate=0.1, low=-0.02, high=0.2)}
    )
    assert "+0.100 (-0.020 to +0.200)" in of_book(BookTable(book=judged(), rows=(rival,)))


def test_one_table_over_all_books_has_a_dash_where_a_contender_was_not() -> None:
    both = {"auc": 0.8, "normalized_gini": 0.5}
    lines = over_all({"A": table(ours=both, btyd={"normalized_gini": 0.6}), "B": table(ours=both)}).splitlines()
    assert lines[0] == "|  | A AUC | A nGini | B AUC | B nGini |"
    assert lines[2:] == [
        "| ours | **0.800** | 0.500 | **0.800** | **0.500** |",
        "| BTYD (BG/NBD x Gamma-Gamma) | – | **0.600** | – | – |",
    ]


def test_figures_are_those_of_the_metrics_and_rankings_are_not_judged_as_forecasts() -> None:
    book = judged(ours=standing(0.1), recency=standing(0.9, is_forecast=False))
    ours, other = rows_of(book, book.standings, resamples=200)
    declined, value = outcomes()
    assert ours.figures["auc"] == auc(declined, book.standings[OURS].scores["decline"])
    assert other.figures == {
        "auc": auc(declined, book.standings["recency"].scores["decline"]),
        "normalized_gini": normalized_gini(value, book.standings["recency"].scores["value"]),
    }
    assert other.ours_minus["decline"].estimate == pytest.approx(ours.figures["auc"] - other.figures["auc"])
    assert other.ours_minus["decline"].low > 0
    assert not ours.ours_minus


def test_a_book_comes_back_as_it_was_written(tmp_path: Path) -> None:
    book = judged(ours=standing(0.1), recency=standing(0.9, is_forecast=False))
    write_judged(tmp_path, book)
    read = read_judged(tmp_path)
    assert read.key() == book.key()
    assert read.facts == book.facts
    assert {name: each.forecasts for name, each in read.standings.items()} == {
        OURS: frozenset({"decline", "value"}),
        "recency": frozenset(),
    }
    assert read.standings[OURS].scores["value"].tolist() == book.standings[OURS].scores["value"].tolist()


def test_what_a_rival_scored_is_put_in_the_order_of_the_outcomes(tmp_path: Path) -> None:
    book, reported = judged(ours=standing(0.1)), np.arange(CLIENTS) - 1.0
    np.savez(tmp_path / "flaml.npz", decline=reported, value=reported)
    write_facts(tmp_path, "flaml", {"key": book.key()})
    read = read_rival(tmp_path, "flaml", book)
    assert read is not None
    assert read.scores["value"].tolist() == np.maximum(reported[::-1], 0.0).tolist()


@pytest.mark.parametrize("facts", [{}, {"key": "of other rows"}, {"error": "could not be installed"}])
def test_a_rival_that_failed_or_scored_other_rows_is_left_out(tmp_path: Path, facts: dict[str, str]) -> None:
    write_facts(tmp_path, "flaml", facts)
    assert read_rival(tmp_path, "flaml", judged(ours=standing(0.1))) is None


def test_only_the_part_that_is_made_of_figures_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_page("new", page)
    assert page.read_text() == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
