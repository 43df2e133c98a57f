"""Warnings of a book: read block by block how clients turned, then ring the alarms of the whole book and publish them.

A run asks ``origins_to_read`` for the panel's origins, calls ``read_deteriorations`` for each block, keeps ``DeteriorationReading.warned``,
and at last ``raise_alarms``; ``previous_memory`` brings what the run before it showed.
"""

from models.warnings.deterioration import (
    DeteriorationReading,
    Served,
    expected_loss,
    origins_to_read,
    read_deteriorations,
)
from models.warnings.publishing import (
    WARNING_MEMORY,
    WARNINGS,
    RaisedAlarms,
    memory_of,
    previous_memory,
    raise_alarms,
    warning_column,
)

__all__ = [
    "WARNINGS",
    "WARNING_MEMORY",
    "DeteriorationReading",
    "RaisedAlarms",
    "Served",
    "expected_loss",
    "memory_of",
    "origins_to_read",
    "previous_memory",
    "raise_alarms",
    "read_deteriorations",
    "warning_column",
]
