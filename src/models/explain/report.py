"""One client's story as plain values that a program can read; what is not known is null."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from models.explain.reasons import ExplainedReason
from models.explain.story import ClientStory
from models.notices import notice_facts
from models.scoring.block import DECLINE, VALUE


def story_facts(story: ClientStory) -> dict[str, Any]:
    """Ready for JSON. ``contributions`` holds every feature, in probability points and in currency.

    Base and contributions sum to the prediction, as base and reasons do.
    """
    curve = story.curve
    facts = {
        **story.scores,
        "name": story.name,
        "as_of": story.as_of.isoformat(),
        "language": story.language,
        "currency": story.currency,
        "horizon": {"periods": story.horizon_periods, "period": story.period},
        "model_version": story.model_version,
        "bundle": story.bundle,
        "tier_reason": story.tier_reason,
        "segment_name": story.segment_name,
        "decline_base_points": story.base[DECLINE] * 100,
        "value_base": story.base[VALUE],
        "contributions": list(story.features),
        "peers": story.reasons.peers,
        "reasons": {
            DECLINE: [_reason(reason) for reason in story.reasons.decline],
            VALUE: [_reason(reason) for reason in story.reasons.value],
        },
        "curve": {
            "event": curve.event,
            "ends": list(curve.ends),
            "probability": curve.probability[0].tolist(),
            "incidence": {cause: until[0].tolist() for cause, until in curve.incidence.items()},
        },
        "history": [asdict(point) for point in story.history],
        "measures": [asdict(measure) for measure in story.measures],
        "change": None if story.change is None else asdict(story.change),
        "within_reach": [asdict(answer) for answer in story.reach],
        "warning_sentences": list(story.warnings),
        "notices": notice_facts(story.notices),
        "terms": list(story.terms),
        "treatment": [{"title": title, "text": text} for title, text in story.treatment],
    }
    return {name: _clean(value) for name, value in facts.items()}


def _reason(reason: ExplainedReason) -> dict[str, Any]:
    figures = reason.figures
    return {
        "reason": reason.reason,
        "title": reason.title,
        "effect": reason.effect,
        "sentence": reason.sentence,
        "feature": figures.feature,
        "observed": figures.observed if figures.observed is not None else figures.observed_text,
        "usual": figures.usual if figures.usual is not None else figures.usual_text,
        "low": figures.low,
        "high": figures.high,
    }


def _clean(value: Any) -> Any:
    """Without the numbers that JSON cannot tell."""
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
