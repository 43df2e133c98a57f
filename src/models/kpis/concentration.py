"""Concentration of a book: the weight of its largest clients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """Of clients that earned us anything: the share of the largest, and as how many equal ones they count."""

    top_share: float
    effective_clients: float
    clients: int


def concentration(margin: FloatArray, *, top: int) -> Concentration | None:
    """``margin`` in currency, (n_clients,); losses take no part. None where nobody earned us anything.

    It tells of this book, all of it: there is no sample, and so no interval.

    >>> found = concentration(np.array([4.0, 4.0, 2.0, -9.0]), top=1)
    >>> found.top_share, round(found.effective_clients, 4), found.clients
    (0.4, 2.7778, 3)
    """
    earned = np.sort(margin[margin > 0])[::-1]
    if not earned.size:
        return None
    share = earned / earned.sum()
    return Concentration(
        top_share=float(share[:top].sum()), effective_clients=float(1 / (share**2).sum()), clients=earned.size
    )
