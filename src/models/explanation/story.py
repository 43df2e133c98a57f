"""All that a reviewer may ask of one client, gathered from models and rules in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as ds

from models.book.door import Book
from models.config.root import Config
from models.explanation.change_reasons import ClientChange
from models.explanation.client_reach import client_reach
from models.explanation.history import ClientPast
from models.explanation.reasons import ClientReasons, explained_reasons
from models.explanation.scores import ClientScores
from models.explanation.within_reach import NoneWithinReach, Reachable
from models.grading.decision import decide
from models.grading.evidence import grade_report
from models.grading.reasons_text import reasons
from models.grading.report import GradeReport
from models.grading.text import GradeText, grade_in_words
from models.grading.treatments import Treatment, TreatmentTable
from models.learners.decline.curves import DeclineCurves
from models.lists.report import lists_of_client
from models.lists.text import list_sentences
from models.notices import Notice, by_severity
from models.panel.definitions import cold_start_mark, definitions
from models.panel.features.beginning import ALIKE_IN_WORDS, BEGAN_ALIKE
from models.panel.features.words import FeatureWords, plain_words
from models.pipeline.bundle import Bundle
from models.profiles.types import drivers_in_words
from models.reasons.text import feature_in_words
from models.scoring.block import DECLINE, VALUE
from models.scoring.columns import NOBODY_WARNS, assessment, score_columns
from models.scoring.policy_in_force import GradedBy, scoring_config
from models.scoring.run_key import model_version
from models.scoring.without_effect import policy_in_force_notices, settings_without_effect
from models.text import Language
from models.warnings.publishing import unpublished_warnings, warning_columns
from models.warnings.report import ClientWarning, published_warnings
from models.warnings.text import warning_sentences, warning_terms

MEASURES = 3
"""So many features beside the margin are shown over time: those that lead the largest reasons."""
_MARGIN = "value_sum_"


@dataclass(frozen=True, kw_only=True)
class HistoryPoint:
    """What the models said of the client at one date. Value in currency; None where there is no interval."""

    as_of: date
    value: float
    value_low: float | None
    value_high: float | None
    decline: float
    decline_low: float | None
    decline_high: float | None
    tier: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class MeasureHistory:
    """One feature of the client over the dates of the history: as numbers, and as people write them."""

    feature: str
    description: str
    numbers: tuple[float | None, ...]
    texts: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class FeatureContribution:
    """One feature: the client's value in its unit, and what it adds to decline (points) and value (currency)."""

    feature: str
    unit: str
    observed: float | str | None
    decline_points: float
    value: float


@dataclass(frozen=True, kw_only=True)
class ClientStory:
    """One client, described in ``language``.

    Attributes:
        scores: the client's row of scores.
        tiers: what people call each tier, best first.
        tier_reason, segment_name: the same in that language.
        grade: what the tier rests on; ``grade_text`` says it.
        drivers: of relationship and need what speaks for the type; empty where nothing stands out.
        features: the largest in decline first.
        bundle: hash of the models.
        base: what is said of an unknown client: model -> probability or currency.
        curve: of the one client.
        level: share of clients whose value lies in its interval.
        way_up: what lacks for the next tier, or which cap bars it, by the rules alone; ``no_lending`` why no lending is
            proposed. Both are empty where nothing is asked to be within reach.
        treatment: title and text of each part; empty where the policy has none.
        warnings: one sentence each; empty where the client does not warn. ``warning`` is the same as data.
        lists: list -> its rank there, why, and what is proposed; those on which the client stands.
        notices: what must be known of the models at the date; in English, what of the caller's config has no effect.
        terms: what decline, value and horizon mean.
        cold_start: the mark of a client without activity, "" of an active one.
    """

    client_id: str
    name: str | None
    language: Language
    as_of: date
    currency: str
    period: str
    horizon_periods: int
    level: float
    model_version: str
    bundle: str
    policy: GradedBy
    scores: ClientScores
    tiers: Mapping[str, str]
    tier_reason: str
    grade: GradeReport
    grade_text: GradeText
    segment_name: str
    drivers: Mapping[str, str]
    features: tuple[FeatureContribution, ...]
    base: Mapping[str, float]
    reasons: ClientReasons
    curve: DeclineCurves
    history: tuple[HistoryPoint, ...]
    measures: tuple[MeasureHistory, ...]
    change: ClientChange | None
    reach: tuple[Reachable | NoneWithinReach, ...]
    way_up: str
    no_lending: str
    words: Mapping[str, FeatureWords]
    treatment: tuple[tuple[str, str], ...]
    warning: ClientWarning | None
    warnings: tuple[str, ...]
    lists: Mapping[str, str]
    terms: tuple[str, ...]
    cold_start: str = ""
    notices: tuple[Notice, ...] = ()


def explain_client(
    book: Book,
    bundle: Bundle,
    past: ClientPast,
    config: Config,
    change: ClientChange | None,
    *,
    lang: Language,
    published: Path | None = None,
) -> ClientStory:
    """Everything about the client of ``past``. ``config`` says what is within reach; the bundle's rules decide.

    ``published`` is the folder below which scores are published, where warnings stand.
    """
    block, settings, models = past.block, scoring_config(bundle, config), bundle.models
    warned = NOBODY_WARNS if past.turned is None else warning_columns(past.turned, settings)
    columns = score_columns(models, block.panel, block.predictions, settings, block.decision_context, warned)
    scores, warning = ClientScores.of_columns(columns), _warning(past, published, settings)
    alone = assessment(models, block.panel, block.predictions, block.decision_context)
    decided = decide(alone, block.decision_context.limit)
    grade = grade_report(decided, 0, settings.features)
    reach = client_reach(past, bundle, config, lang)
    (explained,) = explained_reasons(bundle, block, lang=lang)
    return ClientStory(
        client_id=scores.client_id,
        name=client_name(book, scores.client_id),
        language=lang,
        as_of=past.dates[-1],
        currency=settings.book.currency,
        period=settings.time.period,
        horizon_periods=settings.time.horizon_periods,
        level=settings.learners.interval_level,
        model_version=model_version(bundle),
        bundle=bundle.key,
        policy=GradedBy.of(bundle),
        scores=scores,
        tiers=models.policy.scale.labels(lang),
        tier_reason=str(reasons(decided, lang)[0]),
        grade=grade,
        grade_text=grade_in_words(grade, models.policy, models.words, lang),
        segment_name=_segment_name(bundle, scores.segment, lang),
        drivers={
            "relationship": drivers_in_words(
                scores.relationship_evidence, scores.relationship_type, settings.relationships, lang
            ),
            "need": drivers_in_words(scores.need_evidence, scores.need_type, settings.needs, lang),
        },
        features=_features(past, bundle),
        base={model: parts.base for model, parts in block.served.items()},
        reasons=explained,
        curve=block.predictions.curves,
        history=_history(past),
        measures=_measures(past, bundle, explained, lang),
        change=change,
        reach=reach.answers,
        way_up=reach.way_up,
        no_lending=reach.no_lending,
        words=models.words,
        treatment=treatment_of(settings, _treatment(columns), lang),
        warning=warning,
        warnings=_warnings(warning, models.words, settings.book.currency, lang),
        lists=_lists(past, published, settings.book.currency, lang),
        notices=by_severity(
            [
                *models.learned.notices(past.dates[-1], lang),
                *policy_in_force_notices(bundle, lang),
                *settings_without_effect(bundle, config),
            ]
        ),
        terms=definitions(settings, lang, cold_start=scores.cold_start),
        cold_start=_cold_start(past, settings, lang) if scores.cold_start else "",
    )


def _warning(past: ClientPast, published: Path | None, settings: Config) -> ClientWarning | None:
    """The client's warning as it was published, else as a run would read it now; None where it does not warn."""
    client = str(past.block.panel.client_id.iloc[0])
    rows = () if published is None else published_warnings(published, client, past.dates[-1])
    rows = rows or (() if past.turned is None else unpublished_warnings(past.turned, settings))
    return rows[0] if rows else None


def _warnings(
    warning: ClientWarning | None, words: Mapping[str, FeatureWords], currency: str, lang: Language
) -> tuple[str, ...]:
    """The sentences of a warning, and behind them what its amounts are."""
    if warning is None:
        return ()
    return (*warning_sentences([warning], words=words, currency=currency, lang=lang), warning_terms(lang))


def _lists(past: ClientPast, published: Path | None, currency: str, lang: Language) -> Mapping[str, str]:
    if published is None:
        return {}
    client = str(past.block.panel.client_id.iloc[0])
    return list_sentences(lists_of_client(published, client, past.dates[-1]), currency=currency, language=lang)


def _cold_start(past: ClientPast, settings: Config, lang: Language) -> str:
    alike = str(past.block.panel.features[BEGAN_ALIKE].iloc[0])
    return cold_start_mark(settings, ALIKE_IN_WORDS[alike].within(lang), lang)


def client_name(book: Book, client: str) -> str | None:
    """What the book calls the client; None where it does not say, or no more than the id."""
    table = ds.dataset(book.tables["clients"]).to_table(columns=["name"], filter=ds.field("client_id") == client)
    name = table["name"][0].as_py() if table.num_rows else None
    return None if name == client else name


def treatment_of(settings: Config, treatment: Treatment | None, lang: Language) -> tuple[tuple[str, str], ...]:
    """The treatment of a client in words; empty where the policy has none."""
    return () if treatment is None else tuple(TreatmentTable(settings.grading).describe(treatment, lang))


def _treatment(columns: Mapping[str, Any]) -> Treatment | None:
    """The treatment of the first row, None where the policy has none."""
    return Treatment(**columns["treatment"][0].as_py()) if "treatment" in columns else None


def _segment_name(bundle: Bundle, segment: int, lang: Language) -> str:
    segments, words = bundle.models.segments, bundle.models.words
    names = segments.names_in(lang, lambda feature: words[feature].describe(lang) if feature in words else feature)
    return names[segments.numbers.index(segment)]


def _features(past: ClientPast, bundle: Bundle) -> tuple[FeatureContribution, ...]:
    """Every feature with what it adds, largest in decline first."""
    served, row = past.block.served, past.block.panel.features.iloc[0]
    parts = [
        FeatureContribution(
            feature=name,
            unit=bundle.models.contract.units[name],
            observed=_plain(row[name]),
            decline_points=float(served[DECLINE].values[0, place] * 100),
            value=float(served[VALUE].values[0, place]),
        )
        for place, name in enumerate(bundle.models.contract.names)
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.decline_points)))


def _history(past: ClientPast) -> tuple[HistoryPoint, ...]:
    said = past.predictions
    return tuple(
        HistoryPoint(
            as_of=when,
            value=float(said.value[row]),
            value_low=_known(said.value_low[row]),
            value_high=_known(said.value_high[row]),
            decline=float(said.decline_probability[row]),
            decline_low=_known(said.decline_low[row]),
            decline_high=_known(said.decline_high[row]),
            tier=str(said.grades.tier[row]),
            stage=str(past.stage[row]),
        )
        for row, when in enumerate(past.dates)
    )


def _measures(past: ClientPast, bundle: Bundle, reported: ClientReasons, lang: Language) -> tuple[MeasureHistory, ...]:
    """The margin of the longest window, then the numbers that lead the largest reasons of decline."""
    window = bundle.config.features.windows[-1]
    leading = [reason.figures.feature for reason in reported.decline if reason.figures.observed is not None]
    wanted = [f"{_MARGIN}{window}p", *leading]
    names = [name for name in dict.fromkeys(wanted) if name in past.panel.features][: MEASURES + 1]
    return tuple(_measure(past, bundle, name, lang) for name in names)


def _measure(past: ClientPast, bundle: Bundle, name: str, lang: Language) -> MeasureHistory:
    words = bundle.models.words.get(name) or plain_words(name)
    numbers = past.panel.features[name].to_numpy(dtype=np.float64)
    return MeasureHistory(
        feature=name,
        description=words.describe(lang),
        numbers=tuple(_known(number) for number in numbers),
        texts=tuple(feature_in_words(float(number), words, lang, bundle.config.book.currency) for number in numbers),
    )


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _plain(value: Any) -> float | str | None:
    if isinstance(value, str):
        return value
    return None if value is None or np.isnan(value) else float(value)
