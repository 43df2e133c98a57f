"""The floor under the tests of the rules: how many changed lines of code make one of them fall.

``mutmut run`` leaves what became of each change below ``mutants``; here it is counted. A change that no test can tell
from the code is argued in ``mutants.toml`` beside this file, by what the line was and what it became, and counts for
nothing. Fails below the floor, and names what survived.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.utils.file_utils import walk_mutatable_files

FLOOR = 0.9
ARGUED = Path(__file__).with_name("mutants.toml")
SURVIVED = (0, 33)
"""Exit codes of the tests: none fell, or none runs the code."""


@dataclass(frozen=True)
class Survivor:
    """A change that no test noticed: where, and the lines before and after, without their indent."""

    name: str
    was: str
    became: str


@dataclass(frozen=True)
class Argument:
    """Why a change changes nothing, in each module whose name ends with ``module``."""

    module: str
    was: str
    became: str

    def holds_of(self, survivor: Survivor) -> bool:
        """Whether it speaks of this change."""
        place = survivor.name.rpartition(".")[0]
        return place.endswith(self.module) and self.was in survivor.was and self.became in survivor.became


def arguments(path: Path = ARGUED) -> tuple[Argument, ...]:
    """What is argued, from a file; each with its reason, which must not be empty."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))["argued"]
    if any(not each["because"].strip() for each in found):
        raise ValueError(f"{path.name} must say of each change why it changes nothing")
    return tuple(Argument(each.get("module", ""), each["was"], each["became"]) for each in found)


def results() -> Iterator[tuple[str, Path, int | None]]:
    """Each change that was tried: its name, its file, and how the tests ended; None where they did not run."""
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        yield from ((name, path, code) for name, code in data.exit_code_by_key.items())


def survivor(name: str, path: Path) -> Survivor:
    """What a change changed."""
    lines = [line for line in get_diff_for_mutant(name, path=path).splitlines() if line[:3] not in ("---", "+++")]
    was, became = ("\n".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return Survivor(name, was, became)


def summary(counts: Counter[tuple[Path, bool]]) -> str:
    """One line per module: how many of its changes make a test fall."""
    paths = sorted({path for path, _ in counts})
    rows = [(path, counts[path, True], counts[path, True] + counts[path, False]) for path in paths]
    return "\n".join(f"{killed:5} of {tried:5}  {killed / tried:6.1%}  {path}" for path, killed, tried in rows)


def judged(argued: Iterable[Argument]) -> tuple[Counter[tuple[Path, bool]], list[Survivor]]:
    """How many changes of each file made a test fall (True) or none (False), and those that made none."""
    counts: Counter[tuple[Path, bool]] = Counter()
    left: list[Survivor] = []
    known = tuple(argued)
    for name, path, code in results():
        if code not in SURVIVED:
            counts[path, code is not None] += 1
            continue
        found = survivor(name, path)
        if not any(each.holds_of(found) for each in known):
            counts[path, False] += 1
            left.append(found)
    return counts, left


def main() -> int:
    """Print what survived and the share that did not; 1 below the floor, or where nothing was tried."""
    counts, left = judged(arguments())
    killed, tried = sum(number for (_, fell), number in counts.items() if fell), counts.total()
    for each in left:
        print(f"{each.name}\n  - {each.was}\n  + {each.became}")
    if not tried:
        print("no change was tried: see mutants.log")
        return 1
    print(summary(counts))
    print(f"{killed:,} of {tried:,} changes make a test fall, {killed / tried:.1%}; the floor is {FLOOR:.0%}")
    return 0 if killed >= FLOOR * tried else 1


if __name__ == "__main__":
    sys.exit(main())
