"""Within reach of one client: the answers of the models, the way to the next tier, and why no lending is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.config.root import Config
from models.explanation.history import ClientPast
from models.explanation.labels import say
from models.explanation.reach import PeerRange, ReachLimits
from models.explanation.within_reach import NoneWithinReach, Reachable, within_reach
from models.grading.decision import decide
from models.grading.distance_text import distance_sentence
from models.grading.evidence import grade_report
from models.pipeline.bundle import Bundle
from models.reasons.figures import percentage
from models.scoring.columns import assessment
from models.text import Language, joined


@dataclass(frozen=True, kw_only=True)
class ClientReach:
    """What would change a client, with what is said around it.

    ``way_up`` is what lacks for the next tier, or which cap bars it, by the rules alone; ``no_lending`` why no lending
    is proposed, empty where it may be. All is empty where nothing is asked to be within reach.
    """

    answers: tuple[Reachable | NoneWithinReach, ...]
    way_up: str
    no_lending: str


def client_reach(past: ClientPast, bundle: Bundle, config: Config, lang: Language) -> ClientReach:
    """What would change the client, and what must not be proposed to it; nothing where nothing is asked."""
    asked = config.explaining
    if not asked.within_reach:
        return ClientReach(answers=(), way_up="", no_lending="")
    block, models = past.block, bundle.models
    view = models.peers.of(block.matrix, block.predictions.segment)
    places = np.arange(len(models.contract.names))[None, :]
    peers = PeerRange(low=view.low(places)[0], high=view.high(places)[0])
    alone = decide(assessment(models, block.panel, block.predictions))
    grade = grade_report(alone, 0, bundle.config.features)
    foreseen = float(block.predictions.default_probability[0])
    default = None if np.isnan(foreseen) else foreseen
    limits = ReachLimits.of(grade, models.policy.settings, default, asked.lending_max_default)
    return ClientReach(
        answers=within_reach(models, block.panel.features, peers, bundle.config, asked.within_reach, limits=limits),
        way_up=distance_sentence(grade, models.policy, lang),
        no_lending=no_lending_sentence(limits.no_lending, default, lang),
    )


def no_lending_sentence(reasons: Sequence[str], default: float | None, language: Language) -> str:
    """Why no lending is proposed; empty where it may be.

    >>> no_lending_sentence(["arrears", "default"], 0.61, "en")
    'No lending is proposed to a client in arrears, with a probability of default of 61%.'
    """
    if not reasons:
        return ""
    share = "" if default is None else percentage(default, language)
    why = joined((say(f"no_lending_{each}", language, share=share) for each in reasons), language)
    return say("no_lending", language, why=why)
