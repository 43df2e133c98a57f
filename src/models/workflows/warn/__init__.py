"""Warnings of a book: read block by block how clients turned, then ring the alarms of the whole book and publish them.

A run asks ``origins_to_read`` for the panel's origins, calls ``read_turns`` for each block, keeps ``Reading.warned``,
and at last ``ring_alarms``; ``previous_memory`` brings what the run before it showed.
"""

from models.workflows.warn.publishing import (
    WARNING_MEMORY,
    WARNINGS,
    Rung,
    memory_of,
    previous_memory,
    ring_alarms,
    warning_column,
)
from models.workflows.warn.reading import Reading, Served, expected_loss, origins_to_read, read_turns

__all__ = [
    "WARNINGS",
    "WARNING_MEMORY",
    "Reading",
    "Rung",
    "Served",
    "expected_loss",
    "memory_of",
    "origins_to_read",
    "previous_memory",
    "read_turns",
    "ring_alarms",
    "warning_column",
]
