"""All that a reviewer may ask of the reasons of a few clients, in words; scores.parquet keeps the largest as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from models.explanation.comparisons import bearings
from models.learners.peers import PeerGroup
from models.learners.value.net import CREDIT_LOSS, MARGIN
from models.panel.features.words import FeatureWords, plain_words
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import FittedModels
from models.reasons.ranking import Grouping, Reason, ReasonTable, reasons_of
from models.reasons.text import (
    Bearing,
    Effect,
    effect_in_words,
    feature_in_words,
    observed_in_words,
    range_in_words,
    sentence,
    usual_in_words,
)
from models.scoring.block import DECLINE, VALUE, ScoredBlock
from models.text import CLAUSES, Language, Text, joined, quoted
from models.vocab import FloatArray, TextArray

_ON: dict[str, Effect] = {DECLINE: "probability", VALUE: "value", MARGIN: "margin", CREDIT_LOSS: "credit_loss"}
_NO_PEERS = Text("nothing is known of its peers")
_PEERS = Text("{count:,} clients: {who}")
_SEGMENT = Text('segment "{name}"')
_WHOLE = Text("the whole book")
_COLD = Text("without activity")
_THIRDS = {
    "small": Text("smallest third"),
    "medium": Text("middle third"),
    "large": Text("largest third"),
}


@dataclass(frozen=True, kw_only=True)
class ReasonPart:
    """One feature of a reason: what it is, the client's value, and what it adds in the unit of the reason."""

    feature: str
    description: str
    observed: str | None
    effect: float


@dataclass(frozen=True, kw_only=True)
class ExplainedReason:
    """One reason in words, beside the figures that it is made of.

    ``effect`` is a share of probability (decline) or book currency (value), ``effect_text`` the same for people;
    ``usual_range`` leaves out a tenth of the peers at either end. ``parts`` stand largest first and sum to the effect.
    """

    reason: str
    title: str
    effect: float
    effect_text: str
    sentence: str
    description: str
    observed: str | None
    usual: str | None
    usual_range: str | None
    figures: Reason
    parts: tuple[ReasonPart, ...]


@dataclass(frozen=True, kw_only=True)
class ClientReasons:
    """All reasons of one client, largest first, of which those without effect are left away.

    ``peers`` says who was compared with, ``peer_count`` how many they are, 0 where nothing was learned.
    """

    client_id: str
    peers: str
    peer_count: int
    decline: tuple[ExplainedReason, ...]
    value: tuple[ExplainedReason, ...]
    margin: tuple[ExplainedReason, ...] = ()
    credit_loss: tuple[ExplainedReason, ...] = ()
    """The parts of value, empty where no defaults are known."""

    def of(self, model: str) -> tuple[ExplainedReason, ...]:
        """The reasons of decline, value, margin or credit loss."""
        found: tuple[ExplainedReason, ...] = getattr(self, model)
        return found


@dataclass(frozen=True)
class _Speaker:
    """How one block is spoken of."""

    bundle: Bundle
    block: ScoredBlock
    grouping: Grouping
    language: Language

    @property
    def currency(self) -> str:
        return self.bundle.config.book.currency

    def words(self, feature: str) -> FeatureWords:
        learned, now = self.bundle.models.words.get(feature), self.block.panel.words.get(feature)
        if learned and now and learned.estimated != now.estimated:
            return now  # what the models learned as an estimate may be reported by now
        return learned or plain_words(feature)


def _predictors(models: FittedModels) -> dict[str, Callable[[FloatArray], FloatArray]]:
    """What each model says of encoded features; margin and credit loss where value has both parts."""
    found: dict[str, Callable[[FloatArray], FloatArray]] = {
        DECLINE: models.decline.predict,
        VALUE: models.value.predict,
    }
    if models.value.credit is not None:
        found |= {MARGIN: models.value.margin.predict, CREDIT_LOSS: models.value.credit.predict}
    return found


def explained_reasons(bundle: Bundle, block: ScoredBlock, *, lang: Language) -> list[ClientReasons]:
    """The ranked reasons of decline and of value of each client of ``block``, in its order.

    Meant for the few clients that somebody reads about: texts are made client by client.
    """
    contract = bundle.models.contract
    speaker = _Speaker(bundle, block, Grouping.of(contract.names, bundle.models.words), lang)
    predict = _predictors(bundle.models)
    view = bundle.models.peers.of(block.matrix, block.predictions.segment)
    tables = {
        model: reasons_of(
            block.served[model].values,
            matrix=block.matrix,
            features=block.panel.features,
            contract=contract,
            grouping=speaker.grouping,
            peers=view,
            kept=len(speaker.grouping.reasons),
        )
        for model in predict
    }
    bearing = {model: bearings(predict[model], block.matrix, tables[model], view) for model in tables}
    segments = bundle.models.segments
    spoken = segments.names_in(lang, lambda feature: speaker.words(feature).describe(lang))
    names = dict(zip(segments.numbers, spoken, strict=True))
    return [
        _client(
            speaker,
            tables,
            bearing,
            row,
            peers_in_words(view.group_of(row), names, lang, cold_start=bundle.models.starts_cold),
        )
        for row in range(len(block.panel))
    ]


def peers_in_words(
    group: PeerGroup | None, segments: Mapping[int, str], language: Language, *, cold_start: bool = False
) -> str:
    """Who the peers of a client are: segment, third of the book by size, and region, as far as they mattered.

    >>> group = PeerGroup(segment=0, size="large", region="Asia", clients=45)
    >>> peers_in_words(group, {0: "steady"}, "en")
    '45 clients: segment "steady", largest third, Asia'
    """
    if group is None:
        return _NO_PEERS.within(language)
    reported = [] if not cold_start else [_COLD.within(language)]
    if group.segment is not None:
        reported.append(_SEGMENT.within(language, name=segments[group.segment]))
    if group.size is not None:
        reported.append(_THIRDS[group.size].within(language))
    if group.region is not None:
        reported.append(quoted(group.region, language))
    who = joined(reported, language, CLAUSES) or _WHOLE.within(language)
    return _PEERS.within(language, count=group.clients, who=who)


def _client(
    speaker: _Speaker, tables: dict[str, ReasonTable], bearing: dict[str, TextArray], row: int, peers: str
) -> ClientReasons:
    explained = {
        model: tuple(
            _explained(speaker, model, row, reason, Bearing(bears))
            for reason, bears in zip(table.of_client(row), bearing[model][row], strict=True)
            if reason.effect != 0
        )
        for model, table in tables.items()
    }
    return ClientReasons(
        client_id=str(speaker.block.panel.client_id.iloc[row]),
        peers=peers,
        peer_count=int(tables[DECLINE].peers[row]),
        **explained,
    )


def _explained(speaker: _Speaker, model: str, row: int, reason: Reason, bearing: Bearing) -> ExplainedReason:
    words, language, currency, on = speaker.words(reason.feature), speaker.language, speaker.currency, _ON[model]
    return ExplainedReason(
        reason=reason.reason,
        title=words.title.within(language),
        effect=reason.effect,
        effect_text=effect_in_words(reason.effect, on, language, currency),
        sentence=sentence(reason, words, on=on, language=language, currency=currency, bearing=bearing),
        description=words.describe(language),
        observed=observed_in_words(reason, words, language, currency),
        usual=usual_in_words(reason, words, language, currency),
        usual_range=range_in_words(reason, words, language, currency),
        figures=reason,
        parts=_parts(speaker, speaker.block.served[model].values[row], row, reason),
    )


def _parts(speaker: _Speaker, values: FloatArray, row: int, reason: Reason) -> tuple[ReasonPart, ...]:
    names = speaker.bundle.models.contract.names
    members = np.flatnonzero(speaker.grouping.place == speaker.grouping.reasons.index(reason.reason)).tolist()
    parts = [
        ReasonPart(
            feature=names[place],
            description=speaker.words(names[place]).describe(speaker.language),
            observed=feature_in_words(
                speaker.block.panel.features[names[place]].iloc[row],
                speaker.words(names[place]),
                speaker.language,
                speaker.currency,
            ),
            effect=float(values[place]),
        )
        for place in members
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.effect)))
