"""The section ``guard``: limits from which something implausible becomes a notice, and from which it stops a run."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from models.config.base import Section
from models.notices import Severity


class Limit(Section):
    """The figures from which on a finding is a note, a warning, or refused; the gravest that is reached counts.

    A severity without a figure is never reached.

    >>> Limit(warning=0.1, refused=0.5).severity(0.2).value
    'warning'
    """

    note: float | None = None
    warning: float | None = None
    refused: float | None = None

    def severity(self, figure: float) -> Severity | None:
        """How much a figure matters; None below every limit."""
        limits = {Severity.REFUSED: self.refused, Severity.WARNING: self.warning, Severity.NOTE: self.note}
        return next((level for level, least in limits.items() if least is not None and figure >= least), None)


class LimitsSection(Section):
    """A section of limits: severities of a limit that are not named stay as they are by default."""

    @model_validator(mode="before")
    @classmethod
    def _keep_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        limits = {name: field.default for name, field in cls.model_fields.items() if isinstance(field.default, Limit)}
        return {
            name: {**limits[name].model_dump(), **limit} if name in limits and isinstance(limit, dict) else limit
            for name, limit in given.items()
        }


def _limit(description: str, **limits: float) -> Any:
    return Field(default=Limit(**limits), description=description)


class GuardConfig(LimitsSection):
    """What is implausible about a book: by itself at the door, and beside the book that the models learned from.

    What cannot be (amounts in another unit, a column gone, columns exchanged) is refused by default; what may be the
    world (fewer rows, new words, a shifted distribution) is a warning. What is not named keeps its default.
    """

    # by itself: whatever the models learned from
    late_cashflows: Limit = _limit(
        "Days from the last cashflow to book.known_until, over half as much again as the longest silence of three "
        "years, a period at least.",
        warning=0.9,  # a month is never shorter than 0.9 of the mean month
        refused=2.0,  # from the second period on every client looks as if it turned away
    )
    late_table: Limit = _limit("The same for every other table; silence may be the world's.", warning=0.9)
    thin_periods: Limit = _limit(
        "The fewest rows of three periods on end of the year before, over those of the last three.", warning=1.15
    )
    thick_periods: Limit = _limit(
        "Rows of the last three periods, over the most of three on end of the year before.", warning=1.25
    )
    repeated_rows: Limit = _limit(
        "Share of rows that repeat another in every column, in the whole table or the last three periods.",
        warning=0.05,
        refused=0.3,  # a table that was read twice has a half
    )
    outlying_amount: Limit = _limit("The largest amount of a kind over the median of its kind.", warning=5_000.0)
    negative_amounts: Limit = _limit(
        "Share of the amounts of a kind that are negative, though the kind tells the direction.",
        warning=0.2,
        refused=0.9,  # reversals are few; costs counted as negative would turn into income
    )
    inconsistent: Limit = _limit(
        "Share of rows that break a rule between tables, see `clientvalue check`.",
        warning=0.2,
        refused=0.6,  # what most rows break is a slip of units, signs or columns
    )
    stray_file: Limit = _limit(
        "How alike the name of a file that no table takes is to that of an absent table; 1: the same.",
        note=0.0,
        warning=0.7,
        refused=1.0,
    )
    stray_column: Limit = _limit(
        "How alike a column that the contract does not know is to an empty one that it knows.", note=0.0, warning=0.6
    )
    # beside the book that the models learned from
    absent: Limit = _limit(
        "Share of the filled cells of a column, or of the rows of a table or kind, that is gone since training.",
        warning=0.35,
        refused=0.9,
    )
    volume: Limit = _limit("Rows per client and period, as a factor up or down since training.", warning=1.5)
    level: Limit = _limit(
        "Median size of a number, as a factor up or down since training.",
        warning=2.5,
        refused=20.0,  # no book changes so much between two trainings; units do
    )
    shape: Limit = _limit("Largest gap between two distribution curves, then and now, beyond chance.", warning=0.15)
    sign: Limit = _limit("Share of numbers that changed their side of zero.", warning=0.1, refused=0.5)
    exchanged: Limit = _limit(
        "How much better two columns, or two kinds, fit each other's distribution of training than their own.",
        warning=0.2,
        refused=0.4,
    )
    order: Limit = _limit("Change of the share of rows in which one column lies below another.", warning=0.1)
    unseen: Limit = _limit(
        "Share of rows with a word that training never saw; later editions of a source spell whole columns anew.",
        warning=0.1,
    )
    mix: Limit = _limit("Change of the share of rows that a word has in its column.", warning=0.2)
    drifted_rule: Limit = _limit(
        "Growth since training of the share of rows that break a rule between tables, beyond chance.",
        warning=0.01,
        refused=0.5,
    )
    judged_value: Limit = _limit(
        "Expected value per client, as a factor up or down since training.", warning=2.0, refused=20.0
    )
