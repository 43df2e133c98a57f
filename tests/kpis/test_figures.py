"""A small lender's figures by hand: what two new clients cost, who stayed, what they said; and what is not known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from models.config.root import Config
from models.kpis.catalogue import CATALOGUE
from models.kpis.concentration import concentration
from models.kpis.estimates import KpiEstimate, figures_by_group, pooled_figure
from models.kpis.relationship_score import relationship_score
from models.kpis.report import KpiReport, book_kpis, csv_rows
from models.store.sealed import publish_folder, write_manifest
from support.books import book_of, rows, settings

AS_OF = date(2021, 1, 1)


def tables() -> dict[str, object]:
    """One year, 2020: A and B were with us before, A stayed; C and D came."""
    day = date
    return {
        "clients": rows(
            "client_id region relationship_start acquisition_cost",
            ("A", "north", day(2018, 1, 1), 10.0),
            ("B", "south", day(2018, 1, 1), 10.0),
            ("C", "north", day(2020, 3, 1), 40.0),
            ("D", "=south", day(2020, 5, 1), 20.0),
            ("E", "south", day(2021, 1, 1), 1e6),
        ),
        "cashflows": rows(
            "client_id date kind amount",
            ("A", day(2019, 8, 1), "drawdown", 1.0),
            ("B", day(2019, 9, 1), "drawdown", 1.0),
            ("A", day(2020, 12, 31), "drawdown", 1.0),
            ("A", day(2020, 2, 1), "interest", 90.0),
            ("C", day(2020, 6, 1), "interest", 30.0),
            ("C", day(2021, 1, 1), "interest", 1e6),
            ("D", day(2020, 6, 1), "fee", 20.0),
        ),
        "interactions": rows(
            "client_id date kind response_hours resolution_hours",
            ("A", day(2020, 4, 1), "enquiry", 10.0, None),
            ("A", day(2020, 5, 1), "enquiry", 30.0, None),
            ("B", day(2020, 5, 1), "enquiry", 20.0, None),
            ("A", day(2020, 5, 1), "complaint", None, 48.0),
            ("A", day(2020, 12, 31), "complaint", None, 48.0),
        ),
    }


def report(folder: Path, *, fewest: int = 1, **more: object) -> KpiReport:
    book = book_of({**tables(), **more}, folder)  # type: ignore[dict-item]
    config: Config = settings("kpis.dimensions=[region]", f"kpis.min_clients={fewest}", work_dir=folder)
    return book_kpis(book, config, folder / "scores", as_of=AS_OF)


def figure(found: KpiReport, name: str, group: str = "all") -> KpiEstimate:
    return next(row.found for row in found.figures if row.figure == name and row.group == group)


def test_a_small_lender_is_counted_as_by_hand(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert figure(found, "cac").estimate == 30.0  # (40 + 20) / 2
    assert figure(found, "margin_to_cac").estimate == pytest.approx((30 + 20 / 2) / 60)  # a fee counts half
    assert figure(found, "retention").estimate == 0.5  # A of A and B
    assert figure(found, "churn", "south").estimate == 1.0
    assert figure(found, "answer_hours").estimate == 20.0
    assert figure(found, "answered_in_time").estimate == pytest.approx(2 / 3)
    assert figure(found, "complaint_hours").count == 1.0  # the second is settled after the as-of date
    assert figure(found, "top_share", "north").clients == 2


def test_what_the_book_does_not_hold_is_not_known_rather_than_nought(tmp_path: Path) -> None:
    found = report(tmp_path)
    csat = figure(found, "csat")
    assert (csat.estimate, csat.missing) == (None, "not known: the book has no surveys")
    assert "no scores were published" in figure(found, "clv_to_cac").missing
    assert "without satisfaction, loyalty, participation" in figure(found, "relationship_score").missing


def test_nothing_from_the_as_of_date_on_changes_a_figure(tmp_path: Path) -> None:
    later = rows("client_id date csat nps", ("A", date(2020, 6, 1), 4.0, 9.0), ("B", AS_OF, 1.0, 0.0))
    found = report(tmp_path, surveys=later)
    assert figure(found, "csat").estimate == 4.0
    assert figure(found, "nps").estimate == 100.0


def test_rows_in_another_order_give_the_same_report(tmp_path: Path) -> None:
    shuffled = {name: frame.iloc[::-1] for name, frame in tables().items()}  # type: ignore[attr-defined]
    assert list(csv_rows(report(tmp_path / "a"))) == list(csv_rows(report(tmp_path / "b", **shuffled)))


def test_a_share_of_single_clients_has_the_interval_of_scipy() -> None:
    top = np.repeat([1.0, 0.0], [7, 33])
    found = pooled_figure(CATALOGUE["retention"], top, np.ones(40))
    expected = stats.binomtest(7, 40).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_the_interval_of_a_ratio_agrees_with_drawing_clients_again() -> None:
    noise = np.random.default_rng(5)
    bottom = noise.integers(1, 6, 300).astype(float)
    top = bottom * noise.normal(16, 4, 300) + noise.normal(0, 5, 300)
    drawn = noise.integers(0, 300, (4000, 300))
    low, high = np.quantile(top[drawn].sum(axis=1) / bottom[drawn].sum(axis=1), (0.025, 0.975))
    found = pooled_figure(CATALOGUE["answer_hours"], top, bottom)
    assert found.low == pytest.approx(low, abs=0.12)
    assert found.high == pytest.approx(high, abs=0.12)


def test_groups_are_told_apart_and_one_client_has_no_interval() -> None:
    top, group = np.array([30.0, 10.0, 20.0]), np.array([1, 0, 1])
    single, pair = figures_by_group(CATALOGUE["cac"], top, np.ones(3), group, groups=2)
    assert (single.estimate, single.low, pair.estimate, pair.clients) == (10.0, None, 25.0, 2)


def test_concentration_of_equal_clients_is_their_number() -> None:
    found = concentration(np.full(8, 5.0), top=2)
    assert found is not None
    assert (found.top_share, found.effective_clients) == pytest.approx((0.25, 8.0))
    assert concentration(np.array([-1.0]), top=1) is None


def test_the_relationship_score_weighs_what_is_known() -> None:
    figures = {"csat": KpiEstimate(estimate=4.0, low=3.0, high=5.0, clients=9), "nps": KpiEstimate(estimate=None)}
    found = relationship_score(figures, {"satisfaction": 0.5, "loyalty": 0.5})
    assert (found.estimate, found.low, found.high) == (75.0, 50.0, 100.0)
    assert (found.count, found.missing) == (0.5, "without loyalty")


def test_complaints_of_those_who_left_count_on_both_sides(tmp_path: Path) -> None:
    """A and B were active at the start, B complained and left; E, who was never active, complained too."""
    reported = rows(
        "client_id date kind response_hours resolution_hours",
        ("A", date(2020, 5, 1), "complaint", None, 48.0),
        ("B", date(2020, 2, 1), "complaint", None, 48.0),
        ("B", date(2020, 3, 1), "complaint", None, None),
        ("E", date(2020, 12, 1), "complaint", None, None),
        ("B", AS_OF, "complaint", None, None),
    )
    found = figure(report(tmp_path, interactions=reported), "complaints")
    assert (found.count, found.estimate) == (3.0, pytest.approx(4 / 3))
    assert "also those that left" in CATALOGUE["complaints"].formula.english


def scored_on(
    folder: Path, values: dict[str, float], tiers: dict[str, str], day: date = AS_OF, cold: tuple[str, ...] = ()
) -> Path:
    """Scores as a run publishes them, of some clients, of whom some start ``cold``."""

    def fill(draft: Path) -> None:
        clients = list(values)
        columns = {"client_id": clients, "value": list(values.values()), "tier": [tiers[name] for name in clients]}
        columns["cold_start"] = [name in cold for name in clients]
        pq.write_table(pa.table(columns), draft / "scores.parquet")
        write_manifest(draft, {"as_of": day.isoformat(), "run_key": day.isoformat()})

    publish_folder(folder / "scores" / day.isoformat(), fill)
    return folder


def test_value_over_cost_counts_clients_that_were_won_and_lost_again(tmp_path: Path) -> None:
    """C (cost 40) is scored with 120; D (cost 20) is not active any more and brings nothing."""
    scored_on(tmp_path, {"A": 500.0, "C": 120.0}, {"A": "AA", "C": "A"})
    found = report(tmp_path)
    assert figure(found, "clv_to_cac").estimate == pytest.approx(120 / 60)
    assert figure(found, "clv_to_cac").clients == 2
    assert figure(found, "clv_to_cac_active").estimate == pytest.approx(120 / 40)
    assert "who is out of reach with 0" in CATALOGUE["clv_to_cac"].formula.english


def test_value_over_cost_counts_what_is_expected_of_who_starts_cold(tmp_path: Path) -> None:
    """C (cost 40) is active with 120, D (cost 20) is not yet, and 30 are expected of it."""
    scored_on(tmp_path, {"C": 120.0, "D": 30.0}, {"C": "A", "D": "B"}, cold=("D",))
    found = report(tmp_path)
    assert figure(found, "clv_to_cac").estimate == pytest.approx(150 / 60)
    assert figure(found, "clv_to_cac_active").estimate == pytest.approx(120 / 40)


def test_clients_won_after_the_scores_are_not_called_lost(tmp_path: Path) -> None:
    scored_on(tmp_path, {"C": 120.0}, {"C": "A"}, date(2020, 4, 1))
    assert figure(report(tmp_path), "clv_to_cac").estimate == pytest.approx(120 / 40)  # D came in May


def test_a_figure_of_few_clients_is_not_told(tmp_path: Path) -> None:
    found = report(tmp_path, fewest=2)
    assert figure(found, "cac").estimate == 30.0
    of_one = figure(found, "cac", "north")
    assert (of_one.estimate, of_one.missing) == (None, "not reported: it stands on fewer than 2 clients")
    assert all(row.estimate is None or row.clients >= 2 for row in found.figures)


def test_formulas_say_the_targets_that_they_count_by(tmp_path: Path) -> None:
    definitions = report(tmp_path).definitions
    assert "answered within 24 hours" in definitions["answered_in_time"].formula
    assert "the 10 largest clients" in definitions["top_share"].formula
    assert not any("kpis." in each.formula or "{" in each.formula for each in definitions.values())


def test_the_score_of_the_book_lies_between_those_of_its_groups() -> None:
    """Groups without a past of their own know no retention: it counts as in the book, not as nothing."""
    weights = {"satisfaction": 0.5, "retention": 0.5}
    whole = {"csat": KpiEstimate(estimate=3.0, clients=9), "retention": KpiEstimate(estimate=0.9, clients=9)}
    groups = [{"csat": KpiEstimate(estimate=points, clients=3)} for points in (2.5, 3.0, 3.5)]
    book = relationship_score(whole, weights).estimate
    scores = [relationship_score(each, weights, whole=whole) for each in groups]
    points = [each.estimate for each in scores]
    assert None not in points
    assert min(points) <= book <= max(points)
    assert {each.missing for each in scores} == {"retention as in the whole book"}
    assert {each.count for each in scores} == {1.0}
    assert relationship_score({}, weights, whole=whole).estimate is None


def test_all_groups_of_a_report_have_the_parts_of_the_book(tmp_path: Path) -> None:
    scored_on(tmp_path, {"A": 5.0, "C": 9.0}, {"A": "AA", "C": "A"})
    config = settings("kpis.dimensions=[tier, region]", "kpis.min_clients=1", work_dir=tmp_path)
    found = book_kpis(book_of(tables(), tmp_path), config, tmp_path / "scores", as_of=AS_OF)
    scores = [row for row in found.figures if row.figure == "relationship_score" and row.estimate is not None]
    assert len({row.count for row in scores}) == 1
    book = next(row.estimate for row in scores if row.dimension == "all")
    for dimension in ("tier", "region"):
        points = [row.estimate for row in scores if row.dimension == dimension]
        assert min(points) <= book <= max(points)
