"""Warnings and the work on them in words."""

from __future__ import annotations

from typing import Final

from models.decisions.worked import WarningOutcome, WarningState
from models.text import Text
from models.warnings.quadrant import Quarter
from models.warnings.report import AlarmState

STATES: Final = {
    AlarmState.SHOWN: Text("shown", "warnings"),
    AlarmState.HELD_BACK: Text("held back", "warnings"),
    AlarmState.WITHOUT_NEWS: Text("without news", "warnings"),
}
WORK: Final = {
    WarningState.NEW: Text("new", "warning"),
    WarningState.ACKNOWLEDGED: Text("acknowledged", "warning"),
    WarningState.ASSIGNED: Text("assigned", "warning"),
    WarningState.CLOSED: Text("closed", "warning"),
}
OUTCOMES: Final = {
    WarningOutcome.DECLINED: Text("business fell or ended", "outcome"),
    WarningOutcome.DEFAULTED: Text("arrears or default", "outcome"),
    WarningOutcome.PREVENTED: Text("prevented by acting", "outcome"),
    WarningOutcome.EXPLAINED: Text("explained, no risk", "outcome"),
    WarningOutcome.FALSE_ALARM: Text("false alarm", "outcome"),
}
QUARTERS: Final = {
    Quarter.GRAVE_WORSE: Text("grave and getting worse"),
    Quarter.GRAVE_EASING: Text("grave, not getting worse"),
    Quarter.LIGHT_WORSE: Text("light and getting worse"),
    Quarter.LIGHT_EASING: Text("light, not getting worse"),
}
RECORDED: Final = Text("On record: {client}, {step}.")
STEPS: Final = {
    "acknowledge": Text("acknowledged", "warning"),
    "assign": Text("assigned", "warning"),
    "due": Text("due date set", "warning"),
    "close": Text("closed", "warning"),
}
NEW_NOW: Final = Text("new", "change of a warning")
"""Of a warning that there was not in the publication before."""
