"""The same scores come out wherever blocks are scored: one after the other here, or shared by processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator

import pytest

from models.errors import UserError
from models.workers import Each, Here, Mapper, Processes


class Opening:
    """Work that opens something for the first item and serves the others with it."""

    def __init__(self) -> None:
        self.opened = 0

    def __call__(self, items: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        self.opened = self.opened or os.getpid()
        return ((item * item, self.opened, os.getpid()) for item in items)


def refused(item: int) -> int:
    if item == 3:
        raise UserError(rule="a block must be whole", got=item, remedy="restore it")
    return item


@pytest.mark.parametrize("mapper", [Here(), Processes(1), Processes(3)], ids=repr)
def test_results_come_in_the_order_of_the_items(mapper: Mapper) -> None:
    found = list(mapper.map(Opening(), range(20), shares=20))
    assert [square for square, _, _ in found] == [item * item for item in range(20)]
    assert all(opener == worker for _, opener, worker in found), "each worker opens for itself, once"


@pytest.mark.parametrize("mapper", [Here(), Processes(2)], ids=repr)
def test_an_error_comes_back_as_it_was_raised(mapper: Mapper) -> None:
    with pytest.raises(UserError, match="a block must be whole, got 3: restore it"):
        list(mapper.map(Each(refused), range(6), shares=6))


def test_work_too_small_to_share_stays_here() -> None:
    for mapper, shares in ((Processes(4), 1), (Processes(4), 0), (Processes(1), 9), (Here(), 9)):
        assert mapper.workers(shares) == 1
        assert {pid for _, _, pid in mapper.map(Opening(), range(4), shares=shares)} == {os.getpid()}
    assert Processes(4).workers(3) == 3
    assert os.getpid() not in {pid for _, _, pid in Processes(2).map(Opening(), range(4), shares=2)}


def test_no_items_are_no_work() -> None:
    assert list(Processes(2).map(Each(refused), (), shares=5)) == []


@pytest.mark.parametrize("mapper", [Here(), Processes(1), Processes(2)], ids=repr)
def test_what_goes_on_beside_gives_its_result_or_its_error(mapper: Mapper) -> None:
    with mapper.beside(refused, 5, shares=2) as found:
        assert list(mapper.map(Each(refused), (1, 2), shares=1)) == [1, 2]
        assert found() == 5
    with mapper.beside(refused, 3, shares=2) as found, pytest.raises(UserError, match="a block must be whole, got 3"):
        found()


def process_of(_: object) -> int:
    return os.getpid()


def test_only_what_is_worth_a_process_goes_on_beside() -> None:
    for mapper, shares in ((Processes(2), 1), (Processes(1), 2), (Here(), 2)):
        with mapper.beside(process_of, None, shares=shares) as found:
            assert found() == os.getpid()
    with Processes(2).beside(process_of, None, shares=2) as found:
        assert found() != os.getpid()


def test_what_goes_on_beside_ends_with_an_error() -> None:
    with pytest.raises(UserError, match="a block must be whole, got 3"), Processes(2).beside(time.sleep, 600, shares=2):
        refused(3)
