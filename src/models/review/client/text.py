"""Words of a client's screen: its tabs, kinds of cashflows, and what was recorded."""

from __future__ import annotations

from typing import Final

from models.text import Text

TABS: Final = {
    "grade": Text("Grade", "tab"),
    "why": Text("Why", "tab"),
    "history": Text("History", "tab"),
    "facilities": Text("Facilities and cashflows", "tab"),
    "group": Text("Group", "tab"),
    "notes": Text("Notes", "tab"),
    "treatment": Text("Treatment", "tab"),
    "comments": Text("Comments", "tab"),
    "print": Text("Print", "tab"),
}
OF_THE_STORY: Final = frozenset({"grade", "why", "history", "treatment", "print"})
"""Tabs that wait for the models to speak of the client."""
OF_LOCKED: Final = frozenset({"group", "comments"})
"""Tabs of a client who refused the processing of its data: exposures of its group, and what our own people wrote."""
COMMENTED: Final = Text("Your comment is on record.")
EMPTY_COMMENT: Final = Text("A comment must hold 1 to {count} characters.")
