"""Top terms of each component of the tone of notes.

Only words that many notes share are repeated: what stands in a few might be somebody's name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.vocab import FloatArray

MOST_WORDS = 3
_LEAST_NOTES, _LEAST_SHARE = 20, 0.02
_SPACED = r"[^\W\d_\u4e00-\u9fff]{3,}"
_CHINESE = r"(?=([\u4e00-\u9fff]{2}))"
"""Chinese is written without blanks: any two characters that stand together count as a word."""

Words = tuple[str, ...]


def top_terms(notes: Sequence[str], tone: FloatArray) -> tuple[Words, ...]:
    """Up to three words per component whose notes lie highest in it, against chance; the most telling first.

    Shapes: ``notes`` (n,), each once; ``tone`` (n, n_components). None where no word is shared by enough notes.

    >>> calm, angry = ["thanks for the help " + str(n) for n in range(30)], ["late again " + str(n) for n in range(30)]
    >>> top_terms(calm + angry, np.repeat([[0.0], [1.0]], 30, axis=0))
    (('again', 'late'),)
    """
    words = _words(notes)
    counts = words.value_counts()
    known = counts[counts >= max(_LEAST_NOTES, _LEAST_SHARE * len(notes))]
    kept = words[words.isin(known.index)]
    return tuple(_highest(kept, tone[:, place], known) for place in range(tone.shape[1]))


def _words(notes: Sequence[str]) -> pd.Series:
    """Every word of every note once, in lower case; the index is the note's place."""
    texts = pd.Series(list(notes), dtype="str").str.lower()
    found = pd.concat([texts.str.findall(pattern).explode() for pattern in (_SPACED, _CHINESE)]).dropna()
    each = pd.DataFrame({"note": found.index, "word": found.to_numpy()}).drop_duplicates()
    return each.set_index("note")["word"]


def _highest(words: pd.Series, tone: FloatArray, counts: pd.Series) -> Words:
    mean = pd.Series(tone[words.index.to_numpy()]).groupby(words.to_numpy()).mean()
    lead = (mean - tone.mean()) * np.sqrt(counts.reindex(mean.index))
    ranked = lead[lead > 0].round(9).rename("lead").rename_axis("word").reset_index()
    return tuple(ranked.sort_values(["lead", "word"], ascending=[False, True])["word"].head(MOST_WORDS).tolist())
