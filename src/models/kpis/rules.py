"""The figures of client management: what each means, and how sure it is. Tables are read in ``tables.relations``."""

from models.kpis.campaign_effect import CampaignClients, CampaignResult, campaign_result, pooled_roi
from models.kpis.catalogue import CATALOGUE, Definition, Form
from models.kpis.concentration import Concentration, concentration
from models.kpis.estimates import KpiEstimate, figures_by_group, pooled_figure, shown, unknown
from models.kpis.relationship_score import PARTS, relationship_score
from models.kpis.uplift import Arm, Estimate, uplift_by_arm

__all__ = [
    "CATALOGUE",
    "PARTS",
    "Arm",
    "CampaignClients",
    "CampaignResult",
    "Concentration",
    "Definition",
    "Estimate",
    "Form",
    "KpiEstimate",
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
