"""Sentences on one client for terminal and page: value, decline, types, tier move, and ways to change it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.explanation.change_reasons import ClientChange
from models.explanation.labels import say
from models.explanation.story import ClientStory
from models.grading.override_text import override_sentence
from models.profiles.kind_names import kind_in_words
from models.reasons.figures import day, money, money_from, percentage
from models.text import CLAUSES, SENTENCES, Language, joined

_SMALLEST_DEGREE = 0.05


@dataclass(frozen=True, kw_only=True)
class Line:
    """What stands in a row of the headline: a title, what is said, and what qualifies it."""

    key: str
    title: str
    text: str
    note: str = ""


def client_title(story: ClientStory) -> str:
    """The client's name and id."""
    return story.client_id if story.name is None else f"{story.name} ({story.client_id})"


def horizon(story: ClientStory) -> str:
    """The horizon within which everything is predicted."""
    lang = story.language
    return say("within", lang, horizon=say(story.period, lang, count=story.horizon_periods))


def headline(story: ClientStory) -> list[Line]:
    """What is said of the client, most important first."""
    lang, scores = story.language, story.scores
    lines = [
        Line(
            key="value",
            title=say("value", lang),
            text=money(scores.value, story.currency, lang),
            note=_value_range(story),
        ),
        *_value_parts(story),
        Line(
            key="decline",
            title=say("decline", lang),
            text=share(scores.decline_probability, lang),
            note=_decline_range(story),
        ),
        Line(key="tier", title=say("tier", lang), text=story.tiers[scores.tier], note=_tier_note(story)),
        *_override(story),
        Line(key="stage", title=say("stage", lang), text=kind_in_words(scores.stage, lang), note=_moving(story)),
        *(
            Line(
                key=axis,
                title=say(axis, lang),
                text=first,
                note=others,
            )
            for axis in ("relationship", "need")
            for first, others in [_types(story, axis)]
        ),
        Line(key="segment", title=say("segment", lang), text=story.segment_name),
        Line(key="peers", title=say("peers", lang), text=story.reasons.peers),
    ]
    return [line for line in lines if line.text]


def _value_parts(story: ClientStory) -> list[Line]:
    """Margin and credit loss, of which value is the difference; none where no defaults are known."""
    lang, scores, currency = story.language, story.scores, story.currency
    if scores.credit_loss is None or scores.default_probability is None:
        return []
    made = say(
        "credit_loss_parts",
        lang,
        pd=share(scores.default_probability, lang),
        lgd=share(scores.loss_given_default or 0.0, lang),
        ead=money(scores.exposure_at_default or 0.0, currency, lang),
    )
    within = _range(story, scores.credit_loss_low, scores.credit_loss_high)
    return [
        Line(
            key="margin",
            title=say("margin", lang),
            text=money(scores.margin, currency, lang),
            note=_range(story, scores.margin_low, scores.margin_high),
        ),
        Line(
            key="credit_loss",
            title=say("credit_loss", lang),
            text=money(scores.credit_loss, currency, lang),
            note=joined(filter(None, (made, within)), lang, SENTENCES),
        ),
    ]


def grade_lines(story: ClientStory) -> list[Line]:
    """What the tier rests on beside dimensions and criteria: rule, margin or limit, caps, and the way on."""
    said, lang = story.grade_text, story.language
    parts = {
        "grade_rule": said.rule,
        "grade_kept": said.kept,
        "grade_caps": joined(said.caps, lang, SENTENCES),
        "grade_lacking": said.lacking,
        "grade_needs": joined(said.needs, lang, SENTENCES),
        "grade_idle": said.not_in_force,
    }
    return [Line(key=key, title=say(key, lang), text=text) for key, text in parts.items() if text]


def share(probability: float, language: Language) -> str:
    """A probability as a percentage.

    >>> share(0.12345, "en"), share(0.0004, "en")
    ('12.3%', '0.0%')
    """
    return percentage(probability, language, 1)


def degrees(reported: Mapping[str, float], lang: Language) -> str:
    """To which degree a client is of each kind, largest first; small ones are left away.

    >>> degrees({"funding": 0.62, "risk management": 0.36, "resource integration": 0.02}, "en")
    'funding 62%, risk management 36%'
    """
    ranked = sorted(reported.items(), key=lambda item: -item[1])
    named = [
        f"{kind_in_words(kind, lang)} {percentage(degree, lang)}"
        for kind, degree in ranked
        if degree >= _SMALLEST_DEGREE
    ]
    return joined(named, lang, CLAUSES)


def _types(story: ClientStory, axis: str) -> tuple[str, str]:
    """The published type with its degree, and the others with what speaks for the published one.

    That one need not be the largest yet.
    """
    lang, scores = story.language, story.scores
    kind, memberships = (
        (scores.relationship_type, scores.relationship_degrees)
        if axis == "relationship"
        else (scores.need_type, scores.need_degrees)
    )
    reported = {name: degree for name, degree in memberships.items() if degree is not None}
    own = reported.pop(kind, None)
    speaking = story.drivers[axis]
    others = [degrees(reported, lang), say("speaks_for_it", lang, drivers=speaking) if speaking else ""]
    note = joined(filter(None, others), lang, SENTENCES)
    return kind_in_words(kind, lang) + ("" if own is None else f" {percentage(own, lang)}"), note


def change_title(change: ClientChange, story: ClientStory) -> str:
    """Title of a change: the date since which, or the version against which, it is reported."""
    lang = story.language
    if change.against is None:
        return say("change", lang, day=day(change.since, lang))
    if change.since == story.as_of:
        return say("change_models", lang, version=change.against)
    return say("change_against", lang, day=day(change.since, lang), version=change.against)


def change_ends(change: ClientChange, story: ClientStory) -> list[tuple[str, str, str]]:
    """Value, decline and tier: what each is called, what was said before, and what is said now."""
    lang = story.language
    return [
        (say("value", lang), *_both(money(amount, story.currency, lang) for amount in change.value)),
        (say("decline", lang), *_both(share(probability, lang) for probability in change.decline)),
        (say(_tier_title(change, story), lang), *_both(_tier(tier, story) for tier in change.tier)),
    ]


def _tier(name: str, story: ClientStory) -> str:
    """What people call a tier; one of an earlier policy by its own name."""
    return story.tiers.get(name, name)


def _tier_title(change: ClientChange, story: ClientStory) -> str:
    """Title of the tier in a change, which is reported of the tiers that the rules give at each date alone."""
    return f"tier{by_rule_key(change.tier[1], story)}"


def by_rule_key(tier: str, story: ClientStory) -> str:
    """The end of the keys of texts on a tier by the rules alone, where the client holds another."""
    return "" if tier == story.scores.tier else "_by_rule"


def _both(texts: Iterable[str]) -> tuple[str, str]:
    before, now = texts
    return before, now


def tier_move(change: ClientChange, story: ClientStory) -> str:
    """Whether the tier moved, and what moved it: that of the rules alone, where the client holds another."""
    lang, whose = story.language, by_rule_key(change.tier[1], story)
    before, now = (_tier(tier, story) for tier in change.tier)
    if change.cause is None:
        return say(f"tier_same{whose}", lang, now=now)
    return say(f"tier_moved{whose}", lang, before=before, now=now, because=change.cause.sentence)


def without_tier(reason: str, tier: str, language: Language) -> str:
    """What decided a tier, without the tier where that stands before it.

    >>> without_tier("B: credit below 35 points", "B", "en")
    'credit below 35 points'
    >>> without_tier("B at most: more than 90 days overdue", "B", "en")
    'at most: more than 90 days overdue'
    """
    for separator in (say("colon", language), " "):
        if reason.startswith(f"{tier}{separator}"):
            return reason.removeprefix(f"{tier}{separator}")
    return reason


def between(line: Line, story: ClientStory) -> str:
    """What stands between a line and its note: for a tier as its reason has it, 'B at most' but 'B: credit'."""
    if line.key != "tier":
        return "  "
    written = story.tier_reason.removesuffix(line.note).removeprefix(line.text)
    return written or say("colon", story.language)


def _value_range(story: ClientStory) -> str:
    said = _range(story, story.scores.value_low, story.scores.value_high)
    return joined(filter(None, (horizon(story), said)), story.language, SENTENCES)


def _range(story: ClientStory, low: float | None, high: float | None) -> str:
    """Between which amounts that of most such clients lies; empty where it is not known."""
    lang = story.language
    if low is None or high is None or math.isnan(low):
        return ""
    return say(
        "value_range",
        lang,
        level=percentage(story.level, lang),
        low=money_from(low, high, story.currency, lang),
        high=money(high, story.currency, lang),
    )


def _decline_range(story: ClientStory) -> str:
    low, high = story.scores.decline_low, story.scores.decline_high
    if low is None or high is None or math.isnan(low):
        return horizon(story)
    said = say("decline_range", story.language, low=share(low, story.language), high=share(high, story.language))
    return joined([horizon(story), said], story.language, SENTENCES)


def _override(story: ClientStory) -> list[Line]:
    """What became of the tier that a person asked for, then who asked, when and why."""
    lang, override = story.language, story.scores.override
    if override is None:
        return []
    fate, note = say(f"override_{override.state}", lang), override_sentence(override.decision, story.tiers, lang)
    return [Line(key="override", title=say("override", lang), text=fate, note=note)]


def _tier_note(story: ClientStory) -> str:
    """The rule, without the tier that stands before it."""
    return without_tier(story.tier_reason, story.tiers[story.scores.tier], story.language)


def _moving(story: ClientStory) -> str:
    candidate = story.scores.stage_candidate
    if not candidate or candidate == story.scores.stage:
        return ""
    return say("moving", story.language, kind=kind_in_words(candidate, story.language))
