"""Caps: upper limits on tiers over all rules, models and people, and the cap that binds for each client."""

from __future__ import annotations

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import CapConfig
from models.grading.facts import Facts
from models.vocab import BoolArray, IntArray

NO_CAP = -1


def holds(cap: CapConfig, facts: Facts) -> BoolArray:
    """Whether a cap holds of each client. Shape (n_clients,).

    Where the book lacks its feature it is missing of all: a cap with ``or_missing`` holds of every client, any other
    of none, which ``coverage`` tells.
    """
    if cap.feature not in facts.features:
        return np.full(len(facts), cap.or_missing, dtype=np.bool_)
    column = facts.features[cap.feature]
    if cap.above is None and cap.below is None:
        return np.asarray(column.isna(), dtype=np.bool_)
    values = np.asarray(column, dtype=np.float64)
    beyond = cap.or_missing & np.isnan(values)
    if cap.above is not None:
        beyond |= values > cap.above
    if cap.below is not None:
        beyond |= values < cap.below
    return np.asarray(beyond, dtype=np.bool_)


def caps_holding(settings: PolicyConfig, facts: Facts) -> BoolArray:
    """Which caps hold of each client. Shape (n_caps, n_clients)."""
    every = [holds(cap, facts) for cap in settings.caps]
    return np.array(every, dtype=np.bool_).reshape(len(every), len(facts))


def hardest_cap(settings: PolicyConfig, holding: BoolArray) -> IntArray:
    """Place of the cap that holds each client lowest, of several alike the last; -1 where none holds. (n_clients,).

    ``holding`` is what ``caps_holding`` found.
    """
    clients = holding.shape[1]
    found, lowest = np.full(clients, NO_CAP), np.full(clients, -1)
    for place, cap in enumerate(settings.caps):
        rank = settings.scale.rank(cap.at_most)
        harder = holding[place] & (rank >= lowest)
        found[harder], lowest[harder] = place, rank
    return found


def in_arrears(settings: PolicyConfig, facts: Facts) -> BoolArray:
    """Whether each client is known to be in arrears; nobody in a book that does not tell. Shape (n_clients,)."""
    name = settings.stability.arrears
    if name not in facts.features:
        return np.zeros(len(facts), dtype=np.bool_)
    return np.asarray(facts.features[name].to_numpy(dtype=np.float64) > 0)


def cap_ranks(settings: PolicyConfig, places: IntArray) -> IntArray:
    """The best rank that the cap at each place leaves; 0, the best of all, where there is none. Shape (n_clients,)."""
    ranks = np.array([settings.scale.rank(cap.at_most) for cap in settings.caps] + [0])
    return np.asarray(ranks[places])
