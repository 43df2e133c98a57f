"""A simulated project-finance book with known truth: all tables of the contract, and what could be known.

The economics stand in ``models.config.simulation``. Learning from the book, and reading it, live elsewhere.
"""

from models.simulator.book import SIMULATED, Futures, SimulationSummary, futures, simulate
from models.simulator.injected_errors import repaired

__all__ = ["SIMULATED", "Futures", "SimulationSummary", "futures", "repaired", "simulate"]
