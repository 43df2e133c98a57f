"""Training facts that readers of scores need: the learning cut-off, and the calibrations that were not possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.codec import from_json, to_json_text
from models.notices import Notice, NoticeTexts, Severity
from models.panel.panel import Panel
from models.pipeline.serving import ServingModels
from models.text import ENGLISH, Language, Text

_IN_SAMPLE = (
    Text(
        "these models learned from outcomes until {until}, which on {as_of} were still to come: scores of that day "
        "know what came and look better than a forecast could have been"
    ),
    Text("take {until} or later, or models of a book that was known until {as_of} (book.known_until)"),
)
"""What was found, and the remedy."""
_SUBJECTS = {
    "value": Text("value", "subject of a notice"),
    "decline": Text("decline", "subject of a notice"),
    "as_of": Text("as_of", "subject of a notice"),
}
NO_ORIGIN = Text("calibration needs an origin that models which learned before it can foretell, got none")
_WHY_NOT = {NO_ORIGIN.english: NO_ORIGIN}
_UNCALIBRATED = (
    Text("predictions are served as the model says them: {why}"),
    Text("their ranking holds, their level may not: bring more clients, origins or a longer horizon"),
)

_MARGIN_ALONE = (
    Text("value is the margin alone, without expected credit loss: {why}"),
    Text(
        "bring write-offs that value counts, facilities that ended in default, or ratings with a probability of default"
    ),
)


_NO_WRITE_OFFS = Text("value counts no write-offs")
_NO_DEFAULTS = Text("no default and no rating is known of the clients learned from")
_WHY_ALONE = {why.english: why for why in (_NO_WRITE_OFFS, _NO_DEFAULTS)}


def no_credit_loss(learned: Panel) -> str:
    """Why models that learned from a panel know no credit loss, in an English sentence."""
    return (_NO_WRITE_OFFS if learned.defaulted is None else _NO_DEFAULTS).english


@dataclass(frozen=True, kw_only=True)
class Learned:
    """Reported by every run that serves the models.

    Attributes:
        until: the day before which every outcome lies that taught the models anything.
        not_calibrated: what is served as the models say it (value, decline) -> why, in a sentence.
        serving: who serves each target, and the evidence for it.
        without_credit_loss: why value is the margin alone, in an English sentence; empty where it is not.
    """

    until: date
    serving: ServingModels
    not_calibrated: Mapping[str, str] = field(default_factory=dict)
    without_credit_loss: str = ""

    def notices(self, as_of: date, lang: Language = ENGLISH) -> list[Notice]:
        """What must be known of scores of a date."""
        return [*self._in_sample(as_of, lang), *self.uncalibrated(lang), *self.margin_alone(lang)]

    def uncalibrated(self, lang: Language = ENGLISH) -> list[Notice]:
        """A warning for each prediction that is served as the model says it."""
        found, remedy = _UNCALIBRATED
        texts = {
            target: NoticeTexts(found=found.filled(why=_WHY_NOT.get(why, why)), remedy=remedy)
            for target, why in self.not_calibrated.items()
        }
        return [
            _notice(f"{target}_not_calibrated", Severity.WARNING, target, each, lang) for target, each in texts.items()
        ]

    def margin_alone(self, lang: Language = ENGLISH) -> list[Notice]:
        """A note where value is the margin alone."""
        if not self.without_credit_loss:
            return []
        found, remedy = _MARGIN_ALONE
        texts = NoticeTexts(found=found.filled(why=_WHY_ALONE[self.without_credit_loss]), remedy=remedy)
        return [_notice("without_credit_loss", Severity.NOTE, "value", texts, lang)]

    def _in_sample(self, as_of: date, lang: Language) -> list[Notice]:
        """A warning where the models knew outcomes that on ``as_of`` were still to come."""
        if as_of >= self.until:
            return []
        found, remedy = (text.filled(until=self.until.isoformat(), as_of=as_of.isoformat()) for text in _IN_SAMPLE)
        return [_notice("scored_in_sample", Severity.WARNING, "as_of", NoticeTexts(found=found, remedy=remedy), lang)]

    def to_json(self) -> str:
        """Ready for a bundle."""
        return to_json_text(self, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Learned:
        """Read what ``to_json`` wrote.

        >>> serving = ServingModels.leaders("tweedie")
        >>> learned = Learned(until=date(2023, 1, 1), serving=serving, not_calibrated={"value": "a total of nothing"})
        >>> Learned.from_json(learned.to_json()) == learned
        True
        """
        return from_json(cls, text, subject="learned.json", remedy="restore the bundle")


def _notice(code: str, severity: Severity, subject: str, texts: NoticeTexts, lang: Language) -> Notice:
    return Notice(
        code=code,
        severity=severity,
        subject=_SUBJECTS[subject].within(lang),
        found=texts.found.within(lang),
        remedy="" if texts.remedy is None else texts.remedy.within(lang),
        texts=texts,
    )
