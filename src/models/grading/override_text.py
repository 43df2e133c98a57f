"""Overrides as sentences: what a person asked for, and what became of those of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.grading.known_overrides import DOWN, SUPERSEDED, UNUSED, UP
from models.grading.overrides import Override, OverrideState
from models.reasons.figures import day
from models.text import ENGLISH, Language, Text, joined, named

_FATES: Final = {
    OverrideState.APPLIED: Text("applied"),
    OverrideState.AGREES: Text("agrees with the rules"),
    OverrideState.CAPPED: Text("held down by a cap"),
    OverrideState.EXPIRED: Text("expired"),
    OverrideState.NOT_YET: Text("not yet decided", "override"),
    UNUSED: Text("of clients not scored", "override"),
    SUPERSEDED: Text("replaced by a later one", "override"),
}
_MET: Final = Text("{count:,} {fate}", "override")
_WRITTEN: Final = Text("{total:,}: {fates}", "override")
_OVERRIDE: Final = Text("{tier} asked for by {by} on {on} until {until}: {reason}", "tier")


def fates_sentence(counts: Mapping[str, int], language: Language = ENGLISH) -> str:
    """How many overrides were written, and how many of them met which fate.

    >>> fates_sentence({"applied": 3, "held down by a cap": 1, "expired": 2, "up": 3, "down": 1})
    '6: 3 applied, 1 held down by a cap, 2 expired'
    """
    fates = {name: count for name, count in counts.items() if count and name not in {UP, DOWN}}
    met = (_MET.within(language, count=count, fate=fate_name(name, language)) for name, count in fates.items())
    return _WRITTEN.within(language, total=sum(fates.values()), fates=joined(met, language))


def fate_name(state: str | None, language: Language = ENGLISH) -> str:
    """What became of an override, in words.

    >>> fate_name("held down by a cap"), fate_name(None)
    ('held down by a cap', '–')
    """
    return _FATES[state].within(language) if state in _FATES else state or "–"


def overrides_sentence(counts: Mapping[str, int]) -> str:
    """The same, and how many tiers that moved up or down.

    >>> overrides_sentence({"applied": 3, "held down by a cap": 1, "up": 2, "down": 1})
    '4: 3 applied, 1 held down by a cap; 2 up, 1 down'
    """
    return f"{fates_sentence(counts)}; {counts[UP]:,} up, {counts[DOWN]:,} down"


def override_sentence(override: Override, tiers: Mapping[str, str], language: Language = ENGLISH) -> str:
    """Who asked for which tier, until when and why. The reason stands as it was given, in whatever language.

    ``tiers``: tier -> what people call it.
    """
    return _OVERRIDE.within(
        language,
        tier=tiers.get(override.tier, override.tier),
        by=named(override.by),
        on=day(override.on, language),
        until=day(override.until, language),
        reason=named(override.reason),
    )
