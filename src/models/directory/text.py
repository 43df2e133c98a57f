"""Words about the clients of a book, in every language: why one is not scored."""

from __future__ import annotations

from datetime import date
from typing import Final

from models.config.root import Config
from models.directory.standing import Reach
from models.panel.features.labels import STRETCHES
from models.text import ENGLISH, Language, Text

_NOT_SCORED: Final = {
    Reach.QUIET: Text("active once, but not in the {window} before {day}, and nothing was asked for since"),
    Reach.UNSERVED: Text("not active in the {window} before {day}, and these models speak of active clients only"),
}


def not_scored(reach: Reach, config: Config, as_of: date, language: Language = ENGLISH) -> str:
    """Why the models say nothing of a client; "" of one that they speak of."""
    if reach not in _NOT_SCORED:
        return ""
    window = STRETCHES[config.time.period].filled(count=config.time.activity_periods)
    return _NOT_SCORED[reach].within(language, window=window, day=as_of.isoformat())
