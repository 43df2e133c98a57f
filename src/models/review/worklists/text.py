"""Work on lists in words."""

from __future__ import annotations

from typing import Final

from models.decisions.worked import ItemState, ListResult
from models.text import Text

STATES: Final = {
    ItemState.OPEN: Text("open", "work list"),
    ItemState.TAKEN: Text("taken", "work list"),
    ItemState.DONE: Text("done", "work list"),
}
RESULTS: Final = {
    ListResult.AGREED: Text("agreed", "result"),
    ListResult.DECLINED: Text("declined by the client", "result"),
    ListResult.POSTPONED: Text("postponed", "result"),
    ListResult.NOT_FITTING: Text("did not fit", "result"),
}
RECORDED: Final = Text("On record: {client}, {step}.")
HEADS: Final = (
    Text("rank", "work list"),
    Text("client"),
    Text("name", "work list"),
    Text("benefit", "work list"),
    Text("why, and what to do"),
    Text("standing", "work list"),
    Text("by", "work list"),
    Text("result", "work list"),
    Text("remark"),
)
BOOK_LINE: Final = Text("{list} · book {book}, as of {day} · model {model} · run {run}", "work list")
