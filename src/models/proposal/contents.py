"""A proposed policy as typed data: the search, its trials, and both policies at dates that chose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.notices import Notice
from models.text import Spoken
from models.vocab import Aim


@dataclass(frozen=True, kw_only=True)
class AimFigures:
    """What a policy's tiers bring for one aim, beside the rule's and perfect foresight.

    ``ours``, ``rule`` and ``perfect`` are shares of the clients reviewed, shares of all losses met, profit per client
    in book currency, or shares of the clients that changed tier. ``against_rule``: change against the rule's as a share
    of it; ``gain``: as a share of what perfect foresight adds to the rule.
    """

    ours: float
    rule: float
    perfect: float
    against_rule: float
    gain: float


@dataclass(frozen=True, kw_only=True)
class PolicyFigures:
    """How one policy does. ``shares``: tier -> share of the clients."""

    aims: Mapping[Aim, AimFigures]
    shares: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class ChangedNumber:
    """One number of the policy: its key, as --what-if takes it, and what it was and would be."""

    key: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class TriedPolicy:
    """One trial: the numbers that were drawn, what is gained for each aim, and the shares of the tiers, best first."""

    number: int
    settings: Mapping[str, float]
    gains: Mapping[Aim, float]
    shares: tuple[float, ...]
    score: float
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class JudgedDate:
    """Both policies at a date that chose nothing."""

    as_of: date
    today: PolicyFigures
    proposed: PolicyFigures


@dataclass(frozen=True, kw_only=True)
class PolicyJudgement:
    """A policy held against the one that runs, at past dates that chose neither; ``hashes`` of both, today's first."""

    book: str
    currency: str
    data: str
    tiers: tuple[str, ...]
    hashes: tuple[str, str]
    judged: tuple[JudgedDate, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyProposal:
    """A search for another policy.

    Attributes:
        dates: the past dates that were searched on; ``judged`` are others, which chose nothing.
        tiers: names, best first.
        today, proposed: over all dates of the search together.
        noise: standard error of the difference of their scores between dates, 0 where it is not known.
        is_better: whether the gain is more than that; if not, the file holds today's policy.
        weighted: whether weights of criteria were moved too, which is only done where it helps beyond chance.
        frontier: numbers of the trials that no other beats both for the aim and for the weakest of the others.
        cut: whether time ended the search before its trials did.
        hashes: what identifies today's policy and the one in the file.
        terms: what decline, value and horizon mean in this book.
    """

    book: str
    currency: str
    data: str
    aim: Aim
    axes: tuple[Aim, tuple[Aim, ...]]
    dates: tuple[date, ...]
    clients: int
    tiers: tuple[str, ...]
    today: PolicyFigures
    proposed: PolicyFigures
    scores: tuple[float, float]
    noise: float
    is_better: bool
    weighted: bool
    changes: tuple[ChangedNumber, ...]
    tried: tuple[TriedPolicy, ...]
    best: int
    frontier: tuple[int, ...]
    cut: bool
    hashes: tuple[str, str]
    judged: tuple[JudgedDate, ...] = ()
    notices: tuple[Notice, ...] = ()
    terms: tuple[Spoken, ...] = ()
