"""A CSV file as its table is said to be written; what is not said is found out where it is certain, and reported."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from models.book.sources.compressed import open_bytes
from models.book.sources.csv_files import (
    COMMA,
    PEEKED_BYTES,
    SEPARATOR_LINE,
    SEPARATORS,
    CsvFile,
    Guess,
    beginning_of,
    header_of,
    named,
    require_text,
)
from models.config.reading import ReadConfig
from models.encodings import marked_encoding, probable_encoding, utf8_break
from models.errors import UnreadableFileError
from models.text import Text

UTF8 = "utf-8-sig"
_ZEROS: Final = Text("every second byte is zero, as in UTF-16, and no byte order mark says so")
_NOT_UTF8: Final = Text("byte {byte} in line {line} is not UTF-8")
_PARTED: Final = Text("{sign} parts its header into {count} columns")
_CODECS = {"GB18030": "gb18030", "Windows-1252": "cp1252"}
_LOOKED_AT = 50
"""So many rows must have as many fields as the header before a sign counts as found out."""
_TITLE_ROWS = 20
"""So far down a header is looked for."""


@dataclass(frozen=True, kw_only=True)
class FileEncoding:
    """The encoding of a text; where it was not stated, the guess."""

    encoding: str
    guess: Guess | None = None


def open_written(path: Path, config: ReadConfig, place: str) -> CsvFile:
    """A CSV file with its header read; ``place`` is where its settings stand, such as ``book.read.clients``.

    Raises ``MissingFileError``, and ``UnreadableFileError`` with the setting that would read it.
    """
    start = beginning_of(path)
    found = encoding_of(path, start, config.encoding, place)
    text = start.decode(found.encoding, errors="replace")
    stated = SEPARATOR_LINE.match(text.replace("\r", "\n").partition("\n")[0])
    before = (config.header_row or 1 + bool(stated)) - 1
    delimiter = config.delimiter or (stated.group(1) if stated else COMMA)
    skipped, header = header_of(text, before, delimiter)
    guesses = [found.guess] if found.guess else []
    if not config.delimiter and not stated:
        sign = likely_delimiter(text, before)
        if sign != delimiter:
            _require_steady(path, text, before, sign, place)
            skipped, header = header_of(text, before, sign)
            delimiter = sign
            guesses.append(Guess("delimiter", sign, _PARTED.filled(sign=repr(sign), count=len(header))))
    if config.header_row is None:
        _require_header_first(path, text, before, header, place)
    return CsvFile(
        path=path,
        names=named(header),
        skipped=skipped,
        encoding=found.encoding,
        delimiter=delimiter,
        guessed=tuple(guesses),
    )


def encoding_of(path: Path, start: bytes, stated: str | None, place: str) -> FileEncoding:
    """The encoding of a file that begins with ``start``. Raises ``UnreadableFileError`` where nothing tells it."""
    marked = marked_encoding(start)
    zeros = _zeros_at(start)
    if stated and codecs.lookup(stated).name not in ("utf-16", "utf-8"):
        return FileEncoding(encoding=stated)
    if marked or (stated and not zeros):
        return FileEncoding(encoding=marked or (UTF8 if codecs.lookup(str(stated)).name == "utf-8" else str(stated)))
    if zeros and probable_encoding(start) == "UTF-16":
        return FileEncoding(encoding=zeros, guess=None if stated else Guess("encoding", zeros, _ZEROS))
    require_text(path, start)
    if utf8_break(start, final=False) is not None:
        return guessed_encoding(path, place)
    return FileEncoding(encoding=UTF8)


def guessed_encoding(path: Path, place: str) -> FileEncoding:
    """The encoding of text that is not UTF-8, by its lines that are not. Raises ``UnreadableFileError``."""
    with open_bytes(path) as stream:
        lines = ((number, line) for number, line in enumerate(stream, start=1) if utf8_break(line) is not None)
        broken = list(islice(lines, _LOOKED_AT))
    data = b"".join(line for _, line in broken)
    likely = probable_encoding(data)
    if likely not in _CODECS:
        raise UnreadableFileError(
            rule=f"{path.name} must be in UTF-8, or {place}.encoding must say what it is in",
            got=f"bytes of neither UTF-8, Windows-1252 nor GB18030 in line {broken[0][0] if broken else 1}",
            remedy=f"set {place}.encoding, e.g. to cp1250, big5 or shift_jis",
        )
    first = broken[0]
    byte = f"0x{first[1][utf8_break(first[1]) or 0]:02X}"
    why = _NOT_UTF8.filled(byte=byte, line=first[0])
    return FileEncoding(encoding=_CODECS[likely], guess=Guess("encoding", _CODECS[likely], why))


def late_guess(path: Path, place: str) -> FileEncoding | None:
    """The encoding of a file whose beginning is UTF-8 and whose rest is not; None if all of it is, or nothing tells."""
    try:
        return guessed_encoding(path, place)
    except UnreadableFileError:
        return None


def _zeros_at(start: bytes) -> str | None:
    """UTF-16 by the place of its zero bytes; None without zeros."""
    if b"\x00" not in start:
        return None
    return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"


def likely_delimiter(text: str, before: int = 0) -> str:
    """The sign that parts the header into most columns; the comma where no other does better.

    >>> likely_delimiter("name, first;date;amount")
    ';'
    """
    counts = {sign: len(header_of(text, before, sign)[1]) for sign in (COMMA, *SEPARATORS)}
    return max(counts, key=lambda sign: counts[sign])


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    """The whole rows at the beginning of a text, blank ones as empty lists."""
    cut = text[: text.rfind("\n") + 1] if len(text) >= PEEKED_BYTES // 4 and "\n" in text else text
    try:
        return list(islice(csv.reader(io.StringIO(cut, newline=""), delimiter=delimiter), _LOOKED_AT))
    except csv.Error:
        return []


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The row, from 1, in which the names of the columns stand: the first that is as wide as those below it.

    >>> header_row([["Clients as of June"], [], ["id", "name"], ["1", "A"], ["2", "B"]])
    3
    """
    widths = [sum(bool(str(cell).strip()) for cell in row) for row in rows]
    usual = max(widths[1:_LOOKED_AT], key=widths[1:_LOOKED_AT].count, default=0) if len(widths) > 1 else 0
    near = (place for place, width in enumerate(widths[:_TITLE_ROWS], start=1) if width and width >= usual)
    return next(near, 1)


def _require_steady(path: Path, text: str, before: int, sign: str, place: str) -> None:
    """Raises ``UnreadableFileError`` if the rows have other numbers of fields than the header."""
    rows = [row for row in rows_of(text, sign)[before:] if any(field.strip() for field in row)]
    width = len(rows[0])
    odd = next((row for row in rows if len(row) != width and not (len(row) == width + 1 and not row[-1])), None)
    if odd is not None:
        raise UnreadableFileError(
            rule=f"{path.name} must say by which sign its fields are parted",
            got=f"{width} fields in the header and {len(odd)} in a row, if it is {sign!r}",
            remedy=f"set {place}.delimiter, or {place}.header_row if its columns are named further down",
        )


def _require_header_first(path: Path, text: str, before: int, header: Sequence[str], place: str) -> None:
    """Raises ``UnreadableFileError`` if the first line is a title, and the names stand further down."""
    if sum(bool(name.strip()) for name in header) > 1:
        return
    for sign in (COMMA, *SEPARATORS):
        rows = rows_of(text, sign)
        at = header_row(rows)
        wide = [len(row) for row in rows[at - 1 :] if row]
        if at > before + 1 and len(wide) > 1 and min(wide) > 1 and min(wide) == max(wide):
            raise UnreadableFileError(
                rule=f"the first line of {path.name} must name its columns",
                got=f"{''.join(header)[:40]!r} there, and {wide[0]} fields from line {at} on",
                remedy=f"set {place}.header_row to {at}",
            )
