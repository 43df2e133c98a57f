"""What people call a segment: the features that set it apart from the median client, graded in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.config.segments import VERY, SegmentWords
from models.vocab import FloatArray

APART_SPREADS = 0.25
FAR_SPREADS = 1.0
TOLD = 2
"""So many features are told where they are apart; more only to tell two segments from one another."""

Language = Literal["en", "zh"]


@dataclass(frozen=True, kw_only=True)
class Grades:
    """How one language says that a feature is high or low; ``{feature}`` stands for what it is called.

    ``very`` is the degree of the words that a config has for a feature.
    """

    very_high: str
    high: str
    medium: str
    low: str
    very_low: str
    typical: str
    between: str
    one_of: str
    very: str

    def of(self, apart: float, feature: str) -> str:
        """``apart`` is in spreads from the median client.

        >>> GRADES["en"].of(-0.5, "tenure"), GRADES["zh"].of(2.0, "收入")
        ('low tenure', '收入很高')
        """
        far = abs(apart) >= FAR_SPREADS
        if abs(apart) < APART_SPREADS:
            phrase = self.medium
        elif apart > 0:
            phrase = self.very_high if far else self.high
        else:
            phrase = self.very_low if far else self.low
        return phrase.format(feature=feature)


GRADES: dict[Language, Grades] = {
    "en": Grades(
        very_high="very high {feature}",
        high="high {feature}",
        medium="medium {feature}",
        low="low {feature}",
        very_low="very low {feature}",
        typical="close to the median client",
        between=", ",
        one_of="{name} ({rank} of {count})",
        very="very ",
    ),
    "zh": Grades(
        very_high="{feature}很高",
        high="{feature}较高",
        medium="{feature}居中",
        low="{feature}较低",
        very_low="{feature}很低",
        typical="接近中位客户",
        between="，",
        one_of="{name}（{count}之{rank}）",
        very="很",
    ),
}


@dataclass(frozen=True, kw_only=True)
class _Speaker:
    """Says where a segment stands in each feature: by the words for it, else by what it is called."""

    language: Language
    called: Sequence[str]
    words: Sequence[SegmentWords | None]

    @property
    def grades(self) -> Grades:
        """The manner of the language."""
        return GRADES[self.language]

    def say(self, place: int, apart: float) -> str:
        """``apart`` is in spreads from the median client."""
        words = self.words[place]
        if words is None or abs(apart) < APART_SPREADS:
            return self.grades.of(apart, self.called[place])
        degree = self.grades.very if abs(apart) >= FAR_SPREADS else ""
        return (words.high if apart > 0 else words.low).within(self.language).replace(VERY, degree)


def names_of(
    apart: FloatArray,
    features: Sequence[str],
    *,
    describe: Callable[[str], str] = str,
    words: Mapping[str, SegmentWords] | None = None,
    language: Language = "en",
) -> tuple[str, ...]:
    """Name each segment by the features that deviate most: up to two that do, and as many as keep all names apart.

    ``apart`` is (n_segments, n_features), in spreads from the median client; ``describe`` turns the name of a feature
    into what people call it; ``words``, where there are any, say it better. What no number of features tells apart is
    counted.

    >>> names_of(np.array([[2.0, 0.1], [-0.5, 0.4]]), ["fees", "tenure"])
    ('very high fees', 'low fees, high tenure')
    """
    said = [(words or {}).get(name) for name in features]
    speaker = _Speaker(language=language, called=[describe(name) for name in features], words=said)
    phrases = [_phrases(row, TOLD, speaker) for row in apart]
    for depth in range(TOLD + 1, len(features) + 1):
        alike = Counter(map(frozenset, phrases))
        phrases = [
            told if alike[frozenset(told)] == 1 else _phrases(row, depth, speaker)
            for row, told in zip(apart, phrases, strict=True)
        ]
    return _ranked([speaker.grades.between.join(told) for told in phrases], speaker.grades)


def _ranked(names: list[str], grades: Grades) -> tuple[str, ...]:
    """Names that occur more than once are counted."""
    counts = Counter(names)
    return tuple(
        name
        if counts[name] == 1
        else grades.one_of.format(name=name, rank=names[:place].count(name) + 1, count=counts[name])
        for place, name in enumerate(names)
    )


def _phrases(apart: FloatArray, depth: int, speaker: _Speaker) -> list[str]:
    farthest = np.argsort(-np.abs(apart), kind="stable")[:depth]
    told = [place for rank, place in enumerate(farthest) if rank >= TOLD or abs(apart[place]) >= APART_SPREADS]
    return [speaker.say(int(place), float(apart[place])) for place in told] or [speaker.grades.typical]
