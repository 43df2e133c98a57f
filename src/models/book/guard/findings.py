"""Turns figures that reach a limit of the section ``guard`` into notices."""

from __future__ import annotations

from dataclasses import dataclass

from models.config.guard import Limit
from models.notices import Notice, Severity


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A figure that may be implausible: the setting that bounds it, and in words what was expected and got.

    ``matters`` is False where nothing was learned from the subject; then a finding is a note at most.
    """

    setting: str
    figure: float
    subject: str
    found: str
    remedy: str
    count: int = 0
    matters: bool = True

    def notice(self, limit: Limit) -> Notice | None:
        """The notice of it; None below the limit."""
        severity = limit.severity(self.figure)
        if severity is None:
            return None
        severity = severity if self.matters else Severity.NOTE
        way_out = f", or set guard.{self.setting}.refused to null to go on with a warning"
        return Notice(
            code=self.setting,
            severity=severity,
            subject=self.subject,
            found=self.found,
            remedy=self.remedy + (way_out if severity is Severity.REFUSED else ""),
            count=self.count,
        )


def factor(now: float, before: float) -> float:
    """How many times one is the other, whichever is larger; both are above zero.

    >>> factor(1.0, 4.0)
    4.0
    """
    return max(now / before, before / now)


def times(now: float, before: float) -> str:
    """A factor in words.

    >>> times(1000.0, 1.0), times(1.0, 4.0)
    ('1,000 times', '0.25 times')
    """
    ratio = now / before
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.2g} times"  # noqa: PLR2004 - digits that are read
