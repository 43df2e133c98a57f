"""Replay of a publication: scored again with its book, models, policy and past, and held against it byte for byte."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.book.door import Book
from models.codec import JsonObject
from models.config.places import work_dir
from models.config.root import Config
from models.errors import BundleNotFoundError, DamagedBundleError
from models.grading.fitted import GradingPolicy
from models.movers.earlier import policy_of_run
from models.pipeline.bundle import Bundle
from models.publications.ledger import Publication, PublicationLedger
from models.publications.previous import SCORES
from models.scoring.compute import predict_book
from models.scoring.policy_in_force import GradedBy
from models.scoring.publication import Publishing
from models.store.code import scoring_code
from models.store.drafts import scratch_folder
from models.store.keys import file_hash
from models.store.sealed import OF_SCORES, REWRITTEN, read_manifest
from models.trail.report import Replay, ReplayCondition
from models.trail.rows import rows_of_client
from models.vocab import Progress, SilentProgress
from models.workspace.published import bundle_of_key

_SHOWN = 12
_NONE = "not there"
_STAMPS = ("run_key", "model_version")
_BOOK = "name the book as it was delivered that day, with --book PLACE (and --set book.known_until=DAY)"
_BUNDLE = "restore the version in the registry, or the folder of models that were fitted for the day"
_POLICY = "runs from before a policy was left with each run: name the policy of its hash in the config"
_CODE = "install the version of clientvalue that made it: other code has another key, and may say something else"
_PAST = "put the folder of the run that it built on back, or make that one again first"
_FORGOTTEN = "clients were forgotten since: it cannot be the same to the byte; the rows of others stand as published"
_SETTINGS = "name the config of that day: other settings than those of the models decide, such as guard or monitor"


@dataclass(frozen=True, kw_only=True)
class _Again:
    """What a publication is made again from."""

    bundle: Bundle
    policy: GradingPolicy
    past: tuple[Path, ...]


def replay_publication(
    settings: Config,
    book: Book,
    scores: Path,
    entry: Publication,
    *,
    client: str | None = None,
    progress: Progress = SilentProgress(),
) -> Replay:
    """Make the publication of an entry again, in a folder that goes, and compare; what is missing is named instead.

    Raises ``DamagedBundleError`` if its files are not as they were published, ``MissingFileError`` if it is gone.
    """
    folder = scores / entry.folder
    manifest = read_manifest(folder, remedies=OF_SCORES)
    assert entry.as_of is not None  # noqa: S101 - official runs have a date
    found, again = _conditions(settings, book, scores, folder, manifest)
    replay = Replay(run_key=entry.run_key, as_of=entry.as_of, conditions=tuple(found))
    if again is None:
        return replay
    began = time.monotonic()
    with scratch_folder(work_dir(settings), "scores") as scratch:
        made = _made(
            settings, book, again, entry, scratch, in_sample=bool(manifest.get("in_sample")), progress=progress
        )
        names = sorted({each.name for run in (folder, made) for each in run.iterdir()})
        same = tuple(name for name in names if _same(folder / name, made / name))
        agrees = None if client is None else _row(folder, client) == _row(made, client)
        key = made.name.partition(f"{entry.as_of.isoformat()}-")[2]
    settled = ReplayCondition(what="settings", then=entry.run_key[: len(key)], now=key, remedy=_SETTINGS)
    known = all(each.holds for each in found)
    return replace(
        replay,
        conditions=(*found, settled) if known else replay.conditions,
        same=same,
        others=tuple(name for name in names if name not in same),
        row_agrees=agrees,
        seconds=time.monotonic() - began,
    )


def _conditions(
    settings: Config, book: Book, scores: Path, folder: Path, manifest: Mapping[str, object]
) -> tuple[list[ReplayCondition], _Again | None]:
    """What must be as it was, and what the publication is made again from, None where something of it is lacking."""
    bundle, policy = _bundle(settings, str(manifest["bundle"])), policy_of_run(folder)
    graded = GradedBy.of_manifest(dict(manifest))
    wanted = "" if graded is None else graded.policy
    if policy is None and bundle is not None and GradedBy.of(bundle).policy == wanted:
        policy = bundle.models.policy
    past = dict(_past(scores, manifest))
    found = [
        _condition("book", manifest["input"], book.fingerprint, _BOOK),
        _condition("models", manifest["bundle"], None if bundle is None else bundle.key, _BUNDLE),
        _condition("policy", wanted, _NONE if policy is None else wanted, _POLICY),
        *(_condition("past", key, None if run is None else key, _PAST) for key, run in past.items()),
        _condition("code", manifest["code"], scoring_code(), _CODE),
        *_forgotten(manifest),
    ]
    possible = all(each.holds for each in found if each.what != "code")
    if not possible or bundle is None or policy is None:
        return found, None
    runs = tuple(run for run in past.values() if run is not None)
    return found, _Again(bundle=bundle, policy=policy, past=runs)


def _forgotten(manifest: Mapping[str, object]) -> Iterator[ReplayCondition]:
    """Clients whose rows were taken out of the publication since: it is not what it was, and cannot be again."""
    note = manifest.get(REWRITTEN)
    if isinstance(note, Mapping):
        yield _condition("forgotten", 0, note.get("clients"), _FORGOTTEN)


def _condition(what: str, then: object, now: object, remedy: str) -> ReplayCondition:
    before, today = (str(each)[:_SHOWN] if each is not None else _NONE for each in (then, now))
    return ReplayCondition(what=what, then=before, now=today, remedy="" if before == today else remedy)


def _bundle(settings: Config, key: str) -> Bundle | None:
    try:
        return bundle_of_key(settings, key)
    except (BundleNotFoundError, DamagedBundleError):
        return None


def _past(scores: Path, manifest: Mapping[str, object]) -> Iterator[tuple[str, Path | None]]:
    """The key of each run that was built on, and its folder, None where it is gone."""
    entries = PublicationLedger(scores).entries()
    for name in ("previous", "shown_since"):
        key = manifest.get(name)
        if key:
            folders = (scores / each.folder for each in entries if each.run_key == key)
            yield str(key), next((folder for folder in folders if folder.is_dir()), None)


def _made(
    settings: Config,
    book: Book,
    again: _Again,
    entry: Publication,
    scratch: Path,
    *,
    in_sample: bool,
    progress: Progress,
) -> Path:
    """The folder of the publication made again, beside copies of those that it built on."""
    for run in again.past:
        shutil.copytree(run, scratch / run.name, copy_function=_linked)
    config = settings.model_copy(update={"policy": again.policy.settings})
    how = Publishing(in_sample=in_sample, version=entry.version, why=entry.why)
    return predict_book(book, again.bundle, config, scratch, entry.as_of, how=how, progress=progress).folder


def _linked(source: str, target: str) -> None:
    """The same file under another name, where the file system has links; nothing writes to published files."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _same(first: Path, second: Path) -> bool:
    return first.is_file() and second.is_file() and file_hash(first) == file_hash(second)


def _row(folder: Path, client: str) -> list[JsonObject]:
    """What a run says of a client, but the stamps that every row has from the run."""
    rows = rows_of_client(folder, client).get(SCORES, ())
    return [{name: value for name, value in row.items() if name not in _STAMPS} for row in rows]
