"""The section ``publish``: the databases and folders that published runs are written into as tables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from models.config.addresses import without_plain_secret
from models.config.base import Section

SinkTable = Literal["scores", "clients", "predictions", "explanations", "curves", "warnings", "lists", "movers"]
SINK_TABLES: tuple[SinkTable, ...] = (
    "scores",
    "clients",
    "predictions",
    "explanations",
    "curves",
    "warnings",
    "lists",
    "movers",
)  # fmt: skip
_IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]*$"


def _address(text: str) -> str:
    """An address as it may stand in a config: with a scheme, and with no secret but by the name of a variable."""
    if "://" not in text:
        raise ValueError("a sink must be an address with a scheme, such as postgresql://user@host/database")
    return without_plain_secret(text)


SinkAddress = Annotated[str, AfterValidator(_address)]


def _or_one(schema: dict[str, Any]) -> None:
    several = {name: schema.pop(name) for name in ("type", "items")}
    schema["anyOf"] = [several, {"type": "string"}]


class PublishConfig(Section):
    """Where published runs become tables, what the tables are called, and which of them are filled."""

    sink: tuple[SinkAddress, ...] = Field(
        default=(),
        json_schema_extra=_or_one,
        description="One address or several: postgresql://user@host/database (PGPASSWORD or ${NAME} for the "
        "password), duckdb:///absolute/file.db, sqlite://relative/file.db, delta:///folder, or what SQLAlchemy opens.",
    )
    database_schema: Annotated[str, Field(pattern=_IDENTIFIER)] | None = Field(
        default=None, description="Schema of the tables, made where it is lacking. Default: that of the connection."
    )
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]*$", max_length=20)] = Field(
        default="clientvalue_", description="How the name of every table begins."
    )
    tables: tuple[SinkTable, ...] = Field(
        default=SINK_TABLES,
        description="What is filled; of the others, rows of a date go when it is written. Runs and publications always "
        "are. Explanations are by far the largest: some hundreds of rows per client and model.",
    )

    explained_days: Annotated[int, Field(ge=0, le=36_500)] | None = Field(
        default=None,
        description="Predictions and explanations are kept in a sink for dates up to so many days before the newest "
        "official one; the files stay. Default: for all dates.",
    )

    @field_validator("sink", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value
