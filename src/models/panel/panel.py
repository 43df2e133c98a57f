"""The panel: one row per client and as-of date, features beside targets, made block by block from a prepared book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.book.measures import ACTIVITY
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.panel.beginnings import GROUPS, told_before
from models.panel.blocks import Block, Context, PreparedBook
from models.panel.cube import NEVER
from models.panel.cutoff import Past, past_of
from models.panel.features.families import Features, features_of
from models.panel.features.inputs import FeatureContext, FeatureInputs
from models.panel.features.labels import labels_of
from models.panel.features.words import FeatureWords
from models.panel.groups import dealt
from models.panel.macro import Macro
from models.panel.outcomes import Afterwards
from models.vocab import BoolArray, FloatArray, IntArray

_NOWHERE = np.empty(0, dtype=np.int64)
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
        value: net margin within the horizon, discounted; None where it is not known yet.
        declined: whether the client declined within the horizon; None where it is not known yet.
        event_period: in which period of the horizon, from 1, the decline set in (rule ``drop``) or the client came back
            (rule ``lapse``); 0 where that did not happen; None where it is not known yet.
        cause: why the client declined, as a place in ``DECLINE_CAUSES``, -1 where it did not; None where it is not
            known yet, where the book does not tell how facilities ended, and under rule ``lapse``.
        causes_from: the origin from which on the book had told a cause when the horizon ended; None: from the first.
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
            value=None if self.value is None else self.value[places],
            declined=None if self.declined is None else self.declined[places],
            event_period=None if self.event_period is None else self.event_period[places],
            cause=None if self.cause is None else self.cause[places],
            finished=None if self.finished is None else self.finished[places],
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


def panel_of(
    prepared: PreparedBook, config: Config, origins: Sequence[int], *, targets: bool, until: int | None = None
) -> Panel:
    """The whole book at each of ``origins``, in order of origin and client.

    ``until`` is the period before which outcomes are known, where it lies before the end of the last origin's.
    """
    return joined(list(panels_by_block(prepared, config, origins, targets=targets, until=until)))


@dataclass(frozen=True, kw_only=True)
class PanelContext:
    """What surrounds the clients of every block, up to one period: the economies, and the cubes of those like them.

    Outcomes are known before period ``last``.
    """

    last: int
    macro: Macro | None
    contexts: Mapping[str, Context]

    @classmethod
    def of(cls, prepared: PreparedBook, last: int) -> PanelContext:
        """Everything up to the period before ``last``, in one pass over the ledger."""
        return cls(last=last, macro=prepared.macro(last), contexts=prepared.contexts(last))


def panels_by_block(
    prepared: PreparedBook,
    config: Config,
    origins: Sequence[int],
    *,
    targets: bool,
    until: int | None = None,
) -> Iterator[Panel]:
    """One panel per block of clients; memory is bounded by the block."""
    end = max(origins) + (config.time.horizon_periods if targets else 0)
    around = PanelContext.of(prepared, end if until is None else min(end, until))
    begun: Mapping[str, int] | None = None
    for block in prepared.blocks(prepared.block_numbers, around.last):
        panel = panel_of_block(prepared, config, block, around, origins, targets=targets)
        begun = _features_from(prepared, config, block, around, origins) if begun is None else begun
        yield replace(panel, features_from=begun)


def panel_of_block(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, origins: Sequence[int], *, targets: bool
) -> Panel:
    """The clients of a block at each of ``origins``, in order of origin and client.

    Features are those that the latest origin, or the day from which the book's periods are counted, could know.
    """
    reported = told_before(prepared.beginnings, max(0, *origins))
    return joined(
        [_rows(prepared, config, block, around, origin, reported, targets=targets) for origin in sorted(origins)]
    )


def _features_from(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, origins: Sequence[int]
) -> dict[str, int]:
    """Feature -> the earliest of the ``origins`` that could know it, where it is not the first; from one block."""
    found: dict[str, int] = {}
    begun: set[str] = set()
    reported = None
    for place, origin in enumerate(sorted(origins)):
        if reported != (reported := told_before(prepared.beginnings, origin)):
            past = _past(prepared, block, origin)
            names = set(_features(prepared, config, block, around, past, reported).frame.columns)
            found |= dict.fromkeys(names - begun, origin) if place else {}
            begun |= names
    return found


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
        value=_concatenated([panel.value for panel in panels], order),
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


def _causes_from(prepared: PreparedBook, config: Config) -> int | None:
    return None if prepared.first_cause is None else prepared.first_cause - config.time.horizon_periods + 1


def _past(prepared: PreparedBook, block: Block, origin: int) -> Past:
    as_of = prepared.grid.start_of(origin)
    return past_of(block.cube, origin, as_of, block.first_day, block.facilities, block.opportunities)


def _surroundings(prepared: PreparedBook, around: PanelContext, block: Block, origin: int) -> dict[str, FeatureContext]:
    as_of = prepared.grid.start_of(origin)
    return {
        column: FeatureContext(
            past=past_of(context.cube, origin, as_of, np.full(context.cube.clients, NEVER, dtype=np.int32), None),
            place=context.places(block.attributes[column]),
        )
        for column, context in around.contexts.items()
    }


def _features(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, past: Past, reported: frozenset[str]
) -> Features:
    """What the block's clients look like after their ``past``, of what the book had begun to tell: ``reported``."""
    origin, macro = prepared.grid.index_of(past.as_of), around.macro if "macro" in reported else None
    known = FeatureInputs(
        past=past.of_tables(reported),
        settings=config.features,
        activity_periods=config.time.activity_periods,
        horizon_periods=config.time.horizon_periods,
        currency=config.book.currency,
        labels=labels_of(config, prepared.tones),
        attributes=block.attributes,
        group=block.group,
        groups_known=GROUPS in reported,
        context_past=_surroundings(prepared, around, block, origin),
        macro=None if macro is None else macro.known_before(origin),
        country=_NOWHERE if macro is None else macro.places(block.attributes["country"]),
    )
    return features_of(known)


def _rows(
    prepared: PreparedBook,
    config: Config,
    block: Block,
    around: PanelContext,
    origin: int,
    reported: frozenset[str],
    *,
    targets: bool,
) -> Panel:
    past = _past(prepared, block, origin)
    active = past.count(ACTIVITY, config.time.activity_periods) > 0
    features = _features(prepared, config, block, around, past, reported)
    panel = Panel(
        client_id=block.client_id,
        origin=np.full(past.clients, origin, dtype=np.int64),
        group=block.group_key,
        features=features.frame,
        units=features.units,
        words=features.words,
        grid=prepared.grid,
        grouped=block.grouped,
        causes_from=_causes_from(prepared, config),
    )
    if targets:
        after = Afterwards(prepared=prepared, config=config, block=block, past=past, origin=origin, last=around.last)
        panel = replace(panel, **vars(after.outcomes()))
    return panel.where(active)
