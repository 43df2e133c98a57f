"""The map of the code is that of its imports, and names every part."""

from __future__ import annotations

from support.code_map import BEGIN, END, PAGE, ROOT, code_map, drawn_page


def test_the_map_is_of_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    assert drawn_page(text) == text, "draw it anew: python -m support.code_map (in tests/)"


def test_the_map_names_every_part_once() -> None:
    source = ROOT / "src" / "models"
    parts = {*(file.stem for file in source.glob("*.py")), *(file.parent.name for file in source.glob("*/__init__.py"))}
    named = [line.split()[0] for line in code_map().splitlines()[1:-1] if line[0] != " "]
    assert sorted(named) == sorted(parts - {"__init__"})
