"""The models that serve, and the next steps after training, as lines of a terminal."""

from __future__ import annotations

from models.pipeline.serving_text import serving_sentences
from models.shell.notices import hanging
from models.showable import without_secrets
from models.training.result import TrainResult


def training_lines(result: TrainResult, tracking_uri: str) -> list[str]:
    """Who serves and why, and where to look next."""
    role = "champion" if result.is_champion else "challenger"
    judge = [] if result.is_champion else [f"judge    clientvalue promote {result.version} --dry-run"]
    serving = serving_sentences(result.report.served.serving)
    return [
        *(line for sentence in serving.values() for line in hanging(f"{'serves':<9}", sentence)),
        f"model    {result.model_name} version {result.version}, {role} (bundle {result.bundle_key[:12]})",
        f"bundle   {result.bundle}",
        f"report   {result.page}",
        *judge,
        f"look at  mlflow ui --backend-store-uri {without_secrets(tracking_uri)}",
    ]
