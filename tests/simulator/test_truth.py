"""The truth is true: what the book's futures bring, on average, is what the truth predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from models.config.sections import DeclineConfig
from models.config.simulation import InterventionEconomics, SimulationConfig, TruthConfig
from models.panel.facilities import cause_of_key
from models.simulator.blocks import Plan, run_block, world_of
from models.simulator.book import SIMULATED, Futures, futures, simulate
from models.simulator.economics import DEFAULTED, DORMANT, MATURED, NO_CAUSE, REFINANCED, Economics
from models.simulator.intervention import share_avoided
from models.simulator.population import create_population
from models.simulator.sinks import MonthTally
from models.simulator.state import BookState, FacilityColumns
from models.simulator.truth import exit_causes, run_forward
from models.vocab import DeclineCause

CLIENTS, MONTHS, AS_OF, SEED = 2_000, 48, 36, 11
TRUTH_PATHS, CHECK_PATHS = 150, 50
CONFIG = SimulationConfig(block_clients=1_000, truth=TruthConfig(paths=TRUTH_PATHS))
LARGEST_Z = 4.0
"""Fifty comparisons of noise alone exceed it once in three hundred seeds; this seed is fixed."""


@dataclass(frozen=True)
class Case:
    truth: pd.DataFrame
    """Active clients, in the order of ``futures``."""
    first: Futures
    """Used to rank clients, so that no decile is chosen by the noise it is judged by."""
    active: np.ndarray


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    out = tmp_path_factory.mktemp("truth") / "book"
    simulate(CONFIG, clients=CLIENTS, months=MONTHS, seed=SEED, out=out, as_of_months=[AS_OF])
    ahead = futures(CONFIG, clients=CLIENTS, months=MONTHS, seed=SEED, as_of_month=AS_OF, paths=2 * CHECK_PATHS)
    truth = pd.read_parquet(out / "truth.parquet").set_index("client_id").loc[list(ahead.client_ids)]
    return Case(truth=truth[ahead.active], first=ahead, active=ahead.active)


def deviations(realised: np.ndarray, predicted: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Per group: realised less predicted sum, in standard errors of both. ``realised`` is (paths, clients).

    The first half of the paths ranked the clients; it helps to measure the spread, but is not what is judged.
    """
    result = []
    for group in np.unique(groups):
        sums = realised[:, groups == group].sum(axis=1)
        error = sums.std(ddof=1) * np.sqrt(1 / CHECK_PATHS + 1 / TRUTH_PATHS)
        result.append((sums[CHECK_PATHS:].mean() - predicted[groups == group].sum()) / error)
    return np.array(result)


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["value", "declined"])
def test_fifty_futures_match_the_truth_in_total_and_by_decile(case, measure):
    outcomes = getattr(case.first, measure)[:, case.active].astype(float)
    column = "expected_value" if measure == "value" else "decline_probability"
    predicted = case.truth[column].to_numpy()
    deciles = (
        pd.Series(outcomes[:CHECK_PATHS].mean(axis=0))
        .rank(method="first")
        .mul(10 / len(predicted))
        .sub(1e-9)
        .astype(int)
        .to_numpy()
    )
    total = deviations(outcomes, predicted, np.zeros(len(predicted)))
    by_decile = deviations(outcomes, predicted, deciles)
    assert abs(total[0]) < LARGEST_Z
    assert np.abs(by_decile).max() < LARGEST_Z
    assert np.sqrt((by_decile**2).mean()) < 2
    assert 0 < outcomes.sum(axis=1).std() / outcomes.sum(axis=1).mean() < 0.5, "the test could not see a wrong total"


def test_a_truth_that_is_off_by_a_fifth_would_be_seen(case):
    outcomes = case.first.declined[:, case.active].astype(float)
    wrong = 1.2 * case.truth["decline_probability"].to_numpy()
    assert abs(deviations(outcomes, wrong, np.zeros(len(wrong)))[0]) > LARGEST_Z


def test_exit_causes_match_and_sum_to_one(case):
    names = [f"exit_{name}_probability" for name in ("none", "matured", "refinanced_away", "dormant", "default")]
    np.testing.assert_allclose(case.truth[names].sum(axis=1), 1.0, atol=1e-12)
    for code, name in zip((NO_CAUSE, MATURED, REFINANCED, DORMANT, DEFAULTED), names, strict=True):
        realised = (case.first.cause[:, case.active] == code).astype(float)
        total = deviations(realised, case.truth[name].to_numpy(), np.zeros(len(case.truth)))
        assert abs(total[0]) < LARGEST_Z, name


def test_causes_of_decline_match_and_sum_to_its_probability(case):
    names = [f"decline_{name}_probability" for name in ("reduced", "refinanced_away", "dormant", "default")]
    assert names == [f"decline_{cause.value}_probability" for cause in DeclineCause]
    np.testing.assert_allclose(case.truth[names].sum(axis=1), case.truth["decline_probability"], atol=1e-12)
    causes = case.first.decline_cause[:, case.active]
    np.testing.assert_array_equal(causes >= 0, case.first.declined[:, case.active])
    for code, name in enumerate(names):
        realised = (causes == code).astype(float)
        assert realised.sum() > 100, "too rare to be seen"
        total = deviations(realised, case.truth[name].to_numpy(), np.zeros(len(case.truth)))
        assert abs(total[0]) < LARGEST_Z, name
        wrong = deviations(realised, 1.5 * case.truth[name].to_numpy(), np.zeros(len(case.truth)))
        assert abs(wrong[0]) > LARGEST_Z, name


def test_standard_errors_tell_how_far_two_truths_lie_apart(case):
    """The z-scores of an independent mean of 100 paths against the truth spread as normal ones do."""
    other = case.first.declined[:, case.active].mean(axis=0)
    error = case.truth["decline_probability_se"].to_numpy() * np.sqrt(1 + TRUTH_PATHS / (2 * CHECK_PATHS))
    sure = case.truth["decline_probability"].between(0.1, 0.9).to_numpy()
    z = (other - case.truth["decline_probability"].to_numpy())[sure] / error[sure]
    assert sure.sum() > 50
    assert 0.75 < z.std() < 1.3


def test_decline_can_be_foreseen_well_but_not_by_recency_alone(case):
    """The truth ranks realised declines far better than the time since the last activity could."""
    truth = case.truth["decline_probability"]
    happened = case.first.declined[:20, case.active]
    auc = np.mean([roc_auc_score(path, truth) for path in happened])
    assert 0.85 < auc < 0.98
    assert 0.10 < happened.mean() < 0.32
    one_open = case.truth["stage"].isin(["development", "maturity"]).to_numpy()
    assert happened[:, one_open].mean() > 0.03, "decline must also strike clients that look well"


def test_decline_is_that_of_the_targets_module():
    """A future counted by hand: activity of 10 a month before, 4 a month after, is a drop below one half."""
    settings = TruthConfig(horizon_periods=2, activity_periods=2, decline=DeclineConfig(rule="drop", share=0.5))
    economics = Economics.of(SimulationConfig(truth=settings, block_clients=100))
    plan = Plan(config=economics.config, clients=100, months=12, seed=1, as_of=(10,))
    run = run_block(plan, 0)
    moment = run.moments[0]
    outcomes = run_forward(moment, world_of(plan), economics, paths=3, seed=1, block=0, stream=0)
    np.testing.assert_array_equal(moment.past, run.journal.activity[8:10].sum(axis=0)[moment.clients])
    assert outcomes.value.shape == outcomes.declined.shape == outcomes.cause.shape == (3, len(moment.clients))
    never_active = moment.past == 0
    quiet = (outcomes.cause == DORMANT) & never_active
    assert quiet.any()
    assert outcomes.declined[quiet].all()
    assert (outcomes.value[quiet] == 0).all()


def test_tally_keeps_the_last_end_off_schedule():
    """Client 0 refinances on day 9 of month 0, matures later; client 1 lets a line lapse and refinances on one day."""
    state = one_client().facilities
    tally = MonthTally(months=2, clients=3, first_new_facility=5)

    def ends(month: int, *found: tuple[int, int, int]) -> None:
        who, day, cause = (np.array([row[place] for row in found]) for place in range(3))
        columns = {name: np.zeros(len(found), dtype=int) for name in vars(state)}
        tally.month = month
        tally.closed(FacilityColumns(**columns | {"client": who, "pay_day": day}), cause)

    ends(0, (0, 9, REFINANCED), (0, 3, DORMANT))
    ends(1, (0, 2, MATURED), (1, 5, REFINANCED), (1, 5, DORMANT))
    assert cause_of_key(tally.last_end).tolist() == [REFINANCED, DORMANT, NO_CAUSE]


def test_tally_counts_margin_activity_and_ends_by_hand():
    tally = MonthTally(months=1, clients=2, first_new_facility=5)
    who = np.array([0, 0, 1])
    cents = np.array([100, 50, 7])
    for kind in ("interest", "funding_cost", "drawdown"):
        tally.cashflows(kind, who, who, cents, who)
    assert tally.margin.tolist() == [[0, 0]]
    assert tally.activity.tolist() == [[150, 7]]
    assert tally.activity_count.tolist() == [[2, 1]]


@pytest.mark.parametrize(
    ("defaulted", "open_facilities", "last", "expected"),
    [
        (True, 2, MATURED, DEFAULTED),
        (False, 2, MATURED, NO_CAUSE),
        (False, 0, REFINANCED, REFINANCED),
        (False, 0, MATURED, MATURED),
        (False, 0, NO_CAUSE, DORMANT),
    ],
)
def test_exit_cause_of_a_client(defaulted, open_facilities, last, expected):
    state = one_client()
    state.clients.defaulted[:] = defaulted
    state.clients.open_facilities[:] = open_facilities
    state.clients.last_cause[:] = last
    assert exit_causes(state).tolist() == [expected]


def one_client() -> BookState:
    economics = Economics.of(SimulationConfig())
    return create_population(economics, clients=1, months=2, noise=np.random.default_rng(1)).state


def test_the_future_of_a_client_does_not_depend_on_what_was_drawn_after_the_as_of_date(tmp_path):
    """A book that ends at the as-of date's horizon and one that goes on tell the same truth."""
    config = SimulationConfig(block_clients=200, truth=TruthConfig(paths=5))
    frames = []
    for out in ("first", "second"):
        simulate(
            config, clients=200, months=36, seed=2, out=tmp_path / out, as_of_months=[12 if out == "first" else 24, 20]
        )
        frame = pd.read_parquet(tmp_path / out / "truth.parquet")
        frames.append(frame[frame["as_of"].astype(str) == "2019-09-01"].reset_index(drop=True))
    pd.testing.assert_frame_equal(frames[0], frames[1])


def test_acting_avoids_a_part_of_what_is_lost_between_the_bounds_of_its_effect(case):
    loss, avoided = case.truth["expected_loss"], case.truth["avoided_loss"]
    default = case.truth["exit_default_probability"]
    assert (loss[default == 0] == 0).all()
    assert (avoided >= InterventionEconomics().recovered_more * loss - 1e-9).all()
    assert (avoided <= 0.55 * loss + 1e-9).all()
    halves = case.truth["avoided_loss_first_half"]
    assert 0.5 < halves.sum() / avoided.sum() < 2.0
    assert not np.allclose(halves, avoided)


def test_whoever_is_acted_on_early_keeps_more_and_without_effect_nobody_keeps_anything():
    early = InterventionEconomics(lead_months=4, prevented=0.5, recovered_more=0.2)
    assert share_avoided(np.array([0.0, 2.0, 4.0, 9.0]), early).tolist() == pytest.approx([0.2, 0.4, 0.6, 0.6])
    nothing = InterventionEconomics(prevented=0.0, recovered_more=0.0)
    assert share_avoided(np.array([0.0, 9.0]), nothing).tolist() == [0.0, 0.0]


def test_the_effect_of_acting_moves_no_row_of_the_book(tmp_path):
    truth = TruthConfig(paths=4)
    for name, effect in (("weak", 0.0), ("strong", 1.0)):
        settings = InterventionEconomics(prevented=effect, recovered_more=effect)
        config = SimulationConfig(block_clients=200, truth=truth, intervention=settings, states=True)
        simulate(config, clients=200, months=36, seed=3, out=tmp_path / name)
    for table in SIMULATED:
        weak, strong = (tmp_path / name / f"{table}.parquet" for name in ("weak", "strong"))
        assert weak.read_bytes() == strong.read_bytes(), table
    weak, strong = (pd.read_parquet(tmp_path / name / "truth.parquet") for name in ("weak", "strong"))
    pd.testing.assert_series_equal(weak["expected_loss"], strong["expected_loss"])
    assert weak["avoided_loss"].sum() == 0
    assert strong["expected_loss"].sum() > 0
    np.testing.assert_allclose(strong["avoided_loss"], strong["expected_loss"])
