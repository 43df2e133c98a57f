"""Takes away what killed processes left on disk and in the tracking store."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from models.config.root import Config
from models.errors import UserError
from models.lazy import lazy
from models.store.drafts import remove_left
from models.tracking.abandoned import is_any_left

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")

_SQLITE = "sqlite:///"


def clear_left(settings: Config, places: tuple[Path, ...]) -> None:
    """Take away what killed processes left in ``places``, and end their MLflow runs.

    A server is left to the commands that ask it anyway: others should not wait for one that is down.
    """
    for place in places:
        remove_left(place)
    if not settings.run.tracking_uri.startswith(_SQLITE) or not is_any_left(places):
        return
    with suppress(UserError):  # whoever needs the store learns what is wrong with it
        mlflow.Tracking(settings).end_abandoned()
