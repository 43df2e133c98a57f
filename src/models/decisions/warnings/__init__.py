"""Warnings: who turned worse against its own past and its peers, how severely, and which of them are shown."""

from models.decisions.warnings.alarms import Alarms, Limits, Memory, Turned, alarm_budget, ring
from models.decisions.warnings.signals import Signal, Turn, Usual, severity_of, signals_of, turn_of

__all__ = [
    "Alarms",
    "Limits",
    "Memory",
    "Signal",
    "Turn",
    "Turned",
    "Usual",
    "alarm_budget",
    "ring",
    "severity_of",
    "signals_of",
    "turn_of",
]
