"""What is printed is no phone: sheets are narrower than a screen, and would else have tables taken apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.shell import html as rendering

PACKAGE = Path(rendering.__file__).parents[1]
TEMPLATES = sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("shell/styles/*.css")])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_no_rule_for_narrow_screens_holds_on_paper(template: Path) -> None:
    queries = re.findall(r"@media ([^{]*)\{", template.read_text(encoding="utf-8"))
    assert all(query.startswith("screen and ") for query in queries if "max-width" in query)
    assert all(query.startswith("print, ") for query in queries if "min-width" in query)


def test_every_page_is_printed_on_a4_with_its_number() -> None:
    base = (PACKAGE / "shell" / "styles" / "base.css").read_text(encoding="utf-8")
    assert "@page { size: A4;" in base
    assert "counter(page)" in base
