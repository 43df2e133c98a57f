"""Attribution of moves between tiers to data, models, policy or people: decided, never guessed.

Three differences can lie between two runs: the facts of the clients, the cut-offs that other models settled, and the
policy. The present facts graded once more by the earlier policy, with its cut-offs, tell exactly what the facts did and
what the rest did. Where the models are others too, a forecast that moved may be due to data or to them: then both are
said, since nothing that a run leaves tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.grading.decision_table import DecisionTable
from models.grading.fitted import GradingPolicy
from models.grading.moves import GradePart, MoveCauses, MovedBy, PublishedGrades, causes_of_moves, leading_part
from models.grading.overrides import OverrideState
from models.vocab import BoolArray, IntArray, TextArray

UNDECIDED = ""
"""The cause where no run left what would decide it."""


class MoveWay(StrEnum):
    """In which direction a client moved."""

    UP = "up"
    DOWN = "down"
    APPEARED = "appeared"
    VANISHED = "vanished"
    OTHER_TIERS = "other tiers"


class MoveCause(StrEnum):
    """Who moved a client; ``SEVERAL`` where no one of data, policy and models did more than each other one."""

    DATA = "data"
    MODEL = "model"
    POLICY = "policy"
    PEOPLE = "people"
    DATA_OR_MODEL = "data or model"
    SEVERAL = "several"


class OverrideEvent(StrEnum):
    """What people did, or let run out, where they moved a client."""

    BEGUN = "begun"
    CHANGED = "changed"
    ENDED = "ended"
    RUN_OUT = "run out"


@dataclass(frozen=True, kw_only=True)
class Redecided:
    """The present facts of some clients, graded by the earlier policy.

    Attributes:
        policy: the earlier one, with its cut-offs; its tiers are those of the present one.
        grades: what it gives.
        mixed: ranks of the tiers that the present rules give with the earlier cut-offs, wherever a dimension is as it
            was; None where only one of policy and models is another. Shape (n_clients,).
    """

    policy: GradingPolicy
    grades: PublishedGrades
    mixed: IntArray | None = None


@dataclass(frozen=True, kw_only=True)
class RunDifferences:
    """What differs between two runs beside the facts of the clients.

    ``same_rules`` says whether the settings of the policies are the same, ``same_policy`` whether their cut-offs are
    too; both are None where the earlier run does not tell.
    """

    same_bundle: bool
    same_rules: bool | None
    same_policy: bool | None


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """What moved each client and who did it. Shapes (n_clients,); ``cause`` is "" where that cannot be decided."""

    moved: MoveCauses
    cause: TextArray


def attributed(
    policy: GradingPolicy,
    before: PublishedGrades,
    now: PublishedGrades,
    runs: RunDifferences,
    redecided: Redecided | None = None,
) -> Attribution:
    """What moved clients that stand in another tier ``now``, and who did it.

    ``redecided`` is there where policy or cut-offs are others and the earlier run left its own; ``before`` is then in
    the terms of that policy.
    """
    if redecided is None:
        found = causes_of_moves(policy, before, now, same_bundle=runs.same_bundle)
        return Attribution(moved=found, cause=_causes(found, runs))
    return _by_steps(policy, before, now, runs, redecided)


def _by_steps(
    policy: GradingPolicy, before: PublishedGrades, now: PublishedGrades, runs: RunDifferences, redecided: Redecided
) -> Attribution:
    """By the share of the way that facts, rules and cut-offs of other models each did of a move."""
    towards, again = np.sign(now.tier - before.tier), redecided.grades
    middle = redecided.mixed if redecided.mixed is not None else (again.tier if runs.same_rules else now.tier)
    steps = np.stack([again.tier - before.tier, middle - again.tier, now.tier - middle]) * towards
    by_facts, by_rules, by_cut_offs = _most(steps)
    of_facts = causes_of_moves(redecided.policy, before, again, same_bundle=runs.same_bundle)
    of_rest = _of_grading(policy, redecided, now, towards)
    cause = _causes(of_facts, replace(runs, same_rules=True, same_policy=True))
    policies, models = (np.full(len(cause), each.value) for each in (MoveCause.POLICY, MoveCause.MODEL))
    return Attribution(
        moved=_merged(by_facts, of_facts, of_rest),
        cause=np.select([by_facts, by_rules, by_cut_offs], [cause, policies, models], MoveCause.SEVERAL.value),
    )


def _most(steps: IntArray) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Which of three shares of a move is greater than both others. (3, n_clients) -> three times (n_clients,)."""
    first, second, third = (np.delete(steps, place, axis=0).max(axis=0) < steps[place] for place in range(3))
    return first, second, third


def _of_grading(policy: GradingPolicy, redecided: Redecided, now: PublishedGrades, towards: IntArray) -> MoveCauses:
    """Which part of another policy moved each client: a cap, the margin, or the dimension whose level is another."""
    part, clients = leading_part(redecided.grades, now, towards), len(towards)
    capped = np.where(now.least > redecided.grades.least, now.cap, redecided.grades.cap)
    dimension = _level_moved(policy, redecided, now, towards)
    return MoveCauses(
        by=np.full(clients, MovedBy.POLICY.value),
        dimension=np.where(part == GradePart.TABLE, dimension, ""),
        criterion=np.full(clients, ""),
        cap=np.where(part == GradePart.CAP, capped, ""),
    )


def _level_moved(policy: GradingPolicy, redecided: Redecided, now: PublishedGrades, towards: IntArray) -> TextArray:
    """The dimension whose level differs most between the policies, in the direction of the move; "" where none does."""
    tables = DecisionTable(redecided.policy), DecisionTable(policy)
    found, most = np.full(len(towards), "", dtype=np.dtype("<U80")), np.zeros(len(towards), dtype=np.int64)
    for name in tables[1].dimensions:
        if name in tables[0].dimensions:
            then, today = (
                table.levels(name, grades.numbers[name])
                for table, grades in zip(tables, (redecided.grades, now), strict=True)
            )
            rows = (today - then) * towards > most
            found[rows], most[rows] = name, ((today - then) * towards)[rows]
    return found


def _merged(chosen: BoolArray, first: MoveCauses, second: MoveCauses) -> MoveCauses:
    """The first where ``chosen``, else the second."""
    names = ("by", "dimension", "criterion", "cap")
    return MoveCauses(**{name: np.where(chosen, getattr(first, name), getattr(second, name)) for name in names})


def _causes(found: MoveCauses, runs: RunDifferences) -> TextArray:
    """Who did it by what moved; a part that another policy may have moved counts only where there is none."""
    foreseen = MoveCause.DATA if runs.same_bundle else MoveCause.DATA_OR_MODEL
    by_policy = _who_settles(runs)
    of_dimension = np.where(found.by == MovedBy.MODELS, foreseen.value, MoveCause.DATA.value)
    known = bool(runs.same_policy)
    of_cap = MoveCause.DATA.value if known else UNDECIDED
    of_margin = foreseen.value if known else UNDECIDED
    is_cap = found.cap != ""
    return np.select(
        [found.by == MovedBy.OVERRIDE, found.by == MovedBy.POLICY, found.by == MovedBy.STABILITY, is_cap],
        [np.full(len(of_dimension), each) for each in (MoveCause.PEOPLE.value, by_policy, of_margin, of_cap)],
        of_dimension,
    )


def _who_settles(runs: RunDifferences) -> str:
    """Who made other cut-offs or rules: the policy, the models, or what cannot be decided."""
    if runs.same_rules:
        return MoveCause.MODEL.value
    return MoveCause.POLICY.value if runs.same_rules is not None and runs.same_bundle else UNDECIDED


def of_activity(runs: RunDifferences) -> str:
    """Who made clients come and go, who are scored in one of the runs only: other models may speak of others."""
    return (MoveCause.DATA if runs.same_bundle else MoveCause.DATA_OR_MODEL).value


def override_events(before: TextArray, now: TextArray, counting: tuple[str, ...]) -> TextArray:
    """What happened to overrides between two runs, by their fates in both, "" for nothing. Shapes (n_clients,)."""
    counted, counts = np.isin(before, counting), np.isin(now, counting)
    events = [
        (~counted & counts, OverrideEvent.BEGUN),
        (counted & counts, OverrideEvent.CHANGED),
        (counted & (now == OverrideState.EXPIRED), OverrideEvent.RUN_OUT),
        (counted & ~counts, OverrideEvent.ENDED),
    ]
    return np.select([holds for holds, _ in events], [event.value for _, event in events], "")


class MovedPart(StrEnum):
    """The part that moved a client, where it is no dimension of the policy, nor any one part of it (``POLICY``)."""

    CAP = "cap"
    OVERRIDE = "override"
    STABILITY = "stability"
    POLICY = "policy"
    ACTIVITY = "activity"


def moved_parts(moved: MoveCauses) -> TextArray:
    """The part that moved each client: its dimension, else one of ``MovedPart``, "" where that is not known. (n,)."""
    parts = [
        (moved.by == MovedBy.OVERRIDE, MovedPart.OVERRIDE),
        (moved.by == MovedBy.ACTIVITY, MovedPart.ACTIVITY),
        (moved.by == MovedBy.STABILITY, MovedPart.STABILITY),
        (moved.cap != "", MovedPart.CAP),
    ]
    otherwise = np.where(moved.by == MovedBy.POLICY, MovedPart.POLICY.value, "")
    chosen = np.where(moved.dimension != "", moved.dimension, otherwise)
    return np.select([holds for holds, _ in parts], [part.value for _, part in parts], chosen)
