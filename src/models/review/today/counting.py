"""Counts of the first screen: clients of the own portfolio in the newest run, what awaits an answer, alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.decisions.entries import OVERRIDE_ACTS, POLICY_ACTS
from models.decisions.overrides import CaseState, OverrideCase, is_same_person, override_cases
from models.decisions.policies import PolicyCase, policy_cases
from models.directory.index import ClientIndex
from models.directory.report import ClientQuery, Scope
from models.letter.objections import LETTER_ACTS, ObjectionCase, objection_cases
from models.lists.rules import Purpose
from models.monitoring.report import MonitorReport
from models.notices import Notice, Severity, notices_of
from models.publications.past import OfficialRun
from models.publications.previous import scale_of
from models.review.chain.record import entries
from models.review.model_room.kept import KINDS, found_report
from models.review.site import shown_site
from models.store.sealed import OF_SCORES, read_facts
from models.validation.report import ValidationReport
from models.warnings.report import WARNINGS, AlarmState

LISTS = "lists.parquet"
_LATE = frozenset(("late_cashflows", "late_table", "thin_periods", "monitor_silent"))
"""Codes of notices that say that data came late, or not whole."""
_SHOWN = AlarmState.SHOWN.value


@dataclass(frozen=True, kw_only=True)
class RunBefore:
    """What changed since the run before: its date, and whether models or policy are others now."""

    as_of: date
    models: bool
    policy: bool


@dataclass(frozen=True)
class ClientCounts:
    """Counts of the clients that somebody may see, in one published run, without those who ``refused`` since."""

    index: ClientIndex
    run: OfficialRun
    scope: Scope
    refused: frozenset[str] = frozenset()

    @cached_property
    def top(self) -> tuple[str, ...]:
        """The top tiers of the policy that graded."""
        return tuple(scale_of(_facts(self.run.folder)).top)

    def total(self, **facets: tuple[str, ...]) -> int:
        """How many clients have these values of facets."""
        return self.index.search(ClientQuery(facets=facets, scope=self.scope, limit=1, columns=("client_id",))).total

    def moved(self) -> Mapping[str, int]:
        """Way -> how many clients moved so since the run before."""
        counts = {way: self.total(moved=(way,)) for way in self.index.values("moved")}
        return {way: count for way, count in counts.items() if count}

    def fallen(self) -> int:
        """How many fell out of the top tiers."""
        pieces = self._pieces(("client_id", "tier_before"), moved=("down",))
        top = pa.array(self.top)
        return sum(_count(pc.is_in(piece["tier_before"].cast(pa.string()), value_set=top)) for piece in pieces)

    def new_warnings(self) -> int:
        """How many are warned of for the first time."""
        new = _newly_warned(self.run.folder, self.run.as_of)
        pieces = self._pieces(("client_id",), warning=(_SHOWN,))
        return sum(_count(pc.is_in(piece["client_id"], value_set=new)) for piece in pieces)

    def to_review(self) -> int:
        """How many stand on the list of those to review next."""
        listed = set(_listed(self.run.folder, Purpose.REVIEW_NEXT).to_pylist()) - self.refused
        return len(listed) if self.scope.everything else sum(map(self.may_see, listed))

    def may_see(self, client_id: str) -> bool:
        """Whether a client is in the portfolio."""
        return self.index.client(client_id, self.scope) is not None

    def _pieces(self, columns: tuple[str, ...], **facets: tuple[str, ...]) -> Iterator[pa.Table]:
        return self.index.export(ClientQuery(facets=facets, scope=self.scope, columns=columns))


def late_data(run: OfficialRun) -> list[Notice]:
    """What the run noticed of data that came late."""
    return [each for each in notices_of(_facts(run.folder).get("notices", ())) if each.code in _LATE]


def run_before(run: OfficialRun) -> RunBefore | None:
    """What changed since the official run before; None where there is none."""
    past = [each for each in shown_site().runs() if each.as_of < run.as_of]
    if not past:
        return None
    before = past[-1]
    return RunBefore(
        as_of=before.as_of,
        models=before.entry.bundle != run.entry.bundle,
        policy=before.entry.policy != run.entry.policy,
    )


def awaiting_overrides(by: str) -> list[OverrideCase]:
    """Overrides that another person proposed and nobody answered."""
    return [case for case in override_cases(entries(OVERRIDE_ACTS)).open() if not is_same_person(case.entry.by, by)]


def returned_overrides(by: str) -> list[OverrideCase]:
    """Own proposals that came back with a remark."""
    cases = override_cases(entries(OVERRIDE_ACTS)).cases
    return [case for case in cases if case.standing is CaseState.RETURNED and is_same_person(case.entry.by, by)]


def awaiting_policies(by: str) -> list[PolicyCase]:
    """Policies that another person proposed and nobody answered."""
    cases = policy_cases(entries(POLICY_ACTS)).cases
    return [case for case in cases if case.standing is CaseState.PROPOSED and not is_same_person(case.entry.by, by)]


def open_objections() -> list[ObjectionCase]:
    """Objections that nobody answered, the one whose answer is due first in front."""
    return [case for case in objection_cases(entries(LETTER_ACTS)) if case.answer is None]


def raised_alarms() -> int | None:
    """How many alarms the monitor raised last; None where it has not looked yet."""
    found = found_report(KINDS["monitor"], shown_site().config)
    if found is None:
        return None
    return sum(alarm.severity is not Severity.NOTE for alarm in cast("MonitorReport", found.report).alarms)


def open_findings() -> int | None:
    """How many findings of the newest validation file are open; None where there is none."""
    found = found_report(KINDS["validation"], shown_site().config)
    return None if found is None else len(cast("ValidationReport", found.report).findings)


@lru_cache(maxsize=4)
def _facts(folder: Path) -> Mapping[str, Any]:
    return read_facts(folder, remedies=OF_SCORES)


@lru_cache(maxsize=4)
def _newly_warned(folder: Path, as_of: date) -> pa.Array:
    table = pq.read_table(folder / WARNINGS, columns=["client_id", "state", "first_seen"])
    new = pc.and_(pc.equal(table["first_seen"], pa.scalar(as_of)), pc.equal(table["state"], _SHOWN))
    return table.filter(new)["client_id"].combine_chunks()


@lru_cache(maxsize=4)
def _listed(folder: Path, purpose: Purpose) -> pa.Array:
    table = pq.read_table(folder / LISTS, columns=["list", "client_id"])
    return table.filter(pc.equal(table["list"], purpose.value))["client_id"].combine_chunks()


def _count(which: pa.ChunkedArray) -> int:
    return int(pc.sum(which).as_py() or 0)
