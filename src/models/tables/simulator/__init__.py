"""A simulated project-finance book with known truth: all tables of the contract, and what could be known.

The economics stand in ``models.config.simulation``. Learning from the book, and reading it, live elsewhere.
"""

from models.tables.simulator.book import SIMULATED, Futures, SimulationSummary, futures, simulate
from models.tables.simulator.dirt import repaired

__all__ = ["SIMULATED", "Futures", "SimulationSummary", "futures", "repaired", "simulate"]
