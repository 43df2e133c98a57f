"""The plan of the source tree holds: imports, names, docstrings and words are as CONTRIBUTING says."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from support.source_facts import longest_chain, modules, thin_modules

MODULES = modules()
IMPORTS = {name: module.imported(MODULES) for name, module in MODULES.items()}
WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
REPOSITORY = Path(__file__).parents[1]
LONGEST_CHAIN = 28
THIN_LINES = 60
AT_MOST = {"thin": 7, "free_form": 43, "riddles": 5, "unused": 6}
"""Places that are left of each kind; a ceiling that only goes down."""
FILES_LEFT = {"told": 2, "contenders": 1, "hindcasts": 1}
"""Files in which a word is a key or a value of JSON that readers know."""


def test_a_behaviour_is_reached_over_few_modules() -> None:
    chain = longest_chain(IMPORTS)
    assert len(chain) <= LONGEST_CHAIN, " > ".join(chain)


def test_a_small_module_is_a_role_or_lives_with_the_one_that_imports_it() -> None:
    thin = thin_modules(MODULES, IMPORTS, THIN_LINES)
    assert len(thin) <= AT_MOST["thin"], thin


def test_imports_inside_functions_go_through_the_lazy_loader() -> None:
    late = [f"{name}:{line}" for name, module in MODULES.items() for line in module.late_imports()]
    assert late == []


def test_a_public_class_name_means_one_thing() -> None:
    homes = defaultdict(list)
    for name, module in MODULES.items():
        for node in module.public():
            homes[node.name].append(name)
    assert {name: places for name, places in homes.items() if len(places) > 1 and name[0].isupper()} == {}


def test_no_public_signature_is_free_form() -> None:
    free = [each for module in MODULES.values() for each in module.free_form_signatures()]
    assert len(free) <= AT_MOST["free_form"], free


def test_a_module_docstring_says_what_the_module_is() -> None:
    riddles = re.compile(r"^(What|How|Who|Which|Whether|Why|When|Where)\b|\belsewhere\b")
    found = [name for name, module in MODULES.items() if riddles.search(module.docstring)]
    assert len(found) <= AT_MOST["riddles"], found


@pytest.mark.parametrize("word", sorted(WORDS))
def test_the_field_has_a_word_of_its_own(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b", re.IGNORECASE)
    found = [name for name, module in MODULES.items() if pattern.search(module.text)]
    assert len(found) <= FILES_LEFT.get(word, 0), f"{word!r} is no term of the field: write {WORDS[word]}; {found}"


def test_what_is_public_is_used() -> None:
    everywhere = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("src", "bench") for path in (REPOSITORY / folder).rglob("*.py")
    )
    counts: dict[str, int] = defaultdict(int)
    for name in re.findall(r"\b[A-Za-z]\w*\b", everywhere):
        counts[name] += 1
    unused = [f"{name}.{node.name}" for name, node in _offered() if counts[node.name] == 1]
    assert len(unused) <= AT_MOST["unused"], unused


def test_the_changelog_says_what_to_do() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased = text.partition("## [Unreleased]")[2].partition("\n## [")[0]
    sections = re.findall(r"^### (.+)$", unreleased, re.MULTILINE)
    assert set(sections) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert len(sections) == len(set(sections)) > 0


def _offered() -> list[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    return [
        (name, node)
        for name, module in MODULES.items()
        for node in module.public()
        if not name.endswith((".apps", ".admin"))
    ]  # Django finds those by their place
