"""When one contender may be called better than another, and when a book is too small to say; no metric lives here."""

from __future__ import annotations

from collections.abc import Mapping

from models.metrics.bootstrap import Interval


def called_better(difference: Interval) -> bool:
    """Whether a challenger is better by more than the choice of clients explains.

    ``difference`` is the 95% interval of the challenger's metric minus the other's, over the same clients, of a metric
    where more is better (turn the sign for one where less is). Better means that its lower end lies above 0. Of
    challengers that are no better, 2 to 5 in 100 are called so on 300 clients with heavy-tailed values; by basic or BCa
    intervals of the normalized Gini it were 7 to 8.

    >>> called_better(Interval(estimate=0.03, low=0.01, high=0.05))
    True
    >>> called_better(Interval(estimate=0.03, low=-0.01, high=0.07))
    False
    """
    return difference.low > 0


def what_cannot_be_known(differences: Mapping[str, Interval], *, metric: str, clients: int) -> tuple[str, ...]:
    """One sentence for each contender that the clients judged are too few to rank against ours; none if all can be.

    ``differences``: contender -> 95% interval of ours minus the contender's, in units of ``metric``. An interval that
    holds 0 leaves open which of the two is better.

    >>> open_question = {"past sum": Interval(estimate=0.02, low=-0.011, high=0.05)}
    >>> what_cannot_be_known(open_question, metric="AUC", clients=1300)[0]
    '1,300 clients cannot tell by AUC whether ours is better than past sum: the difference may be -0.011 to +0.050.'
    """
    return tuple(
        f"{clients:,} clients cannot tell by {metric} whether ours is better than {name}: "
        f"the difference may be {difference.low:+.3f} to {difference.high:+.3f}."
        for name, difference in differences.items()
        if difference.low <= 0 <= difference.high
    )
