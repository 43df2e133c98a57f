"""The codec of all data that leaves the program: frozen dataclasses to JSON, back, and to their JSON schema.

Keys stand in the order of the fields. Numbers that are not finite become null, numpy scalars and arrays what they hold,
dates ISO text, enums their values, tuples lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from models.errors import MAX_PROBLEMS_SHOWN, MissingFileError, UnreadableFileError, UserError

__all__ = [
    "NOT_WRITTEN",
    "OMITTED_IF_NONE",
    "JsonObject",
    "JsonValue",
    "from_json",
    "from_plain",
    "read",
    "schema",
    "to_json_text",
    "to_plain",
    "written_as",
]

JsonObject = dict[str, JsonValue]
"""An object of JSON whose keys are not fixed, such as a JSON schema; what has fixed keys is a dataclass."""
NOT_WRITTEN = Field(exclude=True)
"""Marks a field with a default that matters only while the program runs: ``Annotated[int, NOT_WRITTEN] = 0``."""
T = TypeVar("T")
_PLAIN = frozenset({str, int, bool, type(None)})
_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _is_none(value: object) -> bool:
    return value is None


OMITTED_IF_NONE = Field(exclude_if=_is_none)
"""Marks an optional field whose key is left out where it is None: ``Annotated[int | None, OMITTED_IF_NONE] = None``."""


def written_as(key: str) -> Any:
    """Marks a field whose key in JSON is not its name, within ``Annotated``."""
    return Field(alias=key)


def to_plain(data: object) -> JsonValue:
    """Data as JSON knows it: dicts, lists, text, numbers, booleans and None.

    >>> from models.notices import Notice, Severity
    >>> to_plain(Notice(code="age", severity=Severity.NOTE, subject="clients", found="the book is old", count=2))
    {'code': 'age', 'severity': 'note', 'subject': 'clients', 'found': 'the book is old', 'remedy': '', 'count': 2}
    """
    if type(data) in _PLAIN:
        return cast("JsonValue", data)
    if isinstance(data, Mapping):
        return {str(name): to_plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [to_plain(value) for value in data]
    kind = type(data) if is_dataclass(data) else object
    plain: JsonValue = json.loads(_adapter(kind).dump_json(data, by_alias=True, warnings=False, fallback=_of_numpy))
    return plain


def to_json_text(data: object, *, indent: int | None = None, sort_keys: bool = False, ascii_only: bool = True) -> str:
    """Data as JSON text without infinities and NaN, on one line unless ``indent`` is given."""
    return json.dumps(to_plain(data), indent=indent, sort_keys=sort_keys, ensure_ascii=ascii_only, allow_nan=False)


def from_plain(
    cls: type[T], plain: object, *, subject: str, remedy: str, error: type[UserError] = UnreadableFileError
) -> T:
    """What ``to_plain`` gave, as ``cls`` again; ``error`` with every problem in one sentence if it is anything else.

    >>> from models.notices import Notice
    >>> from_plain(Notice, {"code": "age"}, subject="the notice", remedy="write it again")
    Traceback (most recent call last):
        ...
    models.errors.UnreadableFileError: the notice must hold what Notice asks for, got severity: Field required; \
subject: Field required; found: Field required: write it again
    """
    return from_json(cls, json.dumps(plain), subject=subject, remedy=remedy, error=error)


def from_json(
    cls: type[T],
    text: str | bytes,
    *,
    subject: str,
    remedy: str,
    error: type[UserError] = UnreadableFileError,
    whole: bool = True,
) -> T:
    """What ``to_json_text`` gave, as ``cls`` again; types are not converted.

    No key may be unknown, unless ``cls`` is not the ``whole`` of what was written.

    Raises ``error`` with every problem in one sentence if the text is anything else.
    """
    try:
        read_back: T = _adapter(cls).validate_json(
            text, strict=True, extra="forbid" if whole else "ignore", by_alias=True
        )
    except ValidationError as invalid:
        name = getattr(cls, "__name__", str(cls))
        raise error(
            rule=f"{subject} must hold what {name} asks for", got=_in_words(invalid), remedy=remedy
        ) from invalid
    return read_back


def read(cls: type[T], path: Path, *, remedy: str, error: type[UserError] = UnreadableFileError) -> T:
    """The data in a JSON file; ``MissingFileError`` if there is none, ``error`` if it holds anything else."""
    try:
        text = path.read_bytes()
    except FileNotFoundError as missing:
        raise MissingFileError(path, remedy=remedy) from missing
    return from_json(cls, text, subject=str(path), remedy=remedy, error=error)


def schema(cls: type[Any]) -> JsonObject:
    """The JSON schema of what ``to_plain`` gives for ``cls``."""
    return _adapter(cls).json_schema(mode="serialization")


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Built when it is first asked for: who prints the help waits for none of them."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _of_numpy(value: Any) -> Any:
    if not hasattr(value, "tolist"):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return value.tolist()


def _in_words(invalid: ValidationError) -> str:
    """Where each problem lies and what it is, bounded."""
    problems = invalid.errors(include_url=False)
    shown = [
        f"{'.'.join(map(str, each['loc'])) or 'the whole'}: {each['msg']}" for each in problems[:MAX_PROBLEMS_SHOWN]
    ]
    more = len(problems) - len(shown)
    return "; ".join([*shown, *([f"{more} more"] if more else [])])
