"""Words of the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from models.text import OR, Phrase, Text, as_written, listed

CLIENTS: Final = Text("Clients", "today")
TO_DECIDE: Final = Text("To decide")
MODELS: Final = Text("Models", "screen")
TURNED: Final = Text("clients of tier {tiers} that turned: warned of")
FALLEN: Final = Text("clients that fell out of tier {tiers}")
NEW_WARNINGS: Final = Text("warnings that are new")
WARNINGS: Final = Text("clients warned of", "today")
REVIEWS_DUE: Final = Text("reviews due: the list of those to review next")
TO_APPROVE: Final = Text("overrides to approve")
POLICIES: Final = Text("policies to approve")
RETURNED: Final = Text("own proposals that came back")
OBJECTIONS: Final = Text("objections to letters that await an answer")
LATE_OBJECTIONS: Final = Text("objections whose answer is late")
ALARMS: Final = Text("alarms of monitoring")
FINDINGS: Final = Text("open findings of the validation file")
MOVED: Final = {
    "up": Text("{count} clients moved up since {day}"),
    "down": Text("{count} clients moved down since {day}"),
    "appeared": Text("{count} clients are new since {day}"),
    "vanished": Text("{count} clients are gone since {day}"),
}
OTHER_MODELS: Final = Text("other models grade than before")
OTHER_POLICY: Final = Text("another policy grades than before")


def tiers_of(names: Sequence[str]) -> Phrase:
    """Tiers by their names, within a sentence."""
    return listed([as_written(name) for name in names], OR)
