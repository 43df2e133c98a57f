"""Numbers of sponsor groups that never change, and how groups are dealt into parts; nothing of a client is known here.

A number that ranks the groups of a whole book changes with every group that comes later, and with it would all that was
fitted before. A number made from the group's own id does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.vocab import IntArray

_SHIFTS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
"""The rounds of splitmix64. Source: Steele, Lea and Flood (2014)."""
_LAST_SHIFT = 31


def group_keys(groups: Iterable[str]) -> IntArray:
    """A number for each id of a group, made of its bytes alone: not negative, the same in every book.

    >>> group_keys(["group X", "group Y", "group X"]).tolist()
    [590541681607695279, 7232016546644793455, 590541681607695279]
    """
    digests = b"".join(blake2b(group.encode(), digest_size=8).digest() for group in groups)
    return np.asarray(np.frombuffer(digests, dtype="<u8") >> np.uint64(1), dtype=np.int64)


def keys_of(ids: NDArray[Any], group: IntArray) -> IntArray:
    """The key of each client's group; ``group`` is the place of its first client, whose id stands for all. (n,)."""
    first, of_client = np.unique(group, return_inverse=True)
    return group_keys(ids[first])[of_client]


def dealt(groups: Sequence[IntArray], parts: int, purpose: str) -> list[IntArray]:
    """Which of ``parts`` each row is in, from 0; rows of one group are in one part. Shapes as ``groups``, (n_rows,).

    All groups given are put in the order of a hash of their number and of ``purpose``, so that what is dealt for one
    purpose says nothing of another, and cut into parts of equal size. Give the groups that were known when the fit was
    made, and no others: a group that joins moves those at the cuts.

    >>> halves, = dealt([np.array([7, 8, 7, 9, 10])], 2, "example")
    >>> halves.tolist(), bool(halves[0] == halves[2])
    ([0, 1, 0, 0, 1], True)
    """
    known, place = np.unique(np.concatenate(list(groups)), return_inverse=True)
    rank = np.empty(len(known), dtype=np.int64)
    rank[np.argsort(_mixed(known, purpose), kind="stable")] = np.arange(len(known))
    part = rank[place] * parts // max(len(known), 1)
    return np.split(part, np.cumsum([len(each) for each in groups])[:-1])


def one_in(groups: IntArray, count: int, purpose: str) -> NDArray[np.bool_]:
    """About one in ``count`` groups, each chosen or not whatever the others are. (n_rows,) -> (n_rows,).

    >>> bool(one_in(np.arange(50), 1, "example").all())
    True
    """
    return np.asarray(_mixed(groups, purpose) % np.uint64(count) == 0)


def _mixed(numbers: IntArray, purpose: str) -> NDArray[np.uint64]:
    """Numbers that look drawn by chance, other ones for each purpose; equal for equal numbers only. (n,) -> (n,)."""
    salt = np.frombuffer(blake2b(purpose.encode(), digest_size=8).digest(), dtype="<u8")[0]
    mixed = numbers.astype(np.uint64) ^ salt
    for shift, factor in _SHIFTS:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(_LAST_SHIFT)))
