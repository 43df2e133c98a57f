"""JSON files that are safe to show: no text in them acts on a terminal."""

from __future__ import annotations

import json

from models.codec import to_json_text
from models.showable import acted_on


def json_file(report: object) -> str:
    """A report as a file: the same data, with what a terminal would act on as escapes of JSON."""
    text = to_json_text(report, indent=1, ascii_only=False)
    return acted_on(text, lambda sign: json.dumps(sign)[1:-1]) + "\n"
