"""Selects the warnings to raise: a budget of alarms, no repeats, the best clients always."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import InternalError
from models.vocab import BoolArray, FloatArray, IntArray

Days = NDArray[np.datetime64]
_NEVER = np.datetime64("NaT", "D")
_DAYS_PER_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class AlarmMemory:
    """What is remembered of clients whose warning goes on. Shapes (n,) but ``shown``, (n, n_dimensions).

    Attributes:
        as_of: date of the run that remembers; None where none was before.
        client_id: unique.
        first_seen: when the warning began, shown or not.
        last_seen: when the client warned last.
        severity: the highest that was shown; 0 where nothing was.
        shown: the dimensions that were shown.
        since: from when the budget counts; None: from ``as_of``.
        spent: how many alarms of that budget rang.
    """

    as_of: date | None
    client_id: pd.Index
    first_seen: Days
    last_seen: Days
    severity: FloatArray
    shown: BoolArray
    since: date | None = None
    spent: int = 0

    @classmethod
    def nothing(cls, dimensions: int) -> AlarmMemory:
        """Before the first run."""
        return cls(
            as_of=None,
            client_id=pd.Index([], dtype="str"),
            first_seen=np.empty(0, dtype="datetime64[D]"),
            last_seen=np.empty(0, dtype="datetime64[D]"),
            severity=np.empty(0),
            shown=np.empty((0, dimensions), dtype=np.bool_),
        )

    def of(self, clients: pd.Index) -> AlarmMemory:
        """One row per client of ``clients``; one that is not remembered has no dates and was shown nothing."""
        place = self.client_id.get_indexer(clients)
        return AlarmMemory(
            as_of=self.as_of,
            client_id=clients,
            first_seen=np.append(self.first_seen, _NEVER)[place],
            last_seen=np.append(self.last_seen, _NEVER)[place],
            severity=np.append(self.severity, 0.0)[place],
            shown=np.vstack([self.shown, np.zeros((1, self.shown.shape[1]), dtype=np.bool_)])[place],
        )

    def where(self, chosen: BoolArray) -> AlarmMemory:
        """The chosen clients."""
        return AlarmMemory(
            as_of=self.as_of,
            client_id=self.client_id[chosen],
            first_seen=self.first_seen[chosen],
            last_seen=self.last_seen[chosen],
            severity=self.severity[chosen],
            shown=self.shown[chosen],
        )


@dataclass(frozen=True, kw_only=True)
class Deteriorations:
    """The clients that warn at one as-of date. Shapes (n,) but ``warns``, (n, n_dimensions).

    Attributes:
        severity: 0 to 100.
        weight: what severity is multiplied with to rank alarms, not below zero.
        top: clients that stand first, and are shown whatever the budget.
    """

    client_id: pd.Index
    severity: FloatArray
    warns: BoolArray
    weight: FloatArray
    top: BoolArray


@dataclass(frozen=True, kw_only=True)
class AlarmLimits:
    """How many alarms may ring, and what is news. ``alone`` (n_dimensions,): which dimensions warn by themselves."""

    budget: int
    news_step: float
    calm_days: float
    alone: BoolArray


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """What rings, and what the next run has to remember.

    Attributes:
        place: rows of ``Deteriorations`` that are shown, the top clients first, then the most urgent: (n_shown,).
        held_back: rows with news that the budget did not reach, in the same order: (n_held_back,).
        without_news: rows that warn as they were shown before, in the same order: (n_without_news,).
        first_seen: since when each row of ``Deteriorations`` warns, (n,).
        repeat: which of those shown were shown before in the same warning, and come again because there is news,
            (n_shown,).
        budget: how many alarms the clients and the time allowed; the top clients may exceed it.
        top_shown: how many of those shown are shown whatever the budget.
        memory: for the next run.
    """

    place: IntArray
    held_back: IntArray
    without_news: IntArray
    first_seen: Days
    repeat: BoolArray
    budget: int
    top_shown: int
    memory: AlarmMemory


def alarm_budget(share_per_week: float, clients: int, days: float) -> int:
    """Alarms that a share of the clients per week allows in so many days, rounded up.

    >>> alarm_budget(0.01, 5_000, 7), alarm_budget(0.01, 5_000, 28), alarm_budget(0.01, 30, 7), alarm_budget(0.0, 30, 7)
    (50, 200, 1, 0)
    """
    return math.ceil(round(share_per_week * clients * days / _DAYS_PER_WEEK, 9))


def ring(turned: Deteriorations, memory: AlarmMemory, as_of: date, limits: AlarmLimits) -> Alarms:
    """Choose what is shown at ``as_of``, given what earlier runs showed.

    News is a client that was not shown in this warning yet, one whose severity is higher by ``news_step`` than any that
    was shown, and one that warns in a dimension, of those that warn by themselves, that was not shown. Of the news the
    ``top`` clients stand first, all of them, and then the others until the budget is reached; among both it goes by
    severity times weight, and equals go by id, so that the order of rows decides nothing.
    """
    if memory.as_of is not None and not memory.as_of < as_of:
        raise InternalError(f"alarms at {as_of} can only build on an earlier run, got one at {memory.as_of}")
    lasting = _lasting(memory, as_of, limits)
    before = lasting.of(turned.client_id)
    news = _is_news(turned, before, limits)
    order = _by_urgency(turned)
    new = order[news[order]]
    shown = turned.top[new] | (np.arange(len(new)) < limits.budget)
    place = new[shown]
    first_seen = np.where(np.isnat(before.first_seen), np.datetime64(as_of, "D"), before.first_seen)
    return Alarms(
        place=place,
        held_back=new[~shown],
        without_news=order[~news[order]],
        first_seen=first_seen,
        repeat=before.severity[place] > 0,
        budget=limits.budget,
        top_shown=int(np.count_nonzero(turned.top[place])),
        memory=_remembered(turned, before, lasting, first_seen, place, as_of),
    )


def _lasting(memory: AlarmMemory, as_of: date, limits: AlarmLimits) -> AlarmMemory:
    """What was quiet for too long is forgotten."""
    quiet = (np.datetime64(as_of, "D") - memory.last_seen).astype(np.float64)
    return memory.where(quiet < limits.calm_days)


def _is_news(turned: Deteriorations, before: AlarmMemory, limits: AlarmLimits) -> BoolArray:
    another = (turned.warns & ~before.shown & limits.alone).any(axis=1)
    return np.asarray((before.severity == 0) | another | (turned.severity >= before.severity + limits.news_step))


def _by_urgency(turned: Deteriorations) -> IntArray:
    """The rows, top clients first, then by severity times weight, then by id: (n,)."""
    by_id = np.argsort(turned.client_id.to_numpy(dtype=object), kind="stable")
    urgency = (turned.severity * turned.weight)[by_id]
    return np.asarray(by_id[np.lexsort((-urgency, ~turned.top[by_id]))], dtype=np.int64)


def _remembered(
    turned: Deteriorations, before: AlarmMemory, lasting: AlarmMemory, first_seen: Days, shown: IntArray, as_of: date
) -> AlarmMemory:
    """Who warns now, with what was ever shown of it; behind them who warned lately and is quiet now. By id."""
    raised_now = np.zeros(len(turned.client_id), dtype=np.bool_)
    raised_now[shown] = True
    quiet = lasting.where(~lasting.client_id.isin(turned.client_id))
    severity = np.where(raised_now, np.maximum(before.severity, turned.severity), before.severity)
    client_id = turned.client_id.append(quiet.client_id)
    order = np.argsort(client_id.to_numpy(dtype=object), kind="stable")
    return AlarmMemory(
        as_of=as_of,
        client_id=client_id[order],
        first_seen=np.concatenate([first_seen, quiet.first_seen])[order],
        last_seen=np.concatenate([np.full(len(raised_now), np.datetime64(as_of, "D")), quiet.last_seen])[order],
        severity=np.concatenate([severity, quiet.severity])[order],
        shown=np.vstack([before.shown | (turned.warns & raised_now[:, None]), quiet.shown])[order],
    )
