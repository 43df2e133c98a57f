"""Outcomes of active clients as they stood when a part of the horizon was over, without any features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from models.config.root import Config
from models.panel.block import Block
from models.panel.blocks import PreparedBook
from models.panel.cutoff import past_of
from models.panel.outcomes import Afterwards
from models.panel.panel import Panel, joined
from models.panel.reach import active_before, may_be_processed, was_one


def outcomes_at(
    prepared: PreparedBook, config: Config, origins: Sequence[int], elapsed: Sequence[int], *, until: int
) -> dict[int, Panel]:
    """Elapsed periods -> the clients active at each of ``origins`` and what had come of them after so many.

    Outcomes are those of a horizon of so many periods: value is what it brought by then, a decline what it would be,
    had the horizon ended. What does not lie before period ``until`` is not known. Rows are in the order of
    ``panel_of``.
    """
    parts: dict[int, list[Panel]] = {each: [] for each in elapsed}
    for block in prepared.blocks(prepared.block_numbers, until):
        for each, panel in _of_block(prepared, config, block, origins, elapsed, until):
            parts[each].append(panel)
    return {each: joined(panels) for each, panels in parts.items()}


def with_horizon(config: Config, periods: int) -> Config:
    """The same settings with a horizon of so many periods, of which no part is asked for."""
    time = config.time.model_copy(update={"horizon_periods": periods})
    origins = config.origins.model_copy(update={"learn_unfinished": False})
    return config.model_copy(update={"time": time, "origins": origins})


def _of_block(
    prepared: PreparedBook, config: Config, block: Block, origins: Sequence[int], elapsed: Sequence[int], until: int
) -> Iterator[tuple[int, Panel]]:
    for origin in sorted(origins):
        as_of = prepared.grid.start_of(origin)
        past = past_of(block.cube, origin, as_of, block.first_day, block.facilities, block.opportunities)
        allowed = may_be_processed(block, config.privacy) & was_one(past, block)
        active = active_before(past, config.time.activity_periods) & allowed
        bare = Panel(
            client_id=block.client_id,
            origin=np.full(past.clients, origin, dtype=np.int64),
            group=block.group_key,
            grouped=block.grouped,
            features=pd.DataFrame(index=range(past.clients)),
            units={},
            grid=prepared.grid,
        )
        for each in elapsed:
            after = Afterwards(
                prepared=prepared,
                config=with_horizon(config, each),
                block=block,
                past=past,
                origin=origin,
                last=until,
            )
            yield each, replace(bare, **vars(after.outcomes())).where(active)
