"""Writes a simulated book of a config's economics."""

from __future__ import annotations

import os
from pathlib import Path

from models.config.root import Config
from models.simulator.book import SimulationSummary, simulate
from models.vocab import Progress, SilentProgress


def simulate_book(
    settings: Config,
    *,
    clients: int,
    months: int,
    seed: int,
    out: Path,
    progress: Progress = SilentProgress(),
) -> SimulationSummary:
    """Write a simulated book of the config's economics into a folder, whole or not at all. Raises a ``UserError``."""
    return simulate(
        settings.simulation,
        clients=clients,
        months=months,
        seed=seed,
        out=out,
        workers=settings.run.threads or os.cpu_count() or 1,
        progress=progress,
    )
