"""Counts of the inputs and scores of one run, added up block by block; no value of one client stands in them.

The file of a published run and the reference in a bundle are of this form, so that any two can be compared later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models.book.guard.histograms import BINS_PER_DECADE, ZERO_PLACE, Bins, added, total
from models.codec import from_json, to_json_text
from models.learners.contract import FeatureContract
from models.vocab import FloatArray, IntArray

RUN_COUNTS = "counts.json"
"""The file of a published run, and of a bundle."""
POOLED = "(pooled)"
"""Of rare categories, which share one code."""
AMOUNTS = ("value", "margin", "credit_loss", "decline_probability", "default_probability")
"""Columns of scores that are numbers."""
GRADES = ("tier", "stage", "relationship_type", "need_type", "segment_name")
"""Columns of scores that are words."""
FIRST_REASON = "first_reason"
_SMALLEST = 1e-20


@dataclass(frozen=True, kw_only=True)
class ColumnCounts:
    """Clients by what one column says of them; each is missing, unseen, in a bin or of a word.

    ``bins`` are those of ``histograms``, ``words`` categories; ``unseen`` have a category that training never saw.
    """

    missing: int = 0
    unseen: int = 0
    bins: Bins = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        """Clients of whom the column is known, in words that are known."""
        return total(self.bins) + sum(self.words.values())

    @property
    def rows(self) -> int:
        """All clients."""
        return self.filled + self.missing + self.unseen

    @property
    def missing_share(self) -> float:
        """Share of the clients of whom it is not known."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def unseen_share(self) -> float:
        """Share of the clients with a category that training never saw."""
        return self.unseen / self.rows if self.rows else 0.0


@dataclass(frozen=True, kw_only=True)
class RunCounts:
    """The active clients of a run, counted by what each input and each column of scores says."""

    clients: int = 0
    inputs: Mapping[str, ColumnCounts] = field(default_factory=dict)
    scores: Mapping[str, ColumnCounts] = field(default_factory=dict)

    def to_json(self) -> str:
        """As text; the same counts give the same bytes, whatever the blocks were."""
        return to_json_text(self, sort_keys=True, ascii_only=False)

    @classmethod
    def from_json(cls, text: str | bytes, *, subject: str = RUN_COUNTS, remedy: str = "predict again") -> RunCounts:
        """What ``to_json`` wrote.

        >>> counts = RunCounts(clients=1, inputs={"fee": ColumnCounts(bins={401: 1})})
        >>> RunCounts.from_json(counts.to_json()) == counts
        True
        """
        return from_json(cls, text, subject=subject, remedy=remedy)


NOTHING_COUNTED = RunCounts()


def all_counted(parts: Sequence[RunCounts]) -> RunCounts:
    """The counts of several blocks together."""
    return RunCounts(
        clients=sum(part.clients for part in parts),
        inputs=_columns_added([part.inputs for part in parts]),
        scores=_columns_added([part.scores for part in parts]),
    )


def input_counts(matrix: FloatArray, frame: pd.DataFrame, contract: FeatureContract) -> RunCounts:
    """The inputs of a block: ``matrix`` (n_clients, n_features) is ``frame`` as the contract encodes it."""
    codes = size_codes(matrix)
    found = {}
    for place, feature in enumerate(contract.features):
        column = matrix[:, place]
        known = ~np.isnan(column)
        if feature.kind == "category":
            unseen = int((frame[feature.name].notna().to_numpy() & ~known).sum())
            names = [*feature.categories, POOLED]
            words = {names[int(code)]: count for code, count in _counted(column[known].astype(np.int64)).items()}
            found[feature.name] = ColumnCounts(missing=int((~known).sum()) - unseen, unseen=unseen, words=words)
        else:
            found[feature.name] = ColumnCounts(missing=int((~known).sum()), bins=_counted(codes[known, place]))
    return RunCounts(clients=len(matrix), inputs=found)


def score_counts(columns: Mapping[str, pa.Array]) -> RunCounts:
    """The scores of a block by the columns that are published of it, where they have any; clients count as inputs."""
    found = {name: number_counts(_numbers(columns[name])) for name in AMOUNTS if name in columns}
    found |= {name: word_counts(columns[name]) for name in GRADES if name in columns}
    if "reasons" in columns:
        found[FIRST_REASON] = word_counts(_first_reasons(columns["reasons"]))
    return RunCounts(scores={name: each for name, each in found.items() if each.filled})


def number_counts(values: FloatArray) -> ColumnCounts:
    """Numbers (n,) in their bins; NaN is missing.

    >>> number_counts(np.array([1.0, np.nan, 0.0])) == ColumnCounts(missing=1, bins={0: 1, 401: 1})
    True
    """
    known = ~np.isnan(values)
    return ColumnCounts(missing=int((~known).sum()), bins=_counted(size_codes(values[known])))


def word_counts(words: pa.Array) -> ColumnCounts:
    """Words by how often they come; null is missing."""
    counts = {str(each["values"]): int(each["counts"]) for each in pc.value_counts(words.drop_null()).to_pylist()}
    return ColumnCounts(missing=words.null_count, words=dict(sorted(counts.items())))


def size_codes(values: FloatArray) -> IntArray:
    """The bin of each number, as ``histograms`` counts them; of NaN 0, which means nothing there. Any shape.

    >>> size_codes(np.array([0.0, 1.0, -1.0, 10.0])).tolist()
    [0, 401, -401, 421]
    """
    size = np.abs(np.where(np.isnan(values), 0.0, values))
    place = np.floor(np.log10(np.maximum(size, _SMALLEST)) * BINS_PER_DECADE).astype(np.int64) + ZERO_PLACE
    return np.where(size == 0, 0, np.where(values < 0, -1, 1) * np.maximum(place, 1))


def _counted(codes: IntArray) -> dict[int, int]:
    found, counts = np.unique(codes, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _numbers(column: pa.Array) -> FloatArray:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _first_reasons(reasons: pa.Array) -> pa.Array:
    """Of each client the key of the reason that moves its chance of decline most."""
    filled = reasons.filter(pc.greater(pc.list_value_length(reasons), 0))
    first = pc.list_element(filled, 0)
    return pc.struct_field(first, "reason")


def _columns_added(parts: Iterable[Mapping[str, ColumnCounts]]) -> dict[str, ColumnCounts]:
    columns: dict[str, list[ColumnCounts]] = {}
    for part in parts:
        for name, counts in part.items():
            columns.setdefault(name, []).append(counts)
    return {name: _added(each) for name, each in columns.items()}


def _added(parts: Sequence[ColumnCounts]) -> ColumnCounts:
    words: dict[str, int] = {}
    for part in parts:
        for word, count in part.words.items():
            words[word] = words.get(word, 0) + count
    return ColumnCounts(
        missing=sum(part.missing for part in parts),
        unseen=sum(part.unseen for part in parts),
        bins=added([part.bins for part in parts]),
        words=words,
    )
