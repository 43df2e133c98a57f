"""Sections of a few lines: time, activity, value, decline, origins, and how to run. The whole stands in ``root``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from models.config.base import Count, OpenShare, PositiveFloat, Section
from models.config.defaults import origins_asked
from models.vocab import DeclineRule


class TimeConfig(Section):
    """The grain of time and how far ahead and back it is looked."""

    period: Literal["week", "month", "quarter"]
    horizon_periods: Count = Field(description="Outcomes are counted in this many periods from the as-of date.")
    activity_periods: Count = Field(
        description="Only clients active in this many periods before the as-of date are in the book's reach."
    )


class ActivityConfig(Section):
    """Which cashflows show that a client does business with us."""

    kinds: tuple[str, ...] = Field(
        default=(), min_length=1, description="Default: interest and fee, else order, else commitment, as the book has."
    )


class ValueConfig(Section):
    """What makes up value: the cashflow kinds with their sign or share, discounted per period."""

    kinds: dict[str, float] = Field(
        default_factory=dict,
        min_length=1,
        description="Cashflow kind -> weight; costs are negative. Default: what the book has of income (+1) and "
        "costs (-1).",
    )
    discount_rate_annual: Annotated[float, Field(ge=0, lt=1)] = 0.0


DAYS_PAST_DUE = 90
"""From so many days past due on a client is in default. Source: Basel Committee, CRE36.69."""


class DeclineConfig(Section):
    """What counts as decline.

    ``lapse``: no activity within the horizon. ``drop``: activity per period within the horizon below ``share`` of
    that of the activity window. ``default``: in default within the horizon, that is ``days_past_due`` or more past due
    by the table ``arrears``, written off, or ended in default.
    """

    rule: DeclineRule
    share: OpenShare = 0.5
    days_past_due: Count = Field(
        default=DAYS_PAST_DUE,
        exclude_if=lambda days: days == DAYS_PAST_DUE,  # so that configs without it mean what they meant
        description="For rule default: so many days past due are a default (Basel Committee: 90).",
    )


_DATES_SCHEMA = {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 1}
_WORDS_SCHEMA = {"type": "string", "pattern": "^(latest complete|last [1-9][0-9]?)$"}


class OriginsConfig(Section):
    """The as-of dates at which models learn and are judged."""

    test: Annotated[
        tuple[date, ...], Field(min_length=1), WithJsonSchema({"anyOf": [_DATES_SCHEMA, _WORDS_SCHEMA]})
    ] = Field(
        default=(),
        description="Judged; never learned from: dates, `latest complete` for the latest whose outcomes are complete, "
        "which is the default, or `last 3` for that and the two a spacing before.",
    )
    latest: Count | None = Field(
        default=None,
        exclude_if=lambda count: count is None,
        description="The same in a number: so many of the latest origins whose outcomes are complete.",
    )
    spacing_periods: Count = Field(description="Distance between two training origins.")
    min_history_periods: Count = Field(description="No origin before the book is this old.")
    max_count: Count = Field(default=24, description="At most this many training origins, the latest ones.")
    calibration_count: Count = Field(
        default=3,
        description="At most this many training origins, the latest, are also foreseen by models that learned before "
        "them; there candidates are chosen, predictions calibrated and intervals set.",
    )
    learn_unfinished: bool = Field(
        default=False,
        description="Whether decline is also learned from the origins after these, of whose outcomes a part has come; "
        "the rest is expected by what became of clients that stood alike after as long.",
    )
    learn_until: date | None = Field(
        default=None,
        exclude_if=lambda day: day is None,  # so that configs without it mean what they meant
        description="Outcomes from this day on teach the models that serve nothing: held back to judge versions by, "
        "see `clientvalue compare`. Null: all of the book teaches.",
    )
    group_folds: Annotated[int, Field(ge=2)] = Field(
        default=3,
        description="Where sponsor groups are known, a test client is scored by a model that saw none of its group.",
    )

    @model_validator(mode="before")
    @classmethod
    def _in_words(cls, given: Any) -> Any:
        """Test origins in words become their number."""
        if not isinstance(given, dict) or not isinstance(given.get("test"), str):
            return given
        count = origins_asked(given["test"])
        if count is None:
            raise ValueError(
                f"test must be dates, latest complete, or last and a number, got {given['test']}: "
                "e.g. test: [2023-01-01], or test: last 3"
            )
        return {**{key: value for key, value in given.items() if key != "test"}, "latest": count}

    @model_validator(mode="after")
    def _stated_once(self) -> OriginsConfig:
        if self.test and self.latest:
            raise ValueError(f"test and latest must not both be given, got {len(self.test)} dates and {self.latest}")
        return self


class RunConfig(Section):
    """How a run is carried out; nothing here changes a number, but the seed."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 20240229
    threads: Annotated[int, Field(ge=0)] = Field(default=0, description="0: all cores.")
    engine: Literal["processes", "spark"] = Field(
        default="processes",
        description="Where blocks are scored and explained: by processes of this machine, or on Spark, see `spark`.",
    )
    block_clients: Count = Field(default=4_096, description="Clients held in memory at once.")
    database_memory_gb: PositiveFloat = Field(default=1.0, description="What DuckDB may use before it spills.")
    bootstrap_resamples: Annotated[int, Field(ge=100)] = 1_000
    tracking_uri: str = "sqlite:///mlruns/mlflow.db"
    artifact_dir: str = Field(
        default="mlruns/artifacts",
        description="Where the files of runs and versions are kept: a folder, or an address such as s3://, abfss://, "
        "dbfs:/ or mlflow-artifacts:/. Where runs go to a server, a folder is not passed on: the server decides.",
    )
    work_dir: str = "data/processed"
    system_metrics: bool = Field(
        default=False, description="Note the load of processor, memory, disk and network with each MLflow run."
    )
