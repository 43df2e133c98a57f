"""Distance of each client from the next tier, by dimension and in its unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.config.policy.rules import RuleConfig
from models.config.policy.tiers import UNRANKED
from models.grading.decision import TierDecisions
from models.grading.decision_table import DecisionTable
from models.vocab import FloatArray, IntArray, TextArray


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """What each client lacks for the next tier by rule. Shapes (n_clients,).

    Attributes:
        next_tier: the tier above the client's by rule, "" for the best.
        lacking: dimension -> what is to be gained in its unit (of risks: to be lost); 0 where enough is there, NaN
            where nothing is known of the client and that is not enough.
        main: the dimension that lacks most, as a share of its cut-off; "" where none does.
        main_lacking: how much it lacks.
    """

    next_tier: TextArray
    lacking: dict[str, FloatArray]
    main: TextArray
    main_lacking: FloatArray


def shortfall(decided: TierDecisions) -> Shortfall:
    """The way to the next tier that leads over fewest dimensions; of several the shortest, as a share of cut-offs.

    Clients with an earlier tier must pass cut-offs by the policy's margin, and their distance says so.
    """
    table, scale = DecisionTable(decided.assessment.policy), decided.scale
    target = _next_ranks(table, scale.ranks(decided.by_rule, len(decided.by_rule)))
    ways = list(_ways(table, decided))
    amounts, shares = (np.stack([way[part] for way in ways]) for part in (0, 1))
    effort = (shares > 0).sum(axis=1) + _below_one(shares.sum(axis=1))
    leads = np.array([scale.rank(rule.tier) for rule in table.policy.settings.rules])[:, None] == target
    chosen = np.where(leads, effort, np.inf).argmin(axis=0)
    clients = np.arange(len(target))
    amount, share = amounts[chosen, :, clients].T, shares[chosen, :, clients].T
    amount, share = (np.where(target == UNRANKED, 0.0, part) for part in (amount, share))
    nothing = np.zeros((1, len(target)))  # stands last, under no name, for clients that lack nothing
    share, padded = np.vstack([share, nothing]), np.vstack([amount, nothing])
    main = np.where(share.any(axis=0), share.argmax(axis=0), len(share) - 1)
    return Shortfall(
        next_tier=np.array([*scale.names, ""])[target],
        lacking=dict(zip(table.dimensions, amount, strict=True)),
        main=np.array([*table.dimensions, ""])[main],
        main_lacking=padded[main, clients],
    )


def _next_ranks(table: DecisionTable, ranks: IntArray) -> IntArray:
    """The nearest better rank that some rule gives, -1 where there is none. Shape (n_clients,)."""
    scale = table.policy.settings.scale
    given = {scale.rank(rule.tier) for rule in table.policy.settings.rules}
    nearest = [max((rank for rank in given if rank < own), default=UNRANKED) for own in range(len(scale))]
    return np.asarray(np.array(nearest)[ranks])


def _ways(table: DecisionTable, decided: TierDecisions) -> Iterator[tuple[FloatArray, FloatArray]]:
    """For each rule what every client lacks, in units and as a share: (n_dimensions, n_clients) each."""
    margin = np.where(decided.assessment.previous_rank == UNRANKED, 0.0, table.policy.settings.stability.margin)
    shape = (len(table.dimensions), len(margin))
    for rule in table.policy.settings.rules:
        lacks = [_lacks(table, rule, name, decided, margin) for name in table.dimensions]
        amounts, shares = (np.array([each[part] for each in lacks]).reshape(shape) for part in (0, 1))
        yield amounts, shares


def _lacks(
    table: DecisionTable, rule: RuleConfig, name: str, decided: TierDecisions, margin: FloatArray
) -> tuple[FloatArray, FloatArray]:
    dimension, numbers = table.policy.settings.dimensions[name], decided.assessment.scores[name].numbers
    least = max(map(dimension.level_names.index, rule.when.get(name, dimension.level_names)))
    if least == len(dimension.levels) - 1:
        return np.zeros(len(numbers)), np.zeros(len(numbers))
    cut_off = table.policy.cut_offs[name][least]
    gap = np.maximum(dimension.sign * (cut_off - numbers) + margin * abs(cut_off), 0.0)
    share = gap / abs(cut_off) if cut_off else np.where(gap > 0, 1.0, 0.0)
    unknown, enough = np.isnan(numbers), dimension.unknown_level <= least
    return np.where(unknown & enough, 0.0, gap), np.where(unknown, float(not enough), share)


def _below_one(numbers: FloatArray) -> FloatArray:
    """Keeps the order of numbers from 0 on and brings them below 1."""
    return np.asarray(numbers / (1.0 + numbers))
