"""Moves between tiers in words: directions, parts that moved, and who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.grading.fitted import GradingPolicy
from models.movers.report import MoveMatrix, Mover
from models.movers.rules import MoveCause, MovedPart, OverrideEvent
from models.reasons.figures import day
from models.text import CLAUSES, Language, Text, joined

NOT_SCORED: Final = Text("not scored", "tier of a client")
_CAUSES: Final = {
    MoveCause.DATA: Text("data", "who moved a client"),
    MoveCause.MODEL: Text("model", "who moved a client"),
    MoveCause.POLICY: Text("policy", "who moved a client"),
    MoveCause.PEOPLE: Text("people", "who moved a client"),
    MoveCause.DATA_OR_MODEL: Text("data or model", "who moved a client"),
    MoveCause.SEVERAL: Text("several", "who moved a client"),
}
_UNDECIDED: Final = Text("cannot be decided", "who moved a client")
_MEANINGS: Final = {
    MoveCause.DATA: Text("what is known of the client is other than before"),
    MoveCause.MODEL: Text("other models settled other cut-offs; the client's own figures would not have moved it"),
    MoveCause.POLICY: Text("another policy grades; by the earlier one the client would stand where it stood"),
    MoveCause.PEOPLE: Text("an override began, changed, ended or ran out"),
    MoveCause.DATA_OR_MODEL: Text(
        "a forecast moved, and the models are others too: the runs do not tell which of both"
    ),
    MoveCause.SEVERAL: Text("data, policy and models moved it together, none of them more than each other"),
}
_UNDECIDED_MEANS: Final = Text("the earlier run did not publish what would decide it")
_PARTS: Final = {
    MovedPart.CAP: Text("cap", "part of a grade"),
    MovedPart.OVERRIDE: Text("override", "part of a grade"),
    MovedPart.STABILITY: Text("stability margin", "part of a grade"),
    MovedPart.POLICY: Text("rules of the policy", "part of a grade"),
    MovedPart.ACTIVITY: Text("activity", "part of a grade"),
}
_EVENTS: Final = {
    OverrideEvent.BEGUN: Text("override begun"),
    OverrideEvent.CHANGED: Text("override changed"),
    OverrideEvent.ENDED: Text("override ended"),
    OverrideEvent.RUN_OUT: Text("override ran out"),
}
_TITLE: Final = Text("Tiers before ({before}) and now ({now})")
_FIRST: Final = Text("As of {now} nobody can have moved: no earlier run was built on.")
_MOVED: Final = Text(
    "{count:,} client in another tier than as of {before}.",
    plural="{count:,} clients in another tier than as of {before}.",
)
_OTHER_MODELS: Final = Text("The models are others than then.")
_OTHER_POLICY: Final = Text("The policy or its cut-offs are others than then.")
_POLICY_UNKNOWN: Final = Text("The earlier run does not tell by which policy it graded.")


def tier_name(tier: str | None, labels: Mapping[str, str], language: Language) -> str:
    """What people call a tier; None and "" are who is not scored."""
    return labels.get(tier, tier) if tier else NOT_SCORED.within(language)


def cause_name(cause: str | None, language: Language) -> str:
    """Who moved a client; None and "" are what cannot be decided.

    >>> from models.text import ENGLISH
    >>> cause_name("people", ENGLISH), cause_name(None, ENGLISH)
    ('people', 'cannot be decided')
    """
    return _CAUSES[MoveCause(cause)].within(language) if cause else _UNDECIDED.within(language)


def cause_meaning(cause: str | None, language: Language) -> str:
    """What it means that data, models, policy or people moved a client."""
    return _MEANINGS[MoveCause(cause)].within(language) if cause else _UNDECIDED_MEANS.within(language)


def part_name(part: str | None, policy: GradingPolicy | None, language: Language) -> str:
    """What moved a client: a dimension as the policy calls it, or another part of its grade; "" where unknown."""
    if not part:
        return ""
    if part in {each.value for each in MovedPart}:
        return _PARTS[MovedPart(part)].within(language)
    dimensions = {} if policy is None else policy.settings.dimensions
    return dimensions[part].label.within(language) if part in dimensions else part.replace("_", " ")


def cap_name(cap: str | None, policy: GradingPolicy | None, language: Language) -> str:
    """Why a cap holds, as the policy words it; its name where the policy does not have it, "" for none."""
    caps = {} if policy is None else {each.name: each for each in policy.settings.caps}
    return caps[cap].because.phrase().within(language) if cap in caps else (cap or "")


def moved_sentence(mover: Mover, policy: GradingPolicy | None, language: Language) -> str:
    """What moved one client, in a phrase."""
    event = "" if mover.override_event is None else _EVENTS[OverrideEvent(mover.override_event)].within(language)
    part = "" if event else part_name(mover.part, policy, language)
    parts = [part, event, cap_name(mover.cap, policy, language)]
    return joined([each for each in parts if each], language, CLAUSES)


def matrix_title(matrix: MoveMatrix, language: Language) -> str:
    """What the rows and columns of the matrix are."""
    if matrix.as_of_before is None:
        return _FIRST.within(language, now=day(matrix.as_of, language))
    return _TITLE.within(language, before=day(matrix.as_of_before, language), now=day(matrix.as_of, language))


def matrix_sentences(matrix: MoveMatrix, language: Language) -> list[str]:
    """How many moved, and what else differs between the two runs; nothing where there was no earlier one."""
    if matrix.as_of_before is None:
        return []
    found = [_MOVED.within(language, count=matrix.moved, before=day(matrix.as_of_before, language))]
    found += [_OTHER_MODELS.within(language)] if matrix.same_bundle is False else []
    found += [_OTHER_POLICY.within(language)] if matrix.same_policy is False else []
    return found + ([_POLICY_UNKNOWN.within(language)] if matrix.same_policy is None else [])
