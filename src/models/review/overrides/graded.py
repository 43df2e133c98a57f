"""Facts about overrides: a client's published grade and exposure, the policy that runs, outcomes since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow.parquet as pq
from django.contrib.auth.models import AnonymousUser, User
from django.http import Http404

from models.config.places import work_dir
from models.config.policy.policy import PolicyConfig
from models.decisions.entries import OVERRIDE_ACTS, POLICY_ACTS, Entry
from models.decisions.overrides import OverrideCase, approved_overrides
from models.decisions.policies import policy_cases, policy_in_force
from models.decisions.rules import Decider, OverrideRules, decision_day
from models.decisions.summary import OverrideOutcomeSince
from models.directory.report import FoundClient
from models.errors import UserError
from models.grading.override_effect import GradedClient
from models.monitoring.report import MonitorReport, OverriddenSince
from models.publications.previous import SCORES
from models.review.access.models import Member
from models.review.access.portfolio import shown_client
from models.review.chain.record import entries
from models.review.client.header import is_locked
from models.review.site import shown_site

_COLUMNS = [
    "tier",
    "tier_by_rule",
    "tier_caps",
    "relationship_type",
    "stage",
    "warnings",
    "warning_severity",
]


@dataclass(frozen=True, kw_only=True)
class ClientToOverride:
    """A client as the run that is shown graded it.

    ``exposure`` in book currency: the larger of what is outstanding and what is granted, None where neither is known.
    """

    client_id: str
    name: str
    graded: GradedClient
    exposure: float | None
    as_of: date
    run_key: str


def overridden_client(user: User | AnonymousUser, client_id: str) -> ClientToOverride:
    """A client of a member's portfolio. Raises ``Http404`` where it is none of them, or is not scored."""
    found, newest = shown_client(user, client_id), shown_site().newest()
    if found is None or newest is None or is_locked(found, shown_site().config.privacy):
        raise Http404
    rows = pq.read_table(newest.folder / SCORES, columns=_COLUMNS, filters=[("client_id", "=", client_id)])
    if not rows.num_rows:
        raise Http404
    return ClientToOverride(
        client_id=client_id,
        name=str(found.cells.get("name") or client_id),
        graded=_graded(rows.slice(0, 1).to_pylist()[0]),
        exposure=_exposure(found),
        as_of=newest.as_of,
        run_key=newest.entry.run_key,
    )


def policy_that_runs() -> PolicyConfig:
    """The policy by which the next run grades: the one approved last, else that of the config. Raises ``UserError``."""
    config = shown_site().config
    return policy_in_force(policy_cases(entries(POLICY_ACTS)), config.grading, work_dir(config))


def decider(user: User | AnonymousUser) -> Decider:
    """Who decides: account, day of the book, and up to which exposure."""
    config, member = shown_site().config, getattr(user, "member", None)
    levels = (member.authority,) if isinstance(member, Member) and member.authority else ()
    day = decision_day(config.book.known_until, datetime.now(tz=UTC).date())
    return Decider(account=user.get_username(), on=day, limit=config.review.limit_of(levels))


def override_rules(client_id: str, known: list[Entry] | None = None) -> OverrideRules:
    """The rules for a client, on what stands in the chain."""
    return OverrideRules(
        review=shown_site().config.review,
        scale=policy_that_runs().scale,
        client=client_id,
        entries=entries(OVERRIDE_ACTS, client_id) if known is None else known,
    )


def _graded(row: dict[str, Any]) -> GradedClient:
    return GradedClient(
        tier=row["tier"],
        by_rule=row["tier_by_rule"],
        caps=tuple(row["tier_caps"] or ()),
        relationship_type=row["relationship_type"],
        stage=row["stage"],
        warnings=tuple(row["warnings"] or ()),
        severity=row["warning_severity"] or 0.0,
    )


def _exposure(found: FoundClient) -> float | None:
    known = [float(cell) for name in ("outstanding", "limit") if isinstance(cell := found.cells.get(name), int | float)]
    return max(known, default=None)


def require_exposure(client: ClientToOverride) -> float:
    """The exposure of a client. Raises ``UserError`` where it is not known: then nobody's authority can be judged."""
    if client.exposure is None:
        raise UserError(
            rule="the exposure of a client must be known, so that the right person approves",
            got="none in the book",
            remedy="deliver its facilities or balances",
        )
    return client.exposure


def outcomes_of(cases: Sequence[OverrideCase], report: MonitorReport) -> dict[int, OverrideOutcomeSince]:
    """The number of each approved proposal whose horizon is over -> how its client turned out.

    An override is judged at the first publication that read it.
    """
    found = {case.number: _first_over(case, report) for case in cases}
    return {
        number: OverrideOutcomeSince(bad=each.bad, by_rule=each.by_rule)
        for number, each in found.items()
        if each is not None and each.by_rule is not None
    }


def _first_over(case: OverrideCase, report: MonitorReport) -> OverriddenSince | None:
    """The client as the first publication that read the override saw it, if its horizon is over."""
    for read in approved_overrides([case]):
        those = (each for each in report.outcomes if read.decided_on < each.as_of < read.valid_until)
        first = min(those, key=lambda each: each.as_of, default=None)
        if first is not None:
            return next((each for each in first.overridden if each.client_id == case.client), None)
    return None
