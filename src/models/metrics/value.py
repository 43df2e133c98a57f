"""Errors of predicted amounts, by client, by decile and in total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import TooLittleDataError
from models.metrics.inputs import Sample, gains, sample
from models.vocab import FloatArray

DECILES = 10


@dataclass(frozen=True, kw_only=True)
class DecileTable:
    """Tenths of the clients, the highest predicted first. Shapes (10,); means in currency per client."""

    clients: FloatArray
    predicted_mean: FloatArray
    actual_mean: FloatArray


def decile_table(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> DecileTable:
    """Mean predicted and actual value by tenth of the predicted value.

    Shapes (n_clients,), in currency. All tenths hold the same number of clients, a client or a tie across a
    border counting on both sides in proportion, so that row order does not matter. Raises
    ``TooLittleDataError`` if there are fewer than ten clients.

    >>> decile_table(np.arange(10.0), np.arange(10.0) * 2).predicted_mean
    array([18., 16., 14., 12., 10.,  8.,  6.,  4.,  2.,  0.])
    """
    checked = sample("the decile table", actual, predicted, weight)
    if checked.total_weight < DECILES:
        raise TooLittleDataError(
            rule=f"the decile table needs at least {DECILES} clients",
            got=f"{checked.total_weight:g}",
            remedy="take more clients or origins",
        )
    return DecileTable(
        clients=np.full(DECILES, checked.total_weight / DECILES),
        predicted_mean=_tenths(checked, checked.score),
        actual_mean=_tenths(checked, checked.actual),
    )


def _tenths(checked: Sample, amount: FloatArray) -> FloatArray:
    curve = gains(amount, checked.score, checked.weight)
    borders = np.linspace(0.0, curve.clients[-1], DECILES + 1)
    return np.asarray(np.diff(curve.amount_at(borders)) / (curve.clients[-1] / DECILES))


def decile_mape(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean over deciles of ``|predicted mean - actual mean| / |actual mean|``.

    Shapes and units as for ``decile_table``; 0 is perfect. A decile that in truth brought nothing has no
    relative error and is left out; read the table beside the figure. Raises ``TooLittleDataError`` if there
    are fewer than ten clients or no decile brought anything. Source: Wang, Liu and Miao (2019), section 4.2.

    >>> round(decile_mape(np.arange(10.0), np.arange(10.0) * 1.5), 6)
    0.5
    """
    table = decile_table(actual, predicted, weight=weight)
    size = np.abs(table.actual_mean)
    counted = size > 0
    if not counted.any():
        raise TooLittleDataError(
            rule="decile MAPE needs a decile with value",
            got="none",
            remedy="take more clients or a longer horizon",
        )
    gap = np.abs(table.predicted_mean - table.actual_mean)[counted]
    return float(np.mean(gap / size[counted]))


def total_ratio(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Predicted total over actual total; 1 is right, above 1 too much was promised.

    Shapes (n_clients,), in currency. Raises ``TooLittleDataError`` unless the actual total is above zero.

    >>> total_ratio([1.0, 3.0], [2.0, 3.0])
    1.25
    """
    checked = sample("the total ratio", actual, predicted, weight)
    total = float(checked.weight @ checked.actual)
    if not total > 0:
        raise TooLittleDataError(
            rule="the total ratio needs an actual total above zero",
            got=f"{total:g}",
            remedy="take more clients or a longer horizon",
        )
    return float(checked.weight @ checked.score) / total


def rmse(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Root of the mean squared error, in currency; ruled by the largest clients.

    Shapes (n_clients,). Raises ``TooLittleDataError`` if there is no client.

    >>> rmse([0.0, 0.0], [3.0, 3.0])
    3.0
    """
    checked = sample("RMSE", actual, predicted, weight)
    return float(np.sqrt(checked.mean((checked.score - checked.actual) ** 2)))


def mae(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean absolute error, in currency; where most clients bring nothing, saying nothing looks good by it.

    Shapes (n_clients,). Raises ``TooLittleDataError`` if there is no client.

    >>> mae([0.0, 0.0], [3.0, -4.0])
    3.5
    """
    checked = sample("MAE", actual, predicted, weight)
    return checked.mean(np.abs(checked.score - checked.actual))


def mean_error(actual: ArrayLike, predicted: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Mean of what was predicted less what came, in currency; 0 is right in total, above 0 too much was promised.

    Shapes (n_clients,); unlike the total ratio it is defined where clients together brought nothing or less. Raises
    ``TooLittleDataError`` if there is no client.

    >>> mean_error([0.0, -2.0], [3.0, -4.0])
    0.5
    """
    checked = sample("the mean error", actual, predicted, weight)
    return checked.mean(checked.score - checked.actual)
