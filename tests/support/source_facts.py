"""Facts about the source tree, read from its syntax: imports, names, docstrings and public signatures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
ROLES = frozenset(
    {"command", "job", "page", "terminal", "plots", "text", "report", "compute", "rules", "settings", "registry"}
    | {"apps", "models", "urls", "views", "forms", "admin", "wsgi", "middleware"}  # of Django's
)
"""File names that stand for a role, the same in every capability."""
_FREE_FORM = re.compile(r"\b(dict|Mapping)\[str, Any\]")


@dataclass(frozen=True)
class Module:
    """One module of the package: its dotted name, file and text."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text)

    @property
    def is_package(self) -> bool:
        """Whether it is the ``__init__`` of a folder."""
        return self.path.name == "__init__.py"

    @property
    def lines(self) -> int:
        """Lines of the file."""
        return self.text.count("\n")

    @property
    def docstring(self) -> str:
        """The docstring of the module, in one line."""
        return " ".join((ast.get_docstring(self.tree) or "").split())

    def imported(self, known: Mapping[str, Module]) -> set[str]:
        """Modules of the package that this one names in imports, wherever they stand."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = (f"{node.module}.{each.name}" for each in node.names)
                found |= {name if name in known else node.module for name in whole}
            elif isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
        return {name for name in found if name in known and name != self.name}

    def late_imports(self) -> Iterator[int]:
        """Lines of imports inside functions."""
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        yield node.lineno

    def public(self) -> Iterator[ast.FunctionDef | ast.ClassDef]:
        """Functions and classes of the top level whose names do not begin with an underscore."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield node

    def free_form_signatures(self) -> Iterator[str]:
        """Public functions and methods that take or give ``dict[str, Any]``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                notes = [each.annotation for each in (*node.args.args, *node.args.kwonlyargs)]
                if any(_FREE_FORM.search(ast.unparse(note)) for note in (*notes, node.returns) if note):
                    yield f"{self.name}.{node.name}"


def modules() -> dict[str, Module]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name == "migrations":  # written by Django
            continue
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, path.read_text(encoding="utf-8"))
    return found


def longest_chain(imports: Mapping[str, set[str]]) -> list[str]:
    """The longest way down through imports, which have no circles."""
    below: dict[str, list[str]] = {}

    def chain(name: str) -> list[str]:
        if name not in below:
            below[name] = [name, *max((chain(each) for each in imports[name]), key=len, default=[])]
        return below[name]

    return max((chain(name) for name in imports), key=len)


def thin_modules(known: Mapping[str, Module], imports: Mapping[str, set[str]], lines: int) -> list[str]:
    """Modules of fewer ``lines`` that only one other imports and that stand for no role."""
    importers = {name: sum(name in others for others in imports.values()) for name in known}
    return [
        name
        for name, module in known.items()
        if importers[name] == 1
        and module.lines < lines
        and not module.is_package
        and name.rpartition(".")[2] not in ROLES
    ]
