"""A record of equally long arrays: the form in which the simulator holds clients, facilities and the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]
Same = TypeVar("Same", bound="Columns")


@dataclass(kw_only=True)
class Columns:
    """Base of such records: every field is an array of shape (n,)."""

    def __len__(self) -> int:
        return len(next(iter(self._arrays().values())))

    def take(self: Same, rows: AnyArray) -> Same:
        """The chosen rows, as a copy; ``rows`` are positions or a mask."""
        return self._changed(lambda values: values[rows])

    def copy(self: Same) -> Same:
        """The same values in new memory."""
        return self._changed(np.copy)

    def tiled(self: Same, times: int) -> Same:
        """All rows, ``times`` over."""
        return self._changed(lambda values: np.tile(values, times))

    def joined(self: Same, others: Same) -> Same:
        """These rows and then the others."""
        return type(self).stacked([self, others])

    @classmethod
    def stacked(cls: type[Same], parts: Sequence[Same]) -> Same:
        """All rows of at least one part, in order."""
        arrays = [part._arrays() for part in parts]
        return cls(**{name: np.concatenate([each[name] for each in arrays]) for name in arrays[0]})

    def _arrays(self) -> dict[str, AnyArray]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _changed(self: Same, change: Callable[[AnyArray], AnyArray]) -> Same:
        return type(self)(**{name: change(values) for name, values in self._arrays().items()})
