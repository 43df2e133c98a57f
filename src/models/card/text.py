"""A model card in words: its sections, which the page and the Markdown both show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.card.report import Approval, CardFigure, CardVerdict, FairnessGroup, ModelCard
from models.evaluation.report.names import benchmark_name
from models.evaluation.text import Judgement
from models.text import ENGLISH, heard

_METRICS = {"auc": "AUC", "normalized_gini": "normalized Gini"}
_TITLES = {"decline": "Decline", "value": "Value"}
_FAIRNESS = (
    "Whether decline is foreseen as it comes in each group. Red: more or less was foreseen than came, by more than "
    "chance (99%). Groups of fewer than 5 clients are put together."
)
_NO_APPROVAL = "Never the champion so far: nobody has approved it to serve."
_HEADS_OF_FIGURES = ("", "as of", "clients", "clientvalue (95% range)", "best of the others")
_HEADS_OF_GROUPS = (
    "group",
    "clients",
    "decline foreseen",
    "decline that came (95% range)",
    "AUC",
    "value foreseen / came",
)
_RED_SHOWN = 10
_LONGEST = 5_000
"""Signs that MLflow keeps of a description in PostgreSQL or MySQL."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


@dataclass(frozen=True, kw_only=True)
class CardLine:
    """A sentence; ``judgement`` where it is one of a verdict."""

    said: str
    judgement: Judgement | None = None


@dataclass(frozen=True, kw_only=True)
class CardTable:
    """A table of texts; ``wrong`` are the places of rows that stand in red."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wrong: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CardSection:
    """One part of the card: an introduction, sentences, facts by name, tables."""

    key: str
    title: str
    lead: str = ""
    lines: tuple[CardLine, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[CardTable, ...] = ()


def headline(card: ModelCard) -> str:
    """How good it is in a sentence: what is wrong, before anything else."""
    origins = len({verdict.as_of for verdict in card.verdicts})
    dates = f"{origins} past date{'s' if origins != 1 else ''}"
    if not card.wrong:
        return f"Judged at {dates}: nothing is found wrong."
    return f"Judged at {dates}: {card.wrong} finding{'s' if card.wrong != 1 else ''} of something wrong."


def short_description(card: ModelCard) -> str:
    """What the registry shows of a version, as Markdown: purpose, verdict with what is wrong, data, owner.

    No longer than what registries keep.
    """
    red = [f"- **wrong** ({each.as_of}) {_plain(each.said)}" for each in card.verdicts if _is_red(each)]
    more = [f"- {len(red) - _RED_SHOWN} more"] if len(red) > _RED_SHOWN else []
    said = "\n".join(
        [
            _plain(card.purpose),
            "",
            f"**{headline(card)}**",
            *red[:_RED_SHOWN],
            *more,
            "",
            f"Learned from {card.rows:,} rows of the {_plain(card.book)} book, known before {card.known_until}.",
            f"Owner: {_plain(card.owner)}.",
            "",
            "The whole card: card.html and card.md, with the model and with its run.",
        ]
    )
    return said[:_LONGEST]


def card_sections(card: ModelCard) -> tuple[CardSection, ...]:
    """All parts, in the order in which they are read."""
    return (
        CardSection(
            key="purpose",
            title="Purpose",
            lead=card.purpose,
            lines=tuple(CardLine(said=f"Not for {each}.") for each in card.not_for),
        ),
        CardSection(
            key="terms",
            title="What decline and value mean",
            lines=_lines([heard(each, ENGLISH) for each in card.terms]),
        ),
        CardSection(key="results", title="Results", lead=headline(card), lines=_verdicts(card), tables=_figures(card)),
        CardSection(key="limits", title="Limits", lines=_lines(card.limits)),
        CardSection(
            key="fairness",
            title="Fairness",
            lead=_FAIRNESS,
            lines=_lines(f"Not looked at by {each}: the book does not tell it." for each in card.not_told),
            tables=tuple(_groups(card, name, groups) for name, groups in card.fairness.items()),
        ),
        CardSection(key="data", title="Data", facts=tuple(_data(card))),
        CardSection(key="method", title="Method", lines=_method(card)),
        CardSection(
            key="owner",
            title="Owner and approvals",
            lead="" if card.approvals else _NO_APPROVAL,
            facts=_owner(card),
            tables=_approvals(card),
        ),
    )


def card_markdown(card: ModelCard) -> str:
    """The card as Markdown."""
    version = card.version
    lines = [f"# Model card: {_plain(version.model)} version {version.version}", ""]
    for section in card_sections(card):
        lines += [f"## {section.title}", "", *_markdown(section)]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(section: CardSection) -> Iterator[str]:
    if section.lead:
        yield from (_plain(section.lead), "")
    for line in section.lines:
        yield f"- {f'**{line.judgement}** ' if line.judgement else ''}{_plain(line.said)}"
    for name, fact in section.facts:
        yield f"- {name}: {_plain(fact)}"
    if section.lines or section.facts:
        yield ""
    for table in section.tables:
        yield from _markdown_table(table)


def _markdown_table(table: CardTable) -> Iterator[str]:
    if table.caption:
        yield from (f"**{_plain(table.caption)}**", "")
    yield f"| {' | '.join(map(_plain, table.heads))} |"
    yield f"|{' --- |' * len(table.heads)}"
    for place, row in enumerate(table.rows):
        cells = [_plain(cell) for cell in row]
        yield f"| {' | '.join(f'**{cell}**' if place in table.wrong and cell else cell for cell in cells)} |"
    yield ""


def _plain(text: str) -> str:
    r"""Text from outside, on one line, that Markdown takes as nothing but text.

    >>> print(_plain("a | b <script>"))
    a \| b \<script\>
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _lines(said: Sequence[str] | Iterator[str]) -> tuple[CardLine, ...]:
    return tuple(CardLine(said=each) for each in said)


def _is_red(verdict: CardVerdict) -> bool:
    return verdict.judgement is Judgement.WRONG


def _verdicts(card: ModelCard) -> tuple[CardLine, ...]:
    return tuple(CardLine(said=f"{each.as_of}: {each.said}", judgement=each.judgement) for each in card.verdicts)


def _figures(card: ModelCard) -> tuple[CardTable, ...]:
    rows = tuple(_figure(figure) for figure in card.figures)
    return (CardTable(caption="Ranking", heads=_HEADS_OF_FIGURES, rows=rows),) if rows else ()


def _figure(figure: CardFigure) -> tuple[str, ...]:
    other = "" if figure.other is None else f"{figure.other:.3f} ({benchmark_name(figure.best_other)})"
    return (
        f"{_TITLES[figure.target]}, {_METRICS[figure.metric]}",
        f"{figure.as_of}",
        f"{figure.clients:,}",
        f"{figure.estimate:.3f} ({figure.low:.3f} to {figure.high:.3f})",
        other,
    )


def _groups(card: ModelCard, name: str, groups: Sequence[FairnessGroup]) -> CardTable:
    return CardTable(
        caption=f"By {name}, at {card.fairness_at}",
        heads=_HEADS_OF_GROUPS,
        rows=tuple(_row(group) for group in groups),
        wrong=tuple(place for place, group in enumerate(groups) if group.is_off),
    )


def _row(group: FairnessGroup) -> tuple[str, ...]:
    return (
        group.name,
        f"{group.clients:,}",
        f"{group.foreseen:.1%}",
        f"{group.realised:.1%} ({group.low:.1%} to {group.high:.1%})",
        "–" if group.auc is None else f"{group.auc:.2f}",
        "–" if group.total_ratio is None else f"{group.total_ratio:.2f}",
    )


def _data(card: ModelCard) -> Iterator[tuple[str, str]]:
    dates = card.learned_from
    yield "book", f"{card.book}, amounts in {card.currency}, known before {card.known_until}"
    yield "fingerprint", card.data
    yield (
        "learned from",
        f"{card.rows:,} rows, a client at one of {len(dates)} dates each, {min(dates)} to {max(dates)}",
    )
    yield "outcomes until", f"{card.learned_until}"
    yield "features", f"{card.features}"


def _method(card: ModelCard) -> tuple[CardLine, ...]:
    calibrated = "out-of-time forecasts of earlier dates" if card.calibrated else "nothing: no earlier date could tell"
    return _lines(
        [
            *(f"{said}." for said in card.method.values()),
            f"Levels are put right by {calibrated}; intervals of value are meant to hold {card.interval_level:.0%} of "
            "clients.",
            f"Tiers {card.tiers}.",
            "Reasons are exact contributions of features (Shapley values of the trees), checked to add up to each "
            "prediction.",
        ]
    )


def _owner(card: ModelCard) -> tuple[tuple[str, str], ...]:
    version = card.version
    when = "" if version.registered is None else f" on {version.registered:%Y-%m-%d}"
    facts = [
        ("owner", card.owner),
        ("trained", f"by {version.by or 'somebody unknown'}{when}"),
        ("version", f"{version.version} of {version.model}" + "".join(f", {each}" for each in version.aliases)),
        ("bundle", version.bundle[:12]),
        ("MLflow run", version.run_id),
        ("commit", version.commit),
    ]
    return tuple((name, fact) for name, fact in facts if fact)


def _approvals(card: ModelCard) -> tuple[CardTable, ...]:
    rows = tuple(_approval(each) for each in card.approvals)
    return (CardTable(caption="Approvals", heads=("when", "what", "by", "why"), rows=rows),) if rows else ()


def _approval(approval: Approval) -> tuple[str, ...]:
    when = "" if approval.at is None else f"{approval.at:%Y-%m-%d %H:%M}"
    return when, approval.act, approval.by, approval.why
