"""What went, in a terminal: one line per folder, and how much room that made."""

from __future__ import annotations

from models.retention.report import Collected

_MEGABYTE = 1_000_000


def removal_lines(found: Collected) -> list[str]:
    """One line per folder that went or would go, and the sum."""
    verb = "would go" if found.dry_run else "went"
    lines = [f"{each.folder.name:<36}{each.size / _MEGABYTE:>8,.1f} MB  {each.why}" for each in found.removed]
    total = f"{len(found.removed):,} folders {verb}, {found.size / _MEGABYTE:,.1f} MB; {found.runs_kept:,} runs stay"
    return [*lines, total]
