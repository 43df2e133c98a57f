"""Names of segments: the features in which the median client differs most from the book's, graded in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.config.segments import VERY, SegmentWords
from models.text import CLAUSES, ENGLISH, Language, Text, joined
from models.vocab import BoolArray, FloatArray

APART_SPREADS = 0.25
FAR_SPREADS = 1.0
MOST_NAMED = 2
"""Features in a name where they are apart; more only to distinguish two segments, or to name equals alike."""

_GRADES: Final = {
    (True, True): Text("very high {feature}"),
    (True, False): Text("high {feature}"),
    (False, True): Text("very low {feature}"),
    (False, False): Text("low {feature}"),
}
"""By whether a segment stands above the book in a feature, and whether far so."""
_MEDIUM: Final = Text("medium {feature}")
_TYPICAL: Final = Text("close to the median client")
_ONE_OF: Final = Text("{name} ({rank} of {count})")
_VERY: Final = Text("very ", "degree")
"""The degree of the words that a config has for a feature."""


def graded(apart: float, feature: str, language: Language) -> str:
    """A feature with how high it stands; ``apart`` is in spreads from the median client.

    >>> graded(-0.5, "tenure", ENGLISH), graded(2.0, "fees", ENGLISH)
    ('low tenure', 'very high fees')
    """
    is_typical = abs(apart) < APART_SPREADS
    grade = _MEDIUM if is_typical else _GRADES[apart > 0, abs(apart) >= FAR_SPREADS]
    return grade.within(language, feature=feature)


@dataclass(frozen=True, kw_only=True)
class _Speaker:
    """Says where a segment stands in each feature: by the words for it, else by what it is called."""

    language: Language
    called: Sequence[str]
    words: Sequence[SegmentWords | None]

    def say(self, place: int, apart: float) -> str:
        """``apart`` is in spreads from the median client."""
        words = self.words[place]
        if words is None or abs(apart) < APART_SPREADS:
            return graded(apart, self.called[place], self.language)
        degree = _VERY.within(self.language) if abs(apart) >= FAR_SPREADS else ""
        return (words.high if apart > 0 else words.low).within(self.language).replace(VERY, degree)


def names_of(
    typical: FloatArray,
    features: Sequence[str],
    *,
    describe: Callable[[str], str] = str,
    words: Mapping[str, SegmentWords] | None = None,
    language: Language = ENGLISH,
) -> tuple[str, ...]:
    """Name each segment by the features in which its median client stands farthest from that of the book.

    ``typical`` is (n_segments, n_features): medians of segments in spreads from the median of the book, NaN where most
    of a segment's clients have none. Two features are named where two are apart; more to keep names apart, and where a
    segment stands at least as far in what another one is named by: "small" is then said of all that are as small.
    ``describe`` turns the name of a feature into what people call it; ``words``, where there are any, say it better.
    What no number of features tells apart is counted.

    >>> names_of(np.array([[2.0, 0.1], [-0.5, 0.4]]), ["fees", "tenure"])
    ('very high fees', 'low fees, high tenure')
    >>> names_of(np.array([[-0.5, 0.1, 0.0], [-0.9, 1.4, 1.2]]), ["fees", "tenure", "growth"])
    ('low fees', 'very high tenure, low fees')
    """
    said = [(words or {}).get(name) for name in features]
    speaker = _Speaker(language=language, called=[describe(name) for name in features], words=said)
    reported = _trimmed(_at_least_as_far(_first(typical), typical), typical)
    for _ in range(len(features)):
        names = _joined(reported, typical, speaker)
        alike = np.array([names.count(name) > 1 for name in names])
        reported = _at_least_as_far(reported | (_next(reported, typical) & alike[:, None]), typical)
    return _ranked(_joined(reported, typical, speaker), language)


def _first(typical: FloatArray) -> BoolArray:
    """The features in which each segment is farthest apart, at most ``MOST_NAMED``. (n_segments, n_features)."""
    order = np.argsort(-np.nan_to_num(np.abs(typical)), axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    return np.asarray((rank < MOST_NAMED) & _is_apart(typical))


def _at_least_as_far(reported: BoolArray, typical: FloatArray) -> BoolArray:
    """``reported``, and of every other segment what stands at least as far on the same side, feature by feature."""
    is_wider = reported.copy()
    for side in (typical > 0, typical < 0):
        least = np.where(reported & side & _is_apart(typical), np.abs(typical), np.inf).min(axis=0)
        is_wider |= side & (np.nan_to_num(np.abs(typical)) >= least)
    return is_wider


def _trimmed(reported: BoolArray, typical: FloatArray) -> BoolArray:
    """``reported`` without what segments named by more than ``MOST_NAMED`` features can spare.

    Spared is, smallest first, what stands least far of all that are named by it: no other name then says too little.
    """
    kept = reported.copy()
    for row, place in sorted(np.argwhere(reported).tolist(), key=lambda at: abs(typical[at[0], at[1]])):
        nearer = kept[:, place] & (typical[:, place] * np.sign(typical[row, place]) > 0)
        nearer &= np.abs(typical[:, place]) < abs(typical[row, place])
        kept[row, place] = kept[row].sum() <= MOST_NAMED or bool(nearer.any())
    return kept


def _next(reported: BoolArray, typical: FloatArray) -> BoolArray:
    """The farthest feature of each segment that is known and not named yet. (n_segments, n_features)."""
    far = np.where(reported | np.isnan(typical), -1.0, np.abs(typical))
    best = far.argmax(axis=1)[:, None] == np.arange(typical.shape[1])
    return np.asarray(best & (far >= 0))


def _is_apart(typical: FloatArray) -> BoolArray:
    return np.asarray(np.nan_to_num(np.abs(typical)) >= APART_SPREADS)


def _joined(reported: BoolArray, typical: FloatArray, speaker: _Speaker) -> list[str]:
    """The name of each segment, the farthest feature first."""
    names = []
    for row, chosen in zip(typical, reported, strict=True):
        places = sorted(np.flatnonzero(chosen).tolist(), key=lambda place: -abs(row[place]))
        phrases = [speaker.say(place, float(row[place])) for place in places]
        names.append(joined(phrases, speaker.language, CLAUSES) or _TYPICAL.within(speaker.language))
    return names


def _ranked(names: list[str], language: Language) -> tuple[str, ...]:
    """Names that occur more than once are counted."""
    counts = Counter(names)
    return tuple(
        name
        if counts[name] == 1
        else _ONE_OF.within(language, name=name, rank=names[:place].count(name) + 1, count=counts[name])
        for place, name in enumerate(names)
    )
