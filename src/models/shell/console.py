"""The streams that commands write to: no control character of the data reaches them, any encoding can carry them."""

from __future__ import annotations

import codecs
import json
import os
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from models.showable import acted_on, printable, without_secrets

_PLAIN = {
    **dict.fromkeys("█▉▊▋", "#"),
    **dict.fromkeys("▌▍▎▏", "-"),
    **dict.fromkeys("–—−·•─━╴╸╺", "-"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”", '"'),
    "→": "->", "…": "...", "≥": ">=", "≤": "<=", "×": "x", "≈": "~", "│": "|",
}  # fmt: skip
"""What stands for a sign of ours where the encoding of a stream lacks it."""
_UNKNOWN = "?"
_HANDLER = "clientvalue.plain"


class SafeConsole(Console):
    """A console on which text of the data stays text: its control characters are shown escaped.

    Styles are not part of the text in rich, so whatever is left in a segment came from the data.
    """

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, with nothing in them that the terminal would act on."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


out = SafeConsole()
err = SafeConsole(stderr=True)


class PlainSigns:
    """An error handler of encodings: plain signs instead of those that are lacking; ``lost`` counts the others."""

    def __init__(self) -> None:
        self.lost = 0

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        """What to write instead of the signs that could not be encoded, and where to go on."""
        if not isinstance(error, UnicodeEncodeError):
            raise error
        instead = [self._instead(sign, error.encoding) for sign in error.object[error.start : error.end]]
        return "".join(instead), error.end

    def _instead(self, sign: str, encoding: str) -> str:
        base = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
        for plain in (_PLAIN.get(sign), base):
            if plain and _can_write(plain, encoding):
                return plain
        self.lost += 1
        return _UNKNOWN


signs = PlainSigns()


def prepare_streams() -> None:
    """Let standard output and error carry every text in the encoding that they have, as a redirected file may ask.

    What is written to one that is closed goes nowhere.
    """
    codecs.register_error(_HANDLER, signs)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who started us; the next file to be opened would get its number
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not _is_unicode(stream):
            stream.reconfigure(errors=_HANDLER)


def lost_signs_line() -> str:
    """A sentence on signs that could not be written, empty if there were none."""
    if not signs.lost:
        return ""
    return (
        f"{signs.lost:,} signs cannot be written in {sys.stdout.encoding}, a {_UNKNOWN} stands for each: "
        "set PYTHONIOENCODING=utf-8"
    )


def json_text(data: object) -> str:
    """JSON for a program to read: no secret, no raw control character, only ASCII where the stream is not Unicode."""
    text = json.dumps(_masked(data), indent=2, ensure_ascii=not _is_unicode(sys.stdout), default=str)
    return acted_on(text, lambda sign: json.dumps(sign)[1:-1])


def _masked(data: object) -> object:
    if isinstance(data, str):
        return without_secrets(data)
    if isinstance(data, Mapping):
        return {key: _masked(value) for key, value in data.items()}
    return [_masked(value) for value in data] if isinstance(data, list | tuple) else data


def _is_unicode(stream: TextIO) -> bool:
    return _codec(stream.encoding).startswith("utf")


def _codec(encoding: str | None) -> str:
    return codecs.lookup(encoding or "utf-8").name


def _can_write(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def shown_traceback(error: BaseException) -> Any:
    """The traceback of an error as text without secrets."""
    return printable(without_secrets("".join(traceback.format_exception(error))))
