"""Panel: one row per client and as-of date, features beside targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.book.periods import PeriodGrid
from models.panel.features.words import FeatureWords
from models.panel.groups import dealt
from models.vocab import BoolArray, FloatArray, IntArray

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Rows in order of origin and client. Shapes (n_rows,).

    Attributes:
        client_id: the client of each row.
        origin: number of the period that begins on the row's as-of date.
        group: number of the client's sponsor group, the same in all its rows and in every book, see ``group_keys``.
        features: one column per feature.
        grouped: whether the book names the client's group; None where it names no client's.
        units: the unit of each feature.
        words: what people call each feature, and what it belongs to.
        value: margin less credit loss within the horizon, discounted; None where it is not known yet.
        margin: what value is but for write-offs and recoveries; None likewise.
        credit_loss: write-offs within the horizon less what of them was recovered in it, discounted; None likewise, and
            where value counts no write-offs. ``defaulted``: whether anything was written off or ended in default.
        declined: whether the client declined within the horizon; None where it is not known yet.
        event_period: in which period of the horizon, from 1, the decline set in (rule ``drop``) or the client came back
            (rule ``lapse``); 0 where that did not happen; None where it is not known yet.
        cause: why the client declined, as a place in ``DECLINE_CAUSES``, -1 where it did not; None where it is not
            known yet, where the book does not tell how facilities ended, and under rule ``lapse``.
        causes_from: the origin from which on the book had a cause when the horizon ended; None: from the first.
        finished: whether the outcomes above are complete; where not, they are NaN, False, 0 and -1. None as they are.
        so_far: elapsed periods -> how the outcome stood after so many, (n_rows, len(``SO_FAR``)); NaN where the book
            does not reach so far.
        features_from: feature -> the earliest origin that could know it, where that is not the first of the book.
    """

    client_id: pd.Series
    origin: IntArray
    group: IntArray
    features: pd.DataFrame
    units: Mapping[str, str]
    grid: PeriodGrid
    words: Mapping[str, FeatureWords] = field(default_factory=dict)
    grouped: BoolArray | None = None
    value: FloatArray | None = None
    margin: FloatArray | None = None
    credit_loss: FloatArray | None = None
    defaulted: BoolArray | None = None
    declined: BoolArray | None = None
    event_period: IntArray | None = None
    cause: IntArray | None = None
    causes_from: int | None = None
    finished: BoolArray | None = None
    so_far: Mapping[int, FloatArray] = field(default_factory=dict)
    features_from: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.origin)

    @property
    def groups_known(self) -> bool:
        """Whether the group of any of these clients is known."""
        return self.grouped is not None and bool(self.grouped.any())

    def where(self, chosen: BoolArray) -> Panel:
        """The chosen rows."""
        places = np.flatnonzero(chosen)
        return replace(
            self,
            client_id=self.client_id.iloc[places].reset_index(drop=True),
            origin=self.origin[places],
            group=self.group[places],
            grouped=None if self.grouped is None else self.grouped[places],
            features=self.features.iloc[places].reset_index(drop=True),
            value=_of_rows(self.value, places),
            margin=_of_rows(self.margin, places),
            credit_loss=_of_rows(self.credit_loss, places),
            defaulted=_of_rows(self.defaulted, places),
            declined=_of_rows(self.declined, places),
            event_period=_of_rows(self.event_period, places),
            cause=_of_rows(self.cause, places),
            finished=_of_rows(self.finished, places),
            so_far={elapsed: stood[places] for elapsed, stood in self.so_far.items()},
        )

    def at(self, origins: Iterable[int]) -> Panel:
        """The rows of these origins."""
        return self.where(np.isin(self.origin, list(origins)))

    def as_known(self) -> Panel:
        """The same without the features of which nothing was known yet at the latest of its origins."""
        latest = int(self.origin.max()) if len(self) else 0
        late = [name for name, origin in self.features_from.items() if origin > latest]
        if not late:
            return self
        return replace(self, features=self.features.drop(columns=late).copy())  # in one piece, for those who add to it

    def group_fold(self, folds: int) -> IntArray:
        """Which of ``folds`` parts of equal size each row is in; a sponsor group is never split."""
        return dealt([self.group], folds, "folds")[0]


def joined(panels: Sequence[Panel]) -> Panel:
    """Several panels as one, in order of origin; within an origin the order of the panels is kept."""
    origin = np.concatenate([panel.origin for panel in panels])
    order = np.argsort(origin, kind="stable")
    first = panels[0]
    return replace(
        first,
        client_id=pd.concat([panel.client_id for panel in panels], ignore_index=True)
        .iloc[order]
        .reset_index(drop=True),
        origin=origin[order],
        group=np.concatenate([panel.group for panel in panels])[order],
        grouped=_concatenated([panel.grouped for panel in panels], order),
        features=pd.concat([panel.features for panel in panels], ignore_index=True).iloc[order].reset_index(drop=True),
        words=panels[-1].words,  # what is reported of the latest date may have been estimated at the first
        value=_concatenated([panel.value for panel in panels], order),
        margin=_concatenated([panel.margin for panel in panels], order),
        credit_loss=_concatenated([panel.credit_loss for panel in panels], order),
        defaulted=_concatenated([panel.defaulted for panel in panels], order),
        declined=_concatenated([panel.declined for panel in panels], order),
        event_period=_concatenated([panel.event_period for panel in panels], order),
        cause=_concatenated([panel.cause for panel in panels], order),
        finished=_concatenated([panel.finished for panel in panels], order),
        so_far={
            elapsed: np.concatenate([panel.so_far[elapsed] for panel in panels])[order] for elapsed in first.so_far
        },
    )


def _concatenated(parts: Sequence[NDArray[Number] | None], order: IntArray) -> NDArray[Number] | None:
    known = [part for part in parts if part is not None]
    return np.asarray(np.concatenate(known)[order]) if len(known) == len(parts) else None


def _of_rows(outcome: NDArray[Number] | None, places: IntArray) -> NDArray[Number] | None:
    return None if outcome is None else outcome[places]
