"""Cut-offs as a form shows and moves them, and the policy that moved ones make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, QueryDict

from models.config.loading import change_policy
from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import table_dimensions
from models.errors import UserError
from models.review.policy_lab.text import KINDS
from models.review.shared.languages import page_language
from models.review.site import shown_site
from models.text import Phrase
from models.what_if.lab import LabClients, LabShift, lab_shift


@dataclass(frozen=True)
class MovableCutOff:
    """One number of the form: its key, as ``tiers --what-if`` takes it, what it is called, what it was and is now."""

    key: str
    dimension: str
    level: str
    kind: Phrase
    own: float
    number: float

    @property
    def is_moved(self) -> bool:
        """Whether it is another than in the policy that runs."""
        return self.number != self.own


def cut_offs(policy: PolicyConfig, given: Mapping[str, str]) -> list[MovableCutOff]:
    """The cut-offs of the dimensions that rules name, with the numbers of a form where it has them.

    Raises ``UserError`` for what is no number.
    """
    return list(_cut_offs(policy, given))


def moved_policy(policy: PolicyConfig, numbers: list[MovableCutOff]) -> PolicyConfig:
    """The policy with the numbers that were moved. Raises ``ConfigError`` with all that does not hold together."""
    changes = [f"{each.key}={each.number!r}" for each in numbers if each.is_moved]
    return change_policy(policy, changes, shown_site().config.features) if changes else policy


def shift_between(before: PolicyConfig, after: PolicyConfig) -> LabShift:
    """Who would move in the run that is shown. Raises ``UserError`` where nothing is published, or it cannot tell."""
    newest = shown_site().newest()
    if newest is None:
        raise UserError(rule="the lab looks at a published run", got="none", remedy="publish one first")
    return lab_shift(_grades(newest.folder, newest.entry.run_key), before, after)


def typed_numbers(request: HttpRequest) -> Mapping[str, str]:
    """What a form holds, by its fields."""
    form: QueryDict = request.POST if request.method == "POST" else request.GET
    return {name: str(value)[:40] for name, value in form.items() if name.startswith("dimensions.")}


def _cut_offs(policy: PolicyConfig, given: Mapping[str, str]) -> Iterator[MovableCutOff]:
    spoken = page_language()
    for name in table_dimensions(policy.dimensions, policy.rules):
        dimension = policy.dimensions[name]
        for level in dimension.levels[:-1]:
            [(kind, own)] = level.cut_offs.items()
            key = f"dimensions.{name}.levels.{level.name}.{kind}"
            yield MovableCutOff(
                key=key,
                dimension=dimension.label.within(spoken),
                level=level.name if level.label is None else level.label.within(spoken),
                kind=KINDS[kind],
                own=own,
                number=_number(given[key]) if given.get(key) else own,
            )


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise UserError(rule="a cut-off must be a number", got=repr(text), remedy="write it in digits") from None
    return number


@lru_cache(maxsize=2)
def _grades(run: Path, run_key: str) -> LabClients:
    """``run_key`` tells a run that was published anew from the one before it."""
    return LabClients.of(run)
