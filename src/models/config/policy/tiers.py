"""The tiers of a policy, best first: what they are called, their colours, and which of them count as top and as low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import Field

from models.config.base import Section
from models.config.labels import Wording
from models.config.policy.problems import unknown_name
from models.errors import UserError
from models.text import ENGLISH, Language, Text, languages
from models.vocab import BoolArray, IntArray, TextArray

TierName = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^\S(.*\S)?$")]
Standing = Literal["top", "middle", "low"]
STANDINGS: tuple[Standing, ...] = ("top", "middle", "low")
Colour = Literal["green", "blue", "orange", "pink", "sky", "olive", "violet", "red"]
BY_RANK: tuple[Colour, ...] = ("green", "blue", "orange", "pink", "sky", "olive", "violet", "red")
"""The colours of tiers whose policy names none, the best tier first."""
RESERVED = ("any", "all", "not scored", "not told")
"""Words that stand beside tiers in policies and tables, and are none."""
UNRANKED = -1
LEAST_TIERS = 2
_NAME: Final = Text("{name}", "name of a tier")


class TierConfig(Section):
    """One tier: its name in every column and rule, what people call it, and how good a client must be to hold it.

    ``top`` tiers are the best clients, who are warned of whatever the budget, and who it is an error to grade so if
    they decline; ``low`` ones are those that nobody looks after.
    """

    name: TierName
    label: Wording | None = Field(default=None, description="What people call it; by default its name.")
    colour: Colour | None = Field(default=None, description="Its colour on every page; by default by its rank.")
    standing: Standing | None = Field(default=None, description="By default the best tier is top and the last is low.")


@dataclass(frozen=True)
class TierScale:
    """The tiers of a policy, best first. The place of a tier is its rank: 0 for the best."""

    tiers: tuple[TierConfig, ...]

    def __len__(self) -> int:
        return len(self.tiers)

    @property
    def names(self) -> tuple[str, ...]:
        """Names, best first."""
        return tuple(tier.name for tier in self.tiers)

    @property
    def upper(self) -> tuple[str, ...]:
        """Names of all tiers but the last, which takes whoever reaches no other."""
        return self.names[:-1]

    @property
    def top(self) -> tuple[str, ...]:
        """Names of the tiers of the best clients, best first."""
        return self._of_standing("top")

    @property
    def low(self) -> tuple[str, ...]:
        """Names of the tiers that nobody looks after, best first."""
        return self._of_standing("low")

    def rank(self, name: str) -> int:
        """The rank of one tier. Raises ``ValueError`` for a name that is none."""
        return self.names.index(name)

    def ranks(self, tiers: TextArray | Sequence[str] | None, clients: int) -> IntArray:
        """The rank of each tier, -1 where there is none or it is none of this scale. Shape (n_clients,).

        >>> DEFAULT_SCALE.ranks(np.array(["B", "", "AA"]), 3).tolist()
        [2, -1, 0]
        """
        ranks = np.full(clients, UNRANKED)
        if tiers is not None:
            for rank, name in enumerate(self.names):
                ranks[np.asarray(tiers) == name] = rank
        return ranks

    def at(self, ranks: IntArray) -> TextArray:
        """The tier of each rank. Shape (n_clients,).

        >>> DEFAULT_SCALE.at(np.array([2, 0])).tolist()
        ['B', 'AA']
        """
        return np.asarray(np.array(self.names)[ranks])

    def steps(self, tiers: TextArray) -> IntArray:
        """How many tiers lie below each client's, 0 for the lowest, -1 for what is no tier. (n,) -> (n,).

        >>> DEFAULT_SCALE.steps(np.array(["B", "AA", "A"])).tolist()
        [0, 2, 1]
        """
        ranks = self.ranks(np.asarray(tiers), len(tiers))
        return np.where(ranks == UNRANKED, UNRANKED, len(self) - 1 - ranks)

    def is_top(self, tiers: TextArray) -> BoolArray:
        """Whether each client is among the best. (n,) -> (n,)."""
        return np.isin(np.asarray(tiers).astype(np.str_), self.top)

    def is_low(self, tiers: TextArray) -> BoolArray:
        """Whether each client is in a tier that nobody looks after. (n,) -> (n,)."""
        return np.isin(np.asarray(tiers).astype(np.str_), self.low)

    def label(self, name: str, language: Language = ENGLISH) -> str:
        """What people call a tier; what is none of this scale by its own name.

        >>> DEFAULT_SCALE.label("AA"), DEFAULT_SCALE.label("not scored")
        ('AA', 'not scored')
        """
        return self.labels(language).get(name, name)

    def labels(self, language: Language = ENGLISH) -> dict[str, str]:
        """Name -> what people call the tier."""
        return {tier.name: _label(tier, language) for tier in self.tiers}

    def spoken_labels(self) -> dict[str, dict[Language, str]]:
        """Name -> what people call the tier, by language; where the policy does not say, its name in English."""
        by_language = {language: self.labels(language) for language in languages()}
        return {name: {language: said[name] for language, said in by_language.items()} for name in self.names}

    def colours(self) -> dict[str, Colour]:
        """Name -> colour."""
        return {tier.name: tier.colour or BY_RANK[rank % len(BY_RANK)] for rank, tier in enumerate(self.tiers)}

    def facts(self) -> list[dict[str, Any]]:
        """Everything about the tiers that a reader of published scores needs, ready for JSON."""
        return [tier.model_dump(mode="json", exclude_none=True) for tier in self.tiers]

    @classmethod
    def from_facts(cls, facts: Sequence[Mapping[str, Any]]) -> TierScale:
        """Read what ``facts`` wrote.

        >>> TierScale.from_facts(DEFAULT_SCALE.facts()) == DEFAULT_SCALE
        True
        """
        return cls(tuple(TierConfig.model_validate(tier) for tier in facts))

    def with_others(self, tiers: Sequence[str]) -> TierScale:
        """The same, with what else occurs among ``tiers`` behind it, such as tiers of an earlier policy.

        >>> DEFAULT_SCALE.with_others(["A", "C"]).names
        ('AA', 'A', 'B', 'C')
        """
        others = sorted(set(tiers) - set(self.names))
        if not others:
            return self
        fixed = [tier.model_copy(update={"standing": _standing(self.tiers, tier)}) for tier in self.tiers]
        return TierScale((*fixed, *(TierConfig(name=name, standing="middle") for name in others)))

    def problems(self) -> list[UserError]:
        """Everything that is wrong with it."""
        found, names = [], self.names
        if len(names) < LEAST_TIERS:
            found.append(UserError(rule="a policy must have two tiers", got=", ".join(names), remedy="add one"))
        wrong = [("tiers must differ in name", name) for name in sorted({*names}) if names.count(name) > 1]
        wrong += [("a tier must not be called as what is none", name) for name in sorted({*names} & {*RESERVED})]
        found += [UserError(rule=rule, got=name, remedy="rename one of them") for rule, name in wrong]
        return found or list(self._standing_problems())

    def _standing_problems(self) -> list[UserError]:
        standings = [_standing(self.tiers, tier) for tier in self.tiers]
        places = [STANDINGS.index(standing) for standing in standings]
        if all(better <= worse for better, worse in pairwise(places)) and standings[0] == "top":
            return []
        rule = "tiers must stand top first, then middle, then low, with one that is top"
        return [UserError(rule=rule, got=", ".join(standings), remedy="mend the standings, or leave them away")]

    def _of_standing(self, standing: Standing) -> tuple[str, ...]:
        return tuple(tier.name for tier in self.tiers if _standing(self.tiers, tier) == standing)


DEFAULT_TIERS = tuple(TierConfig(name=name) for name in ("AA", "A", "B"))
DEFAULT_SCALE = TierScale(DEFAULT_TIERS)
"""The tiers of a policy that names none."""


def unknown_tier(what: str, name: str, scale: TierScale) -> list[UserError]:
    """The problem with a tier that the policy does not have; none with one that it has."""
    return [] if name in scale.names else [unknown_name(what, name, scale.names)]


def by_tier(given: Mapping[str, float], scale: TierScale, ends: tuple[float, float]) -> dict[str, float]:
    """Upper tier -> its number: as given, else evenly between the ends, the first of which is the best tier's.

    >>> by_tier({"A": 0.5}, DEFAULT_SCALE, (0.1, 0.4))
    {'AA': 0.1, 'A': 0.5}
    """
    evenly = zip(scale.upper, np.linspace(*ends, len(scale.upper)).tolist(), strict=True)
    return {name: given.get(name, number) for name, number in evenly}


def rising_problems(
    what: str, given: Mapping[str, float], scale: TierScale, ends: tuple[float, float], *, strictly: bool
) -> list[UserError]:
    """What is wrong with numbers of upper tiers: names that are none, and a better tier that is easier to reach."""
    others = [name for name in given if name not in scale.upper]
    unknown = [unknown_name(f"a tier in {what}, any but the last,", name, scale.upper) for name in others]
    if unknown:
        return unknown
    pairs = pairwise(by_tier(given, scale, ends).items())
    return [
        UserError(
            rule=f"{what} of {better} must {'be below' if strictly else 'not exceed'} that of {worse}",
            got=f"{high:g} and {low:g}",
            remedy="move one of them",
        )
        for (better, high), (worse, low) in pairs
        if high > low or (strictly and high == low)
    ]


def _label(tier: TierConfig, language: Language) -> str:
    return tier.label.within(language) if tier.label else _NAME.within(language, name=tier.name)


def _standing(tiers: Sequence[TierConfig], tier: TierConfig) -> Standing:
    if tier.standing is not None:
        return tier.standing
    return "top" if tier is tiers[0] else "low" if tier is tiers[-1] else "middle"
