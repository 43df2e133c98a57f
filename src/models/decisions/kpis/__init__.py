"""The figures of client management: what each means, and how sure it is. Tables are read in ``tables.relations``."""

from models.decisions.kpis.campaigns import CampaignClients, CampaignResult, campaign_result, pooled_roi
from models.decisions.kpis.catalogue import CATALOGUE, Definition, Form
from models.decisions.kpis.concentration import Concentration, concentration
from models.decisions.kpis.estimates import Figure, figures_by_group, pooled_figure, shown, unknown
from models.decisions.kpis.score import PARTS, relationship_score
from models.decisions.kpis.uplift import Arm, Estimate, uplift_by_arm

__all__ = [
    "CATALOGUE",
    "PARTS",
    "Arm",
    "CampaignClients",
    "CampaignResult",
    "Concentration",
    "Definition",
    "Estimate",
    "Figure",
    "Form",
    "campaign_result",
    "concentration",
    "figures_by_group",
    "pooled_figure",
    "pooled_roi",
    "relationship_score",
    "shown",
    "unknown",
    "uplift_by_arm",
]
