"""Next steps after training, as lines of a terminal."""

from __future__ import annotations

from models.showable import without_secrets
from models.training.result import TrainResult


def training_lines(result: TrainResult, tracking_uri: str) -> list[str]:
    """Where to look next after training."""
    role = ", champion" if result.is_champion else ""
    return [
        f"model    {result.model_name} version {result.version}{role} (bundle {result.bundle_key[:12]})",
        f"bundle   {result.bundle}",
        f"report   {result.page}",
        f"look at  mlflow ui --backend-store-uri {without_secrets(tracking_uri)}",
    ]
