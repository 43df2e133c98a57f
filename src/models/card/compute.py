"""Makes a model card of the report that a bundle carries, the registry, the ledger of publications, and the config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from models.card.report import (
    Approval,
    CardFigure,
    CardSource,
    CardVerdict,
    CardVersion,
    FairnessGroup,
    ModelCard,
)
from models.config.root import Config
from models.evaluation.report.contents import OriginReport
from models.evaluation.report.errors_by_group import ErrorGroup
from models.evaluation.report.importance import MAIN_METRIC
from models.evaluation.report.names import BEST, CEILING
from models.evaluation.text import Judgement, Sentence, verdict_sentences
from models.notices import Severity
from models.panel.features.labels import STRETCHES
from models.pipeline.serving import ServingModels
from models.pipeline.serving_text import serving_sentences
from models.publications.ledger import Act, Publication
from models.text import ENGLISH, Language, Spoken, Text, as_written, in_a_row, languages, spoken

_PURPOSE = Text(
    "To say of each client of the {book} book what it is worth within {horizon}, how likely it is to decline, and "
    "which tier it belongs in, so that relationship managers and credit officers know whom to look after, review or "
    "limit."
)
_NOT_FOR = (
    Text("the price or approval of a single facility, for which it was never judged"),
    Text(
        "regulatory capital or provisions: its probabilities are of decline within the horizon, not of default as a "
        "rating system defines it"
    ),
    Text("clients of another book, or decisions that no person looks at"),
)
_NOT_NAMED = Text("not named: set card.owner in the config")
_BUILT_IN = Text("{tiers} (the best first) by the built-in policy")
_OF_CONFIG = Text("{tiers} (the best first) by the policy of the config")
_LEARNED_UNTIL = Text(
    "Learned from outcomes until {day}: scores of an earlier date know what came, and look better than a forecast "
    "could have been."
)
_NOT_CALIBRATED = Text(
    "Not calibrated: no earlier date could be forecast out of time, so levels may be off where ranks hold."
)
_ABSENT = Text("The book has no {table}, so nothing of it is known of any client.")
_TABLES = {
    "facilities": Text("facilities", "table of a book"),
    "interactions": Text("interactions", "table of a book"),
    "surveys": Text("surveys", "table of a book"),
    "ratings": Text("ratings", "table of a book"),
    "financials": Text("financials", "table of a book"),
    "campaigns": Text("campaigns", "table of a book"),
    "opportunities": Text("opportunities", "table of a book"),
    "macro": Text("macro", "table of a book"),
}
_LIMIT = Text("{subject}: {found}.", "limit of a model")
_NOTES = Text("{count} notes of less weight stand in report.html.")
_RED_FIRST = (Judgement.WRONG, Judgement.PERHAPS, Judgement.RIGHT, Judgement.BETTER, Judgement.OPEN)
_FAIRNESS = {"region": ("region", "country"), "size": ("size",), "ownership": ("ownership",)}
"""What fairness is looked at by -> attributes that tell it, the first that the book has."""
_WIDER = 2.576 / 1.96
"""Some twenty groups are looked at: 95% ranges count as wide as 99% ones."""
_CHANGES = (Act.PROMOTED, Act.ROLLED_BACK)
_NEVER = datetime.min.replace(tzinfo=UTC)


def model_card(
    source: CardSource,
    version: CardVersion,
    settings: Config,
    *,
    tags: Mapping[str, str],
    entries: Sequence[Publication],
    graded: Config,
) -> ModelCard:
    """The card of a version; ``tags`` are those of the version, ``entries`` of the ledger of its book.

    ``settings`` are today's, for what people say of the models, ``graded`` those of the bundle.
    """
    newest = max(source.origins, key=lambda origin: origin.as_of)
    fairness = dict(_fairness(newest))
    horizon = STRETCHES[source.horizon.period].filled(count=source.horizon.periods)
    served = source.served
    return ModelCard(
        version=version,
        book=source.book,
        currency=source.currency,
        data=source.data,
        known_until=source.known_until,
        horizon=spoken(horizon),
        purpose=settings.card.purpose or spoken(_PURPOSE.filled(book=source.book, horizon=horizon)),
        not_for=tuple(map(spoken, _NOT_FOR)),
        owner=settings.card.owner or spoken(_NOT_NAMED),
        terms=source.terms,
        features=source.features,
        rows=served.rows,
        learned_from=served.learned_from,
        learned_until=served.learned_until,
        calibrated=served.calibrated,
        method=_method(served.serving),
        tiers=_tiers(graded),
        interval_level=graded.learners.interval_level,
        verdicts=tuple(_verdicts(source)),
        figures=tuple(_figures(source.origins)),
        limits=(*_limits(source), *settings.card.limits),
        fairness=fairness,
        fairness_at=newest.as_of,
        not_told=tuple(name for name in _FAIRNESS if name not in fairness),
        approvals=tuple(_approvals(version, tags, entries)),
    )


def _method(serving: ServingModels) -> dict[str, Spoken]:
    """Target -> who serves it and why."""
    by_language = {language: serving_sentences(serving, language) for language in languages()}
    targets = next(iter(by_language.values()))
    return {target: {language: said[target] for language, said in by_language.items()} for target in targets}


def _tiers(settings: Config) -> Spoken:
    said = _BUILT_IN if settings.policy is None else _OF_CONFIG
    return spoken(said.filled(tiers=in_a_row(settings.scale.names)))


def _verdicts(source: CardSource) -> list[CardVerdict]:
    """The sentences of all test origins, what is wrong before all others, the newest origin first."""
    found = [
        verdict
        for origin in sorted(source.origins, key=lambda origin: origin.as_of, reverse=True)
        for verdict in _of_origin(origin, source.currency)
    ]
    return sorted(found, key=lambda verdict: _RED_FIRST.index(verdict.judgement))


def _of_origin(origin: OriginReport, currency: str) -> Iterator[CardVerdict]:
    """The same sentences in every language, one after the other."""
    said: list[tuple[Language, tuple[Sentence, ...]]] = [
        (language, verdict_sentences(origin.parts, currency, language)) for language in languages()
    ]
    for place, sentence in enumerate(said[0][1]):
        by_language = {language: sentences[place].said for language, sentences in said}
        yield CardVerdict(as_of=origin.as_of, judgement=sentence.judgement, said=by_language)


def _figures(origins: Sequence[OriginReport]) -> Iterator[CardFigure]:
    for origin in sorted(origins, key=lambda origin: origin.as_of, reverse=True):
        for target, metric in MAIN_METRIC.items():
            figures = {name: each[metric] for name, each in origin.of(target).metrics.items() if metric in each}
            ours = figures.pop("ours", None)
            others = {name: each.estimate for name, each in figures.items() if name not in (CEILING, BEST)}
            if ours is not None:
                best = max(others, key=others.__getitem__, default="")
                yield CardFigure(
                    as_of=origin.as_of,
                    target=target,
                    metric=metric,
                    clients=origin.clients,
                    estimate=ours.estimate,
                    low=ours.low,
                    high=ours.high,
                    best_other=best,
                    other=others.get(best),
                )


def _limits(source: CardSource) -> Iterator[Spoken]:
    """What the models go without, or what is implausible in what they learned from, a sentence each."""
    served = source.served
    yield spoken(_LEARNED_UNTIL.filled(day=str(served.learned_until)))
    if not served.calibrated:
        yield spoken(_NOT_CALIBRATED)
    for table in source.absent:
        yield spoken(_ABSENT.filled(table=_TABLES.get(table) or as_written(table.replace("_", " "))))
    for notice in source.notices:
        if notice.severity is not Severity.NOTE:
            found = notice.texts.found if notice.texts else as_written(notice.found)
            said = spoken(_LIMIT.filled(subject=notice.subject, found=found))
            yield said if notice.texts else {ENGLISH: said[ENGLISH]}
    notes = sum(notice.severity is Severity.NOTE for notice in source.notices)
    if notes:
        yield spoken(_NOTES.filled(count=notes))


def _fairness(origin: OriginReport) -> Iterator[tuple[str, tuple[FairnessGroup, ...]]]:
    for name, attributes in _FAIRNESS.items():
        known = next((each for each in attributes if each in origin.parts.errors), None)
        if known is not None:
            yield name, tuple(_group(group) for group in origin.parts.errors[known])


def _group(group: ErrorGroup) -> FairnessGroup:
    low, high = (group.realised + _WIDER * (end - group.realised) for end in (group.low, group.high))
    return FairnessGroup(
        name=group.name,
        clients=group.clients,
        foreseen=group.foreseen,
        realised=group.realised,
        low=group.low,
        high=group.high,
        total_ratio=group.total_ratio,
        auc=group.auc,
        is_off=not low <= group.foreseen <= high,
    )


def _approvals(version: CardVersion, tags: Mapping[str, str], entries: Sequence[Publication]) -> list[Approval]:
    """Each recorded change that made the version serve, and when another took its place; in order of time.

    Of a change that nobody recorded, such as the first, the tags tell.
    """
    found = [
        Approval(at=entry.at, act=entry.act.value, by=entry.by, why=entry.why)
        for entry in entries
        if entry.act in _CHANGES and entry.bundle == version.bundle
    ]
    if not found and tags.get("champion_because"):
        by, why = tags.get("champion_by", ""), tags["champion_because"]
        found.append(Approval(at=_time(tags.get("champion_since")), act="made champion", by=by, why=why))
    if tags.get("champion_until"):
        why = tags.get("champion_ended_because", "")
        found.append(Approval(at=_time(tags["champion_until"]), act="no longer champion", by="", why=why))
    return sorted(found, key=lambda approval: approval.at or _NEVER)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
