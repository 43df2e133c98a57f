"""The document of one client for programs: scores, reasons, curve, history, change and what is within reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from models.book.periods import Horizon
from models.explanation.change_reasons import ClientChange
from models.explanation.reasons import ExplainedReason
from models.explanation.scores import ClientScores
from models.explanation.story import ClientStory, FeatureContribution, HistoryPoint, MeasureHistory
from models.explanation.within_reach import NoneWithinReach, Reachable
from models.grading.report import GradeReport
from models.learners.decline.curves import DeclineCurves
from models.learners.value.net import CREDIT_LOSS, MARGIN
from models.notices import Notice
from models.scoring.block import DECLINE, VALUE
from models.scoring.policy_in_force import GradedBy
from models.warnings.report import ClientWarning


@dataclass(frozen=True, kw_only=True)
class TreatmentPart:
    """One part of a treatment, in words."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ReasonDocument:
    """One reason: what it adds (probability or currency), and its leading feature beside what is usual for peers."""

    reason: str
    title: str
    effect: float
    sentence: str
    feature: str
    observed: float | str | None
    usual: float | str | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, reason: ExplainedReason) -> ReasonDocument:
        """The reason without what pages alone need."""
        figures = reason.figures
        return cls(
            reason=reason.reason,
            title=reason.title,
            effect=reason.effect,
            sentence=reason.sentence,
            feature=figures.feature,
            observed=figures.observed if figures.observed is not None else figures.observed_text,
            usual=figures.usual if figures.usual is not None else figures.usual_text,
            low=figures.low,
            high=figures.high,
        )


@dataclass(frozen=True, kw_only=True)
class ClientCurve:
    """The chance of the event until the end of each period, in all and by cause."""

    event: str
    ends: tuple[int, ...]
    probability: tuple[float, ...]
    incidence: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, curves: DeclineCurves) -> ClientCurve:
        """The curve of the first client."""
        return cls(
            event=curves.event,
            ends=tuple(curves.ends),
            probability=tuple(curves.probability[0].tolist()),
            incidence={cause: tuple(until[0].tolist()) for cause, until in curves.incidence.items()},
        )


@dataclass(frozen=True, kw_only=True)
class ClientDocument(ClientScores):
    """One client: its scores, then all that explains them.

    ``contributions`` holds every feature, in probability points and in currency. Base and contributions sum to the
    prediction, as base and reasons do. ``grade`` is what the tier rests on. ``tier_reason`` and ``segment_name`` are in
    the document's language.
    """

    treatment: tuple[TreatmentPart, ...]
    grade: GradeReport
    name: str | None
    as_of: date
    language: str
    currency: str
    horizon: Horizon
    model_version: str
    bundle: str
    policy: GradedBy
    decline_base_points: float
    value_base: float
    margin_base: float | None
    credit_loss_base: float | None
    contributions: tuple[FeatureContribution, ...]
    peers: str
    reasons: Mapping[str, tuple[ReasonDocument, ...]]
    curve: ClientCurve
    history: tuple[HistoryPoint, ...]
    measures: tuple[MeasureHistory, ...]
    change: ClientChange | None
    within_reach: tuple[Reachable | NoneWithinReach, ...]
    way_up: str
    no_lending: str
    warning: ClientWarning | None
    warning_sentences: tuple[str, ...]
    lists: Mapping[str, str]
    notices: tuple[Notice, ...]
    terms: tuple[str, ...]
    cold_start_mark: str


def client_document(story: ClientStory) -> ClientDocument:
    """The document of a story."""
    scores = replace(story.scores, tier_reason=story.tier_reason, segment_name=story.segment_name)
    return ClientDocument(
        **{part.name: getattr(scores, part.name) for part in fields(ClientScores)},
        treatment=tuple(TreatmentPart(title=title, text=text) for title, text in story.treatment),
        grade=story.grade,
        name=story.name,
        as_of=story.as_of,
        language=story.language,
        currency=story.currency,
        horizon=Horizon(periods=story.horizon_periods, period=story.period),
        model_version=story.model_version,
        bundle=story.bundle,
        policy=story.policy,
        decline_base_points=story.base[DECLINE] * 100,
        value_base=story.base[VALUE],
        margin_base=story.base.get(MARGIN),
        credit_loss_base=story.base.get(CREDIT_LOSS),
        contributions=story.features,
        peers=story.reasons.peers,
        reasons={
            DECLINE: tuple(map(ReasonDocument.of, story.reasons.decline)),
            VALUE: tuple(map(ReasonDocument.of, story.reasons.value)),
            MARGIN: tuple(map(ReasonDocument.of, story.reasons.margin)),
            CREDIT_LOSS: tuple(map(ReasonDocument.of, story.reasons.credit_loss)),
        },
        curve=ClientCurve.of(story.curve),
        history=story.history,
        measures=story.measures,
        change=story.change,
        within_reach=story.reach,
        way_up=story.way_up,
        no_lending=story.no_lending,
        warning=story.warning,
        warning_sentences=story.warnings,
        lists=story.lists,
        notices=story.notices,
        terms=story.terms,
        cold_start_mark=story.cold_start,
    )
