"""Tables of a model card: ranking beside benchmarks, groups, approvals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from models.card.report import Approval, CardFigure, FairnessGroup, ModelCard
from models.evaluation.report.names import benchmark_name, group_name
from models.text import ENGLISH, Language, Text

_METRICS: Final = {"auc": Text("AUC"), "normalized_gini": Text("normalized Gini")}
_TITLES: Final = {"decline": Text("Decline", "target"), "value": Text("Value", "target")}
_OF_TARGET: Final = Text("{target}, {metric}", "metric of a target")
_HEADS_OF_FIGURES: Final = (
    Text("figure", "head of a column"),
    Text("as of", "head of a column"),
    Text("clients"),
    Text("clientvalue (95% range)"),
    Text("best of the others"),
)
_HEADS_OF_GROUPS: Final = (
    Text("group", "head of a column"),
    Text("clients"),
    Text("decline foreseen"),
    Text("decline that came (95% range)"),
    Text("AUC"),
    Text("value foreseen / came"),
)
_HEADS_OF_APPROVALS: Final = (
    Text("when", "head of a column"),
    Text("what", "head of a column"),
    Text("by", "head of a column"),
    Text("why", "head of a column"),
)
_RANGED: Final = Text("{estimate} ({low} to {high})", "range of a figure")
_OTHER: Final = Text("{figure} ({name})", "benchmark")
_RANKING: Final = Text("Ranking")
_GROUPS_BY: Final = {
    "region": Text("By region, at {day}"),
    "size": Text("By size, at {day}"),
    "ownership": Text("By ownership, at {day}"),
}
ACTS: Final = {
    "official": Text("official", "act on a version"),
    "shadow": Text("shadow", "act on a version"),
    "promoted": Text("promoted", "act on a version"),
    "rolled back": Text("rolled back", "act on a version"),
    "made champion": Text("made champion", "act on a version"),
    "no longer champion": Text("no longer champion", "act on a version"),
}
_OWN_REASONS: Final = {
    "the gate holds": Text("the gate holds"),
    "the first version": Text("the first version"),
}
"""What the program itself gives as the reason of a change."""
_APPROVALS: Final = Text("Approvals")


@dataclass(frozen=True, kw_only=True)
class CardTable:
    """A table of texts; ``wrong`` are the places of rows that stand in red."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wrong: tuple[int, ...] = ()


def ranking_tables(card: ModelCard, language: Language) -> tuple[CardTable, ...]:
    """The main figures beside the best benchmark; none where there is no figure."""
    if not card.figures:
        return ()
    rows = tuple(_figure(figure, language) for figure in card.figures)
    return (CardTable(caption=_RANKING.within(language), heads=_heads(_HEADS_OF_FIGURES, language), rows=rows),)


def _heads(heads: Iterable[Text], language: Language) -> tuple[str, ...]:
    return tuple(head.within(language) for head in heads)


def _figure(figure: CardFigure, language: Language) -> tuple[str, ...]:
    best = benchmark_name(figure.best_other, language)
    other = "" if figure.other is None else _OTHER.within(language, figure=f"{figure.other:.3f}", name=best)
    estimate, low, high = (f"{each:.3f}" for each in (figure.estimate, figure.low, figure.high))
    return (
        _OF_TARGET.within(language, target=_TITLES[figure.target], metric=_METRICS[figure.metric]),
        f"{figure.as_of}",
        f"{figure.clients:,}",
        _RANGED.within(language, estimate=estimate, low=low, high=high),
        other,
    )


def group_table(card: ModelCard, name: str, groups: Sequence[FairnessGroup], language: Language) -> CardTable:
    """Decline foreseen and come by group, red where off."""
    return CardTable(
        caption=_GROUPS_BY[name].within(language, day=str(card.fairness_at)),
        heads=_heads(_HEADS_OF_GROUPS, language),
        rows=tuple(_row(group, language) for group in groups),
        wrong=tuple(place for place, group in enumerate(groups) if group.is_off),
    )


def _row(group: FairnessGroup, language: Language) -> tuple[str, ...]:
    realised, low, high = (f"{each:.1%}" for each in (group.realised, group.low, group.high))
    return (
        group_name(group.name, language),
        f"{group.clients:,}",
        f"{group.foreseen:.1%}",
        _RANGED.within(language, estimate=realised, low=low, high=high),
        "–" if group.auc is None else f"{group.auc:.2f}",
        "–" if group.total_ratio is None else f"{group.total_ratio:.2f}",
    )


def approval_tables(card: ModelCard, language: Language) -> tuple[CardTable, ...]:
    """Who let it serve, or took it back, when and why; none where nobody did."""
    if not card.approvals:
        return ()
    rows = tuple(_approval(each, language) for each in card.approvals)
    return (CardTable(caption=_APPROVALS.within(language), heads=_heads(_HEADS_OF_APPROVALS, language), rows=rows),)


def _approval(approval: Approval, language: Language) -> tuple[str, ...]:
    when = "" if approval.at is None else f"{approval.at:%Y-%m-%d %H:%M}"
    return when, act_name(approval.act, language), approval.by, reason_given(approval.why, language)


def act_name(act: str, language: Language = ENGLISH) -> str:
    """What was done about a version."""
    return ACTS[act].within(language) if act in ACTS else act


def reason_given(why: str, language: Language = ENGLISH) -> str:
    """Why something was done: in words of ours, or as a person wrote it."""
    return _OWN_REASONS[why].within(language) if why in _OWN_REASONS else why
