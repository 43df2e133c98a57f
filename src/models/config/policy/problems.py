"""Collects several mistakes of one policy section into one error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pydantic_core import PydanticCustomError

from models.errors import UserError

EXAMPLES = 3
PROBLEMS = "problems"
"""The entry of an error's context under which ``refuse`` hands its problems on."""


def refuse(problems: Sequence[UserError]) -> None:
    """Fail the section that is being checked with all its problems, if there are any."""
    if problems:
        raise PydanticCustomError(
            "policy", "{text}", {"text": "; ".join(str(problem) for problem in problems), PROBLEMS: tuple(problems)}
        )


def located(place: str, problems: Iterable[UserError]) -> Iterator[UserError]:
    """The same problems, each with the place where it was found."""
    for problem in problems:
        yield UserError(rule=f"{place}: {problem.rule}", got=problem.got, remedy=problem.remedy)


def unknown_name(what: str, name: str, known: Iterable[str]) -> UserError:
    """A name that nothing carries, with the nearest one that something does."""
    listed = sorted(known)
    close = difflib.get_close_matches(name, listed, n=1, cutoff=0.5)
    remedy = f"did you mean {close[0]}?" if close else f"known are {', '.join(listed) or 'none'}"
    return UserError(rule=f"{what} must be known", got=repr(name), remedy=remedy)


def some_of(examples: Iterable[str], total: int) -> str:
    """The first few of ``total`` examples in words.

    >>> some_of(["a", "b", "c", "d"], 4)
    'a; b; c; and 1 more'
    """
    shown = list(islice(examples, EXAMPLES))
    more = total - len(shown)
    return "; ".join([*shown, *([f"and {more} more"] if more else [])])
