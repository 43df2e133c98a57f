"""One block of clients as a cube, with facilities, opportunities and context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.panel.cube import Cube
from models.panel.default_events import DefaultEvents
from models.panel.facilities import Facilities
from models.panel.opportunities import Opportunities
from models.panel.reports import Reports
from models.vocab import BoolArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some whole sponsor groups. Shapes (n_clients,); clients in order of group and id."""

    client_id: pd.Series
    group: IntArray
    """Place in the block of the first client of the client's group."""
    group_key: IntArray
    """The group's number in every book, see ``group_keys``."""
    grouped: BoolArray
    """Whether the book names the client's group."""
    attributes: pd.DataFrame
    first_day: NDArray[np.int32]
    cube: Cube
    facilities: Facilities | None
    opportunities: Opportunities | None
    defaults: DefaultEvents | None = None
    """Where the rule of decline asks for them."""
    reports: Mapping[str, Reports] = field(default_factory=dict)
    """State table -> its rows, where the book has it."""


@dataclass(frozen=True)
class Context:
    """The cube of everything that shares a value of one client attribute."""

    values: tuple[str, ...]
    cube: Cube

    def places(self, attribute: pd.Series) -> IntArray:
        """Place of each client's value; -1 where it has none."""
        return np.asarray(pd.Index(self.values).get_indexer(pd.Index(attribute)), dtype=np.int64)
