"""The ledger of publications of a book: what was published, promoted or taken back, when, by whom and why.

A text file of JSON lines beside the published runs. Lines are only ever added, each holds the hash of the one before,
and a line is there whole or not at all. The official run of an as-of date is the one that was put there last. That
lines at the end were cut off shows only beside a copy, such as the table of publications in a sink.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from models.codec import JsonValue, from_json, to_json_text
from models.errors import DamagedBundleError, MissingFileError
from models.publications.previous import published_runs
from models.store.chain import FIRST, first_misfit, seal_of_text
from models.store.drafts import publish_text
from models.store.keys import canonical_json
from models.store.locks import exclusive
from models.store.sealed import OF_SCORES, read_facts

LEDGER = "publications.jsonl"
_LOCK = ".publications.lock"
_WORK = "the ledger of publications"
UNKNOWN = "unknown"
"""Who did it, where the system does not say."""
_FOUND = "found here when the ledger was begun"
_REMEDY = "restore the file from a copy; where there is none, move it away: then it is begun anew from the runs there"


class DamagedLedgerError(DamagedBundleError):
    """A ledger of publications that is not as it was written."""


class Act(StrEnum):
    """What an entry records: a run that holds or only shows, or a change of the version that serves."""

    OFFICIAL = "official"
    SHADOW = "shadow"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is to be recorded.

    Attributes:
        as_of, run_key, folder, policy, data: of a run: its date, key, folder below the scores, the hash of the policy
            that graded and the fingerprint of the book; None and empty where a version changed.
        bundle, version: key of the models, and their number in the registry, empty where that is not known.
        why: in words, empty for an ordinary run.
        evidence: figures on which it rests.
    """

    act: Act
    bundle: str
    version: str = ""
    as_of: date | None = None
    run_key: str = ""
    folder: str = ""
    policy: str = ""
    data: str = ""
    why: str = ""
    evidence: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Publication(Deed):
    """One entry: a deed with its number from 1, time (UTC), who did it, and the entry whose place it takes.

    ``before`` is the hash of the entry before, ``seal`` that of this one.
    """

    number: int
    at: datetime
    by: str
    supersedes: int | None = None
    before: str = FIRST
    seal: str = ""

    def sealed(self) -> Publication:
        """The same with the hash of all its other fields."""
        return replace(self, seal=seal_of_text(_unsealed(self)))


@dataclass(frozen=True)
class PublicationLedger:
    """The publications below one folder of scores."""

    scores: Path

    @property
    def file(self) -> Path:
        """Where the entries stand."""
        return self.scores / LEDGER

    def entries(self, *, but: str = "") -> tuple[Publication, ...]:
        """All entries, the first first; before there was a ledger, what is published there, ``but`` in one folder.

        Raises ``DamagedLedgerError`` if one is not as it was written.
        """
        try:
            facts = self.file.stat()
        except FileNotFoundError:
            return tuple(_chained(_found(self.scores, but), ()))
        return _read(self.file, (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns))

    def official(self) -> dict[date, Publication]:
        """The official run of each as-of date, the earliest date first."""
        return official_of(self.entries())

    def begin(self) -> None:
        """Begin the ledger with the runs that stand there, if there is none: then a run counts once it is recorded."""
        with exclusive(self.scores / _LOCK, what=_WORK):
            if not self.file.exists():
                self._write(self.entries())

    def record(self, deed: Deed) -> Publication:
        """Add an entry. A run that is the official one of its date, or whose shadow is the last, is not added again."""
        with exclusive(self.scores / _LOCK, what=_WORK):
            entries = self.entries(but=deed.folder)  # that one is what is to be recorded
            known = _last_alike(entries, deed)
            if known is not None and self.file.exists():
                return known
            added = list(_chained([] if known else [_entry(deed, entries)], entries))
            self._write([*entries, *added])
        return known or added[-1]

    def _write(self, entries: Sequence[Publication]) -> None:
        publish_text(self.file, "".join(to_json_text(entry, sort_keys=True) + "\n" for entry in entries))


def official_of(entries: Sequence[Publication]) -> dict[date, Publication]:
    """The official run of each as-of date by these entries, the earliest date first."""
    found = {entry.as_of: entry for entry in entries if entry.act is Act.OFFICIAL and entry.as_of is not None}
    return dict(sorted(found.items()))


def user_name() -> str:
    """Who is at work, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # as in a container whose user has no name
        return UNKNOWN


def _entry(deed: Deed, entries: Sequence[Publication]) -> Publication:
    place = official_of(entries).get(deed.as_of) if deed.act is Act.OFFICIAL and deed.as_of else None
    return Publication(
        **{name: getattr(deed, name) for name in Deed.__dataclass_fields__},
        number=0,
        at=datetime.now(tz=UTC).replace(microsecond=0),
        by=user_name(),
        supersedes=None if place is None else place.number,
    )


def _last_alike(entries: Sequence[Publication], deed: Deed) -> Publication | None:
    """The entry that says the same of the same date, if nothing took its place since."""
    if deed.act not in (Act.OFFICIAL, Act.SHADOW):
        return None
    last = next((each for each in reversed(entries) if (each.act, each.as_of) == (deed.act, deed.as_of)), None)
    return last if last is not None and last.run_key == deed.run_key else None


def _chained(entries: Sequence[Publication], before: Sequence[Publication]) -> Iterator[Publication]:
    number, seal = len(before), before[-1].seal if before else FIRST
    for entry in entries:
        number += 1
        chained = replace(entry, number=number, before=seal).sealed()
        seal = chained.seal
        yield chained


def _found(scores: Path, but: str) -> list[Publication]:
    """The runs that stand below a folder, ``but`` one of them, in the order in which they were published."""
    found: list[Publication] = []
    numbers: dict[date, int] = {}
    runs = [run for run in published_runs(scores) if run.folder.name != but]
    for run in sorted(runs, key=lambda run: (run.published, run.as_of)):
        facts = _facts_in(run.folder)
        policy = facts.get("policy")
        entry = Publication(
            act=Act.OFFICIAL,
            as_of=run.as_of,
            run_key=str(facts.get("run_key", "")),
            folder=run.folder.name,
            bundle=str(facts.get("bundle", "")),
            policy=str(policy.get("hash", "")) if isinstance(policy, Mapping) else "",
            data=str(facts.get("input", "")),
            why=_FOUND,
            number=0,
            at=datetime.fromtimestamp(run.published // 10**9, tz=UTC),
            by=UNKNOWN,
            supersedes=numbers.get(run.as_of),
        )
        found.append(entry)
        numbers[run.as_of] = len(found)
    return found


def _facts_in(folder: Path) -> Mapping[str, object]:
    """The manifest of a run; empty where it is damaged, which whoever reads the run will learn."""
    try:
        return read_facts(folder, remedies=OF_SCORES)
    except (DamagedBundleError, MissingFileError):
        return {}


@lru_cache(maxsize=4)
def _read(file: Path, stamp: tuple[int, ...]) -> tuple[Publication, ...]:  # noqa: ARG001 - by which a file is known again
    """The entries of a file; parsed once for each ``stamp``, since a run asks several times."""
    entries = tuple(
        from_json(Publication, line, subject=f"line {number} of {file}", remedy=_REMEDY, error=DamagedLedgerError)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    )
    misfit = first_misfit(entries, _unsealed)
    if misfit is not None:
        raise DamagedLedgerError(
            rule=f"{file} must be as it was written: each line names the hash of the one before",
            got=f"line {misfit.number} that does not fit ({misfit.differs})",
            remedy=_REMEDY,
        )
    return entries


def _unsealed(entry: Publication) -> str:
    return canonical_json(json.loads(to_json_text(asdict(replace(entry, seal="")))))
