"""Base of all sections: strict models, bounded types and search ranges."""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
OpenShare = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=1)]
PositiveFloat = Annotated[float, Field(gt=0)]
Severity = Annotated[float, Field(ge=50, le=100)]
"""Of a warning: 50 is one dimension just at the point of warning."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone must stand in the IANA list, such as UTC or Europe/Berlin")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


@dataclass(frozen=True, kw_only=True)
class Search:
    """Where ``tune`` looks for a better value of the number that it annotates: from ``low`` to ``high``, both included.

    ``log``: twice as much is as far wherever it starts. ``candidates``: only these value candidates know the number;
    empty: all do.
    """

    low: float
    high: float
    log: bool = False
    candidates: tuple[str, ...] = ()


class Section(BaseModel):
    """Base of every section: frozen, without unknown keys, without infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """YAML reads ``yes`` and ``on`` as true, which Python would count as 1."""
        if isinstance(value, bool) and _is_number(cls.model_fields[str(info.field_name)].annotation):
            raise ValueError("a number must be written in digits")
        return value


def _is_number(annotation: Any) -> bool:
    """Whether a field takes one number and no truth, within bounds or beside others such as none at all."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        parts = [part for part in get_args(annotation) if isinstance(part, type) or get_origin(part)]
        return bool not in parts and any(_is_number(part) for part in parts)
    return annotation in (int, float)
