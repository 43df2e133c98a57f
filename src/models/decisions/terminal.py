"""The chain of decisions in a terminal."""

from __future__ import annotations

from models.decisions.report import ChainReport

_ERASED = "{:,} entries lost their content, since their clients were forgotten; later entries name each by its seal"


def chain_lines(report: ChainReport) -> list[str]:
    """Whether the chain holds, what it records, and the seal by which a copy is known."""
    if not report.holds:
        return [report.problem]
    if not report.entries:
        return [f"Nothing was decided yet: there are no entries in {report.database}"]
    acts = ", ".join(f"{count:,} {act}" for act, count in report.acts.items())
    return [
        f"The chain holds: {report.entries:,} entries in {report.database}",
        f"{'acts':<8}{acts}",
        *([f"{'erased':<8}{_ERASED.format(report.erased)}"] if report.erased else []),
        f"{'last':<8}{report.last:%Y-%m-%d %H:%M:%S} UTC, seal {report.last_seal}",
    ]
