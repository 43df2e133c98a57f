"""A policy with its cut-offs fixed: what a share of the book amounts to is settled where the models are fitted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.config.policy.dimensions import DimensionConfig, LevelConfig
from models.config.policy.policy import PolicyConfig
from models.config.policy.tiers import TierScale
from models.errors import DamagedBundleError, UserError
from models.grading.built_in import share_count
from models.grading.facts import Facts
from models.grading.scores import scores_of
from models.grading.tier_rules import with_tier_rules
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class GradingPolicy:
    """A policy and where its levels begin.

    ``cut_offs``: dimension -> the cut-off of each level but the last, in the dimension's unit, best first.
    """

    settings: PolicyConfig
    cut_offs: Mapping[str, tuple[float, ...]]
    currency: str

    @property
    def scale(self) -> TierScale:
        """The tiers, best first."""
        return self.settings.scale

    def to_json(self) -> str:
        """Everything as text, to the last bit."""
        facts = {
            "settings": self.settings.model_dump(mode="json"),
            "cut_offs": {name: list(numbers) for name, numbers in self.cut_offs.items()},
            "currency": self.currency,
        }
        return json.dumps(facts)  # in its own order: a dimension counts those before it

    @classmethod
    def from_json(cls, text: str) -> GradingPolicy:
        """Read what ``to_json`` wrote. Raises ``DamagedBundleError`` for any other text."""
        try:
            facts = json.loads(text)
            return cls(
                settings=PolicyConfig.model_validate(facts["settings"]),
                cut_offs={str(name): tuple(map(float, numbers)) for name, numbers in facts["cut_offs"].items()},
                currency=str(facts["currency"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedBundleError(
                rule="the policy of a bundle must be as it was written", got=repr(error), remedy="train again"
            ) from error


def fit_policy(settings: PolicyConfig, book: Facts, currency: str) -> GradingPolicy:
    """Turn shares into cut-offs: so many of the clients of ``book`` reach them. Other cut-offs stay as they are.

    Clients that stand alike are never parted: where they would make more than the share, the level begins above them,
    unless they are the best. Raises ``UserError`` if a cut-off by share falls beyond a fixed one.
    """
    scores = scores_of(settings, with_tier_rules(settings, book))
    cut_offs = {
        name: level_cut_offs(dimension, scores[name].numbers) for name, dimension in settings.dimensions.items()
    }
    for name, dimension in settings.dimensions.items():
        _require_order(name, dimension, cut_offs[name])
    return GradingPolicy(settings=settings, cut_offs=cut_offs, currency=currency)


def refit_policy(policy: GradingPolicy, settings: PolicyConfig, book: Facts | None) -> GradingPolicy:
    """A fitted policy with changed settings: levels that are as they were keep their cut-offs.

    What a share amounts to for the others, and in dimensions that count otherwise than before, is settled on ``book``,
    which may be None where ``shares_to_settle`` names none. Raises ``UserError`` as ``fit_policy`` does.
    """
    scores = {} if book is None else scores_of(settings, with_tier_rules(settings, book))
    return refit_on_numbers(policy, settings, {name: scored.numbers for name, scored in scores.items()})


def refit_on_numbers(policy: GradingPolicy, settings: PolicyConfig, numbers: Mapping[str, FloatArray]) -> GradingPolicy:
    """The same, where the numbers of the clients that settle shares are known: dimension -> (n_clients,)."""
    kept = {name: _kept(policy, settings.dimensions[name], name) for name in _alike(policy.settings, settings)}
    cut_offs: dict[str, tuple[float, ...]] = {}
    for name, dimension in settings.dimensions.items():
        found = level_cut_offs(dimension, numbers.get(name, np.empty(0)))
        cut_offs[name] = tuple(
            kept.get(name, {}).get(level.name, each) for level, each in zip(dimension.levels, found, strict=False)
        )
        _require_order(name, dimension, cut_offs[name])
    return GradingPolicy(settings=settings, cut_offs=cut_offs, currency=policy.currency)


def shares_to_settle(policy: GradingPolicy, settings: PolicyConfig) -> tuple[str, ...]:
    """The dimensions of changed settings with shares of which a fitted policy does not know what they amount to."""
    alike = _alike(policy.settings, settings)
    return tuple(
        name
        for name, dimension in settings.dimensions.items()
        if any(
            level.share is not None and (name not in alike or level not in policy.settings.dimensions[name].levels)
            for level in dimension.levels
        )
    )


def top_share(numbers: FloatArray, share: float) -> float:
    """The number that a share of the clients reach. Shape (n_clients,); NaN is left out.

    >>> top_share(np.arange(1.0, 101.0), 0.1)
    91.0
    >>> top_share(np.array([0.0, 0.0, 0.0, 5.0]), 0.5)
    5.0
    """
    known = np.sort(numbers[~np.isnan(numbers)])
    if not len(known):
        return 0.0
    place = min(share_count(len(known), share), len(known))
    found = known[-place]
    above = known[known > found]
    reached = len(known) - int(np.searchsorted(known, found))
    return float(above[0] if reached > place and len(above) else found)


def level_cut_offs(dimension: DimensionConfig, numbers: FloatArray) -> tuple[float, ...]:
    """Where the levels of a dimension but the last begin among clients of these numbers. Shape (n_clients,)."""
    return tuple(_cut_off(level, dimension, numbers) for level in dimension.levels[:-1])


def _cut_off(level: LevelConfig, dimension: DimensionConfig, numbers: FloatArray) -> float:
    if level.share is not None:
        return dimension.sign * top_share(dimension.sign * numbers, level.share)
    return next(iter(level.cut_offs.values()))


def _kept(policy: GradingPolicy, dimension: DimensionConfig, name: str) -> dict[str, float]:
    """Level -> cut-off, of the levels that begin where they began before."""
    before = zip(policy.settings.dimensions[name].levels, policy.cut_offs[name], strict=False)
    return {level.name: cut_off for level, cut_off in before if level in dimension.levels}


def _alike(before: PolicyConfig, after: PolicyConfig) -> list[str]:
    """Dimensions whose numbers are the same under both, wherever their levels begin."""
    same: list[str] = []
    for name, dimension in after.dimensions.items():
        parts = [criterion.dimension for criterion in dimension.criteria if criterion.dimension]
        profit_moved = dimension.measure == "treating_profit" and before.treating != after.treating
        counted = (
            before.dimensions[name].model_copy(update={"levels": dimension.levels})
            if name in before.dimensions
            else None
        )
        if counted == dimension and set(parts) <= set(same) and not profit_moved:
            same.append(name)
    return same


def _require_order(name: str, dimension: DimensionConfig, cut_offs: tuple[float, ...]) -> None:
    for (better, worse), (high, low) in zip(pairwise(dimension.levels), pairwise(cut_offs), strict=False):
        if dimension.sign * high < dimension.sign * low:
            raise UserError(
                rule=f"level {better.name} of {name} must begin above {worse.name}, at {low:g} in this book",
                got=f"{high:g}",
                remedy=f"set both by share or both by amount in policy.dimensions.{name}",
            )
