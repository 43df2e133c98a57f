"""What a reader of scores must know of how their models learned: until when, and what could not be calibrated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.notices import Notice, Severity
from models.panel.features.words import Language

_IN_SAMPLE: dict[Language, tuple[str, str]] = {
    "en": (
        "these models learned from outcomes until {until}, which on {as_of} were still to come: scores of that day "
        "know what came and look better than a forecast could have been",
        "take {until} or later, or models of a book that was known until {as_of} (book.known_until)",
    ),
    "zh": (
        "模型学习了截至{until}的结果，而这些结果在{as_of}尚未发生：该日的评分已知后来之事，看上去会好于任何真实预测",
        "请选用{until}或之后的日期，或使用账簿截至{as_of}（book.known_until）时训练的模型",
    ),
}
"""What was found, and the remedy."""
_SUBJECTS: dict[Language, Mapping[str, str]] = {
    "en": {},
    "zh": {"value": "客户价值", "decline": "业务下滑概率", "as_of": "基准日"},
}
"""What a notice is about, where a language does not take its key."""
_UNCALIBRATED: dict[Language, tuple[str, str]] = {
    "en": (
        "predictions are served as the model says them: {why}",
        "their ranking holds, their level may not: bring more clients, origins or a longer horizon",
    ),
    "zh": ("预测未经校准，按模型原样给出（原因见训练报告）", "排序可用，水平未必准确：请增加客户、基准日或延长预测期"),
}


@dataclass(frozen=True, kw_only=True)
class Learned:
    """Told by every run that serves the models.

    Attributes:
        until: the day before which every outcome lies that taught the models anything.
        not_calibrated: what is served as the models say it (value, decline) -> why, in a sentence.
    """

    until: date
    not_calibrated: Mapping[str, str] = field(default_factory=dict)

    def notices(self, as_of: date, lang: Language = "en") -> list[Notice]:
        """What must be known of scores of a date."""
        return [*self._in_sample(as_of, lang), *self.uncalibrated(lang)]

    def uncalibrated(self, lang: Language = "en") -> list[Notice]:
        """A warning for each prediction that is served as the model says it."""
        found, remedy = _UNCALIBRATED[lang]
        return [
            Notice(
                code=f"{target}_not_calibrated",
                severity=Severity.WARNING,
                subject=_SUBJECTS[lang].get(target, target),
                found=found.format(why=why),
                remedy=remedy,
            )
            for target, why in self.not_calibrated.items()
        ]

    def _in_sample(self, as_of: date, lang: Language) -> list[Notice]:
        """A warning where the models knew outcomes that on ``as_of`` were still to come."""
        if as_of >= self.until:
            return []
        found, remedy = (text.format(until=self.until, as_of=as_of) for text in _IN_SAMPLE[lang])
        subject = _SUBJECTS[lang].get("as_of", "as_of")
        return [Notice(code="scored_in_sample", severity=Severity.WARNING, subject=subject, found=found, remedy=remedy)]

    def to_json(self) -> str:
        """Ready for a bundle."""
        return json.dumps({"until": self.until.isoformat(), "not_calibrated": dict(self.not_calibrated)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Learned:
        """Read what ``to_json`` wrote.

        >>> learned = Learned(until=date(2023, 1, 1), not_calibrated={"value": "a total of nothing"})
        >>> Learned.from_json(learned.to_json()) == learned
        True
        """
        facts: dict[str, Any] = json.loads(text)
        return cls(until=date.fromisoformat(facts["until"]), not_calibrated=facts["not_calibrated"])
