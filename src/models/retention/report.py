"""A removal as typed data: the folders that went, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Removal:
    """One folder that went, or would go: its place, why, and its size in bytes."""

    folder: Path
    why: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What went, or with ``dry_run`` would go, and how many runs stay."""

    dry_run: bool
    removed: tuple[Removal, ...]
    runs_kept: int

    @property
    def size(self) -> int:
        """Bytes of all that went."""
        return sum(each.size for each in self.removed)
