"""Judgement of policies on past dates: reviews, losses, offers and steadiness by their tiers, beside the rule's.

For each purpose the clients are taken by tier and, within a tier, by what is foreseen, as the backtest takes them. A
gain is what a policy adds to the rule's result as a share of what perfect foresight would: 0 is the rule, 1 perfect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.backtest.lists import tier_first, worst_first
from models.config.policy.policy import PolicyConfig
from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.grading.caps import cap_ranks, caps_holding, hardest_cap
from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy, level_cut_offs
from models.grading.scores import Scored, scores_of
from models.metrics.screening import ReviewList
from models.proposal.days import PastDay, Taken, common_clients
from models.vocab import Aim, FloatArray, IntArray, TextArray

MAIN_AIMS = (Aim.SCREENING, Aim.CREDIT_LOSS, Aim.PROFIT)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One purpose at one date: clients reviewed, losses met, profit earned or clients moved, by three lists.

    ``clients`` is by how many the figures are divided where they are given per client.
    """

    ours: float
    rule: float
    perfect: float
    clients: float

    def __add__(self, other: Result) -> Result:
        return Result(**{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__})

    @property
    def gain(self) -> float:
        """See above; 0 where perfect foresight adds nothing."""
        room = self.perfect - self.rule
        return (self.ours - self.rule) / room if room else 0.0

    @property
    def against_rule(self) -> float:
        """Change against the rule's figure, as a share of it; 0 where that is 0."""
        return (self.ours - self.rule) / abs(self.rule) if self.rule else 0.0


Results = Mapping[Aim, Result]


@dataclass(frozen=True, kw_only=True)
class JudgedPolicy:
    """How a policy did. ``by_day``: the results of each date; ``shares``: of the clients in each tier, best first."""

    by_day: tuple[Results, ...]
    steadiness: Result | None
    shares: tuple[float, ...]

    @cached_property
    def results(self) -> Results:
        """The results of all dates together."""
        known = [aim for aim in MAIN_AIMS if all(aim in day for day in self.by_day)]
        found = {aim: _summed([day[aim] for day in self.by_day]) for aim in known}
        return found | ({} if self.steadiness is None else {Aim.STABILITY: self.steadiness})

    @cached_property
    def gains(self) -> dict[Aim, float]:
        """Aim -> gain over all dates together."""
        return {aim: result.gain for aim, result in self.results.items()}

    def score(self, aim: Aim) -> float:
        """What is searched for; ``balanced`` is the weakest of reviews, losses and offers."""
        return self.gains[aim] if aim != Aim.BALANCED else _weakest(self.gains)

    def score_at(self, aim: Aim, day: int) -> float:
        """The same at one date, of which steadiness is not known."""
        gains = {each: result.gain for each, result in self.by_day[day].items()}
        return gains.get(aim, 0.0) if aim != Aim.BALANCED else _weakest(gains)

    def weakest_but(self, aim: Aim) -> float:
        """The weakest of reviews, losses and offers that are not the aim."""
        return _weakest({each: gain for each, gain in self.gains.items() if each != aim})


def _weakest(gains: Mapping[Aim, float]) -> float:
    return min(gain for aim, gain in gains.items() if aim in MAIN_AIMS)


def _summed(results: Sequence[Result]) -> Result:
    total = results[0]
    for result in results[1:]:
        total += result
    return total


class Judge:
    """Asks every policy the same: the same dates, clients, outcomes and caps."""

    def __init__(self, days: Sequence[PastDay], config: Config) -> None:
        self.days = tuple(days)
        self._scale = config.scale
        self._lists = [_DayLists(day, config) for day in days]
        self._scores: dict[str, list[Mapping[str, Scored]]] = {}
        pairs = zip(self.days, self.days[1:], strict=False)
        self._pairs = [common_clients(before, after) for before, after in pairs]

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What these dates can tell of."""
        steady = (Aim.STABILITY,) if self._pairs else ()
        known = [aim for aim in MAIN_AIMS if all(aim in lists.lists for lists in self._lists)]
        return (*known, *steady, Aim.BALANCED)

    def judged(self, policy: PolicyConfig) -> JudgedPolicy:
        """How a policy would have done, its shares settled on the clients of each date."""
        ranks = [self._ranks(place, policy) for place in range(len(self.days))]
        by_day = tuple(lists.results(rank) for lists, rank in zip(self._lists, ranks, strict=True))
        counts = np.mean([np.bincount(rank, minlength=len(self._scale)) / len(rank) for rank in ranks], axis=0)
        return JudgedPolicy(by_day=by_day, steadiness=self._steadiness(ranks), shares=tuple(counts.tolist()))

    def _ranks(self, place: int, policy: PolicyConfig) -> IntArray:
        scores = self._scored(policy)[place]
        cut_offs = {name: level_cut_offs(each, scores[name].numbers) for name, each in policy.dimensions.items()}
        fitted = GradingPolicy(settings=policy, cut_offs=cut_offs, currency="")
        return np.asarray(np.maximum(DecisionTable(fitted).ranks(scores), self._lists[place].capped))

    def _scored(self, settings: PolicyConfig) -> list[Mapping[str, Scored]]:
        """Dimension -> numbers at each date; levels do not change them, so that most trials share them."""
        key = repr([(name, each.criteria, each.measure) for name, each in settings.dimensions.items()])
        if key not in self._scores:
            self._scores = {key: [scores_of(settings, day.facts) for day in self.days]}
        return self._scores[key]

    def _steadiness(self, ranks: Sequence[IntArray]) -> Result | None:
        if not self._pairs:
            return None
        moved, rule, clients = 0, 0, 0
        for place, (old, new) in enumerate(self._pairs):
            before, after = self.days[place], self.days[place + 1]
            moved += int((ranks[place][old] != ranks[place + 1][new]).sum())
            rule += int((before.rule_tier[old] != after.rule_tier[new]).sum())
            clients += len(old)
        return Result(ours=moved, rule=rule, perfect=0.0, clients=clients)


class _DayLists:
    """The lists of one date: what does not depend on the policy is worked out once."""

    def __init__(self, day: PastDay, config: Config) -> None:
        settings = config.backtest
        self.capped = cap_ranks(config.grading, hardest_cap(config.grading, caps_holding(config.grading, day.facts)))
        self._scale: TierScale = config.scale
        self._names = np.array(config.scale.names)
        taken = {Aim.SCREENING: day.reviewed, Aim.PROFIT: day.offered, Aim.CREDIT_LOSS: day.lost}
        self.lists = {aim: each for aim, each in taken.items() if each is not None}
        self._shares = {
            Aim.SCREENING: config.propose.review_share,
            Aim.PROFIT: settings.retention.budget,
            Aim.CREDIT_LOSS: settings.acting.budget,
        }
        self._fixed = {aim: self._fixed_results(aim, each) for aim, each in self.lists.items()}

    def results(self, ranks: IntArray) -> Results:
        """What the tiers of these ranks would have brought."""
        tier: TextArray = self._names[ranks]
        found = {}
        for aim, each in self.lists.items():
            first = worst_first if aim == Aim.CREDIT_LOSS else tier_first
            found[aim] = replace(
                self._fixed[aim], ours=self._figure(aim, each, first(tier, each.foreseen, self._scale))
            )
        return found

    def _fixed_results(self, aim: Aim, taken: Taken) -> Result:
        rule, perfect = (self._figure(aim, taken, order) for order in (taken.rule, taken.came))
        clients = float(taken.came.sum()) if aim == Aim.CREDIT_LOSS else float(len(taken.came))
        return Result(ours=rule, rule=rule, perfect=perfect, clients=clients)

    def _figure(self, aim: Aim, taken: Taken, order: FloatArray) -> float:
        """Clients reviewed until the share of value is found; or what the budget brings from the top of the order."""
        found, one = ReviewList.of(taken.came, order), np.ones((1, len(order)))
        counted = found.reviewed if aim == Aim.SCREENING else found.found
        return float(np.nan_to_num(counted(self._shares[aim], one)[0]))
