"""Notices of the policy of a config that grades, and of its other settings, which are without effect.

A run takes where and how from the caller (the sections ``book`` and ``run``), and the policy that grades; all that
decides what is foreseen is the bundle's. Neither a setting that is passed over nor a policy that the models were not
published with may stay unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.notices import Notice, NoticeTexts, Severity
from models.pipeline.bundle import Bundle
from models.scoring.policy_in_force import POLICY_FACTS as POLICY
from models.scoring.policy_in_force import GradedBy, graded_by_config, settings_hash
from models.text import ENGLISH, Language, Text

_OF_THE_CALLER = ("book", "privacy", "run")
_OF_TRAINING = ("origins", "learners")
"""Sections that scoring never reads: other values wait for the next training, which is how it should be."""
_GRADING = (POLICY, "tiers")
_SHOWN = 3


def settings_without_effect(bundle: Bundle, config: Config) -> list[Notice]:
    """Sections of ``config`` that differ from those of the bundle, which count instead."""
    return list(_sections(bundle.config, config))


_OF_CONFIG = (
    Text(
        "the config's policy ({policy}) grades, not the one that the models were published with ({models}): "
        "{keys} differ"
    ),
    Text("the verb tiers tells whom it moves; to grade by the models' own, name their policy in the config"),
)
"""What was found, and the remedy."""
_POLICY = Text("policy", "subject of a notice")
_AND_MORE = Text("{keys} and {more} more")
_CHANGED_SINCE = Text("these scores were made by other values ({published}) than the config has now ({now})")
_PREDICT_AGAIN = Text("predict again for the config's to count, or set them back")
_SCORE_AGAIN = Text("train and score again for the config's to count, or set them back")
_COUNT_INSTEAD = Text("the models were published with other values, which count instead: {keys}")
_TRAIN_AGAIN = Text("train again for the config's to count, or set them back")


def policy_in_force_notices(bundle: Bundle, lang: Language = ENGLISH) -> list[Notice]:
    """A note where another policy grades than the one that the models were published with: which, and in what."""
    if not graded_by_config(bundle):
        return []
    graded_by = GradedBy.of(bundle)
    trained, serves = (each.model_dump(mode="json") for each in _policies(bundle))
    keys = list(changed_keys(trained, serves))
    found = _OF_CONFIG[0].filled(policy=graded_by.policy, models=graded_by.models, keys=_some(keys))
    remedy = _OF_CONFIG[1]
    return [
        Notice(
            code="policy_of_config",
            severity=Severity.NOTE,
            subject=_POLICY.within(lang),
            found=found.within(lang),
            remedy=remedy.within(lang),
            count=len(keys),
            texts=NoticeTexts(found=found, remedy=remedy),
        )
    ]


def _policies(bundle: Bundle) -> tuple[PolicyConfig, PolicyConfig]:
    """The policy that the models were published with, and the one by which they grade."""
    return bundle.config.grading, bundle.models.policy.settings


def settings_hashes(bundle: Bundle) -> dict[str, str]:
    """Section -> what identifies the settings by which a bundle scores; a run publishes them beside its scores."""
    reported = bundle.config.meaning() | {POLICY: bundle.models.policy.settings.model_dump(mode="json")}
    left_out = (*_OF_THE_CALLER, "tiers")
    return {section: settings_hash(reported[section]) for section in sorted(reported) if section not in left_out}


def settings_changed_since(published: Mapping[str, str], config: Config) -> list[Notice]:
    """Policy and sections of ``config`` that differ from those a run was scored by, of which it published hashes."""
    reported = config.meaning() | {POLICY: config.grading.model_dump(mode="json")}
    now = {each: settings_hash(reported.get(each)) for each in published if each not in _OF_TRAINING}
    changed = [each for each, known in now.items() if published[each] != known]
    return [
        Notice.of(
            "policy_changed_since" if section == POLICY else "setting_changed_since",
            Severity.WARNING,
            section,
            found=_CHANGED_SINCE.filled(published=published[section], now=now[section]),
            remedy=_PREDICT_AGAIN if section == POLICY else _SCORE_AGAIN,
        )
        for section in changed
    ]


def changed_keys(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """The settings that differ, by their dotted keys; entries of a list by name where they have one, else by place.

    >>> list(changed_keys({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}))
    ['a.c']
    >>> list(changed_keys([{"name": "x", "above": 1}], [{"name": "x", "above": 2}, {"name": "y", "above": 2}], "caps"))
    ['caps.x.above', 'caps.y']
    """
    if before == after:
        return
    old, new = _entries(before), _entries(after)
    if old is None or new is None:
        yield place
        return
    for key in dict.fromkeys([*old, *new]):
        inner = f"{place}.{key}" if place else key
        if key in old and key in new:
            yield from changed_keys(old[key], new[key], inner)
        else:
            yield inner
    if isinstance(before, Sequence) and old.keys() == new.keys() and [*old] != [*new]:
        yield f"the order of {place}"


def _entries(value: Any) -> Mapping[str, Any] | None:
    """The entries of a section or a list of sections by key; None of a plain value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(each, Mapping) for each in value):
        return {str(each.get("name", place)): each for place, each in enumerate(value)}
    return None


def _sections(serves: Config, config: Config) -> Iterator[Notice]:
    before, after = serves.meaning(), config.meaning()
    passed_over = (*_OF_THE_CALLER, *(_GRADING if config.policy is None else (POLICY,)))
    for section in sorted(before.keys() - set(passed_over)):
        keys = list(changed_keys(before[section], after[section]))
        if keys:
            yield Notice.of(
                "setting_without_effect",
                Severity.NOTE if section in _OF_TRAINING else Severity.WARNING,
                section,
                found=_COUNT_INSTEAD.filled(keys=_some(keys)),
                remedy=_TRAIN_AGAIN,
                count=len(keys),
            )


def _some(keys: Sequence[str]) -> Text | str:
    shown, more = ", ".join(keys[:_SHOWN]), len(keys) - _SHOWN
    return _AND_MORE.filled(keys=shown, more=str(more)) if more > 0 else shown
