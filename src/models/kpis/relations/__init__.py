"""The book read per client for the figures of client management: sums within a window, never a row after it."""

from models.kpis.relations.campaigns import addressed_clients, campaigns_of
from models.kpis.relations.clients import (
    acquisition_cost,
    early_margin,
    expected_value,
    expected_value_of_active,
    moved_on,
    stayed,
    won_clients,
)
from models.kpis.relations.opportunities import Opportunity, opportunities_known
from models.kpis.relations.reading import Reader, Window, reading
from models.kpis.relations.service import (
    answer_time,
    answered_in_time,
    complaints,
    participation,
    recommendation,
    satisfaction,
    settled_in_time,
    settling_time,
)

__all__ = [
    "Opportunity",
    "Reader",
    "Window",
    "acquisition_cost",
    "addressed_clients",
    "answer_time",
    "answered_in_time",
    "campaigns_of",
    "complaints",
    "early_margin",
    "expected_value",
    "expected_value_of_active",
    "moved_on",
    "opportunities_known",
    "participation",
    "reading",
    "recommendation",
    "satisfaction",
    "settled_in_time",
    "settling_time",
    "stayed",
    "won_clients",
]
