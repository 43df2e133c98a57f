"""Keys of stored content: the SHA-256 of named parts, each of which decides what the content is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

_READ_BYTES = 1 << 20
_NAME_LENGTH = 16


@dataclass(frozen=True)
class Key:
    """Identity of stored content; equal keys promise equal content.

    ``digest`` is 64 hexadecimal digits, of which the first name the content's folder or file.
    """

    digest: str

    @classmethod
    def of(cls, **parts: object) -> Key:
        """The key of content made from these parts, which are ready for JSON; their order does not matter.

        >>> Key.of(book="ab", period="month") == Key.of(period="month", book="ab") != Key.of(book="ab", period="week")
        True
        """
        return cls(text_hash(canonical_json(parts)))

    @property
    def name(self) -> str:
        """What the content's folder or file is called.

        >>> Key.of(book="ab").name
        '28e0604f5988410d'
        """
        return self.digest[:_NAME_LENGTH]


def canonical_json(data: object) -> str:
    """The one way in which data becomes JSON text here: sorted keys, no NaN.

    >>> canonical_json({"b": 1, "a": 0.1})
    '{"a":0.1,"b":1}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text, in hexadecimal.

    >>> text_hash("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode()).hexdigest()
