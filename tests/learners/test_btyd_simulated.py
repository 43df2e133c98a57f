"""Clients drawn by the rules of each model give its parameters back, in any order and any unit of time."""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np
import pytest

from models.learners.btyd.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PurchaseHistory
from models.learners.btyd.pareto import ParetoNBD


def simulated(kind: str, clients: int = 20_000) -> PurchaseHistory:
    """Clients that buy and leave by the rules of each model, watched for 20 to 60 periods."""
    generator = np.random.default_rng(17)
    age = generator.uniform(20, 60, size=clients)
    rate = generator.gamma(0.8, 1 / 6.0, size=clients)
    times = np.cumsum(generator.exponential(size=(clients, 120)) / rate[:, None], axis=1)
    if kind == "pareto":
        gone = generator.exponential(size=clients) / generator.gamma(0.7, 1 / 12.0, size=clients)
        seen = times <= np.minimum(age, gone)[:, None]
    else:
        leaves = generator.random((clients, 120)) < generator.beta(0.8, 2.5, size=clients)[:, None]
        gone_before = np.cumsum(leaves, axis=1)
        if kind == "bg":  # the first repeat always happens
            gone_before = np.pad(gone_before[:, :-1], ((0, 0), (1, 0)))
        seen = (times <= age[:, None]) & (gone_before == 0)
    purchases = seen.sum(axis=1).astype(float)
    scale = generator.gamma(4.0, 1 / 15.0, size=clients)
    size = generator.gamma(6.0 * np.maximum(purchases, 1)) / scale / np.maximum(purchases, 1)
    return PurchaseHistory(
        purchases=purchases,
        recency=np.where(seen, times, 0.0).max(axis=1),
        age=age,
        size=np.where(purchases > 0, size, 0.0),
    )


@pytest.mark.parametrize(
    ("model", "kind", "truth"),
    [
        (BetaGeometric, "bg", [0.8, 6.0, 0.8, 2.5]),
        (ModifiedBetaGeometric, "mbg", [0.8, 6.0, 0.8, 2.5]),
        (ParetoNBD, "pareto", [0.8, 6.0, 0.7, 12.0]),
        (GammaGamma, "bg", [6.0, 4.0, 15.0]),
    ],
)
def test_parameters_are_recovered_from_simulated_clients(model, kind, truth) -> None:  # type: ignore[no-untyped-def]
    known = simulated(kind)
    fitted = model.fit(known)
    np.testing.assert_allclose(astuple(fitted), truth, rtol=0.15)
    true = model(**dict(zip([field.name for field in fields(model)], truth, strict=True)))
    assert 0 <= fitted.log_likelihood(known) - true.log_likelihood(known) < 10  # half a chi-squared of 4


@pytest.mark.parametrize("model", [BetaGeometric, ModifiedBetaGeometric, ParetoNBD])
def test_neither_row_order_nor_the_unit_of_time_matters(model) -> None:  # type: ignore[no-untyped-def]
    known = simulated("bg", 1_000)
    fitted = model.fit(known)
    order = np.random.default_rng(1).permutation(1_000)
    columns = {name: getattr(known, name)[order] for name in ("purchases", "recency", "age", "size")}
    assert model.fit(PurchaseHistory(**columns)) == fitted
    assert model.from_json(fitted.to_json()) == fitted
    eighths = PurchaseHistory(purchases=known.purchases, recency=8 * known.recency, age=8 * known.age, size=known.size)
    refitted = model.fit(eighths)
    assert refitted.alpha == pytest.approx(8 * fitted.alpha, rel=1e-12)
    np.testing.assert_allclose(
        refitted.expected_purchases(eighths, 80.0), fitted.expected_purchases(known, 10.0), rtol=1e-9
    )
