"""The job behind ``clientvalue tiers --propose``: searches another policy, and writes it with what was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.book.settling import settled
from models.codec import to_json_text
from models.config.loading import read_policy
from models.config.places import work_dir
from models.proposal.contents import PolicyJudgement, PolicyProposal
from models.proposal.page import write_proposal_page
from models.proposal.report import judged_dates, propose_policy
from models.proposal.rules import policy_text
from models.proposal.text import verdict
from models.scoring.policy_in_force import policy_hash
from models.store.drafts import publish_text
from models.tracking.mlflow import Tracking
from models.vocab import Aim, Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of

PROPOSED = "proposed_policy.yaml"


@dataclass(frozen=True, kw_only=True)
class WrittenProposal:
    """A proposal, the policy file that a config can name, the report of the search, and the page that shows it."""

    report: PolicyProposal
    policy: Path
    path: Path
    page: Path


def propose(
    config: Settings,
    aim: Aim,
    *,
    book: str | None = None,
    days: Sequence[date] = (),
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> WrittenProposal:
    """Search a policy for ``aim`` as the section ``propose`` asks, on past dates that end before any test origin.

    The policy stands in ``out`` (else ``<work_dir>/<book>/proposed_policy.yaml``), the report beside it as JSON and
    HTML; nothing is registered, and no policy in use changes. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    place = out or work_dir(settings) / PROPOSED
    with Tracking(settings).run("propose") as recorder:
        recorder.params({"data": checked.fingerprint, "book": checked.name, "aim": aim.value})
        recorder.dataset(checked, book or settings.book.path)
        report, policy = propose_policy(checked, settings, aim, days, progress=progress)
        paths = place, place.with_suffix(".json"), place.with_suffix(".html")
        publish_text(paths[0], policy_text(policy, _head(report)))
        publish_text(paths[1], to_json_text(report, indent=1) + "\n")
        write_proposal_page(report, paths[2])
        for path in paths:
            recorder.artifact(path)
    return WrittenProposal(report=report, policy=paths[0], path=paths[1], page=paths[2])


def judge(
    config: Settings,
    policy: Path,
    *,
    book: str | None = None,
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> PolicyJudgement:
    """Hold the policy of a file against the one that runs at ``origins.test``; written to ``out``, if it is named.

    Raises a ``UserError`` for a file that holds no policy for the book.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    other = read_policy(policy, settings.features)
    found = PolicyJudgement(
        book=checked.name,
        currency=checked.currency,
        data=checked.fingerprint,
        tiers=settings.scale.names,
        hashes=(policy_hash(settings.grading), policy_hash(other)),
        judged=judged_dates(checked, settings, other, progress),
    )
    if out is not None:
        publish_text(out, to_json_text(found, indent=1) + "\n")
    return found


def _head(report: PolicyProposal) -> list[str]:
    dates = ", ".join(day.isoformat() for day in report.dates)
    return [
        f"Policy {report.hashes[1]} for the book {report.book}, by tiers --propose {report.aim.value}.",
        verdict(report),
        f"Searched at {dates}; today's policy is {report.hashes[0]}. The report stands beside this file.",
    ]
