"""Concentration of amounts that may lie below zero, in the order of a ranking."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from models.errors import TooLittleDataError
from models.metrics.inputs import Sample, gains, sample
from models.vocab import FloatArray


def signed_concentration(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Concentration index of gains and losses in the order of ``score``, as a share of the most unequal book.

        sum over pairs of sign(score_i - score_j) (actual_i - actual_j) / (2 (n - 1) sum |actual|)

    Shapes (n_clients,). ``actual`` is in currency, of either sign, with any total: a book that lost money has one, too.
    Between -1 and 1. 1: the first client of the ranking earned all gains, the last one bore all losses, and nobody else
    brought anything; 0: a random ranking. Clients of equal score share their mean rank.

    Ranked by ``actual`` itself it is the Gini coefficient of Raffinetti, Siletti and Vernizzi (2015), and no ranking
    reaches more; the share of that which is reached is ``normalized_gini``. Two others were not taken: the index over
    the total (the plain Lorenz one) passes 1, and turns its sign with a year of losses; the coefficient of Chen, Tsaur
    and Rhai (1982) wants a total above zero, too, and sets apart not losses but as many of the poorest clients as
    together bring nothing. This one counts a lost amount as an earned one, so that it is, by ``loss_concentration``,

        share of gains * index of the gains + share of losses * ``loss_concentration``

    Raises ``TooLittleDataError`` for fewer than two clients, or if nobody brought or lost anything.
    Source: Raffinetti, Siletti and Vernizzi (2015), Statistical Methods & Applications 24(3), for the normalisation;
    Kakwani (1977), Econometrica 45(3), for the index in the order of another variable.

    >>> signed_concentration([8.0, 0.0, 0.0, -2.0], [4, 3, 2, 1])
    1.0
    >>> round(signed_concentration([8.0, 0.0, 0.0, -2.0], [4, 1, 2, 3]), 6)  # the loss is thought second best
    0.733333
    """
    return _index(sample("signed concentration", actual, score, weight))


def loss_concentration(actual: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None) -> float:
    """Concentration of losses, amounts below zero, at the end of the ranking by ``score``.

    Shapes, ties and errors as for ``signed_concentration``, which it is of the losses alone, from the last client to
    the first. 1: the last client bore all of them; 0: a random ranking; below 0: losses come from clients ranked high.
    Raises ``TooLittleDataError`` also if nobody lost anything.

    >>> loss_concentration([8.0, 0.0, 0.0, -2.0], [4, 3, 2, 1]), loss_concentration([8.0, 0.0, -2.0], [2, 1, 3])
    (1.0, -1.0)
    """
    checked = sample("loss concentration", actual, score, weight)
    losses = np.maximum(-checked.actual, 0.0)
    return _index(Sample(actual=losses, score=-checked.score, weight=checked.weight))


def _index(checked: Sample) -> float:
    moved = _scale(checked.actual, checked.weight)
    if not moved > 0:
        raise TooLittleDataError(
            rule="a concentration needs two clients or more, and an amount other than zero",
            got=f"{checked.total_weight:g} clients, and {float(checked.weight @ np.abs(checked.actual)):g} in all",
            remedy="take more clients or a longer horizon",
        )
    return 2 * gains(checked.actual, checked.score, checked.weight).excess_area / moved


def _scale(actual: FloatArray, weight: FloatArray) -> float:
    return float((weight.sum() - 1) * (weight @ np.abs(actual)))
