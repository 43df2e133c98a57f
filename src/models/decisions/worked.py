"""Work on warnings and on work lists as entries of the chain: payloads, rules of each step, and where each case stands.

A warning is one for as long as it lasts: its case is known by the client and the day on which it was first seen. An
item of a work list is known by its list, the client, and the as-of date of the run that put it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from models.decisions.entries import DecisionAct, Draft, Entry
from models.decisions.refusals import RefusedDecisionError
from models.decisions.rules import MAX_WORDS
from models.errors import UserError
from models.text import Text

WARNING_ACTS = tuple(act for act in DecisionAct if act.startswith("warning "))
LIST_ACTS = tuple(act for act in DecisionAct if act.startswith("list item "))
_CLOSED_RULE = Text("a warning that was closed is worked on no more")
_CLOSED = Text("one closed by {by}", "warning")
_NEW_ONE = Text("a new warning of the client is a case of its own")
_PERSON_RULE = Text("a warning must be given to a member of the workbench")
_DAY_RULE = Text("what is due must be due from today on")
_OUTCOME_RULE = Text("a warning must be closed with an outcome of the list")
_RESULT_RULE = Text("an item must be done with a result of the list")
_TAKEN_RULE = Text("an item must be taken by who says that it is done")
_DONE_RULE = Text("an item that is done stays done")
_DONE = Text("one done by {by}", "work list")
_TAKE = Text("take it first")
_NEXT_LIST = Text("the next publication lists the client again, if it still pays")
_WORDS = Text("a remark must have at most {most:,} signs")
_SHORTEN = Text("shorten it")
_CHOOSE = Text("choose one of them")
_NOTHING = Text("nothing", "choice")


class WarningOutcome(StrEnum):
    """What people found when they looked into a warning; the first three mean that it warned of something."""

    DECLINED = "business fell or ended"
    DEFAULTED = "arrears or default"
    PREVENTED = "prevented by acting"
    EXPLAINED = "explained, no risk"
    FALSE_ALARM = "false alarm"


RIGHT_OUTCOMES = frozenset({WarningOutcome.DECLINED, WarningOutcome.DEFAULTED, WarningOutcome.PREVENTED})


class ListResult(StrEnum):
    """What came of an item of a work list; the first means that what the list is for was brought about."""

    AGREED = "agreed"
    DECLINED = "declined by the client"
    POSTPONED = "postponed"
    NOT_FITTING = "did not fit"


class WarningState(StrEnum):
    """Where a warning stands with people."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    CLOSED = "closed"


class ItemState(StrEnum):
    """Where an item of a work list stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class WarningStep:
    """A step of work on a warning: of which one, as published in which run, and what the step says.

    ``to`` is who shall look into it, ``due`` by when, ``outcome`` one of ``WarningOutcome``; each only of its act.
    """

    first_seen: date
    as_of: date
    run_key: str
    to: str = ""
    due: date | None = None
    outcome: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class ListStep:
    """A step of work on an item: of which list of which run; ``result`` is one of ``ListResult``, of what is done."""

    list_name: str
    as_of: date
    run_key: str
    result: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class WarningCase:
    """A warning as people work on it."""

    client: str
    first_seen: date
    state: WarningState = WarningState.NEW
    to: str = ""
    due: date | None = None
    outcome: WarningOutcome | None = None
    by: str = ""
    at: datetime | None = None
    remarks: tuple[str, ...] = ()

    def after(self, entry: Entry, step: WarningStep) -> WarningCase:
        """The case after a step of the chain; a closed one stays as it is."""
        if self.state is WarningState.CLOSED:
            return self
        known = replace(
            self, by=entry.by, at=entry.at, remarks=(*self.remarks, *([step.remark] if step.remark else []))
        )
        if entry.act == DecisionAct.WARNING_ACKNOWLEDGED:
            return replace(known, state=WarningState.ACKNOWLEDGED if not self.to else self.state)
        if entry.act == DecisionAct.WARNING_ASSIGNED:
            return replace(known, state=WarningState.ASSIGNED, to=step.to)
        if entry.act == DecisionAct.WARNING_DUE:
            return replace(known, due=step.due)
        return replace(known, state=WarningState.CLOSED, outcome=WarningOutcome(step.outcome))


@dataclass(frozen=True, kw_only=True)
class ListItem:
    """An item of a work list as people work on it."""

    client: str
    list_name: str
    as_of: date
    state: ItemState = ItemState.OPEN
    by: str = ""
    at: datetime | None = None
    result: ListResult | None = None
    remark: str = ""

    def after(self, entry: Entry, step: ListStep) -> ListItem:
        """The item after a step of the chain; a done one stays as it is."""
        if self.state is ItemState.DONE:
            return self
        if entry.act == DecisionAct.LIST_ITEM_TAKEN:
            return replace(self, state=ItemState.TAKEN, by=entry.by, at=entry.at)
        result = ListResult(step.result)
        return replace(self, state=ItemState.DONE, by=entry.by, at=entry.at, result=result, remark=step.remark)


def warning_cases(entries: Iterable[Entry]) -> dict[tuple[str, date], WarningCase]:
    """(Client, first seen) -> its case, folded in the order of the chain; what cannot be read counts nowhere."""
    found: dict[tuple[str, date], WarningCase] = {}
    for entry in entries:
        if entry.act in WARNING_ACTS:
            try:
                step = entry.read(WarningStep)
                key = (entry.subject, step.first_seen)
                case = found.get(key, WarningCase(client=entry.subject, first_seen=step.first_seen))
                found[key] = case.after(entry, step)
            except (UserError, ValueError):
                continue
    return found


def list_items(entries: Iterable[Entry]) -> dict[tuple[str, str, date], ListItem]:
    """(List, client, as-of date) -> its item, folded in the order of the chain; what cannot be read counts nowhere."""
    found: dict[tuple[str, str, date], ListItem] = {}
    for entry in entries:
        if entry.act in LIST_ACTS:
            try:
                step = entry.read(ListStep)
                key = (step.list_name, entry.subject, step.as_of)
                item = found.get(key, ListItem(client=entry.subject, list_name=step.list_name, as_of=step.as_of))
                found[key] = item.after(entry, step)
            except (UserError, ValueError):
                continue
    return found


def warning_step(
    act: DecisionAct, client: str, step: WarningStep, entries: Sequence[Entry], *, members: Sequence[str], today: date
) -> Draft:
    """What to record of a step; ``entries`` are those on warnings of the client. Raises ``RefusedDecisionError``."""
    case = warning_cases(entries).get((client, step.first_seen))
    if case is not None and case.state is WarningState.CLOSED:
        raise RefusedDecisionError(_CLOSED_RULE, _CLOSED.filled(by=case.by), _NEW_ONE)
    if act is DecisionAct.WARNING_ASSIGNED and step.to not in members:
        raise RefusedDecisionError(_PERSON_RULE, step.to or _NOTHING, _CHOOSE)
    if act is DecisionAct.WARNING_DUE and (step.due is None or step.due < today):
        raise RefusedDecisionError(_DAY_RULE, _NOTHING if step.due is None else step.due.isoformat(), _CHOOSE)
    if act is DecisionAct.WARNING_CLOSED and step.outcome not in {each.value for each in WarningOutcome}:
        raise RefusedDecisionError(_OUTCOME_RULE, step.outcome or _NOTHING, _CHOOSE)
    _require_short(step.remark)
    return Draft.of(act, client, step)


def list_step(act: DecisionAct, client: str, step: ListStep, entries: Sequence[Entry], *, by: str) -> Draft:
    """What to record of a step; ``entries`` are those on items of the client. Raises ``RefusedDecisionError``."""
    item = list_items(entries).get((step.list_name, client, step.as_of))
    if item is not None and item.state is ItemState.DONE:
        raise RefusedDecisionError(_DONE_RULE, _DONE.filled(by=item.by), _NEXT_LIST)
    if act is DecisionAct.LIST_ITEM_DONE:
        if item is None or item.by != by:
            raise RefusedDecisionError(_TAKEN_RULE, _NOTHING if item is None else item.by, _TAKE)
        if step.result not in {each.value for each in ListResult}:
            raise RefusedDecisionError(_RESULT_RULE, step.result or _NOTHING, _CHOOSE)
    _require_short(step.remark)
    return Draft.of(act, client, step)


def _require_short(remark: str) -> None:
    if len(remark) > MAX_WORDS:
        raise RefusedDecisionError(_WORDS.filled(most=MAX_WORDS), str(len(remark)), _SHORTEN)
