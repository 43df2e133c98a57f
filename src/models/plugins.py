"""Own code beside the package: plug-ins found by their entry points, of which only what a config names is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.errors import UserError

_MOST_NAMED = 10


class PluginGroup(StrEnum):
    """Groups of entry points, by what their plug-ins do."""

    SOURCES = "clientvalue.sources"
    FEATURES = "clientvalue.features"
    VALUE_LEARNERS = "clientvalue.value_learners"
    DECLINE_LEARNERS = "clientvalue.decline_learners"
    WARNING_SIGNALS = "clientvalue.warning_signals"
    SINKS = "clientvalue.sinks"
    TIER_RULES = "clientvalue.tier_rules"
    KPIS = "clientvalue.kpis"


class MissingPluginError(UserError):
    """A plug-in that is named is not there, or is another one than was learned with."""


@dataclass(frozen=True, kw_only=True)
class PluginFacts:
    """What tells one plug-in from another: its distribution, version and the hash of its code."""

    group: str
    name: str
    distribution: str
    version: str
    code: str

    @property
    def wanted(self) -> str:
        """What to install."""
        return f"{self.distribution}=={self.version}"


def load_plugin(group: PluginGroup, name: str) -> Any:
    """The plug-in of that name. Raises ``MissingPluginError`` where it is not installed or cannot be imported."""
    point = _found(group, name)
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise MissingPluginError(
            rule=f"the plug-in {name} ({group}) must be importable",
            got=f"{point.value}: {error}",
            remedy=f"install what {_facts_of(group, name).wanted} needs, or mend its entry point",
        ) from error


def plugin_facts(named: Mapping[PluginGroup, Iterable[str]]) -> tuple[PluginFacts, ...]:
    """The facts of plug-ins by their names, in order. Raises ``MissingPluginError``."""
    return tuple(_facts_of(group, name) for group in PluginGroup for name in sorted(named.get(group, ())))


def require_plugins(needed: Iterable[PluginFacts]) -> None:
    """Raises ``MissingPluginError`` unless each plug-in that was learned with is there as it was."""
    for each in needed:
        group = PluginGroup(each.group)
        rule = f"these models need the plug-in {each.name} ({each.group}) of {each.wanted}"
        found = next((point for point in entry_points(group=group) if point.name == each.name), None)
        if found is None:
            raise MissingPluginError(
                rule=rule,
                got="it is not installed here",
                remedy=f"pip install '{each.wanted}', from where your own packages are kept",
            )
        here = _facts_of(group, each.name)
        if here != each:
            raise MissingPluginError(
                rule=f"{rule} as they learned with it",
                got=f"{here.wanted}{'' if here.version != each.version else ' with other code'}",
                remedy=f"pip install '{each.wanted}', or train again with what is installed",
            )


def _found(group: PluginGroup, name: str) -> EntryPoint:
    points = entry_points(group=group)
    found = next((point for point in points if point.name == name), None)
    if found is None:
        known = ", ".join(sorted(point.name for point in points)[:_MOST_NAMED])
        raise MissingPluginError(
            rule=f"the plug-in {name} must be installed with an entry point in {group}",
            got=f"only {known}" if known else "none of that group",
            remedy="install the package that brings it into this environment, or take its name out of the config",
        )
    return found


@cache
def _facts_of(group: PluginGroup, name: str) -> PluginFacts:
    point = _found(group, name)
    return PluginFacts(
        group=group.value,
        name=name,
        distribution="" if point.dist is None else point.dist.name,
        version="" if point.dist is None else point.dist.version,
        code=_code_behind(point.module),
    )


def _code_behind(module: str) -> str:
    """Hash of the text of the package that a module belongs to, however it was installed; nothing of it is run."""
    spec = find_spec(module.partition(".")[0])
    places = [] if spec is None else [Path(place) for place in spec.submodule_search_locations or ()]
    files = [(place, file) for place in places for file in sorted(place.rglob("*.py"))]
    if not files and spec is not None and spec.origin:
        files = [(Path(spec.origin).parent, Path(spec.origin))]
    digest = hashlib.sha256()
    for place, file in files:
        digest.update(f"\n{file.relative_to(place).as_posix()}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
