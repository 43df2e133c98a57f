"""Buy till you die: models of clients that buy now and then and leave without a word. Each is small and its own."""

from models.learners.btyd.beta_geometric import BetaGeometric, ModifiedBetaGeometric
from models.learners.btyd.features import PURCHASE_FEATURES, history_from_features
from models.learners.btyd.gamma_gamma import GammaGamma
from models.learners.btyd.history import PurchaseHistory
from models.learners.btyd.likelihood import PurchaseModel
from models.learners.btyd.pareto import ParetoNBD

__all__ = [
    "PURCHASE_FEATURES",
    "BetaGeometric",
    "GammaGamma",
    "ModifiedBetaGeometric",
    "ParetoNBD",
    "PurchaseHistory",
    "PurchaseModel",
    "history_from_features",
]
