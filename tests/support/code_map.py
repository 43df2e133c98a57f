"""The map of the code in CONTRIBUTING.md, drawn from its imports.

``python -m support.code_map`` (in ``tests/``) draws it anew.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- map: begin -->", "<!-- map: end -->"
_PACKAGE = "models"
_WIDTH = 118


def drawn_page(text: str) -> str:
    """The page with the map of today in the place of the one that it holds."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{code_map()}\n{END}{rest.partition(END)[2]}"


def code_map() -> str:
    """A line for each part of the package, from the top down: its modules, and the parts that it imports.

    A part that is imported on the way to another is left out: who imports ``run`` has ``training`` by it.
    """
    graph = grimp.build_graph(_PACKAGE, cache_dir=None)
    parts = sorted(part.removeprefix(f"{_PACKAGE}.") for part in graph.find_children(_PACKAGE))
    imports = {part: set(_imported(graph, part, parts)) for part in parts}
    lines = [
        line
        for part in _layers()
        for line in _lines(part, 1 + len(graph.find_descendants(f"{_PACKAGE}.{part}")), _nearest(part, imports))
    ]
    return "\n".join(["```text", *lines, "```"])


def _imported(graph: grimp.ImportGraph, part: str, parts: list[str]) -> Iterator[str]:
    whole = f"{_PACKAGE}.{part}"
    for module in {whole, *graph.find_descendants(whole)}:
        for name in graph.find_modules_directly_imported_by(module):
            root, _, below = name.partition(".")
            other = below.partition(".")[0]
            if root == _PACKAGE and other in parts and other != part:
                yield other


def _nearest(part: str, imports: Mapping[str, set[str]]) -> list[str]:
    """What a part imports that none of its other imports comes to."""
    farther = set().union(*(_reached(other, imports) for other in imports[part]))
    return sorted(imports[part] - farther)


def _reached(part: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = {*imports[part]}
    while ahead:
        found |= ahead
        ahead = set().union(*(imports[other] for other in ahead)) - found
    return found


def _layers() -> list[str]:
    """All parts from the top down, as the contract of layers lists them."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tools["importlinter"]["contracts"][0]["layers"]
    return [part.strip() for layer in layers for part in layer.replace(":", "|").split("|")]


def _lines(part: str, modules: int, imported: list[str]) -> Iterator[str]:
    """What is said of a part, broken where a line would be too long."""
    yield from textwrap.wrap(
        f"{part:<14}{modules:>4}  {'-> ' if imported else ''}{' '.join(imported)}",
        _WIDTH,
        subsequent_indent=" " * 23,
        drop_whitespace=True,
        break_long_words=False,
    )


if __name__ == "__main__":
    PAGE.write_text(drawn_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
