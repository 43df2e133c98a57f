"""Builds the panel block by block from a prepared book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from models.book.state_tables import COUNTRIES
from models.config.privacy import PrivacyConfig
from models.config.root import Config
from models.panel.beginnings import GROUPS, told_before
from models.panel.block import Block, Context
from models.panel.blocks import PreparedBook
from models.panel.cube import NEVER
from models.panel.cutoff import Past, past_of
from models.panel.features.beginning import beginning_features
from models.panel.features.families import Family, features_of, frame_of, plugged_families
from models.panel.features.inputs import FeatureContext, FeatureInputs
from models.panel.features.labels import Labels, labels_of
from models.panel.macro import Macro
from models.panel.memory import Memory
from models.panel.outcomes import Afterwards
from models.panel.panel import Panel, joined
from models.panel.reach import InReach, active_before, began_on, known_before, may_be_processed, starts_cold, was_one
from models.vocab import BoolArray

Built_co = TypeVar("Built_co", covariant=True)
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
    countries: Macro | None
    contexts: Mapping[str, Context]
    labels: Labels
    families: Mapping[str, Family] = field(default_factory=dict)
    """What plug-ins bring, by their names."""

    @classmethod
    def of(cls, prepared: PreparedBook, config: Config, last: int) -> PanelContext:
        """Everything up to the period before ``last``, in one pass over the ledger."""
        economies = {"macro": prepared.macro(last), "countries": prepared.countries(last)}
        return cls(
            last=last,
            **economies,
            contexts=prepared.contexts(last),
            labels=labels_of(config, prepared.tones),
            families=plugged_families(config.features),
        )


def in_reach_of(
    prepared: PreparedBook, config: Config, origins: Sequence[int], *, targets: bool, until: int | None = None
) -> InReach:
    """The same as ``panel_of``, and the clients that start cold at each of ``origins``."""
    end, build = _end(config, origins, targets=targets, until=until), partial(in_reach_of_block, targets=targets)
    parts = list(_each_block(prepared, config, origins, end, build))
    return InReach(
        active=joined([replace(part.active, features_from=begun) for part, begun in parts]),
        cold=joined([replace(part.cold, features_from=begun) for part, begun in parts]),
    )


def panels_by_block(
    prepared: PreparedBook,
    config: Config,
    origins: Sequence[int],
    *,
    targets: bool,
    until: int | None = None,
) -> Iterator[Panel]:
    """One panel per block of clients; memory is bounded by the block."""
    end, build = _end(config, origins, targets=targets, until=until), partial(panel_of_block, targets=targets)
    for panel, begun in _each_block(prepared, config, origins, end, build):
        yield replace(panel, features_from=begun)


def panel_of_block(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, origins: Sequence[int], *, targets: bool
) -> Panel:
    """The active clients of a block at each of ``origins``, in order of origin and client.

    Features are those that the latest origin, or the day from which the book's periods are counted, could know.
    """
    rows = _rows_at(prepared, config, block, around, origins, targets=targets)
    return joined([each.panel.where(each.active) for each in rows])


def in_reach_of_block(
    prepared: PreparedBook,
    config: Config,
    block: Block,
    around: PanelContext,
    origins: Sequence[int],
    *,
    targets: bool,
    cold_at: Collection[int] | None = None,
    known_at: Collection[int] = (),
) -> InReach:
    """The same, and the clients of the block that start cold at each of ``origins``, or of those in ``cold_at``.

    Beside them all whom anybody knew at the origins in ``known_at``, in reach or not.
    """
    active, cold, known = [], [], []
    for origin, rows in zip(
        sorted(origins), _rows_at(prepared, config, block, around, origins, targets=targets), strict=True
    ):
        active.append(rows.panel.where(rows.active))
        if cold_at is None or origin in cold_at:
            cold.append(rows.cold)
        if origin in known_at:
            known.append(rows.known)
    refused = block.client_id[~may_be_processed(block, config.privacy)]
    return InReach(
        active=joined(active),
        cold=joined(cold),
        known=joined(known) if known else None,
        refused=tuple(refused.to_list()),
    )


def _end(config: Config, origins: Sequence[int], *, targets: bool, until: int | None) -> int:
    end = max(origins) + (config.time.horizon_periods if targets else 0)
    return end if until is None else min(end, until)


class _BlockBuilder(Protocol[Built_co]):
    """Builds something of a block at some origins."""

    def __call__(
        self, prepared: PreparedBook, config: Config, block: Block, around: PanelContext, origins: Sequence[int]
    ) -> Built_co:
        """What was built."""


def _each_block(
    prepared: PreparedBook, config: Config, origins: Sequence[int], end: int, build: _BlockBuilder[Built_co]
) -> Iterator[tuple[Built_co, Mapping[str, int]]]:
    """What is built of each block, beside ``_features_from``."""
    around = PanelContext.of(prepared, config, end)
    begun: Mapping[str, int] | None = None
    for block in prepared.blocks(prepared.block_numbers, around.last):
        built = build(prepared, config, block, around, origins)
        begun = _features_from(prepared, config, block, around, origins) if begun is None else begun
        yield built, begun


def rows_of_clients(
    prepared: PreparedBook, config: Config, around: PanelContext, clients: Sequence[str], origins: Sequence[int]
) -> list[Panel]:
    """These clients, and others of their groups, at each of ``origins`` after the first period, in parts.

    ``around`` reaches as far as the latest origin or farther.
    """
    known = [origin for origin in origins if origin > prepared.first_period]
    if not known:
        return []
    narrowed = replace(prepared, memory=Memory()).narrowed_to(clients)
    return [
        panel_of_block(narrowed, config, narrowed.block(number, around.last), around, known, targets=False)
        for number in narrowed.block_numbers
    ]


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
            names = set(
                features_of(_inputs(prepared, config, block, around, past, reported), around.families).frame.columns
            )
            found |= dict.fromkeys(names - begun, origin) if place else {}
            begun |= names
    return found


def _causes_from(prepared: PreparedBook, config: Config) -> int | None:
    return None if prepared.first_cause is None else prepared.first_cause - config.time.horizon_periods + 1


def _past(prepared: PreparedBook, block: Block, origin: int) -> Past:
    as_of = prepared.grid.start_of(origin)
    terms = (block.facilities, block.opportunities)
    return past_of(block.cube, origin, as_of, block.first_day, *terms, reports=block.reports)


def _surroundings(prepared: PreparedBook, around: PanelContext, block: Block, origin: int) -> dict[str, FeatureContext]:
    as_of = prepared.grid.start_of(origin)
    return {
        column: FeatureContext(
            past=past_of(context.cube, origin, as_of, np.full(context.cube.clients, NEVER, dtype=np.int32), None),
            place=context.places(block.attributes[column]),
        )
        for column, context in around.contexts.items()
    }


def _inputs(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, past: Past, reported: frozenset[str]
) -> FeatureInputs:
    """What is known of the block's clients after their ``past``, of what the book had begun to tell: ``reported``."""
    origin, macro = prepared.grid.index_of(past.as_of), around.macro if "macro" in reported else None
    countries = around.countries if COUNTRIES in reported else None
    return FeatureInputs(
        past=past.of_tables(reported),
        settings=config.features,
        own=config.book.own,
        credit=config.credit,
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
        countries=None if countries is None else countries.known_before(origin),
        risk_country=_NOWHERE if countries is None else countries.places(block.attributes["country"]),
    )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """All clients of a block at one origin, also those that nobody knew yet."""

    panel: Panel
    past: Past
    inputs: FeatureInputs
    block: Block
    activity_periods: int
    privacy: PrivacyConfig

    @property
    def allowed(self) -> BoolArray:
        return may_be_processed(self.block, self.privacy) & was_one(self.past, self.block)

    @property
    def active(self) -> BoolArray:
        return active_before(self.past, self.activity_periods) & self.allowed

    @property
    def known(self) -> Panel:
        return self.panel.where(known_before(self.past, self.block))

    @property
    def cold(self) -> Panel:
        """Those that start cold, with how they began."""
        chosen = starts_cold(self.past, self.block, self.activity_periods) & self.allowed
        began = frame_of(beginning_features(self.inputs, began_on(self.block)))
        panel = replace(
            self.panel,
            features=pd.concat([self.panel.features, began.frame], axis=1),
            units={**self.panel.units, **began.units},
            words={**self.panel.words, **began.words},
        )
        return panel.where(chosen)


def _rows_at(
    prepared: PreparedBook, config: Config, block: Block, around: PanelContext, origins: Sequence[int], *, targets: bool
) -> Iterator[_Rows]:
    reported = told_before(prepared.beginnings, max(0, *origins))
    for origin in sorted(origins):
        past = _past(prepared, block, origin)
        inputs = _inputs(prepared, config, block, around, past, reported)
        features = features_of(inputs, around.families)
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
            after = Afterwards(
                prepared=prepared, config=config, block=block, past=past, origin=origin, last=around.last
            )
            panel = replace(panel, **vars(after.outcomes()))
        yield _Rows(
            panel=panel,
            past=past,
            inputs=inputs,
            block=block,
            activity_periods=config.time.activity_periods,
            privacy=config.privacy,
        )
