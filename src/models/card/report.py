"""A model card as data. Source of its parts: Mitchell et al. (2019), Model Cards for Model Reporting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.evaluation.report.contents import EvaluationReport, ValueChoice
from models.evaluation.text import Judgement
from models.pipeline.serving import ServingModels
from models.text import Spoken


@dataclass(frozen=True, kw_only=True)
class CardServing:
    """What a card tells of the models that serve; the names are those of the report of a training."""

    learned_until: date
    learned_from: tuple[date, ...]
    rows: int
    calibrated: bool
    choice: ValueChoice
    serving: ServingModels


@dataclass(frozen=True, kw_only=True)
class CardSource(EvaluationReport):
    """The part of a training's report that a card is made of."""

    served: CardServing


@dataclass(frozen=True, kw_only=True)
class CardVersion:
    """A version in the registry: who registered it when, from which commit, and which aliases lead to it.

    ``bundle`` is the key of its bundle; ``commit`` is empty where the work stood in no checkout.
    """

    model: str
    version: str
    bundle: str
    run_id: str
    registered: datetime | None
    by: str
    commit: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CardVerdict:
    """A sentence of the verdict at a test origin."""

    as_of: date
    judgement: Judgement
    said: Spoken


@dataclass(frozen=True, kw_only=True)
class CardFigure:
    """The main figure of a target at a test origin with its 95% interval, beside the best benchmark that anyone has."""

    as_of: date
    target: str
    metric: str
    clients: int
    estimate: float
    low: float
    high: float
    best_other: str
    other: float | None


@dataclass(frozen=True, kw_only=True)
class FairnessGroup:
    """Clients who have something in common: what was foreseen of them and what came, with its 95% range.

    ``is_off`` where more or less decline was foreseen than came, by more than chance (99%). ``total_ratio`` is value
    foreseen over realised; it and ``auc`` are None where too few clients tell.
    """

    name: str
    clients: int
    foreseen: float
    realised: float
    low: float
    high: float
    total_ratio: float | None
    auc: float | None
    is_off: bool


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A decision that made a version serve, or took it back."""

    at: datetime | None
    act: str
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that a card says.

    Attributes:
        purpose, not_for, owner: as the config says, or in general words.
        terms: what decline, value and horizon mean, a sentence each.
        rows: client-dates learned from, at the dates ``learned_from``, with outcomes until ``learned_until``.
        method: target -> who serves it and why.
        verdicts: red ones first.
        fairness: what groups have in common -> groups at the newest test origin; ``not_told`` of what the book does
            not tell, or only of one group.
        approvals: the last one last.
    """

    version: CardVersion
    book: str
    currency: str
    data: str
    known_until: date
    horizon: Spoken
    purpose: Spoken
    not_for: tuple[Spoken, ...]
    owner: Spoken
    terms: tuple[Spoken, ...]
    features: int
    rows: int
    learned_from: tuple[date, ...]
    learned_until: date
    calibrated: bool
    method: Mapping[str, Spoken]
    tiers: Spoken
    interval_level: float
    verdicts: tuple[CardVerdict, ...]
    figures: tuple[CardFigure, ...]
    limits: tuple[Spoken, ...]
    fairness: Mapping[str, tuple[FairnessGroup, ...]]
    fairness_at: date
    not_told: tuple[str, ...]
    approvals: tuple[Approval, ...]

    @property
    def wrong(self) -> int:
        """How many verdicts are red."""
        return sum(each.judgement is Judgement.WRONG for each in self.verdicts)
