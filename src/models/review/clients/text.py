"""Sentences of the clients' list that stand in no template: heads of exports, and what became of a form."""

from __future__ import annotations

from typing import Final

from models.text import Text

SAVED: Final = Text("The view is saved.")
FORGOTTEN: Final = Text("The view is forgotten.")
TOO_MANY_VIEWS: Final = Text("You have {count} views already: forget one first.")
NAMELESS: Final = Text("A view needs a name.")
TOO_MANY_ROWS: Final = Text("A file takes at most {most:,} clients, and these are {count:,}: narrow the search.")
BEST: Final = Text("best found first, then by value", "order")
RISING: Final = Text("{column}, rising", "order")
FALLING: Final = Text("{column}, falling", "order")
SHEET: Final = Text("Clients", "name of a sheet")
BOOK: Final = Text("Book", "head of an export")
AS_OF: Final = Text("As of", "head of an export")
MODEL: Final = Text("Model", "head of an export")
RUN: Final = Text("Run", "head of an export")
SEARCH: Final = Text("Search", "head of an export")
FILTER: Final = Text("Filter", "head of an export")
PORTFOLIO: Final = Text("Portfolio", "head of an export")
WHOLE_BOOK: Final = Text("whole book", "head of an export")
NOTHING: Final = Text("none", "head of an export")
COUNT: Final = Text("Clients", "head of an export")
TAKEN: Final = Text("Exported by", "head of an export")
AMOUNTS: Final = Text("Amounts in", "head of an export")
