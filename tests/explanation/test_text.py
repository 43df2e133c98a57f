"""What a page says of a tier is true of the tier that the client holds, also where margin or override hold another."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from models.config.policy.tiers import DEFAULT_SCALE
from models.explanation.change_reasons import ClientChange, MovedReason
from models.explanation.reach_text import answers
from models.explanation.story import ClientStory
from models.explanation.text import Line, between, change_ends, tier_move
from models.explanation.tier_cause import TierCause
from models.explanation.within_reach import Goal, NoneWithinReach, Outcome
from models.text import Language

CAUSE = TierCause(
    by="data",
    dimension="credit",
    criterion="arrears_days",
    cap=None,
    before=0.0,
    now=44.0,
    sentence="arrears and default",
)
NOTHING = MovedReason(title="", points=0.0, value=0.0)


def story(held: str, by_rule: str, lang: Language = "en") -> ClientStory:
    nearest = Outcome(
        moves=(), size=0.0, value=260_000.0, decline_probability=0.034, tier=by_rule, tier_reason=f"{by_rule}: a rule"
    )
    facts = SimpleNamespace(
        language=lang,
        currency="USD",
        scores=SimpleNamespace(tier=held),
        tiers=DEFAULT_SCALE.labels(lang),
        history=(SimpleNamespace(tier=by_rule),),
        reach=(NoneWithinReach(goal=Goal.TIER_UP, best=nearest),),
        way_up="",
    )
    return cast(ClientStory, facts)


def change(before: str, now: str) -> ClientChange:
    return ClientChange(
        since=date(2023, 1, 1),
        against=None,
        value=(1.0, 1.0),
        decline=(0.1, 0.1),
        tier=(before, now),
        reasons=(),
        model=NOTHING,
        calibration=NOTHING,
        cause=None if before == now else CAUSE,
    )


def test_a_client_held_at_a_by_the_margin_does_not_stay_aa() -> None:
    assert tier_move(change("AA", "AA"), story("A", "AA")) == "By the rules alone the tier stays AA."
    assert tier_move(change("AA", "AA"), story("A", "AA", "zh")) == "仅按规则，等级仍为AA级。"
    assert change_ends(change("AA", "AA"), story("A", "AA"))[-1] == ("Tier by the rules alone", "AA", "AA")


def test_a_client_overridden_to_a_moved_by_the_rules_alone() -> None:
    said = "By the rules alone the tier moved from A to B: arrears and default."
    assert tier_move(change("A", "B"), story("A", "B")) == said
    assert "仅按规则" in tier_move(change("A", "B"), story("A", "B", "zh"))


def test_a_client_at_the_tier_of_the_rules_is_told_so_plainly() -> None:
    assert tier_move(change("A", "A"), story("A", "A")) == "The tier stays A."
    assert tier_move(change("A", "B"), story("B", "B")).startswith("The tier moved from A to B: ")


@pytest.mark.parametrize(
    ("reason", "note", "written"),
    [
        ("B at most: a default", "at most: a default", "B at most: a default"),
        ("B: credit below 35 points", "credit below 35 points", "B: credit below 35 points"),
        ("a reason without its tier", "a reason without its tier", "B: a reason without its tier"),
    ],
)
def test_a_terminal_writes_a_tier_and_its_reason_as_one_sentence(reason: str, note: str, written: str) -> None:
    reported = cast(ClientStory, SimpleNamespace(language="en", tier_reason=reason))
    line = Line(key="tier", title="Tier", text="B", note=note)
    assert f"{line.text}{between(line, reported)}{line.note}" == written


@pytest.mark.parametrize(
    ("held", "title", "then"),
    [
        ("B", "One tier up", "Then: tier B, decline 3.4%, value 260 k USD."),
        (
            "A",
            "One tier up from B, which the rules alone say",
            "Then: by the rules alone tier B, decline 3.4%, value 260 k USD.",
        ),
    ],
)
def test_a_way_up_says_from_which_tier_it_starts(held: str, title: str, then: str) -> None:
    (answer,) = answers(story(held, "B"))
    assert (answer.title, answer.proposals[0].then) == (title, then)
