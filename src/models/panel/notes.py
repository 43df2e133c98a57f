"""The tone of notes as a few numbers: character n-grams, reduced to components that were fitted on the past only.

Character n-grams need no separated words and so work for Chinese as for English. Summing the numbers up per
client is the ledger's work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import scipy
from threadpoolctl import threadpool_limits

from models.lazy import lazy
from models.panel.top_terms import Words, top_terms
from models.vocab import FloatArray

sklearn_text = lazy("sklearn.feature_extraction.text")

_BUCKETS = 4_096
_NGRAMS = (1, 3)
_MIN_NOTES = 50
_MOST_NOTES = 20_000
_PIECE = 20_000


@dataclass(frozen=True, eq=False)
class NoteModel:
    """Directions in the space of hashed character n-grams in which notes differ most.

    ``weights`` (n_buckets,) plays down n-grams that stand in most notes; ``directions`` is (n_components, n_buckets).
    ``words`` are those that tell each component best, for people to call it by.
    """

    weights: FloatArray
    directions: FloatArray
    words: tuple[Words, ...] = ()

    @classmethod
    def fit(cls, notes: Sequence[str], components: int) -> NoteModel | None:
        """Learn from notes that were written before every as-of date; None if there are too few.

        The result does not depend on their order. Source: Deerwester et al. (1990), latent semantic analysis.
        """
        distinct = sorted(set(notes))
        if len(distinct) < max(_MIN_NOTES, components + 1):
            return None
        counts = _counted(distinct)
        document_share = np.asarray((counts > 0).mean(axis=0)).ravel()
        weights = np.where(document_share > 0, -np.log(np.maximum(document_share, 1 / len(distinct))), 0.0)
        weighted = _scaled(counts, weights)
        with threadpool_limits(limits=1):  # the same sums on any number of cores
            _, _, directions = scipy.sparse.linalg.svds(
                weighted, k=components, v0=np.ones(min(weighted.shape)), solver="arpack"
            )
        signed = _signed(directions[::-1])
        return cls(weights, signed, top_terms(distinct, np.asarray(weighted @ signed.T)))

    @property
    def components(self) -> int:
        """How many numbers a note becomes."""
        return int(self.directions.shape[0])

    def tone(self, notes: Sequence[str]) -> FloatArray:
        """The numbers of each note, between -1 and 1. Shape (n_notes, n_components)."""
        return np.asarray(_scaled(_counted(notes), self.weights) @ self.directions.T)

    def to_json(self) -> str:
        """The model as text; numbers keep every digit."""
        facts = {"weights": self.weights.tolist(), "directions": self.directions.tolist(), "words": self.words}
        return json.dumps(facts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> NoteModel:
        """Read what ``to_json`` wrote."""
        data = json.loads(text)
        return cls(np.array(data["weights"]), np.array(data["directions"]), tuple(map(tuple, data["words"])))


def notes_before(interactions: Any, day: date) -> list[str]:
    """Some of the distinct notes written before ``day``, the same ones whatever the order of the rows."""
    past = interactions.filter(interactions.text.notnull() & (interactions.date < day)).select("text").distinct()
    some = past.order_by([past.text.hexdigest("md5"), past.text]).limit(_MOST_NOTES)
    return list(some.to_pyarrow()["text"].to_pylist())


def tones_of(model: NoteModel, interactions: Any) -> Iterator[pa.Table]:
    """The tone of each distinct note, in pieces: columns text and tone_1 to tone_n."""
    distinct = interactions.filter(interactions.text.notnull()).select("text").distinct()
    texts = distinct.to_pyarrow()["text"]
    for start in range(0, len(texts), _PIECE):
        piece = texts.slice(start, _PIECE)
        tone = model.tone(piece.to_pylist())
        numbers = {f"tone_{place + 1}": tone[:, place] for place in range(model.components)}
        yield pa.table({"text": piece, **numbers})


def _counted(notes: Sequence[str]) -> scipy.sparse.csr_matrix:
    hashing = sklearn_text.HashingVectorizer(
        analyzer="char_wb", ngram_range=_NGRAMS, n_features=_BUCKETS, alternate_sign=False, norm=None
    )
    return scipy.sparse.csr_matrix(hashing.transform(notes))


def _scaled(counts: scipy.sparse.csr_matrix, weights: FloatArray) -> scipy.sparse.csr_matrix:
    """Weighted rows of length one."""
    weighted = scipy.sparse.csr_matrix(counts.multiply(weights))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return scipy.sparse.csr_matrix(weighted.multiply(1.0 / np.maximum(length, 1e-12)[:, None]))


def _signed(directions: FloatArray) -> FloatArray:
    """Each direction with its largest part positive: a direction and its opposite mean the same."""
    largest = directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)]
    return np.asarray(directions * np.sign(largest)[:, None])
