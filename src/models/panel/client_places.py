"""Places of clients in a block: which of a book it holds, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.vocab import IntArray


@dataclass(frozen=True)
class ClientPlaces:
    """The numbers of a block's clients, rising: all of the block, which then follow one another, or some."""

    numbers: IntArray
    all: bool

    def rows(self, table: pa.Table) -> pa.Table:
        """The rows of a table that are of these clients."""
        if self.all or not table.num_rows:
            return table
        return table.filter(
            pc.is_in(table["client"], value_set=pa.array(self.numbers, table.schema.field("client").type))
        )

    def of(self, client: NDArray[np.integer[Any]]) -> IntArray:
        """Where these clients stand in the block."""
        if self.all:
            return np.asarray(client - self.numbers[0], dtype=np.int64)
        return np.searchsorted(self.numbers, client)
