"""Detects the encoding of a text from its bytes: byte-order mark, invalid sequences, likely name."""

from __future__ import annotations

import codecs
import re

from models.errors import UnreadableFileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, those of UTF-32 first, which begin as those of UTF-16 do."""
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_MANY_ZEROS = 0.2
"""Text in UTF-16 without a mark holds a zero in nearly every second byte, a damaged file rarely any."""


def marked_encoding(start: bytes) -> str | None:
    """The encoding that a byte order mark at the start of a text states; None without a mark.

    >>> marked_encoding("date".encode("utf-16"))
    'utf-16'
    """
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)


def utf8_break(data: bytes, *, final: bool = True) -> int | None:
    """Offset of the first byte that is not UTF-8; None if there is none.

    Unless ``final``, the last character may be cut. An offset counts from 0.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=final)
    except UnicodeDecodeError as error:
        return error.start
    return None


def probable_encoding(data: bytes) -> str | None:
    """The encoding that bytes which are not UTF-8 were most likely written in; None where they do not tell.

    Chinese text fills whole runs with high bytes, Western text has them one at a time between letters.

    >>> probable_encoding("中国建设银行".encode("gb18030")), probable_encoding("Société Générale".encode("cp1252"))
    ('GB18030', 'Windows-1252')
    """
    if data.count(0) > _MANY_ZEROS * len(data):
        return "UTF-16"
    runs = [len(run) for run in _HIGH_BYTES.findall(data)]
    if not runs:
        return None
    if 2 * sum(length > 1 for length in runs) > len(runs):
        return "GB18030" if _decodes(data, "gb18030") else None
    return "Windows-1252" if _decodes(data, "cp1252") else None


def not_utf8(name: str, data: bytes, *, line: int | None = None) -> UnreadableFileError:
    """What to tell of text that is not UTF-8; ``line`` is where, unless ``data`` begins with the text itself."""
    offset = utf8_break(data) or 0
    where = line if line is not None else data[:offset].count(b"\n") + 1
    likely = probable_encoding(b"\n".join(part for part in data.split(b"\n") if utf8_break(part) is not None))
    guess = f", probably {likely}" if likely else ""
    return UnreadableFileError(
        rule=f"{name} must be in UTF-8",
        got=f"byte 0x{data[offset]:02X} in line {where}{guess}",
        remedy="save it as UTF-8",
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True
