"""Searches a policy for an aim on past dates: cut-offs first, then weights of criteria, kept only where they help."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.config.policy.policy import PolicyConfig
from models.config.proposing import ProposeConfig
from models.proposal.judging import MAIN_AIMS, Judge, JudgedPolicy
from models.proposal.rules import cut_off_space, moved_policy, own_numbers, weight_space
from models.tuning.space import Parameter, Settings
from models.tuning.trials import Budget, trials
from models.vocab import Aim, Progress, SilentProgress

_STARTS = 4
"""A search begins anew so often: from one beginning it may never meet tiers of other sizes that do better."""
IMPOSSIBLE = -10.0
"""Score of what is no policy at all."""
_OUTSIDE = -5.0
"""Score of a policy whose tiers are too large, too small, or harm another aim; less by how far."""


@dataclass(frozen=True, kw_only=True)
class PolicyTrial:
    """A policy that was tried, how it did, and its score; ``allowed``: tiers and other aims stay within bounds."""

    number: int
    settings: Settings
    policy: PolicyConfig
    judged: JudgedPolicy
    score: float
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What a search found. ``best`` may be ``today``; ``weighted``: weights helped beyond chance; ``cut``: by time."""

    today: PolicyTrial
    best: PolicyTrial
    attempts: tuple[PolicyTrial, ...]
    weighted: bool
    cut: bool


class PolicySearch:
    """One search: the policy it starts from, what is judged, and what it may move."""

    def __init__(self, judge: Judge, policy: PolicyConfig, aim: Aim, settings: ProposeConfig) -> None:
        self._judge, self._policy, self._aim, self._settings = judge, policy, aim, settings
        own = own_numbers(policy)
        judged = judge.judged(policy)
        score = judged.score(aim)
        self.today = PolicyTrial(number=1, settings=own, policy=policy, judged=judged, score=score, allowed=True)
        self.attempts: list[PolicyTrial] = []

    def run(self, *, seed: int, progress: Progress = SilentProgress()) -> Searched:
        """All trials: half of them on cut-offs alone where weights are searched too."""
        space, weights = cut_off_space(self._policy), weight_space(self._policy) if self._settings.weights else ()
        first = self._settings.trials // 2 if weights else self._settings.trials
        tracked = progress.track(self._trials(space, weights, first, seed), total=self._settings.trials, title="Trials")
        made = sum(1 for _ in tracked)
        plain = [each for each in self.attempts if _is_plain(each.settings)]
        best, alone = self._best(self.attempts), self._best(plain)
        weighted = best is not alone and self.beyond_chance(best, alone)
        return Searched(
            today=self.today,
            best=best if weighted else alone,
            attempts=tuple(self.attempts),
            weighted=weighted,
            cut=made < self._settings.trials,
        )

    def beyond_chance(self, one: PolicyTrial, other: PolicyTrial) -> bool:
        """Whether a score is higher by more than a standard error of the differences at single dates."""
        gain, noise = one.score - other.score, self.noise(one, other)
        return gain > 0 and gain > noise

    def noise(self, one: PolicyTrial, other: PolicyTrial) -> float:
        """Standard error of the mean difference over the dates; of one date, and of steadiness, none is known: 0."""
        days = range(len(one.judged.by_day))
        if len(days) == 1 or self._aim == Aim.STABILITY:
            return 0.0
        gaps = [one.judged.score_at(self._aim, day) - other.judged.score_at(self._aim, day) for day in days]
        return float(np.std(gaps, ddof=1) / math.sqrt(len(gaps)))

    def _trials(
        self, space: Sequence[Parameter], weights: Sequence[Parameter], first: int, seed: int
    ) -> Iterator[object]:
        own, minutes = self.today.settings, self._settings.minutes / (2 if weights else 1)
        for start in range(_STARTS):
            share = first // _STARTS + (start < first % _STARTS)
            spent = Budget(trials=share, minutes=minutes / _STARTS)
            yield from trials(space, self._scored(), spent, seed=seed + start, first=[own] if share else ())
        if weights:
            begun = self._best(self.attempts).settings
            rest = Budget(trials=self._settings.trials - first, minutes=minutes)
            yield from trials((*space, *weights), self._scored(), rest, seed=seed + _STARTS, first=[begun])

    def _scored(self) -> Callable[[Settings], float]:
        def score(drawn: Settings) -> float:
            settings = self.today.settings | drawn
            policy = moved_policy(self._policy, settings)
            if policy is None:
                return IMPOSSIBLE
            judged = self._judge.judged(policy)
            excess = self._excess(judged)
            found = _OUTSIDE - excess if excess > 0 else judged.score(self._aim)
            number = len(self.attempts) + 1
            self.attempts.append(
                PolicyTrial(
                    number=number, settings=settings, policy=policy, judged=judged, score=found, allowed=excess <= 0
                )
            )
            return found

        return score

    def _excess(self, judged: JudgedPolicy) -> float:
        """How far tiers are larger or smaller than allowed, and another aim falls below today's; 0 where none does."""
        factor, before = self._settings.tier_factor, np.array(self.today.judged.shares)
        shares = np.array(judged.shares)
        beyond = np.maximum(shares - before * factor, 0.0) + np.maximum(before / factor - shares, 0.0)
        now, then = judged.gains, self.today.judged.gains
        others = [aim for aim in MAIN_AIMS if aim in now and self._aim not in (aim, Aim.BALANCED)]
        harm = sum(max(then[aim] - now[aim], 0.0) for aim in others)
        return float(beyond.sum()) + harm

    @staticmethod
    def _best(attempts: Sequence[PolicyTrial]) -> PolicyTrial:
        """The first of equals."""
        return max(attempts, key=lambda each: (each.score if each.allowed else -math.inf, -each.number))


def _is_plain(settings: Settings) -> bool:
    return all(not number for name, number in settings.items() if name.endswith(".weight"))


def frontier(attempts: Sequence[PolicyTrial], aim: Aim) -> tuple[PolicyTrial, ...]:
    """The allowed policies that no other beats both for the aim and for the weakest of the others, by the aim."""
    allowed = sorted(
        (each for each in attempts if each.allowed),
        key=lambda each: (-each.judged.gains[aim], -each.judged.weakest_but(aim), each.number),
    )
    kept: list[PolicyTrial] = []
    for each in allowed:
        if not kept or each.judged.weakest_but(aim) > kept[-1].judged.weakest_but(aim):
            kept.append(each)
    return tuple(kept)
