"""Of what kind: which products make up the client's business, and how concentrated it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.tables.features.known import Feature, Known, ratio, summed


def mix_features(known: Known) -> Iterator[Feature]:
    """Share of each mix measure in their sum, their concentration (Herfindahl) and how many were ever used.

    Shares are taken over the whole past. Herfindahl is 1 for a single product, 1/n for n equal ones.
    """
    if not known.settings.mix:
        return
    amounts = np.stack([known.past.total(name) for name in known.settings.mix])
    whole = summed(amounts)
    shares = [ratio(amount, whole) for amount in amounts]
    for name, share in zip(known.settings.mix, shares, strict=True):
        yield Feature(f"{name}_share_ever", "share", share)
    yield Feature("mix_concentration_ever", "ratio", np.asarray(sum(share * share for share in shares)))
    used = sum((known.past.count(name) > 0).astype(np.float64) for name in known.settings.mix)
    yield Feature("mix_products_ever", "products", np.asarray(used))
