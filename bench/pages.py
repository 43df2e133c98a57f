"""Pages of figures: what a bench measured is put between the marks of its page; the words around it stay."""

from __future__ import annotations

from pathlib import Path

MARKS = "<!-- figures: begin -->", "<!-- figures: end -->"


def put_figures(page: Path, text: str) -> None:
    """Put ``text`` in the place of the figures of a page."""
    head, rest = page.read_text(encoding="utf-8").split(MARKS[0])
    _, tail = rest.split(MARKS[1])
    page.write_text(f"{head}{MARKS[0]}\n{text}\n{MARKS[1]}{tail}", encoding="utf-8")
