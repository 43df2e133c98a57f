"""All checks of plausibility within and between tables that keep the contract."""

from __future__ import annotations

from models.book.plausibility.checks import Check
from models.book.plausibility.dealings import DEALING_CHECKS
from models.book.plausibility.facilities import FACILITY_CHECKS
from models.book.plausibility.reports import REPORT_CHECKS
from models.book.plausibility.states import STATE_CHECKS

ALL_CHECKS: tuple[Check, ...] = (*FACILITY_CHECKS, *DEALING_CHECKS, *REPORT_CHECKS, *STATE_CHECKS)
"""Every check, in the order in which they are reported."""
