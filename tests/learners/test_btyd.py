"""The published figures on CDNOW come out; then limits, closed forms and refusals."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln, gammaln, hyp2f1

from models.errors import TooLittleDataError, UserError
from models.learners.btyd import likelihood
from models.learners.btyd.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from models.learners.btyd.beta_geometric import _terms as bg_terms
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.gamma_gamma import _terms as size_terms
from models.learners.btyd.history import PurchaseHistory
from models.learners.btyd.likelihood import summit
from models.learners.btyd.pareto import ParetoNBD
from models.learners.btyd.pareto import _terms as pareto_terms

BG = BetaGeometric(r=0.243, alpha=4.414, a=0.793, b=2.426)
MBG = ModifiedBetaGeometric(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
SIZES = GammaGamma(p=6.25, q=3.74, v=15.44)
PURCHASE_MODELS = [BG, MBG, PARETO]
WEEKS = 39


def history(*rows: tuple[float, float, float, float]) -> PurchaseHistory:
    purchases, recency, age, size = np.array(rows, dtype=float).T
    return PurchaseHistory(purchases=purchases, recency=recency, age=age, size=size)


def mixed(clients: int = 300) -> PurchaseHistory:
    generator = np.random.default_rng(5)
    age = generator.integers(1, 60, size=clients).astype(float)
    purchases = generator.integers(0, 8, size=clients) * (generator.random(clients) < 0.5).astype(float)
    recency = np.where(purchases > 0, np.ceil(age * generator.random(clients)), 0.0)
    return PurchaseHistory(purchases=purchases, recency=recency, age=age, size=np.where(purchases > 0, age + 3.0, 0.0))


@pytest.fixture(scope="module")
def cdnow(real_data: Path) -> tuple[PurchaseHistory, np.ndarray]:
    """The sample up to 1997-09-30 in weeks, and the days with orders in the 39 weeks after."""
    orders = pd.read_csv(
        real_data / "cdnow" / "CDNOW_sample.txt.gz",
        sep=r"\s+",
        header=None,
        names=["master", "client", "day", "count", "paid"],
        dtype={"client": str, "day": str},
    )
    orders["day"] = pd.to_datetime(orders["day"], format="%Y%m%d")
    days = orders.groupby(["client", "day"], as_index=False)["paid"].sum()
    end = pd.Timestamp("1997-09-30")
    past = days[days["day"] <= end]
    first, last = past.groupby("client")["day"].min(), past.groupby("client")["day"].max()
    repeats = past[past["day"] > past["client"].map(first)].groupby("client")["paid"]
    known = PurchaseHistory(
        purchases=repeats.size().reindex(first.index, fill_value=0).to_numpy(dtype=float),
        recency=((last - first).dt.days / 7).to_numpy(),
        age=((end - first).dt.days / 7).to_numpy(),
        size=repeats.mean().reindex(first.index, fill_value=0.0).to_numpy(),
    )
    later = days[days["day"] > end].groupby("client").size().reindex(first.index, fill_value=0)
    return known, later.to_numpy(dtype=float)


def test_bg_nbd_on_cdnow_is_as_published(cdnow: tuple[PurchaseHistory, np.ndarray]) -> None:
    fitted = BetaGeometric.fit(cdnow[0])
    np.testing.assert_allclose(astuple(fitted), [0.243, 4.414, 0.793, 2.426], atol=5e-4)
    assert fitted.log_likelihood(cdnow[0]) == pytest.approx(-9582.4, abs=0.05)


def test_pareto_nbd_on_cdnow_is_as_published(cdnow: tuple[PurchaseHistory, np.ndarray]) -> None:
    known, later = cdnow
    fitted = ParetoNBD.fit(known)
    np.testing.assert_allclose(astuple(fitted), [0.553, 10.578, 0.606, 11.669], atol=5e-4)
    assert fitted.log_likelihood(known) == pytest.approx(-9595.0, abs=0.05)
    error = fitted.expected_purchases(known, WEEKS) - later
    assert round(float(np.abs(error).mean()), 3) == 0.755
    assert round(float(np.sqrt((error**2).mean())), 3) == 1.603


def test_gamma_gamma_on_cdnow_is_as_published(cdnow: tuple[PurchaseHistory, np.ndarray]) -> None:
    assert np.sum((cdnow[0].purchases > 0) & (cdnow[0].size > 0)) == 946
    np.testing.assert_allclose(astuple(GammaGamma.fit(cdnow[0])), [6.25, 3.74, 15.44], atol=5e-3)


def test_who_never_came_back_cannot_have_left_in_bg_nbd_but_can_in_the_others() -> None:
    never = history((0, 0, 38.86, 0), (0, 0, 5.0, 0))
    np.testing.assert_array_equal(BG.probability_alive(never), [1.0, 1.0])
    by_hand = 1 / (1 + 0.891 / 1.614 * ((6.183 + 38.86) / 6.183) ** 0.525)
    assert MBG.probability_alive(never)[0] == pytest.approx(by_hand, rel=1e-12)
    for model in (MBG, PARETO):
        longer, shorter = model.probability_alive(never)
        assert 0 < longer < shorter < 1


def test_client_1516_of_the_paper_is_foreseen_by_hand() -> None:
    # x = 2, t = 30.43, T = 38.86: alive with 1 / (1 + a/(b+x-1) ((alpha+T)/(alpha+t))^(r+x)).
    client = history((2, 30.43, 38.86, 0))
    alive = 1 / (1 + 0.793 / 3.426 * (43.274 / 34.844) ** 2.243)
    assert BG.probability_alive(client)[0] == pytest.approx(alive, rel=1e-12)
    assert BG.expected_purchases(client, WEEKS)[0] == pytest.approx(1.226, abs=5e-4)


def test_who_bought_on_the_as_of_date_is_alive_in_pareto_nbd() -> None:
    assert PARETO.probability_alive(history((3, 20, 20, 5), (0, 0, 0, 0))).tolist() == [1.0, 1.0]


def test_of_two_alike_the_one_seen_last_is_more_alive() -> None:
    known = history((4, 10, 50, 1), (4, 30, 50, 1), (4, 49, 50, 1))
    for model in PURCHASE_MODELS:
        assert (np.diff(model.probability_alive(known)) > 0).all()


@pytest.mark.parametrize("model", PURCHASE_MODELS, ids=lambda model: model.name)
def test_purchases_start_at_nothing_and_grow_with_the_horizon(model: BetaGeometric | ParetoNBD) -> None:
    known = mixed()
    curve = np.stack([model.expected_purchases(known, horizon) for horizon in (0.0, 1e-9, 0.5, 1, 10, 39, 400)])
    np.testing.assert_array_equal(curve[0], 0.0)
    assert (np.diff(curve, axis=0) > 0).all()
    # At once, a living client buys at its mean rate.
    rate = (model.r + known.purchases) / (model.alpha + known.age)
    np.testing.assert_allclose(curve[1] / 1e-9, model.probability_alive(known) * rate, rtol=1e-6)


@pytest.mark.parametrize("model", PURCHASE_MODELS, ids=lambda model: model.name)
def test_one_client_alone_equals_the_batch(model: BetaGeometric | ParetoNBD) -> None:
    known = mixed(2_500)
    expected, alive = model.expected_purchases(known, 12.0), model.probability_alive(known)
    for row in (0, 2_047, 2_048, 2_499):
        alone = known.of(np.arange(2_500) == row)
        assert model.expected_purchases(alone, 12.0)[0] == expected[row]
        assert model.probability_alive(alone)[0] == alive[row]
        assert SIZES.expected_size(alone)[0] == SIZES.expected_size(known)[row]


@pytest.mark.parametrize("first_counts", [0, 1])
@pytest.mark.parametrize("a", [0.3, 0.793, 2.5])
def test_expected_purchases_equal_the_form_with_2f1(first_counts: int, a: float) -> None:
    known, horizon = mixed(), 39.0
    kind = (BetaGeometric, ModifiedBetaGeometric)[first_counts]
    model = kind(r=0.6, alpha=5.0, a=a, b=2.426)
    x, alpha, b = known.purchases, 5.0 + known.age, 2.426 + known.purchases + first_counts
    gauss = hyp2f1(0.6 + x, b, a + b - 1, horizon / (alpha + horizon))
    closed = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + horizon)) ** (0.6 + x) * gauss)
    closed *= model.probability_alive(known)
    np.testing.assert_allclose(model.expected_purchases(known, horizon), closed, rtol=1e-8)


def test_nothing_happens_where_the_closed_forms_divide_by_zero() -> None:
    known = mixed()
    for below, at, above in zip(
        *[
            [BetaGeometric(r=0.243, alpha=4.4, a=one, b=2.4), ParetoNBD(r=0.6, alpha=10.0, s=one, beta=12.0)]
            for one in (1 - 1e-6, 1.0, 1 + 1e-6)
        ],
        strict=True,
    ):
        middle = (below.expected_purchases(known, 39.0) + above.expected_purchases(known, 39.0)) / 2
        np.testing.assert_allclose(at.expected_purchases(known, 39.0), middle, rtol=1e-9)


@pytest.mark.parametrize(("alpha", "beta"), [(10.578, 11.669), (11.669, 10.578), (5.0, 5.0), (3.0, 40.0)])
def test_pareto_likelihood_equals_the_form_with_2f1(alpha: float, beta: float) -> None:
    known = mixed()
    r, s, x = 0.553, 0.606, known.purchases
    top, low = max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + x
    ratios = [
        hyp2f1(r + s + x, second, r + s + x + 1, low / (top + time)) / (top + time) ** (r + s + x)
        for time in (known.recency, known.age)
    ]
    alive = (alpha + known.age) ** -(r + x) * (beta + known.age) ** -s
    closed = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    closed += np.log(alive + s / (r + s + x) * (ratios[0] - ratios[1]))
    model = ParetoNBD(r=r, alpha=alpha, s=s, beta=beta)
    assert model.log_likelihood(known) == pytest.approx(closed.sum(), rel=1e-10)


def test_bg_likelihood_equals_the_product_of_the_paper() -> None:
    known = mixed()
    r, alpha, a, b = astuple(BG)
    x, gone = known.purchases, known.purchases > 0
    chances = np.exp(betaln(a, b + x) - betaln(a, b)) * (alpha + known.age) ** -(r + x)
    left = np.exp(betaln(a + 1, np.where(gone, b + x - 1, 1)) - betaln(a, b)) * (alpha + known.recency) ** -(r + x)
    closed = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.log(chances + gone * left)
    assert BG.log_likelihood(known) == pytest.approx(closed.sum(), rel=1e-12)


@pytest.mark.parametrize(
    ("terms", "point"),
    [
        (lambda at, *known: bg_terms(at, *known, first_counts=0), [0.3, 4.0, 0.8, 2.4]),
        (lambda at, *known: bg_terms(at, *known, first_counts=1), [0.3, 4.0, 0.8, 2.4]),
        (pareto_terms, [0.5, 10.0, 0.6, 12.0]),
        (pareto_terms, [0.5, 12.0, 0.6, 3.0]),
    ],
)
def test_gradients_are_those_of_the_difference_quotient(terms, point) -> None:  # type: ignore[no-untyped-def]
    known = mixed()
    columns = known.purchases, known.recency, known.age
    check_gradient(lambda at: terms(at, *columns), np.array(point))


def test_gradient_of_sizes_is_that_of_the_difference_quotient() -> None:
    known = mixed()
    came_back = known.of(known.purchases > 0)
    check_gradient(lambda at: size_terms(at, came_back.purchases, came_back.size), np.array([6.0, 4.0, 15.0]))


def check_gradient(terms, at: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    for place, step in enumerate(np.diag(1e-5 * at)):
        quotient = (terms(at + step)[0] - terms(at - step)[0]) / (2 * step[place])
        np.testing.assert_allclose(terms(at)[1][place], quotient, rtol=1e-5, atol=1e-7)


def test_expected_size_lies_between_the_clients_own_and_that_of_all() -> None:
    known = history((0, 0, 9, 0), (1, 5, 9, 100), (200, 5, 9, 100))
    never, once, often = SIZES.expected_size(known)
    assert never == pytest.approx(6.25 * 15.44 / 2.74)
    assert once == pytest.approx(6.25 * 115.44 / 8.99)
    assert never < once < often < 100
    assert often == pytest.approx(100, rel=0.01)
    assert GammaGamma.from_json(SIZES.to_json()) == SIZES


def test_clients_that_never_leave_are_a_limit_and_not_a_failure() -> None:
    generator = np.random.default_rng(2)
    purchases = generator.poisson(generator.gamma(2.0, 3.0, size=400)).astype(float)
    age = np.full(400, 30.0)
    last = np.where(purchases > 0, 30.0 * generator.random(400) ** (1 / np.maximum(purchases, 1)), 0.0)
    known = PurchaseHistory(purchases=purchases, recency=last, age=age, size=purchases)
    for model in (BetaGeometric, ModifiedBetaGeometric, ParetoNBD):
        fitted = model.fit(known)
        assert fitted.probability_alive(known).mean() > 0.97
        np.testing.assert_allclose(fitted.expected_purchases(known, 30.0).sum(), purchases.sum(), rtol=0.05)


def test_extreme_histories_stay_finite() -> None:
    known = history((5_000, 900, 1_000, 1), (5_000, 1e-6, 1_000, 1e9), (1, 1e-9, 1e-9, 1e-9), (0, 0, 1e6, 0))
    for model in (*PURCHASE_MODELS, ParetoNBD(r=1e-3, alpha=1e-3, s=1e3, beta=1e5)):
        alive, expected = model.probability_alive(known), model.expected_purchases(known, 1e4)
        assert ((alive >= 0) & (alive <= 1)).all()
        assert (np.isfinite(expected) & (expected >= 0)).all()
        assert np.isfinite(model.log_likelihood(known))
    assert np.isfinite(SIZES.expected_size(known)).all()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1, 5, 4, 1), "recency must not exceed age.*got 1 of 2 clients"),
        ((-1, 0, 4, 1), "must not be negative, got 1 of 2"),
        ((1, 2, 4, -3), "must not be negative, got 1 of 2"),
        ((1, 2, np.nan, 1), "must be finite, got 1 of 2"),
        ((0, 2, 4, 0), "recency 0 without a repeat"),
        ((1.5, 2, 4, 0), "purchases must be whole"),
    ],
)
def test_what_no_history_can_be_is_refused(row: tuple[float, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        history((1, 2, 4, 1), row)  # type: ignore[arg-type]


def test_lengths_horizons_and_parameters_that_cannot_be_are_refused() -> None:
    with pytest.raises(UserError, match=r"the shapes \(2,\), \(1,\)"):
        PurchaseHistory(purchases=np.zeros(2), recency=np.zeros(1), age=np.ones(2), size=np.zeros(2))
    for model in PURCHASE_MODELS:
        for horizon in (-1.0, np.nan, np.inf):
            with pytest.raises(UserError, match="horizon must be finite and not negative"):
                model.expected_purchases(mixed(), horizon)
    with pytest.raises(UserError, match="GammaGamma must be finite and above zero"):
        GammaGamma.from_json('{"p": 1, "q": 0, "v": 2}')


def test_a_book_without_clients_that_came_back_is_refused() -> None:
    never = history(*[(0, 0, 9, 0)] * 50)
    for model in (BetaGeometric, ModifiedBetaGeometric, ParetoNBD, GammaGamma):
        with pytest.raises(TooLittleDataError, match="at least 10 clients that came back, got 0: take more clients"):
            model.fit(never)


def test_sizes_without_a_mean_are_refused() -> None:
    generator = np.random.default_rng(3)
    size = generator.gamma(5.0, size=5_000) / generator.gamma(0.4, size=5_000)
    ones = np.ones(5_000)
    with pytest.raises(TooLittleDataError, match=r"have a mean: q of Gamma-Gamma must be above 1, got 0\.[34]\d*: "):
        GammaGamma.fit(PurchaseHistory(purchases=ones, recency=ones, age=ones, size=size))


def test_a_search_that_does_not_arrive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likelihood, "_MAX_ITERATIONS", 1)
    monkeypatch.setattr(likelihood, "_ROUNDS", 1)
    with pytest.raises(TooLittleDataError, match="must end on a summit of the likelihood, got a slope of") as caught:
        ParetoNBD.fit(mixed())
    assert (caught.value.rule, caught.value.remedy) == (
        "the search for the parameters of Pareto/NBD must end on a summit of the likelihood",
        "take more clients, a longer history, or another model",
    )
    with pytest.raises(TooLittleDataError, match="slope of 7"):
        summit(lambda at: (0.0, np.full(1, 7.0) / at), start=np.ones(1), model="a plain that claims to rise")
