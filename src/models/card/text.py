"""A model card in words: its sections, which the page and the Markdown both show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from models.card.report import CardVerdict, ModelCard
from models.card.tables import CardTable, approval_tables, group_table, ranking_tables
from models.evaluation.text import Judgement
from models.reasons.figures import currency_name
from models.text import ENGLISH, Language, Spoken, Text, heard, joined

_FAIRNESS: Final = Text(
    "Whether decline is foreseen as it comes in each group. Red: more or less was foreseen than came, by more than "
    "chance (99%). Groups of fewer than 5 clients are put together."
)
_NO_APPROVAL: Final = Text("Never the champion so far: nobody has approved it to serve.")
_NOT_BY: Final = {
    "region": Text("Not looked at by region: the book does not tell it."),
    "size": Text("Not looked at by size: the book does not tell it."),
    "ownership": Text("Not looked at by ownership: the book does not tell it."),
}
JUDGEMENTS: Final = {
    Judgement.WRONG: Text("wrong", "judgement"),
    Judgement.RIGHT: Text("right", "judgement"),
    Judgement.BETTER: Text("better", "judgement"),
    Judgement.PERHAPS: Text("perhaps", "judgement"),
    Judgement.OPEN: Text("open", "judgement"),
}
_JUDGED: Final = Text("Judged at {count} past date", plural="Judged at {count} past dates")
_NOTHING_WRONG: Final = Text("{judged}: nothing is found wrong.")
_WRONG: Final = Text(
    "{judged}: {count} finding of something wrong.", plural="{judged}: {count} findings of something wrong."
)
_PURPOSE: Final = Text("Purpose")
_TERMS: Final = Text("What decline and value mean")
_RESULTS, _LIMITS, _FAIR = Text("Results"), Text("Limits", "part of a card"), Text("Fairness")
_DATA, _METHOD, _OWNER = Text("Data"), Text("Method"), Text("Owner and approvals")
_NOT_FOR: Final = Text("Not for {what}.")
_AT_DATE: Final = Text("{day}: {sentence}", "verdict at a date")
_BOOK: Final = Text("{book}, amounts in {currency}, known before {day}")
_LEARNED_FROM: Final = Text("{rows:,} rows, a client at one of {dates} dates each, {first} to {last}")
_FACTS: Final = {
    "book": Text("book", "fact of a card"),
    "fingerprint": Text("fingerprint", "fact of a card"),
    "learned from": Text("learned from", "fact of a card"),
    "outcomes until": Text("outcomes until", "fact of a card"),
    "features": Text("features", "fact of a card"),
    "owner": Text("owner", "fact of a card"),
    "trained": Text("trained", "fact of a card"),
    "version": Text("version", "fact of a card"),
    "bundle": Text("bundle", "fact of a card"),
    "MLflow run": Text("MLflow run", "fact of a card"),
    "commit": Text("commit", "fact of a card"),
}
_CODES: Final = frozenset(("fingerprint", "bundle", "MLflow run", "commit"))
_CALIBRATED: Final = Text(
    "Levels are put right by out-of-time forecasts of earlier dates; intervals of value are meant to hold {level:.0%} "
    "of clients."
)
_NOT_CALIBRATED: Final = Text(
    "Levels are put right by nothing: no earlier date could tell; intervals of value are meant to hold {level:.0%} of "
    "clients."
)
_TIERS: Final = Text("Tiers {tiers}.")
_REASONS: Final = Text(
    "Reasons are exact contributions of features (Shapley values of the trees), checked to add up to each prediction."
)
_SENTENCE: Final = Text("{sentence}.")
_TRAINED_BY: Final = Text("by {by}", "who trained")
_TRAINED_ON: Final = Text("by {by} on {day}", "who trained")
_SOMEBODY: Final = Text("somebody unknown")
_OF_MODEL: Final = Text("{version} of {model}", "version")
_WEAK: Final = Text("Known weaknesses: {found}")
_WEAK_AND_MORE: Final = Text("Known weaknesses: {found} And {count} more.")
_NEXT: Final = Text("{first} {next}", "sentences in a row")
_WEAKNESSES = 2
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
class CardFact:
    """A fact by its name; ``is_code`` of what is no word, such as a hash."""

    name: str
    fact: str
    is_code: bool = False


@dataclass(frozen=True, kw_only=True)
class CardSection:
    """One part of the card: an introduction, sentences, facts by name, tables."""

    key: str
    title: str
    lead: str = ""
    lines: tuple[CardLine, ...] = ()
    facts: tuple[CardFact, ...] = ()
    tables: tuple[CardTable, ...] = ()


def headline(card: ModelCard, language: Language = ENGLISH) -> str:
    """How good it is in a sentence: what is wrong, before anything else."""
    judged = _JUDGED.filled(count=len({verdict.as_of for verdict in card.verdicts}))
    if not card.wrong:
        return _NOTHING_WRONG.within(language, judged=judged)
    return _WRONG.within(language, judged=judged.within(language), count=card.wrong)


def weaknesses_line(card: ModelCard, language: Language = ENGLISH) -> str:
    """What is found wrong at the newest date that was judged, in one line; that nothing is, where nothing is."""
    newest = max((each.as_of for each in card.verdicts), default=None)
    red = [heard(each.said, language) for each in card.verdicts if _is_red(each) and each.as_of == newest]
    if not red:
        return headline(card, language)
    shown, more = red[:_WEAKNESSES], len(red) - _WEAKNESSES
    said = joined(shown, language, _NEXT)
    return (_WEAK_AND_MORE if more > 0 else _WEAK).within(language, found=said, count=more)


def short_description(card: ModelCard) -> str:
    """What the registry shows of a version, as Markdown: purpose, verdict with what is wrong, data, owner.

    No longer than what registries keep.
    """
    red = [f"- **wrong** ({each.as_of}) {_plain(heard(each.said, ENGLISH))}" for each in card.verdicts if _is_red(each)]
    more = [f"- {len(red) - _RED_SHOWN} more"] if len(red) > _RED_SHOWN else []
    said = "\n".join(
        [
            _plain(heard(card.purpose, ENGLISH)),
            "",
            f"**{headline(card)}**",
            *red[:_RED_SHOWN],
            *more,
            "",
            f"Learned from {card.rows:,} rows of the {_plain(card.book)} book, known before {card.known_until}.",
            f"Owner: {_plain(heard(card.owner, ENGLISH))}.",
            "",
            "The whole card: card.html and card.md, with the model and with its run.",
        ]
    )
    return said[:_LONGEST]


def card_sections(card: ModelCard, language: Language = ENGLISH) -> tuple[CardSection, ...]:
    """All parts, in the order in which they are read."""
    return (
        CardSection(
            key="purpose",
            title=_PURPOSE.within(language),
            lead=heard(card.purpose, language),
            lines=_lines(_NOT_FOR.within(language, what=heard(each, language)) for each in card.not_for),
        ),
        CardSection(key="terms", title=_TERMS.within(language), lines=_heard(card.terms, language)),
        CardSection(
            key="results",
            title=_RESULTS.within(language),
            lead=headline(card, language),
            lines=_verdicts(card, language),
            tables=ranking_tables(card, language),
        ),
        CardSection(key="limits", title=_LIMITS.within(language), lines=_heard(card.limits, language)),
        CardSection(
            key="fairness",
            title=_FAIR.within(language),
            lead=_FAIRNESS.within(language),
            lines=_lines(_NOT_BY[each].within(language) for each in card.not_told),
            tables=tuple(group_table(card, name, groups, language) for name, groups in card.fairness.items()),
        ),
        CardSection(key="data", title=_DATA.within(language), facts=_named(_data(card, language), language)),
        CardSection(key="method", title=_METHOD.within(language), lines=method_lines(card, language)),
        CardSection(
            key="owner",
            title=_OWNER.within(language),
            lead="" if card.approvals else _NO_APPROVAL.within(language),
            facts=_named(_owner(card, language), language),
            tables=approval_tables(card, language),
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
    for each in section.facts:
        yield f"- {each.name}: {_plain(each.fact)}"
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


def _lines(said: Iterable[str]) -> tuple[CardLine, ...]:
    return tuple(CardLine(said=each) for each in said)


def _heard(said: Iterable[Spoken], language: Language) -> tuple[CardLine, ...]:
    return _lines(heard(each, language) for each in said)


def _named(facts: Iterable[tuple[str, str]], language: Language) -> tuple[CardFact, ...]:
    return tuple(
        CardFact(name=_FACTS[name].within(language), fact=fact, is_code=name in _CODES) for name, fact in facts if fact
    )


def _is_red(verdict: CardVerdict) -> bool:
    return verdict.judgement is Judgement.WRONG


def _verdicts(card: ModelCard, language: Language) -> tuple[CardLine, ...]:
    return tuple(
        CardLine(
            said=_AT_DATE.within(language, day=str(each.as_of), sentence=heard(each.said, language)),
            judgement=each.judgement,
        )
        for each in card.verdicts
    )


def _data(card: ModelCard, language: Language) -> Iterator[tuple[str, str]]:
    dates = card.learned_from
    currency = currency_name(card.currency, language)
    yield "book", _BOOK.within(language, book=card.book, currency=currency, day=str(card.known_until))
    yield "fingerprint", card.data
    first, last = str(min(dates)), str(max(dates))
    yield "learned from", _LEARNED_FROM.within(language, rows=card.rows, dates=len(dates), first=first, last=last)
    yield "outcomes until", f"{card.learned_until}"
    yield "features", f"{card.features}"


def method_lines(card: ModelCard, language: Language = ENGLISH) -> tuple[CardLine, ...]:
    """Who serves each target, then calibration and intervals, tiers, reasons."""
    calibrated = _CALIBRATED if card.calibrated else _NOT_CALIBRATED
    return _lines(
        [
            *(_SENTENCE.within(language, sentence=heard(said, language)) for said in card.method.values()),
            calibrated.within(language, level=card.interval_level),
            _TIERS.within(language, tiers=heard(card.tiers, language)),
            _REASONS.within(language),
        ]
    )


def _owner(card: ModelCard, language: Language) -> Iterator[tuple[str, str]]:
    version = card.version
    by = version.by or _SOMEBODY
    yield "owner", heard(card.owner, language)
    if version.registered is None:
        yield "trained", _TRAINED_BY.within(language, by=by)
    else:
        yield "trained", _TRAINED_ON.within(language, by=by, day=f"{version.registered:%Y-%m-%d}")
    named = _OF_MODEL.within(language, version=version.version, model=version.model)
    yield "version", joined([named, *version.aliases], language)
    yield "bundle", version.bundle[:12]
    yield "MLflow run", version.run_id
    yield "commit", version.commit
