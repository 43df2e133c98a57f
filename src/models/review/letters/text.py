"""Words of the screen of letters: outcomes of objections, and what was recorded."""

from __future__ import annotations

from typing import Final

from models.letter.objections import ObjectionOutcome
from models.text import Text

FILED: Final = Text("Filed with the mark {seal}, as entry {number} of the record.")
OPENED: Final = Text("The objection is on record, with the day of its answer.")
ANSWERED: Final = Text("The answer is on record.")
WRONG_FORM: Final = Text("What was sent is not complete: nothing was recorded.")
OUTCOMES: Final = {
    ObjectionOutcome.GRADE_STANDS: Text("the grade stands", "objection"),
    ObjectionOutcome.GRADE_CHANGED: Text("the grade is to be changed by an override", "objection"),
    ObjectionOutcome.DATA_CORRECTED: Text("data were put right", "objection"),
    ObjectionOutcome.WITHDRAWN: Text("withdrawn by the client", "objection"),
}
