"""Answers within reach of a client as sentences for terminal and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from models.explanation.labels import say
from models.explanation.story import ClientStory
from models.explanation.text import by_rule_key, share
from models.explanation.within_reach import FeatureMove, Goal, Outcome, Reachable
from models.panel.features.words import FeatureWords
from models.reasons.figures import figure_in_words, money, rounded_away
from models.text import Language, Text, joined, number

_IN_TURN: Final = Text("{first} {next}", "sentences")
_MOVES = 2
"""So many features of a thing to do are named; they move together."""


def goal_title(goal: Goal, story: ClientStory) -> str:
    """What a change is sought for; a tier is sought above the one that the rules alone give today."""
    if goal is Goal.OFF_DECLINE_LIST:
        return say("off_list", story.language)
    now = story.history[-1].tier
    return say(f"tier_up{by_rule_key(now, story)}", story.language, tier=story.tiers[now])


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One way to reach a goal: what to do, what it would have to bring about, and what the models then say."""

    actions: tuple[str, ...]
    moves: tuple[str, ...]
    then: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What would reach a goal: a sentence where nothing does, and the nearest or the smallest ways."""

    title: str
    sentence: str
    proposals: tuple[Proposal, ...]


def answers(story: ClientStory) -> list[Answer]:
    """What would change the client, goal by goal."""
    return [_answer(answer, story) for answer in story.reach]


def _answer(answer: Any, story: ClientStory) -> Answer:
    title, way = goal_title(answer.goal, story), story.way_up if answer.goal is Goal.TIER_UP else ""
    if isinstance(answer, Reachable):
        outcomes: tuple[Outcome, ...] = (answer.outcome, *answer.others[:1])
        proposals = tuple(_proposal(each, story) for each in outcomes)
        return Answer(title=title, sentence=_after(way, "", story), proposals=proposals)
    none = "reach_nothing" if answer.best is None else "reach_none"
    nearest = () if answer.best is None else (_proposal(answer.best, story),)
    return Answer(title=title, sentence=_after(way, none, story), proposals=nearest)


def _after(way: str, key: str, story: ClientStory) -> str:
    """What lacks or which cap bars the way up, and then what is within reach."""
    lang = story.language
    said = [say("full_stop", lang, sentence=way) if way else "", say(key, lang) if key else ""]
    return joined(filter(None, said), lang, _IN_TURN)


def reach_note(story: ClientStory) -> str:
    """What the answers are worth, and to whom no lending is proposed."""
    return joined(filter(None, [say("reach_note", story.language), story.no_lending]), story.language, _IN_TURN)


def _proposal(outcome: Outcome, story: ClientStory) -> Proposal:
    lang = story.language
    return Proposal(
        actions=tuple(move.action.within(lang) for move in outcome.moves),
        moves=tuple(_moved(feature, story) for move in outcome.moves for feature in _telling(move.features)),
        then=say(
            f"reach_then{by_rule_key(story.history[-1].tier, story)}",
            lang,
            tier=story.tiers[outcome.tier],
            decline=share(outcome.decline_probability, lang),
            value=money(outcome.value, story.currency, lang),
        ),
    )


def _telling(features: tuple[FeatureMove, ...]) -> tuple[FeatureMove, ...]:
    """Those that move most against what they are."""
    ranked = sorted(features, key=lambda move: -abs(move.then - move.now) / (abs(move.now) + abs(move.then)))
    return tuple(ranked[:_MOVES])


def _moved(move: FeatureMove, story: ClientStory) -> str:
    words, lang = story.words.get(move.feature), story.language
    if words is None:
        return say(
            "reach_move",
            lang,
            feature=move.feature,
            now=number(f"{move.now:.3g}", lang),
            then=number(f"{move.then:.3g}", lang),
        )
    now, then = (
        figure_in_words(number, words.figure, lang, currency=story.currency)
        for number in (move.now, rounded_away(move.then, move.now, words.figure))
    )
    return say("reach_move", lang, feature=_capital(words, lang), now=now, then=then)


def _capital(words: FeatureWords, lang: Language) -> str:
    described = words.describe(lang)
    return described[:1].upper() + described[1:]
