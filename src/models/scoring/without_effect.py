"""Settings of a caller's config without effect, since the bundle's published values count instead.

A run takes where and how from the caller (the sections ``book`` and ``run``), all that decides numbers from the bundle.
A setting that is passed over must not be passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.notices import Notice, Severity
from models.pipeline.bundle import Bundle
from models.store.keys import canonical_json, text_hash

POLICY = "policy"
_OF_THE_CALLER = ("book", "run")
_OF_TRAINING = ("origins", "learners")
"""Sections that scoring never reads: other values wait for the next training, which is how it should be."""
_GRADING = (POLICY, "tiers")
_HASH_LENGTH = 12
_SHOWN = 3


def settings_without_effect(bundle: Bundle, config: Config) -> list[Notice]:
    """Policy and sections of ``config`` that differ from those of the bundle, which count instead."""
    return [*_policy(bundle.models.policy.settings, config), *_sections(bundle.config, config)]


def settings_hashes(bundle: Bundle) -> dict[str, str]:
    """Section -> what identifies the settings by which a bundle scores; a run publishes them beside its scores."""
    reported = bundle.config.meaning() | {POLICY: bundle.models.policy.settings.model_dump(mode="json")}
    return {
        section: _hash(reported[section]) for section in sorted(reported) if section not in (*_OF_THE_CALLER, "tiers")
    }


def settings_changed_since(published: Mapping[str, str], config: Config) -> list[Notice]:
    """Policy and sections of ``config`` that differ from those a run was scored by, of which it published hashes."""
    reported = config.meaning() | {POLICY: config.grading.model_dump(mode="json")}
    changed = [
        each for each, known in published.items() if each not in _OF_TRAINING and known != _hash(reported.get(each))
    ]
    return [
        Notice(
            code="policy_changed_since" if section == POLICY else "setting_changed_since",
            severity=Severity.WARNING,
            subject=section,
            found=f"these scores were made by other values ({published[section]}) than the config has now "
            f"({_hash(reported.get(section))})",
            remedy="train and score again for the config's to count, or set them back",
        )
        for section in changed
    ]


def _hash(settings: Any) -> str:
    return text_hash(canonical_json(settings))[:_HASH_LENGTH]


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


def _policy(serves: PolicyConfig, config: Config) -> Iterator[Notice]:
    old, new = (policy.model_dump(mode="json") for policy in (serves, config.grading))
    keys = list(changed_keys(old, new))
    if not keys:
        return
    found = (
        f"the config's policy ({_hash(new)}) is not the one that the models were published with "
        f"({_hash(old)}), which grades: {_some(keys)} differ"
    )
    remedy = "train again to grade by the config's; tiers --what-if tells whom a change would move"
    yield Notice(
        code="policy_without_effect",
        severity=Severity.WARNING,
        subject=POLICY,
        found=found,
        remedy=remedy,
        count=len(keys),
    )


def _sections(serves: Config, config: Config) -> Iterator[Notice]:
    before, after = serves.meaning(), config.meaning()
    passed_over = (*_OF_THE_CALLER, *(_GRADING if config.policy is None else (POLICY,)))
    for section in sorted(before.keys() - set(passed_over)):
        keys = list(changed_keys(before[section], after[section]))
        if keys:
            yield Notice(
                code="setting_without_effect",
                severity=Severity.NOTE if section in _OF_TRAINING else Severity.WARNING,
                subject=section,
                found=f"the models were published with other values, which count instead: {_some(keys)}",
                remedy="train again for the config's to count, or set them back",
                count=len(keys),
            )


def _some(keys: Sequence[str]) -> str:
    more = len(keys) - _SHOWN
    return ", ".join(keys[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
