"""A work list in words: what it is called, and for each client why it stands there and what is proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from models.lists.report import WorkItem, WorkList
from models.lists.rules import Purpose, Success
from models.reasons.figures import money
from models.shell.small_plots import short_number
from models.text import ENGLISH, Language, Text

_NAMES: Final = {
    Purpose.REVIEW_NEXT: Text("review next", "work list"),
    Purpose.ACT_EARLY: Text("act early", "work list"),
    Purpose.KEEP: Text("keep", "work list"),
    Purpose.GROW: Text("grow", "work list"),
    Purpose.CUT_OR_COVER: Text("cut or cover", "work list"),
}
_BENEFITS: Final = {
    Purpose.REVIEW_NEXT: Text("value found by a review"),
    Purpose.ACT_EARLY: Text("credit loss avoided"),
    Purpose.KEEP: Text("profit of an offer"),
    Purpose.GROW: Text("margin of new business"),
    Purpose.CUT_OR_COVER: Text("credit loss avoided"),
}
_REASONS: Final = {
    Purpose.REVIEW_NEXT: Text(
        "Expected to bring {amount} within the horizon; {probability:.1%} likely to decline.", "work list"
    ),
    Purpose.ACT_EARLY: Text(
        "{probability:.1%} likely to default, credit loss of {amount} expected; acting now avoids {benefit} of it.",
        "work list",
    ),
    Purpose.KEEP: Text(
        "{probability:.1%} likely to leave with business of {amount}; an offer earns {benefit} after its costs.",
        "work list",
    ),
    Purpose.GROW: Text(
        "Foreseen to bring {benefit} more than at its past pace, and it can bear more; open need of {amount}.",
        "work list",
    ),
    Purpose.CUT_OR_COVER: Text(
        "Owes {amount}, {probability:.1%} likely to default; cut or covered, {benefit} less is lost.", "work list"
    ),
}
_STEPS: Final = {
    Purpose.REVIEW_NEXT: Text("Review the client: grade, terms and next need.", "work list"),
    Purpose.ACT_EARLY: Text(
        "Speak to the client before it is overdue: a plan that follows its cash cycle, and security.", "work list"
    ),
    Purpose.KEEP: Text("Make an offer: a named contact, and terms for what is to be renewed.", "work list"),
    Purpose.GROW: Text("Ask what it needs next, and offer the financing that it can bear.", "work list"),
    Purpose.CUT_OR_COVER: Text("Cut the undrawn limit, and ask for collateral or cover for {amount}.", "work list"),
}
_RANKED: Final = Text("{name}, no. {rank}", "work list")
_STANDS: Final = Text("{reason} {step}", "work list")
_LISTED: Final = Text(
    "{name}: {listed:,} of {capacity:,} that fit, {waiting:,} more would pay; expected of all listed: {benefit}",
    "work list",
)
_HEADS: Final = (Text("client"), Text("why, and what to do"))
_BETWEEN: Final = Text("{expected} ({low} to {high})")
_ABSENT: Final = {
    Purpose.ACT_EARLY: Text("no defaults are known to the book, or not what is outstanding", "work list"),
    Purpose.CUT_OR_COVER: Text("no defaults are known to the book, or not what is outstanding", "work list"),
}
_STATED: Final = Text(
    "An offer keeps {share:.0%} of the clients about to decline ({low:.0%} to {high:.0%}), as stated: "
    "no campaign with targets drawn at random tells."
)
_MEASURED: Final = Text(
    "An offer keeps {share:.0%} of the clients about to decline ({low:.0%} to {high:.0%}): what is stated, moved by "
    "{count} campaign with targets drawn at random, which alone shows {measured:.0%}.",
    plural="An offer keeps {share:.0%} of the clients about to decline ({low:.0%} to {high:.0%}): what is stated, "
    "moved by {count} campaigns with targets drawn at random, which alone show {measured:.0%}.",
)


def list_name(purpose: Purpose, language: Language = ENGLISH) -> str:
    """What people call a list."""
    return _NAMES[purpose].within(language)


def list_title(each: WorkList, currency: str, language: Language = ENGLISH) -> str:
    """What a list is called, how many stand on it and would beside them, and what all on it bring."""
    return _LISTED.within(
        language,
        name=list_name(each.purpose, language),
        listed=each.listed,
        capacity=each.capacity,
        waiting=each.waiting,
        benefit=money(each.benefit, currency, language),
    )


def list_heads(language: Language = ENGLISH) -> tuple[str, str]:
    """The heads of the columns with the client, and with why it stands there."""
    client, why = (each.within(language) for each in _HEADS)
    return client, why


def absent_lists(listed: Collection[Purpose], language: Language = ENGLISH) -> dict[str, str]:
    """The lists that a run did not make: what each is called -> why."""
    return {
        list_name(purpose, language): why.within(language) for purpose, why in _ABSENT.items() if purpose not in listed
    }


def benefit_name(purpose: Purpose, language: Language = ENGLISH) -> str:
    """What acting on a client of a list brings."""
    return _BENEFITS[purpose].within(language)


def benefit_range(item: WorkItem, language: Language = ENGLISH) -> str:
    """What acting brings, with its bounds where there are some."""
    expected = short_number(item.benefit, language)
    if item.benefit_low is None or item.benefit_high is None:
        return expected
    low, high = (short_number(each, language) for each in (item.benefit_low, item.benefit_high))
    return _BETWEEN.within(language, expected=expected, low=low, high=high)


def list_reason(
    purpose: Purpose,
    *,
    probability: float,
    amount: float,
    benefit: float,
    currency: str,
    language: Language = ENGLISH,
) -> str:
    """Why a client stands on a list, in a sentence."""
    return _REASONS[purpose].within(
        language,
        probability=probability,
        amount=money(amount, currency, language),
        benefit=money(benefit, currency, language),
    )


def list_step(purpose: Purpose, *, amount: float, currency: str, language: Language = ENGLISH) -> str:
    """What is proposed to do with a client of a list, in a sentence."""
    return _STEPS[purpose].within(language, amount=money(amount, currency, language))


def list_sentences(items: Mapping[Purpose, WorkItem], *, currency: str, language: Language) -> dict[str, str]:
    """The lists on which one client stands: name and rank -> why, and what is proposed."""
    return {
        _RANKED.within(language, name=list_name(purpose, language), rank=item.rank): why_and_step(
            purpose, item, currency=currency, language=language
        )
        for purpose, item in items.items()
    }


def why_and_step(purpose: Purpose, item: WorkItem, *, currency: str, language: Language = ENGLISH) -> str:
    """Why a client stands on a list, and what is proposed to do."""
    reason = list_reason(
        purpose,
        probability=item.probability or 0.0,
        amount=item.amount,
        benefit=item.benefit,
        currency=currency,
        language=language,
    )
    step = list_step(purpose, amount=item.amount, currency=currency, language=language)
    return _STANDS.within(language, reason=reason, step=step)


def success_sentence(success: Success, language: Language = ENGLISH) -> str:
    """How often an offer is taken to work, and what says so."""
    slots = {"share": success.share, "low": success.low, "high": success.high}
    if success.measured is None:
        return _STATED.within(language, **slots)
    return _MEASURED.within(language, **slots, count=success.campaigns, measured=success.measured)
