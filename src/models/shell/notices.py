"""Notices as lines of a terminal; light, so that a command that answers within seconds can tell them, too."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from models.notices import Notice, Severity
from models.text import ENGLISH, Language, Text

_WIDTH = 80
SEVERITY_STYLES: Final = {Severity.REFUSED: "bad", Severity.WARNING: "fair", Severity.NOTE: "quiet"}
"""How a page shows each severity."""
_SEVERITIES: Final = {
    Severity.REFUSED: Text("refused", "severity"),
    Severity.WARNING: Text("warning", "severity"),
    Severity.NOTE: Text("note", "severity"),
}


def severity_name(severity: Severity, language: Language = ENGLISH) -> str:
    """What a severity is called."""
    return _SEVERITIES[severity].within(language)


def notice_lines(notices: Iterable[Notice]) -> list[str]:
    """What a run leaves out, assumes or finds implausible, at 80 columns, as the manifest holds it."""
    return [line for notice in notices for line in hanging(f"{notice.severity + ':':<9}", str(notice))]


def hanging(label: str, text: str) -> list[str]:
    """A text at 80 columns, whose lines begin where it begins after its label."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )
