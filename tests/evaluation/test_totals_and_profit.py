"""Totals by band, the profit curve and coverage by risk: beside pandas, and where losses are few."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.evaluation.report.bands import risk_bands, value_bands
from models.evaluation.report.frequency import coverage_parts
from models.evaluation.report.judged import MIN_CLIENTS, Judged, JudgedCredit
from models.evaluation.report.profit import profit_parts
from models.evaluation.report.totals import TotalsByBand, total_parts
from models.metrics.bootstrap import Resampling
from support.judged_book import drawn_judged, drawn_resampling


@pytest.fixture(scope="module")
def judged() -> Judged:
    return losing_book()


@pytest.fixture(scope="module")
def totals(judged: Judged) -> TotalsByBand:
    return total_parts(judged, drawn_resampling(judged))


def losing_book() -> Judged:
    """900 clients with probabilities of default up to 80%, whose losses are part of their value."""
    judged = drawn_judged()
    assert judged.credit is not None
    generator = np.random.default_rng(7)
    probability = generator.beta(0.15, 3.0, size=len(judged))
    defaulted = generator.random(len(judged)) < probability
    loss = 8 * judged.foreseen_value
    credit = JudgedCredit(
        default_probability=probability,
        defaulted=defaulted,
        known_default=probability / 2,
        foreseen_loss=probability * loss,
        realised_loss=defaulted * loss,
        known_loss=probability * loss / 2,
    )
    foreseen = judged.foreseen_value - probability * loss
    return replace(
        judged,
        value=judged.value - defaulted * loss,
        foreseen_value=foreseen,
        known_value=2 * foreseen,
        scores={"value": {**judged.scores["value"], "ours": foreseen}},
        value_low=foreseen - 10_000,
        value_high=foreseen + 20_000,
        credit=credit,
    )


def of_credit(judged: Judged) -> JudgedCredit:
    assert judged.credit is not None
    return judged.credit


def test_a_credit_officer_reads_credit_loss_by_what_was_foreseen(judged: Judged, totals: TotalsByBand) -> None:
    credit = of_credit(judged)
    band = pd.cut(credit.default_probability, [0.0, 0.02, 0.1, 0.5, 1.0], right=False)
    frame = pd.DataFrame(
        {"foreseen": credit.foreseen_loss, "realised": credit.realised_loss, "known": credit.known_loss}
    )
    expected = frame.groupby(band, observed=True).sum()
    everybody, *bands = totals.credit_loss_by_risk
    assert [each.name for each in bands] == ["under 2%", "2% to 10%", "10% to 50%", "over 50%"]
    for each, (_, sums) in zip(bands, expected.iterrows(), strict=True):
        assert (each.foreseen, each.realised.estimate, each.known) == pytest.approx(tuple(sums))
        assert each.ratio.estimate == pytest.approx(sums["foreseen"] / sums["realised"])
        assert each.known_ratio is not None
        assert each.known_ratio.estimate == pytest.approx(2.0)
        assert each.gap.estimate == pytest.approx(sums["foreseen"] - sums["realised"])
    assert everybody.foreseen == pytest.approx(frame["foreseen"].sum())


def test_the_interval_of_a_ratio_is_that_of_resampled_clients(judged: Judged, totals: TotalsByBand) -> None:
    credit = of_credit(judged)
    generator = np.random.default_rng(11)
    assert credit.foreseen_loss is not None
    assert credit.realised_loss is not None
    drawn = generator.integers(0, len(judged), size=(4_000, len(judged)))
    ratios = credit.foreseen_loss[drawn].sum(axis=1) / credit.realised_loss[drawn].sum(axis=1)
    everybody = total_parts(judged, replace(drawn_resampling(judged), resamples=4_000)).credit_loss_by_risk[0]
    assert (everybody.ratio.low, everybody.ratio.high) == pytest.approx(
        tuple(np.quantile(ratios, [0.025, 0.975])), rel=0.06
    )
    assert totals.credit_loss_by_risk[0].ratio.estimate == everybody.ratio.estimate


def test_value_is_summed_by_what_was_foreseen_and_never_by_what_came(judged: Judged, totals: TotalsByBand) -> None:
    rank = pd.Series(judged.foreseen_value).rank(method="first") - 1
    band = pd.cut(rank, [-1, 17.5, 89.5, 449.5, 809.5, 900], labels=False).to_numpy()
    for place, each in enumerate(totals.value_by_value[1:]):
        inside = band == place
        assert each.clients == inside.sum()
        assert each.foreseen == pytest.approx(judged.foreseen_value[inside].sum())
        assert each.realised.estimate == pytest.approx(judged.value[inside].sum())
        assert each.known == pytest.approx(2 * each.foreseen)
    assert totals.value_by_value[1].foreseen < 0, "the lowest 2% are foreseen to lose"


def test_where_the_total_may_be_of_either_sign_there_is_no_ratio(judged: Judged) -> None:
    around_zero = replace(judged, value=np.random.default_rng(1).normal(size=len(judged)))
    everybody = total_parts(around_zero, drawn_resampling(judged)).value_by_value[0]
    assert everybody.ratio.estimate is None
    assert everybody.realised.low is not None
    assert everybody.gap.estimate == pytest.approx(judged.foreseen_value.sum() - around_zero.value.sum())


def test_a_band_without_losses_is_as_unsure_as_its_forecast(judged: Judged) -> None:
    credit = of_credit(judged)
    nobody = replace(credit, defaulted=np.zeros(len(judged), dtype=bool), realised_loss=np.zeros(len(judged)))
    each = total_parts(replace(judged, credit=nobody), drawn_resampling(judged)).credit_loss_by_risk[1]
    inside = credit.default_probability < 0.02
    assert credit.foreseen_loss is not None
    p = credit.default_probability[inside]
    loss = credit.foreseen_loss[inside] / p
    spread = np.sqrt((loss**2 * p * (1 - p)).sum())
    assert each.realised.estimate == each.realised.high == 0
    assert each.gap.low is not None
    assert each.gap.low <= each.foreseen - 1.96 * spread * (1 - 1e-9)
    assert each.ratio.estimate is None


def test_clients_of_a_sponsor_are_drawn_together(judged: Judged) -> None:
    pairs = Resampling(groups=np.arange(len(judged)) // 2, resamples=300, seed=1)
    one = total_parts(judged, Resampling(groups=np.zeros(len(judged), dtype=np.int64), resamples=100, seed=1))
    assert total_parts(judged, pairs).value_by_value[0].realised != one.value_by_value[0].realised
    assert one.value_by_value[0].realised.low is None, "one sponsor alone leaves it open"


def test_defaults_by_band_are_shares(judged: Judged, totals: TotalsByBand) -> None:
    credit = of_credit(judged)
    assert credit.defaulted is not None
    risky = credit.default_probability >= 0.5
    last = totals.defaults_by_risk[-1]
    assert (last.name, last.clients) == ("over 50%", int(risky.sum()))
    assert last.foreseen == pytest.approx(credit.default_probability[risky].mean())
    assert last.realised == pytest.approx(credit.defaulted[risky].mean())
    assert last.known == pytest.approx(last.foreseen / 2)


def test_a_book_that_knows_no_defaults_has_no_credit_loss_and_still_its_totals(judged: Judged) -> None:
    found = total_parts(replace(judged, credit=None), drawn_resampling(judged))
    assert (found.credit_loss_by_risk, found.defaults_by_risk, found.value_by_risk) == ((), (), ())
    assert len(found.value_by_value) == 6
    unseen = replace(of_credit(judged), defaulted=None, realised_loss=None)
    found = total_parts(replace(judged, credit=unseen), drawn_resampling(judged))
    assert (found.credit_loss_by_risk, found.defaults_by_risk) == ((), ())
    assert len(found.value_by_risk) == 5


@pytest.mark.parametrize("clients", [5, 12, 60, 301])
def test_no_band_is_that_of_fewer_than_five_clients_and_every_client_is_in_one(clients: int) -> None:
    generator = np.random.default_rng(clients)
    for bands in (risk_bands(generator.beta(0.2, 2.0, size=clients)), value_bands(generator.normal(size=clients))):
        inside = np.stack([band.inside for band in bands])
        assert (inside.sum(axis=0) == 1).all()
        assert inside.sum(axis=1).min() >= MIN_CLIENTS
        assert all(first.high <= second.low for first, second in itertools.pairwise(bands))
    assert [band.name for band in risk_bands(np.linspace(0.0, 1.0, 5))] == ["any"]


def test_the_profit_curve_is_the_running_sum_in_the_order_of_each_ranking(judged: Judged) -> None:
    curve = profit_parts(judged)
    assert curve is not None
    for name, score in {**judged.scores["value"], "best": judged.value}.items():
        running = np.concatenate([[0.0], np.cumsum(judged.value[np.argsort(-score, kind="stable")])])
        expected = np.interp(np.array(curve.clients) * len(judged), np.arange(len(judged) + 1), running)
        np.testing.assert_allclose(curve.realised[name], expected, rtol=1e-9, atol=1e-6)
        peak = curve.peaks[name]
        assert peak.value == max(curve.realised[name])
        assert peak.value + peak.others == pytest.approx(judged.value.sum())
    running = np.cumsum(np.sort(judged.foreseen_value)[::-1])
    assert curve.foreseen[-1] == pytest.approx(running[-1])
    assert max(curve.foreseen) == pytest.approx(running.max(), rel=0.01)
    assert curve.known == pytest.approx(tuple(2 * each for each in curve.foreseen))


def test_a_ranking_that_foresees_losses_keeps_what_another_gives_away(judged: Judged) -> None:
    curve = profit_parts(judged)
    assert curve is not None
    peaks = curve.peaks
    assert peaks["best"].others < peaks["ours"].others < 0
    assert peaks["best"].value >= peaks["ours"].value > peaks["recency"].value
    assert profit_parts(replace(judged, value=np.zeros(len(judged)))) is None


def test_coverage_by_risk_and_of_the_best_tenth(judged: Judged) -> None:
    found = coverage_parts(judged)
    assert found is not None
    inside = (judged.value_low <= judged.value) & (judged.value <= judged.value_high)
    risky = of_credit(judged).default_probability >= 0.5
    best = judged.foreseen_value >= np.sort(judged.foreseen_value)[-90]
    for each, who in ((found.by_risk[-1], risky), (found.by_value[-1], best)):
        assert each.clients == who.sum()
        assert each.realised == pytest.approx(inside[who].mean())
        assert each.below == pytest.approx((judged.value < judged.value_low)[who].mean())
    assert found.by_value[-1].name == "highest 10%"
    unknown = coverage_parts(replace(judged, credit=None))
    assert unknown is not None
    assert unknown.by_risk == ()
