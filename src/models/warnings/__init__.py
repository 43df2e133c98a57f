"""Warnings: who turned worse against its own past and its peers, how severely, and which of them are shown."""

from models.warnings.alarms import AlarmLimits, AlarmMemory, Alarms, Deteriorations, alarm_budget, ring
from models.warnings.rules import Deterioration, Signal, Usual, deterioration_of, severity_of, signals_of

__all__ = [
    "AlarmLimits",
    "AlarmMemory",
    "Alarms",
    "Deterioration",
    "Deteriorations",
    "Signal",
    "Usual",
    "alarm_budget",
    "deterioration_of",
    "ring",
    "severity_of",
    "signals_of",
]
