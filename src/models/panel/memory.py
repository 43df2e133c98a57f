"""Memory for large arrays that come and go, used again as soon as nobody looks at them."""

from __future__ import annotations

import math
import weakref
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_ROUND_UP = 1 << 22
"""Blocks of clients differ a little in size; rounded up, memory of one fits the next."""

Number = TypeVar("Number", bound=np.generic)


class Memory:
    """Hands out arrays and takes their memory back when the last view of them is gone.

    Cubes are made one after the other, and to touch new memory costs as much as to fill it: the system must first
    clear every page.

    >>> memory = Memory()
    >>> view = memory.array((2, 3), np.int64)[0]
    >>> memory.waiting
    0
    >>> del view
    >>> memory.waiting
    1
    """

    def __init__(self) -> None:
        self._pieces: dict[int, list[NDArray[np.uint8]]] = {}

    @property
    def waiting(self) -> int:
        """How many pieces of memory wait to be used again."""
        return sum(map(len, self._pieces.values()))

    def array(self, shape: tuple[int, ...], kind: type[Number]) -> NDArray[Number]:
        """An array that holds anything, as from ``numpy.empty``."""
        count = math.prod(shape)
        size = -(-count * np.dtype(kind).itemsize // _ROUND_UP) * _ROUND_UP
        same_size = self._pieces.setdefault(size, [])
        try:
            piece = same_size.pop()
        except IndexError:
            piece = np.empty(size, dtype=np.uint8)
        lent = np.frombuffer(piece.data, dtype=kind, count=count)
        weakref.finalize(lent, same_size.append, piece).atexit = False  # views keep ``lent`` alive, not ``piece``
        return lent.reshape(shape)
