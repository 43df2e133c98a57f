"""A proposal beside the policy that runs, on past dates that chose neither: begun in a process of its own.

The replay fits models as they would have been then, which takes minutes: no request waits for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.codec import from_json
from models.decisions.policies import PolicyCase
from models.errors import UserError
from models.proposal.contents import PolicyFigures, PolicyJudgement
from models.reasons.figures import money
from models.review.policy_lab.text import AIMS
from models.review.shared.languages import page_language
from models.review.shared.render import written_day
from models.review.site import CONFIG_VARIABLE, SET_VARIABLE, shown_site
from models.store.drafts import publish_text
from models.text import Phrase
from models.vocab import Aim

_COMMAND = "from models.cli import main; main()"
_STALE_SECONDS = 6 * 3600.0
"""After so long a judgement that did not end is taken for dead, and may be begun again."""


@dataclass(frozen=True)
class JudgedLine:
    """One aim on one past date: the spreadsheet rule, the policy that runs, and the proposal."""

    aim: Phrase
    rule: str
    today: str
    proposed: str


@dataclass(frozen=True)
class JudgedDay:
    """One past date with its aims, and the share of clients in each tier under both."""

    day: str
    lines: tuple[JudgedLine, ...]
    shares: tuple[tuple[str, str, str], ...]


def judged_days(case: PolicyCase) -> list[JudgedDay]:
    """What is known of a proposal on past dates; nothing before it was judged."""
    found = judgement_of(case)
    if found is None:
        return []
    return [
        JudgedDay(
            day=written_day(each.as_of),
            lines=tuple(
                JudgedLine(
                    aim=AIMS[aim],
                    rule=_figure(aim, each.today.aims[aim].rule, found.currency),
                    today=_figure(aim, each.today.aims[aim].ours, found.currency),
                    proposed=_figure(aim, each.proposed.aims[aim].ours, found.currency),
                )
                for aim in each.today.aims
                if aim in AIMS and aim in each.proposed.aims
            ),
            shares=tuple(_shares(tier, each.today, each.proposed) for tier in found.tiers),
        )
        for each in found.judged
    ]


def judgement_of(case: PolicyCase) -> PolicyJudgement | None:
    """The judgement of a proposal; None before there is one that can be read."""
    with suppress(FileNotFoundError, UserError):
        text = _result(case).read_text(encoding="utf-8")
        return from_json(PolicyJudgement, text, subject="a judgement", remedy="judge the proposal again")
    return None


def is_begun(case: PolicyCase) -> bool:
    """Whether a proposal is being judged."""
    with suppress(FileNotFoundError):
        return time.time() - _begun(case).stat().st_mtime < _STALE_SECONDS and judgement_of(case) is None
    return False


def begin_judging(case: PolicyCase) -> None:
    """Start the judgement of a proposal, unless it is there or at work."""
    if judgement_of(case) is not None or is_begun(case):
        return
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    policy = folder / case.file_name
    publish_text(policy, case.proposal.text)
    _begun(case).touch()
    settings = [part for each in json.loads(os.environ.get(SET_VARIABLE, "[]")) for part in ("--set", each)]
    command = ["tiers", "--config", os.environ[CONFIG_VARIABLE], *settings, "--judge", str(policy)]
    process = subprocess.Popen(  # noqa: S603 - our own command, on files of our own names
        [sys.executable, "-c", _COMMAND, *command, "--out", str(_result(case))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, daemon=True).start()  # so that no dead process is left over


def _folder() -> Path:
    return shown_site().folder / "judged"


def _result(case: PolicyCase) -> Path:
    return (_folder() / case.file_name).with_suffix(".json")


def _begun(case: PolicyCase) -> Path:
    return (_folder() / case.file_name).with_suffix(".begun")


def _figure(aim: Aim, number: float, currency: str) -> str:
    return money(number, currency, page_language()) if aim is Aim.PROFIT else f"{number:.1%}"


def _shares(tier: str, today: PolicyFigures, proposed: PolicyFigures) -> tuple[str, str, str]:
    return tier, f"{today.shares.get(tier, 0.0):.1%}", f"{proposed.shares.get(tier, 0.0):.1%}"
