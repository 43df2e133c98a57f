"""The record of a run that was published: as the official one of its date, or as a shadow that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from models.book.periods import PeriodName
from models.codec import JsonValue
from models.errors import InSampleError
from models.notices import Notice, Severity
from models.pipeline.bundle import Bundle
from models.publications.latest import LATEST, lead_latest, stays_notice
from models.publications.ledger import Act, Deed, Publication, PublicationLedger
from models.publications.past import moved_away, official_runs, with_settled
from models.scoring.policy_in_force import GradedBy
from models.store.sealed import OF_SCORES, read_facts
from models.text import Text

_SHOWN = 3
_AND_MORE = Text("{keys} and {more} more")
_A_SHADOW = Text("this run is a shadow: it is not the official one of its date, and no later run builds on it")
_READ_SHADOW = Text("read it in {folder}")
_OUTDATED = Text("the official runs as of {days} built on other scores than the official ones of today")
_AGAIN_IN_ORDER = Text("predict --as-of each of them again, the earliest first, if they should build on this run")
_MOVED_AWAY = Text("the official runs as of {days} are not there any more: runs build on those that are")
_PUT_BACK = Text("put their folders back, or predict --as-of each of them again")


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """In which way a run is published.

    Attributes:
        shadow: only to be looked at: ``latest`` and later runs take no notice of it.
        in_sample: also where the models learned from what came after the as-of date; every row is marked then.
        of_that_day: by the models that had learned by then, or such as are fitted on what was known, whatever is asked.
        version: of the models in the registry, "" where that is not known.
        why: what is recorded of an official run out of the ordinary.
        evidence: figures on which the record rests, such as the last decision of people that the run read.
    """

    shadow: bool = False
    in_sample: bool = False
    of_that_day: bool = False
    version: str = ""
    why: str = ""
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)

    def deed(self, key: str, folder: Path, bundle: Bundle, as_of: date, fingerprint: str) -> Deed:
        """What the ledger of publications records of the run with this key."""
        return Deed(
            act=Act.SHADOW if self.shadow else Act.OFFICIAL,
            as_of=as_of,
            run_key=key,
            folder=folder.name,
            bundle=bundle.key,
            version=self.version,
            policy=GradedBy.of(bundle).policy,
            data=fingerprint,
            why=self.why,
            evidence=self.evidence,
        )


OFFICIALLY = Publishing()
IN_SAMPLE = Publishing(in_sample=True)
"""Officially, and in sample where it must be."""


def require_out_of_sample(learned_until: date, as_of: date, *, admitted: bool) -> None:
    """Refuse scores as of a day of which the models knew what came after, unless that is ``admitted``."""
    if as_of < learned_until and not admitted:
        raise InSampleError(as_of=as_of, learned_until=learned_until)


@dataclass(frozen=True, kw_only=True)
class RecordedRun:
    """The entry of a run in the ledger of publications, and what must be known of its place among the others."""

    entry: Publication
    notices: tuple[Notice, ...]


def publish_run(scores: Path, deed: Deed, period: PeriodName) -> RecordedRun:
    """Record a run that stands below ``scores``; ``latest`` follows the official run of the greatest date."""
    entry = PublicationLedger(scores).record(deed)
    folder, as_of = scores / deed.folder, deed.as_of
    assert as_of is not None  # noqa: S101 - a deed of a run tells its date
    newest = lead_latest(scores, proved=folder)
    notices = _moved_away_notices(scores)
    if deed.act is Act.SHADOW:
        notices.append(_shadow_notice(folder))
    elif newest is not None and newest.as_of > as_of:
        notices += [stays_notice(newest, folder, as_of), *_outdated_notices(scores, as_of, period)]
    return RecordedRun(entry=entry, notices=tuple(notices))


def _shadow_notice(folder: Path) -> Notice:
    return Notice.of(
        "shadow_run", Severity.NOTE, LATEST, found=_A_SHADOW, remedy=_READ_SHADOW.filled(folder=str(folder))
    )


def _outdated_notices(scores: Path, as_of: date, period: PeriodName) -> list[Notice]:
    """A warning of official runs of later dates that did not build on what is official now."""
    days = list(_outdated(scores, as_of, period))
    if not days:
        return []
    return [
        Notice.of(
            "later_runs_outdated",
            Severity.WARNING,
            LATEST,
            found=_OUTDATED.filled(days=_listed(days)),
            remedy=_AGAIN_IN_ORDER,
            count=len(days),
        )
    ]


def _moved_away_notices(scores: Path) -> list[Notice]:
    """A warning of official runs whose folder is gone: runs build on what is there."""
    days = [entry.as_of for entry in moved_away(scores) if entry.as_of is not None]
    if not days:
        return []
    return [
        Notice.of(
            "official_run_moved_away",
            Severity.WARNING,
            LATEST,
            found=_MOVED_AWAY.filled(days=_listed(days)),
            remedy=_PUT_BACK,
            count=len(days),
        )
    ]


def _listed(days: Sequence[date]) -> Text | str:
    shown, more = ", ".join(day.isoformat() for day in days[:_SHOWN]), len(days) - _SHOWN
    return _AND_MORE.filled(keys=shown, more=str(more)) if more > 0 else shown


def _outdated(scores: Path, as_of: date, period: PeriodName) -> Iterator[date]:
    for run, settled in with_settled(official_runs(scores), period):
        if run.as_of > as_of and settled is not None:
            built_on = read_facts(run.folder, remedies=OF_SCORES).get("previous")
            if built_on != settled.entry.run_key:
                yield run.as_of
