"""Sentences on who serves each target, and by which evidence."""

from __future__ import annotations

from models.pipeline.serving import Serving, ServingModels
from models.text import ENGLISH, Language, Phrase, Text, named

_MODELS = {
    "tweedie": Text("boosted trees (Tweedie)"),
    "hurdle": Text("boosted trees (hurdle)"),
    "ziln": Text("boosted trees (zero-inflated lognormal)"),
    "btyd": Text("BG/NBD x Gamma-Gamma"),
    "btyd_offset": Text("boosted trees on BG/NBD x Gamma-Gamma"),
    "blend": Text("a blend of all candidates"),
    "past_sum": Text("the past sum"),
    "boosted": Text("boosted trees"),
    "logistic": Text("logistic regression"),
}
_TARGETS = {"value": Text("Value", "who serves"), "decline": Text("Decline", "who serves")}
_METRICS = {"auc": Text("AUC"), "normalized_gini": Text("normalized Gini")}
_SERVED = Text("{target} by {model}", "who serves")
_TOGETHER = Text("{target} by {model} ({share}%) and {simple} ({rest}%) together", "who serves")
_BETTER = Text(
    "it ranked clients better than {simple} at {count} earlier date",
    plural="it ranked clients better than {simple} at {count} earlier dates",
)
_NOT_BETTER = Text(
    "{model} ranked clients no better at {count} earlier date",
    plural="{model} ranked clients no better at {count} earlier dates",
)
_UNSETTLED = Text(
    "the former ranked clients no better at {count} earlier date, which is too little to leave it out",
    plural="the former ranked clients no better at {count} earlier dates, which is too little to leave it out",
)
_UNDECIDED = Text(
    "{count} earlier date cannot tell which of the two ranks clients better",
    plural="{count} earlier dates cannot tell which of the two ranks clients better",
)
_EVIDENCE = Text("{metric} {lead}, 95% {low} to {high}")
_UNPROVEN = Text("no earlier date can show a better ranking of clients by {model}")
_ALONE = Text("there is no simple model to compare it with")
_SAID = Text("{served}: {why}", "who serves")
_WHY = Text("{found} ({evidence})", "who serves")


def serving_sentences(serving: ServingModels, lang: Language = ENGLISH) -> dict[str, str]:
    """Target -> who serves it and why, in one sentence without a full stop; value first."""
    return {
        target: _SAID.within(lang, served=_served(target, who), why=_why(who))
        for target, who in (("value", serving.value), ("decline", serving.decline))
    }


def _served(target: str, who: Serving) -> Text:
    leader, simple = _called(who.leader), _called(who.simple)
    if 0 < who.share < 1:
        percent = round(100 * who.share)
        return _TOGETHER.filled(target=_TARGETS[target], model=leader, simple=simple, share=percent, rest=100 - percent)
    return _SERVED.filled(target=_TARGETS[target], model=leader if who.share else simple)


def _why(who: Serving) -> Text:
    """A lead is that of the leader over the simple model, whoever serves."""
    leader, simple, difference = _called(who.leader), _called(who.simple), who.difference
    if not who.simple:
        return _ALONE
    if difference is None:
        return _UNPROVEN.filled(model=leader)
    between = _UNSETTLED if difference.high < 0 else _UNDECIDED
    found = {0.0: _NOT_BETTER, 1.0: _BETTER}.get(who.share, between)
    figures = {name: f"{getattr(difference, name):+.3f}" for name in ("low", "high")}
    evidence = _EVIDENCE.filled(metric=_METRICS[who.metric], lead=f"{difference.estimate:+.3f}", **figures)
    return _WHY.filled(found=found.filled(count=who.origins, model=leader, simple=simple), evidence=evidence)


def _called(name: str) -> Phrase:
    return _MODELS.get(name, named(name))
