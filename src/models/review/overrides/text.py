"""Words of the screen of overrides."""

from __future__ import annotations

from models.decisions.entries import DecisionAct
from models.text import Text

SENT = Text("The override was proposed. It counts once another person has approved it.")
DONE = {
    DecisionAct.OVERRIDE_APPROVED: Text("The override was approved. The next run reads it."),
    DecisionAct.OVERRIDE_RETURNED: Text("The override was returned with your remark."),
    DecisionAct.OVERRIDE_WITHDRAWN: Text("The override was withdrawn by a new entry."),
}
ACTS = {
    DecisionAct.OVERRIDE_PROPOSED: Text("proposed", "act"),
    DecisionAct.OVERRIDE_APPROVED: Text("approved", "act"),
    DecisionAct.OVERRIDE_RETURNED: Text("returned", "act"),
    DecisionAct.OVERRIDE_WITHDRAWN: Text("withdrawn", "act"),
}
FATES = {
    "proposed": Text("to approve", "fate"),
    "approved": Text("in force", "fate"),
    "expired": Text("run out", "fate"),
    "replaced": Text("replaced by a later one", "fate"),
    "returned": Text("returned", "fate"),
    "withdrawn": Text("withdrawn", "fate"),
}
"""What became of an override by a day."""
VIEWS = {
    "open": Text("To approve", "view of overrides"),
    "mine": Text("Mine", "view of overrides"),
    "holding": Text("In force", "view of overrides"),
    "all": Text("All", "view of overrides"),
}
TABLES = {
    "makers": Text("By who proposed", "report of overrides"),
    "checkers": Text("By who answered", "report of overrides"),
    "reasons": Text("By reason", "report of overrides"),
}
