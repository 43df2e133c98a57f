"""When and why clients decline: curves that end with the served probability, hazards and shares that come true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, softmax

from models.config.learners import MonotoneConfig
from models.errors import FeatureContractError
from models.learners.calibration import PlattCalibration
from models.learners.decline import timing as timing_module
from models.learners.decline.cause import CauseEvidence, CauseModel
from models.learners.decline.curves import DeclineCurves
from models.learners.decline.steps import step_ends, steps_of
from models.learners.decline.timing import TimingModel
from models.learners.decline.whether import DeclineModel
from support.declining_book import CAUSES, CONFIG, HORIZON, RUN, DecliningBook


@pytest.fixture(scope="module")
def book() -> DecliningBook:
    return DecliningBook()


@pytest.fixture(scope="module")
def later() -> DecliningBook:
    """Other clients, who decline earlier than those that were learned from."""
    return DecliningBook(seed=4, pace=0.8)


@pytest.fixture(scope="module")
def timing(book: DecliningBook) -> TimingModel:
    return book.timing()


@pytest.fixture(scope="module")
def causes(book: DecliningBook) -> CauseModel:
    return book.causes()


def curves_of(book: DecliningBook, timing: TimingModel, causes: CauseModel | None, rule: str = "drop") -> DeclineCurves:
    probability = expit(book.matrix[:, 0] - 1)
    return DeclineCurves.of(book.matrix, probability, rule=rule, timing=timing, causes=causes)


def test_a_curve_never_falls_and_ends_with_the_served_probability(
    book: DecliningBook, timing: TimingModel, causes: CauseModel
) -> None:
    curves = curves_of(book, timing, causes)
    assert curves.event == "decline"
    assert curves.ends == (2, 4, 6, 8, 10, 12)
    assert (np.diff(curves.probability, axis=1) >= 0).all()
    np.testing.assert_array_equal(curves.probability[:, -1], expit(book.matrix[:, 0] - 1))
    np.testing.assert_array_equal(curves.survival, 1 - curves.probability)
    assert tuple(curves.incidence) == CAUSES
    assert all((np.diff(part, axis=1, prepend=0) >= 0).all() for part in curves.incidence.values())
    np.testing.assert_allclose(sum(curves.incidence.values()), curves.probability, rtol=0, atol=1e-14)


def test_under_lapse_the_curve_tells_the_return(book: DecliningBook, timing: TimingModel) -> None:
    curves = curves_of(book, timing, None, rule="lapse")
    assert curves.event == "return"
    assert curves.incidence == {}
    np.testing.assert_array_equal(curves.probability[:, -1], 1 - expit(book.matrix[:, 0] - 1))


def test_hazards_are_learned_by_client_and_step(book: DecliningBook, timing: TimingModel) -> None:
    """Against the known chance of the drawn book, given that the event comes within the horizon."""
    known = 1 - np.cumprod(1 - book.hazard, axis=1)
    known[:, -1] = 1.0
    reached = timing.predict(book.matrix)
    np.testing.assert_array_equal(reached[:, -1], 1.0)
    expected = known[:, [end - 1 for end in timing.ends]]
    plain = np.cumsum(timing.shares)[None, :]
    assert np.abs(reached - expected).mean() < 0.35 * np.abs(plain - expected).mean()
    assert np.corrcoef(reached[:, 0], expected[:, 0])[0, 1] > 0.95


def hazards_of(curve: np.ndarray) -> np.ndarray:
    """Mean hazard of each step from a mean curve (n_steps,)."""
    return np.asarray(np.diff(curve, prepend=0) / (1 - np.concatenate([[0.0], curve[:-1]])))


@pytest.mark.parametrize("trees", [10, 60])
def test_what_few_trees_leave_out_does_not_all_fall_into_the_last_step(trees: int) -> None:
    """Three of four declines are there at once, as of clients that are silent; the others come evenly."""
    even = DecliningBook(seed=9, clients=6_000)
    random = np.random.default_rng(9)
    at_once = random.random(6_000) < expit(1.5 + even.matrix[:, 0])
    even.event_period = np.where(even.declined, np.where(at_once, 1, random.integers(2, HORIZON + 1, 6_000)), 0)
    timing = even.timing(CONFIG.model_copy(update={"trees": trees, "curve_steps": 12}))
    probability = np.where(even.declined, 0.9, 0.05)
    hazards = hazards_of((probability[:, None] * timing.predict(even.matrix)).mean(axis=0))
    assert 1 / 1.5 < hazards[-1] / hazards[-2] < 1.5
    assert 1 / 1.5 < hazards[-1] / hazards[1:-1].mean() < 1.5
    declined = even.event_period > 0
    realised = np.bincount(even.event_period[declined], minlength=13)[1:].cumsum() / declined.sum()
    np.testing.assert_allclose(timing.predict(even.matrix)[declined].mean(axis=0), realised, atol=0.03)


def test_calibrated_hazards_come_true_on_a_later_origin(later: DecliningBook, timing: TimingModel) -> None:
    happened = later.event_period > 0
    realised = [(later.event_period[happened] <= end).mean() for end in timing.ends]
    before = timing.predict(later.matrix)[happened].mean(axis=0)
    calibrated = timing.calibrated(later.matrix, later.event_period)
    after = calibrated.predict(later.matrix)[happened].mean(axis=0)
    assert np.abs(before - realised).max() > 0.1
    assert np.abs(after - realised).max() < 0.02
    steps = timing.evidence(later.matrix, later.event_period)
    hazards = expit(calibrated.calibration.log_odds(steps.margin))
    assert hazards.sum() == pytest.approx(steps.happened.sum(), rel=1e-6)


def test_evidence_has_one_entry_per_event_and_step_up_to_it(timing: TimingModel, book: DecliningBook) -> None:
    steps = timing.evidence(book.matrix[:4], np.array([0, 1, 5, 12]))
    assert steps.happened.tolist() == [True, False, False, True, False, False, False, False, False]
    alone = timing.evidence(book.matrix[2:3], np.array([5]))
    np.testing.assert_array_equal(steps.margin[1:4], alone.margin)


def test_pooled_origins_calibrate_as_their_rows_together(later: DecliningBook, timing: TimingModel) -> None:
    halves = [
        timing.evidence(later.matrix[rows], later.event_period[rows]) for rows in (slice(0, 2_000), slice(2_000, None))
    ]
    together = timing.calibrated(later.matrix, later.event_period)
    assert timing.calibrated_on(halves) == together
    assert timing.calibrated_on([]) is timing
    nobody = timing.evidence(later.matrix, np.zeros(4_000, dtype=np.int64))
    assert timing.calibrated_on([nobody]) is timing


def test_a_model_that_learned_from_far_fewer_events_calibrates_no_other(
    book: DecliningBook, later: DecliningBook, timing: TimingModel, causes: CauseModel
) -> None:
    fewer = DecliningBook(seed=5, clients=1_500)
    steps = fewer.timing().evidence(later.matrix, later.event_period)
    assert steps.by_feature
    assert timing.calibrated_on([steps]) is timing
    assert fewer.timing().calibrated_on([steps]).calibration != PlattCalibration()
    reported = causes.evidence(later.matrix, later.event_period, later.cause)
    assert causes.calibrated_on([reported]).shift != causes.shift
    assert causes.calibrated_on([replace(reported, declines=causes.declines // 3)]) is causes
    assert causes.calibrated_on([replace(reported, learned=(1, 2))]) is causes


def test_few_events_give_everyone_the_shares_of_the_steps() -> None:
    """150 events, 75 in the first two periods and 75 in the last; one more is spread over all, neighbours share."""
    few = DecliningBook(clients=400)
    few.event_period = np.zeros(400, dtype=np.int64)
    few.event_period[:150] = np.repeat([1, 12], 75)
    model = few.timing()
    assert model.trees is None
    around = np.array([1 / 6, 1 / 6, 1 / 6, (75 + 3 / 6) / 3, (75 + 2 / 6) / 2])
    later = around * (75 + 5 / 6) / around.sum()
    expected = np.array([75 + 1 / 6, *later]).cumsum() / 151
    np.testing.assert_allclose(model.predict(few.matrix[:2]), [expected, expected], rtol=1e-12)
    few.event_period[:] = 0
    np.testing.assert_allclose(few.timing().predict(few.matrix[:1])[0], np.arange(1, 7) / 6, rtol=1e-12)


def test_a_horizon_of_one_step_needs_no_hazards(book: DecliningBook) -> None:
    model = book.timing(CONFIG.model_copy(update={"curve_steps": 1}))
    assert model.ends == (12,)
    np.testing.assert_array_equal(model.predict(book.matrix), 1.0)
    assert model.calibrated(book.matrix, book.event_period) is model


def test_weights_count_events(book: DecliningBook) -> None:
    """Of two halves of which one counts nothing, the other is learned; the first step stands alone."""
    weight = (np.arange(4_000) < 2_000).astype(float)
    first = np.bincount(steps_of(book.event_period[:2_000], step_ends(12, 6)), minlength=7)[1:]
    shares = book.timing(weight=weight).shares
    counts = first + 1 / 6
    around = np.array([counts[max(step - 1, 1) : step + 2].mean() for step in range(1, 6)])
    later = around * counts[1:].sum() / around.sum()
    np.testing.assert_allclose(shares, np.array([counts[0], *later]) / (first.sum() + 1), rtol=1e-12)


@pytest.mark.slow
def test_more_events_than_memory_allows_are_taken_evenly(book: DecliningBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing_module, "MAX_CELLS", 4 * 1_000)
    rows, at, happened = timing_module._person_steps(steps_of(book.event_period, step_ends(12, 6)), 6, most=1_000)
    assert 950 < len(rows) < 1_050
    assert len(at) == len(happened) == len(rows)
    kept = np.unique(rows)
    assert np.histogram(kept, bins=4, range=(0, 4_000))[0].min() > 0.2 * len(kept)
    assert book.timing().predict(book.matrix[:3]).shape == (3, 6)


def test_shares_of_causes_sum_to_one_exactly_and_follow_the_features(book: DecliningBook, causes: CauseModel) -> None:
    for step in (1, 6):
        shares = causes.predict(book.matrix, step)
        np.testing.assert_array_equal(shares.sum(axis=1), 1.0)
        np.testing.assert_array_equal(shares[:, ::-1].sum(axis=1), 1.0)
        assert (shares >= 0).all()
    indebted, sound = book.matrix[:, 1] > 1, book.matrix[:, 1] < -1
    shares = causes.predict(book.matrix, 1)
    assert shares[indebted, 3].mean() > 3 * shares[sound, 3].mean()
    assert causes.predict(book.matrix, 6)[:, 0].mean() > shares[:, 0].mean() + 0.15


def test_all_steps_at_once_are_as_each_step_alone(book: DecliningBook, causes: CauseModel, timing: TimingModel) -> None:
    at_once = causes.predict_steps(book.matrix[:200])
    assert at_once.shape == (200, len(causes.ends), len(causes.causes))
    for step in range(1, len(causes.ends) + 1):
        np.testing.assert_array_equal(at_once[:, step - 1], causes.predict(book.matrix[:200], step))
    assert timing.trees is not None
    along = timing.trees.raw_along(book.matrix[:200], np.arange(1.0, 6.0))[:, :, 0]
    for step in range(1, 6):
        rows = np.column_stack([book.matrix[:200], np.full(200, step)])
        np.testing.assert_array_equal(along[:, step - 1], timing.trees.raw_predict(rows))


def test_causes_calibrated_on_a_later_origin_come_true_in_total(later: DecliningBook, causes: CauseModel) -> None:
    """There defaults were drawn half as often; the shift is that of maximum likelihood."""
    generator = np.random.default_rng(8)
    spared = (later.cause == 3) & (generator.random(4_000) < 0.5)
    cause = np.where(spared, -1, later.cause)
    evidence = causes.evidence(later.matrix, later.event_period, cause)
    calibrated = causes.calibrated_on([evidence])
    predicted = softmax(evidence.log_shares + np.array(calibrated.shift), axis=1)
    counts = np.bincount(evidence.cause, minlength=4)
    np.testing.assert_allclose(predicted.sum(axis=0), counts, atol=1.0)
    unshifted = softmax(evidence.log_shares, axis=1)
    assert unshifted[:, 3].sum() > 1.3 * counts[3]
    expected = (counts + unshifted.mean(axis=0)) / (counts.sum() + 1)
    np.testing.assert_allclose(predicted.mean(axis=0), expected, rtol=1e-5)
    assert sum(calibrated.shift) == pytest.approx(0, abs=1e-12)
    order = generator.permutation(len(evidence.cause))
    shuffled = replace(evidence, log_shares=evidence.log_shares[order], cause=evidence.cause[order])
    assert causes.calibrated_on([shuffled]) == calibrated


def test_a_cause_that_did_not_occur_later_is_not_ruled_out(causes: CauseModel) -> None:
    evidence = CauseEvidence(
        log_shares=np.log(np.full((99, 4), 0.25)),
        cause=np.repeat([0, 1, 2], 33),
        declines=causes.declines,
        learned=causes.learned,
    )
    shares = softmax(causes.calibrated_on([evidence]).shift)
    np.testing.assert_allclose(shares, [33.25 / 100] * 3 + [0.25 / 100], rtol=1e-6)


def test_a_rare_cause_keeps_its_share_and_two_causes_are_needed(book: DecliningBook) -> None:
    cause = book.cause.copy()
    defaults = np.flatnonzero(cause == 3)
    cause[defaults[2 * CONFIG.min_clients_per_leaf - 1 :]] = 2
    rare = book.causes(cause=cause)
    assert rare.learned == (0, 1, 2)
    total = np.count_nonzero(cause >= 0)
    np.testing.assert_allclose(rare.predict(book.matrix, 2)[:, 3], (39 + 0.25) / (total + 1), atol=1e-9)
    single = book.causes(cause=np.where(book.declined, 1, -1))
    assert single.learned == ()
    expected = np.array([0.25, total + 0.25, 0.25, 0.25]) / (total + 1)
    np.testing.assert_allclose(single.predict(book.matrix[:1], 1)[0], expected, atol=1e-9)


def test_without_declines_causes_stay_as_they_are(book: DecliningBook, causes: CauseModel) -> None:
    nobody = np.full(4_000, -1)
    assert causes.calibrated(book.matrix, np.zeros(4_000, dtype=np.int64), nobody) is causes


def test_written_and_read_the_curve_is_the_same_and_each_client_has_its_own(
    book: DecliningBook, later: DecliningBook, timing: TimingModel, causes: CauseModel
) -> None:
    timing = timing.calibrated(later.matrix, later.event_period)
    causes = causes.calibrated(later.matrix, later.event_period, later.cause)
    whole = curves_of(book, timing, causes)
    read = curves_of(
        book,
        TimingModel.from_texts(timing.to_texts(), threads=1),
        CauseModel.from_texts(causes.to_texts(), threads=1),
    )
    order = np.random.default_rng(1).permutation(4_000)[:50]
    for reported, again in (
        (whole.probability, read.probability),
        *zip(whole.incidence.values(), read.incidence.values(), strict=True),
    ):
        np.testing.assert_array_equal(reported, again)
    probability = expit(book.matrix[:, 0] - 1)
    some = DeclineCurves.of(book.matrix[order], probability[order], rule="drop", timing=timing, causes=causes)
    alone = [
        DeclineCurves.of(book.matrix[[row]], probability[[row]], rule="drop", timing=timing, causes=causes)
        for row in order
    ]
    np.testing.assert_array_equal(some.probability, whole.probability[order])
    np.testing.assert_array_equal(np.concatenate([one.probability for one in alone]), some.probability)
    for cause in CAUSES:
        np.testing.assert_array_equal(some.incidence[cause], whole.incidence[cause][order])
        np.testing.assert_array_equal(np.concatenate([one.incidence[cause] for one in alone]), some.incidence[cause])


def test_models_without_trees_are_written_and_read_too(book: DecliningBook) -> None:
    few = CONFIG.model_copy(update={"min_clients_per_leaf": 2_000})
    timing, causes = book.timing(few), book.causes(few)
    assert (timing.trees, causes.trees) == (None, None)
    assert set(timing.to_texts()) == set(causes.to_texts()) == {"settings.json"}
    assert TimingModel.from_texts(timing.to_texts()) == timing
    assert CauseModel.from_texts(causes.to_texts()) == causes


def test_the_same_rows_give_the_same_texts(book: DecliningBook, timing: TimingModel, causes: CauseModel) -> None:
    assert book.timing().to_texts() == timing.to_texts()
    assert book.causes().to_texts() == causes.to_texts()


def test_nobody_has_an_empty_curve(timing: TimingModel, causes: CauseModel) -> None:
    curves = DeclineCurves.of(np.empty((0, 3)), np.empty(0), rule="drop", timing=timing, causes=causes)
    assert curves.probability.shape == curves.incidence["default"].shape == (0, 6)


def test_risk_keeps_the_direction_that_the_config_asks_for(book: DecliningBook) -> None:
    """The drawn risk rises with strain; asked to fall, it must not follow it anywhere."""
    config = CONFIG.model_copy(update={"monotone": {"strain": MonotoneConfig(direction="down", reason="for the test")}})
    fitted = DeclineModel.fit(book.matrix, book.declined, config=config, contract=book.contract, run=RUN)
    rows = np.repeat(book.matrix[:20], 30, axis=0)
    rows[:, 0] = np.tile(np.linspace(-3, 3, 30), 20)
    assert (np.diff(fitted.predict(rows).reshape(20, 30), axis=1) <= 0).all()
    unknown = CONFIG.model_copy(update={"monotone": {"strian": MonotoneConfig(direction="up", reason="for the test")}})
    with pytest.raises(FeatureContractError, match="strain"):
        DeclineModel.fit(book.matrix, book.declined, config=unknown, contract=book.contract, run=RUN)
