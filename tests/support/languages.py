"""The languages that the package speaks, for tests that look at all of them, and every text of the code.

    python -m support.languages fr > ../src/models/texts/fr.po

begins the catalogue of a language: every text, without a translation.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import nodes

import models
from models.shell.html import environment
from models.text import ENGLISH, Language, Phrase

CHINESE = Language("zh")
FRENCH = Language("fr")
FRENCH_HEAD = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
SOURCES = Path(str(models.__file__)).parent


class TextKey(NamedTuple):
    """By what a catalogue knows a text."""

    context: str
    english: str
    plural: str = ""

    def entry(self, *said: str) -> str:
        """What a catalogue says of it: one sentence, or one for each number that a language tells apart."""
        lines = [f'msgctxt "{_escaped(self.context)}"'] if self.context else []
        lines.append(f'msgid "{_escaped(self.english)}"')
        if self.plural:
            lines.append(f'msgid_plural "{_escaped(self.plural)}"')
            lines += [f'msgstr[{place}] "{_escaped(each)}"' for place, each in enumerate(said)]
        else:
            lines.append(f'msgstr "{_escaped(said[0])}"')
        return "\n".join(lines) + "\n"


def in_both(phrase: Phrase) -> tuple[str, str]:
    """A phrase in English and in Chinese."""
    return phrase.within(ENGLISH), phrase.within(CHINESE)


def texts_of_the_code() -> set[TextKey]:
    """Every text that any module or template makes. Raises ``AssertionError`` for one that is not written out there."""
    in_code = {key for file in SOURCES.rglob("*.py") for key in texts_in(file.read_text(encoding="utf-8"))}
    return in_code | {key for file in SOURCES.rglob("*.html") for key in texts_on(file.read_text(encoding="utf-8"))}


def texts_on(template: str) -> Iterator[TextKey]:
    """The texts that one template of a page makes by ``_``."""
    for call in environment().parse(template).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "_":
            named = {each.key: each.value for each in call.kwargs if each.key in {"context", "plural"}}
            given = dict(zip(("english", "context", "plural"), call.args, strict=False)) | named
            parts = {name: each.value for name, each in given.items() if isinstance(each, nodes.Const)}
            assert parts.keys() == given.keys(), f"a text must be written out: {call}"
            yield TextKey(parts.get("context", ""), parts["english"], parts.get("plural", ""))


def texts_in(source: str) -> Iterator[TextKey]:
    """The texts that one module makes."""
    tree = ast.parse(source)
    if not _knows_texts(tree):
        return
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id == "Text":
            named = {str(keyword.arg): keyword.value for keyword in call.keywords}
            given = dict(zip(("english", "context"), call.args, strict=False)) | named
            parts = {name: value.value for name, value in given.items() if isinstance(value, ast.Constant)}
            assert parts.keys() == given.keys(), f"a text must be written out: {ast.unparse(call)}"
            yield TextKey(parts.get("context", ""), parts["english"], parts.get("plural", ""))


def catalogue(file: Path) -> Catalog:
    """A catalogue as translators write it."""
    with file.open("rb") as source:
        return read_po(source, abort_invalid=True)


def _knows_texts(tree: ast.Module) -> bool:
    """Whether ``Text`` is ours; the one of terminals has the same name."""
    return any(
        (isinstance(node, ast.ClassDef) and node.name == "Text")
        or (isinstance(node, ast.ImportFrom) and node.module == "models.text" and "Text" in _names(node))
        for node in tree.body
    )


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main() -> None:
    """Write a catalogue without translations."""
    head = [
        "Content-Type: text/plain; charset=utf-8",
        f"Language: {sys.argv[1]}",
        "Plural-Forms: nplurals=2; plural=(n != 1);",
    ]
    lines = "\n".join(f'"{_escaped(line)}\\n"' for line in head)
    entries = (key.entry("", "") if key.plural else key.entry("") for key in sorted(texts_of_the_code()))
    sys.stdout.write("\n".join([f'msgid ""\nmsgstr ""\n{lines}\n', *entries]))


if __name__ == "__main__":
    main()
