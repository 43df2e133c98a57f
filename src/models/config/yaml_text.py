"""The one way YAML is read: what another reader would understand otherwise, or what never ends, is refused by line.

Beyond ``yaml.SafeLoader``: a key stands once, aliases expand to a bounded size, nesting is bounded, ``yes``, ``no``,
``on`` and ``off`` are text (``NO`` is Norway), and numbers that editions of YAML read differently are refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from models.encodings import marked_encoding, not_utf8, utf8_break
from models.errors import UserError

MAX_DEPTH = 40
"""Mappings and lists within each other; the deepest setting of a config stands at 8."""
MAX_VALUES = 100_000
"""Keys and values that a text may hold once its aliases are written out."""
_BOOL, _MERGE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge"
_TRUTH = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_LEADING_ZERO = re.compile(r"^[-+]?0[0-9_]+$")
_SIXTIES = re.compile(r"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$")


class _Loader(yaml.SafeLoader):
    """``SafeLoader`` that takes for truth only the words for it that cannot be text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, _TRUTH, list("tTfF"))


def read_yaml(text: str | bytes, what: str) -> Any:
    """The content of one YAML document; ``what`` is how messages call it.

    Bytes must be UTF-8. Raises ``UserError`` with the line of the first thing that is wrong.

    >>> read_yaml("{country: NO, open: true, from: 2024-01-01}", "the config")
    {'country': 'NO', 'open': True, 'from': datetime.date(2024, 1, 1)}
    """
    text = text if isinstance(text, str) else _decoded(text, what)
    try:
        _require_shallow(text, what)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _Inspection(what).size_of(node)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _broken(error, what) from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:  # PyYAML's own, of e.g. 2024-02-30
        raise UserError(
            rule=f"{what} must be YAML", got=str(error).splitlines()[0][:200], remedy="mend the value"
        ) from error


def _decoded(data: bytes, what: str) -> str:
    if marked_encoding(data) not in (None, "utf-8-sig"):
        raise UserError(
            rule=f"{what} must be in UTF-8", got=str(marked_encoding(data)).upper(), remedy="save it as UTF-8"
        )
    if utf8_break(data) is not None:
        raise not_utf8(what, data)
    return data.decode("utf-8-sig")


def _require_shallow(text: str, what: str) -> None:
    """By events, which do not recurse: composing would, until Python gives up."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _refused(
                event, what, f"must not nest deeper than {MAX_DEPTH} levels", "more", "mend its brackets or indentation"
            )


class _Inspection:
    """Looks at each node of a document once, however many aliases lead to it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._sizes: dict[int, int | None] = {}

    def size_of(self, node: yaml.Node) -> int:
        """Keys and values below a node with every alias written out."""
        if id(node) not in self._sizes:
            self._sizes[id(node)] = None
            self._sizes[id(node)] = self._looked_at(node)
        size = self._sizes[id(node)]
        if size is None or size > MAX_VALUES:
            raise _refused(
                node,
                self._what,
                f"must not hold more than {MAX_VALUES:,} values once its aliases are written out",
                "more" if size else "an alias within what it names",
                "write out what is meant",
            )
        return size

    def _looked_at(self, node: yaml.Node) -> int:
        if isinstance(node, yaml.ScalarNode):
            self._require_one_meaning(node)
            return 1
        if isinstance(node, yaml.MappingNode):
            self._require_single_keys(node)
            return 1 + sum(self.size_of(child) for pair in node.value for child in pair)
        return 1 + sum(self.size_of(child) for child in node.value)

    def _require_single_keys(self, node: yaml.MappingNode) -> None:
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            name = (key.tag, key.value)
            if name in lines:
                rule = f"must have each key once in its section, {key.value} stands in line {lines[name]}"
                raise _refused(key, self._what, rule, f"{key.value} again", "join the two, or remove one")
            lines[name] = key.start_mark.line + 1

    def _require_one_meaning(self, node: yaml.ScalarNode) -> None:
        if node.style is not None:  # in quotes, or a block: text
            return
        if _LEADING_ZERO.match(node.value) or _SIXTIES.match(node.value):
            raise _refused(
                node,
                self._what,
                "must not hold numbers that editions of YAML read differently",
                node.value,
                f"write the number plainly, or '{node.value}' in quotes where text is meant",
            )


def _refused(place: yaml.Node | yaml.Event, what: str, rule: str, got: str, remedy: str) -> UserError:
    where = f" in line {place.start_mark.line + 1}" if place.start_mark else ""
    return UserError(rule=f"{what} {rule}", got=f"{got}{where}", remedy=remedy)


def _broken(error: yaml.YAMLError, what: str) -> UserError:
    """PyYAML's error in one line, without the lines of the text that it quotes."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).splitlines()[0]
    where = f" in line {mark.line + 1}" if mark else ""
    return UserError(rule=f"{what} must be YAML", got=f"{said}{where}", remedy="mend its syntax")
