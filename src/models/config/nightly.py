"""The section ``nightly``: which as-of dates are due, how far missed ones are caught up, and what is kept how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Section

Days = Annotated[int, Field(ge=0, le=36_500)]


class KeptConfig(Section):
    """How long files stay that no official publication names; what one names always stays."""

    replaced_days: Days = Field(
        default=90,
        description="Runs whose place another took, and shadows: long enough to look into what changed in a quarter.",
    )
    unrecorded_days: Days = Field(
        default=2, description="Runs that no publication names, as a killed night leaves: no run takes two days."
    )
    fetched_days: Days = Field(
        default=30,
        description="Bundles brought from a server or fitted for a day of the past that no official run names.",
    )
    books_days: Days = Field(
        default=30,
        description="Checked books that no official run names, ledgers and readings, since they were last opened.",
    )


class NightlyConfig(Section):
    """What ``clientvalue nightly`` does when a scheduler calls it."""

    every: Literal["day", "period"] = Field(
        default="day",
        description="Which as-of dates are due: every day, or the first day of each week, month or quarter.",
    )
    lag_days: Days = Field(default=0, description="So many days before today is the as-of date: when data is whole.")
    catch_up: Annotated[int, Field(ge=0, le=1_000)] = Field(
        default=31,
        description="So many missed dates before the due one are made up for, the latest; a month of days by default.",
    )
    monitor: bool = Field(
        default=True, description="Whether a night that published also looks at drift and outcomes; alarms end with 3."
    )
    kept: KeptConfig = KeptConfig()
