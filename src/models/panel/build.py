"""Builds the panel block by block from a prepared book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.book.measures import ACTIVITY
from models.config.root import Config
from models.panel.beginnings import GROUPS, told_before
from models.panel.block import Block, Context
from models.panel.blocks import PreparedBook
from models.panel.cube import NEVER
from models.panel.cutoff import Past, past_of
from models.panel.features.families import Features, features_of
from models.panel.features.inputs import FeatureContext, FeatureInputs
from models.panel.features.labels import Labels, labels_of
from models.panel.macro import Macro
from models.panel.outcomes import Afterwards
from models.panel.panel import Panel, joined

_NOWHERE = np.empty(0, dtype=np.int64)


def panel_of(
    prepared: PreparedBook, config: Config, origins: Sequence[int], *, targets: bool, until: int | None = None
) -> Panel:
    """The whole book at each of ``origins``, in order of origin and client.

    ``until`` is the period before which outcomes are known, where it lies before the end of the last origin's.
    """
    return joined(list(panels_by_block(prepared, config, origins, targets=targets, until=until)))


@dataclass(frozen=True, kw_only=True)
class PanelContext:
    """What all blocks share, up to one period: the economies, the cubes of clients alike, and the book's labels.

    Outcomes are known before period ``last``.
    """

    last: int
    macro: Macro | None
    contexts: Mapping[str, Context]
    labels: Labels

    @classmethod
    def of(cls, prepared: PreparedBook, config: Config, last: int) -> PanelContext:
        """Everything up to the period before ``last``, in one pass over the ledger."""
        labels = labels_of(config, prepared.tones)
        return cls(last=last, macro=prepared.macro(last), contexts=prepared.contexts(last), labels=labels)


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
    around = PanelContext.of(prepared, config, end if until is None else min(end, until))
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
        labels=around.labels,
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
