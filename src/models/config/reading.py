"""The part ``read`` of the section ``book``: how the tables of a source are written, table by table."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from models.config.base import Count, Section, TimeZone

DEFAULT = "default"
"""The entry of ``book.read`` that holds for every table."""
SAS_DAYS, SAS_SECONDS, EXCEL_DAYS, UNIX_SECONDS = "sas days", "sas seconds", "excel days", "unix seconds"
COUNTED_DATES = (SAS_DAYS, SAS_SECONDS, EXCEL_DAYS, UNIX_SECONDS)
"""Dates that are written as a number: SAS counts from 1960-01-01, Excel its days from 1899-12-30, Unix from 1970."""
_PARTS = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dd|d", re.IGNORECASE)
_CLOCK = re.compile(r"[T ,]*hh.*$", re.IGNORECASE)
_PERCENTS = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm", "%B": "mmmm", "%H": "hh"}
Format: TypeAlias = Literal["csv", "json", "parquet", "xlsx", "delta", "iceberg"]
Compression: TypeAlias = Literal["none", "gzip", "zip", "zstd", "bz2", "xz"]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _date_pattern(written: str) -> str:
    """A pattern that holds a year, a month and a day, each once, or one of ``COUNTED_DATES``.

    A clock time is cut off: whatever has a date may have a clock time behind it. ``%d.%m.%Y`` is ``dd.mm.yyyy``.
    """
    if written.lower() in COUNTED_DATES:
        return written.lower()
    pattern = written
    for code, part in _PERCENTS.items():
        pattern = pattern.replace(code, part)
    pattern = _CLOCK.sub("", pattern)
    if sorted(part.lower()[0] for part in _PARTS.findall(pattern)) != ["d", "m", "y"]:
        raise ValueError(
            "a date pattern must hold a year (yyyy or yy), a month (mm, mmm or mmmm) and a day (dd), such as "
            f"dd.mm.yyyy, or be one of {', '.join(COUNTED_DATES)}"
        )
    return pattern


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError("an encoding must be one that Python knows, such as utf-8, cp1252 or gb18030") from error
    return name


DatePattern = Annotated[str, AfterValidator(_date_pattern)]
Listed = BeforeValidator(_listed)


class ReadConfig(Section):
    """How one table is written. What is left out is as ``default`` says, else it is found out and reported."""

    files: Annotated[tuple[str, ...], Listed] = Field(
        default=(),
        description="Files, folders or globs, within book.path where they are not absolute; several are read as one "
        "table. Default: the file named like the table.",
    )
    format: Format | None = Field(default=None, description="Default: by the ending and the first bytes.")
    compression: Compression | None = Field(default=None, description="Default: by the first bytes.")
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = Field(
        default=None,
        description="Such as utf-8, cp1252, gb18030 or utf-16. Default: UTF-8, else a guess that is reported.",
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        default=None,
        description="The sign between fields. Default: the comma, else a guess that is reported.",
    )
    decimal: Literal[".", ","] | None = Field(default=None, description="The sign before decimals. Default: the point.")
    thousands: Literal["", ".", ",", " ", "'"] | None = Field(
        default=None,
        description="The sign between thousands; empty: none. Default: the comma before a decimal point; the point, a "
        "blank or an apostrophe before a decimal comma.",
    )
    number_signs: Annotated[tuple[str, ...], Listed] = Field(
        default=(), description="Signs or words beside numbers that are not read, such as $ or EUR."
    )
    dates: Annotated[tuple[DatePattern, ...], Listed] = Field(
        default=(),
        description="Patterns of dates, tried in turn, such as dd.mm.yyyy, or sas days, sas seconds, excel days, unix "
        "seconds. "
        "Dates in ISO 8601 are read beside them. Default: ISO 8601 and what reads in one way.",
    )
    header_row: Count | None = Field(
        default=None, description="The line or row in which the names of the columns stand, from 1. Default: the first."
    )
    sheet: str | None = Field(default=None, description="The sheet of a workbook. Default: the only one.")
    query: str | None = Field(default=None, description="For source sql: the query whose rows are the table.")
    time_zone: TimeZone | None = Field(
        default=None, description="Whose calendar day counts of moments in UTC in this table; default: book.time_zone."
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> ReadConfig:
        if self.thousands and self.thousands == (self.decimal or "."):
            raise ValueError("decimal and thousands must be different signs")
        return self

    def over(self, default: ReadConfig) -> ReadConfig:
        """These settings, and of what they leave out those of ``default``."""
        return default.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})
