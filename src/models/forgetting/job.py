"""Forgets a client wherever results name it, in steps that a second call finishes, and proves it by a search."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

from models.book.forgotten import ForgottenList
from models.codec import from_json, to_json_text
from models.config.places import SCORES_FOLDER
from models.config.root import Config
from models.directory.building import build_index
from models.directory.places import INDEXES, indexes
from models.engines.protocol import SessionLimits
from models.errors import UnknownClientError, UserError
from models.forgetting.databases import InDatabase
from models.forgetting.folders import finish, is_rewritable, is_sealed, rows_in, seal_again, write_file
from models.forgetting.places import LOCK, ForgettingPlaces, is_below
from models.forgetting.report import FilesSearched, Forgotten, Trace, TraceFate
from models.forgetting.searching import FileKind, FilesFound, NamingFile, lines_naming, search
from models.forgetting.tables import Rewriting
from models.forgetting.terms import Terms, names_any, terms_in
from models.publications.ledger import LEDGER, user_name
from models.publications.past import newest_official
from models.store.drafts import publish_text, remove_left, scratch_folder
from models.store.locks import exclusive
from models.store.sealed import read_facts
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, settings_of

_CACHES = ("book", "ledger")
"""Folders of entries that are made again from the source."""
_SHORTEST_REASON = 5
_PAGES = (".html", ".md")
"""Of models: their pages may go, since verbs write them again; all else of them is known by its bytes."""


def forget(  # noqa: PLR0913 - each option is one that a person may choose
    config: Settings,
    client: str,
    *,
    why: str,
    by: str | None = None,
    pseudonym: bool = False,
    source: bool = False,
    dry_run: bool = False,
    book: str | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Forgotten:
    """Forget a client: erase it, or with ``pseudonym`` keep its rows of published runs under a random id.

    Runs that are rewritten say so and keep their run keys and the rows of all others; caches that name the client go.
    With ``source`` also the Parquet files of the source folder are rewritten; else it is said what to take out there.
    The door leaves the client out from now on, by a salted hash. A call that was killed is finished by the next one.
    Raises ``UnknownClientError`` where nothing names the client, ``UserError`` for a reason that does or is none.
    """
    settings = settings_of(config, overrides)
    places = ForgettingPlaces.of(settings, book)
    with exclusive(places.work / LOCK, what="forgetting a client"):
        finish((places.work / SCORES_FOLDER, places.work))
        remove_left(places.work)
        terms = _terms(places, client)
        _require_reason(why, terms, places.tables)
        progress.stage("Searching every file")
        found, at_source = search(places.files(), terms), search(places.at_source(), terms)
        known = ForgottenList.of(places.work)
        rewriting = Rewriting(terms=terms, stand_in=f"P{secrets.token_hex(8)}", keeps_rows=pseudonym)
        if known.find(client) is None and not _is_client(rewriting, found, at_source):
            raise _unknown(client)
        work = _Work(places, terms, rewriting)
        looked = work.looked()
        asked = _Asked(by or user_name(), why, source)
        if dry_run:
            return work.report(found, at_source, asked, looked)
        _begin(places, terms, _listed(known, terms, asked))
        progress.stage("Taking the client out")
        work.remove_filed(looked)
        return work.done(found, at_source, asked, settings, progress)


@dataclass(frozen=True)
class _Asked:
    """Who asked, why, and whether the source is to be rewritten."""

    by: str
    why: str
    source: bool


@dataclass(frozen=True)
class _Work:
    """The client that goes, where from, and what stands in its place."""

    places: ForgettingPlaces
    terms: Terms
    rewriting: Rewriting

    def looked(self) -> list[InDatabase]:
        """What each database holds of the client. Raises ``BrokenChainError`` before anything is changed."""
        return [each.look(self.terms) for each in self.places.databases]

    def report(
        self, found: FilesFound, at_source: FilesFound, asked: _Asked, looked: Sequence[InDatabase]
    ) -> Forgotten:
        """What would be done."""
        traces = [*self._planned(found), *self._at_source(at_source, asked), *self._in_databases(looked)]
        traces += self._left_entries(looked)
        return self._result(traces, looked, asked, found.searched, dry_run=True)

    def done(
        self, found: FilesFound, at_source: FilesFound, asked: _Asked, settings: Config, progress: Progress
    ) -> Forgotten:
        """What was done, step by step, and the search after it."""
        places, client = self.places, self.terms.client_id
        known = ForgottenList.of(places.work)
        stand_in = self.rewriting.stand_in if self.rewriting.keeps_rows else None
        standing = [index.name for index in indexes(places.work / SCORES_FOLDER)]
        looked = [
            each.forget(self.terms, stand_in=stand_in, by=asked.by, client=known.hash_of(client), why=asked.why)
            if each is places.review
            else each.forget_rows(self.terms, stand_in=stand_in)
            for each in places.databases
        ]
        traces = [*self._taken(found), *self._at_source(at_source, asked), *self._in_databases(looked)]
        if asked.source:
            self._rewrite_source(at_source)
        self._rebuild_indexes(standing, settings)
        progress.stage("Searching every file again")
        after = search(places.files(), self.terms)
        if not after.naming and not any(each.others for each in looked):
            places.journal(known.hash_of(client)).unlink(missing_ok=True)
            reduce(ForgottenList.proved, self.terms.ids, known).write(places.work)
        left = [Trace(place=str(each.file), fate=TraceFate.LEFT) for each in after.naming]
        gone = [each for each in traces if each.fate is not TraceFate.LEFT]
        result = self._result([*gone, *left, *self._left_entries(looked)], looked, asked, found.searched, dry_run=False)
        return replace(result, client=known.hash_of(client), after=after.searched)

    def _result(
        self,
        traces: Sequence[Trace],
        looked: Sequence[InDatabase],
        asked: _Asked,
        before: FilesSearched,
        *,
        dry_run: bool,
    ) -> Forgotten:
        return Forgotten(
            client="",
            dry_run=dry_run,
            pseudonymised=self.rewriting.keeps_rows,
            by=asked.by,
            at=datetime.now(tz=UTC).replace(microsecond=0),
            traces=tuple(traces),
            erased_entries=sum(len(each.entries) for each in looked),
            left_entries=tuple(number for each in looked for number in each.others),
            before=before,
        )

    def _planned(self, found: FilesFound) -> Iterator[Trace]:
        """What becomes of each file, none of which is touched."""
        for unit, files in _by_unit(found.naming, self.places):
            yield self._fate(unit, files)

    def _taken(self, found: FilesFound) -> list[Trace]:
        """The same, done."""
        return [self._take(unit, files) for unit, files in _by_unit(found.naming, self.places)]

    def _fate(self, unit: Path, files: Sequence[NamingFile]) -> Trace:
        paths = [each.file for each in files]
        if unit.is_dir() and not _is_cache(unit, self.places):
            in_name = any(each.in_name for each in files)
            fate = TraceFate.SEALED_AGAIN if is_rewritable(unit, paths) and not in_name else TraceFate.LEFT
            rows = sum(rows_in(file, self.rewriting) for file in paths) if fate is TraceFate.SEALED_AGAIN else 0
            return Trace(place=str(unit), fate=fate, rows=rows, run_key=str(read_facts(unit).get("run_key", "")))
        if unit.name == LEDGER or files[0].kind is FileKind.SQLITE:
            return Trace(place=str(unit), fate=TraceFate.LEFT)
        if unit.is_file() and unit.suffix in (".parquet", ".json") and not files[0].in_name:
            return Trace(place=str(unit), fate=TraceFate.REWRITTEN, rows=rows_in(unit, self.rewriting))
        ours = is_below(unit, self.places.work) or unit.suffix in _PAGES
        return Trace(place=str(unit), fate=TraceFate.REMOVED if ours else TraceFate.LEFT)

    def _take(self, unit: Path, files: Sequence[NamingFile]) -> Trace:
        trace = self._fate(unit, files) if unit.exists() else Trace(place=str(unit), fate=TraceFate.REMOVED)
        if trace.fate is TraceFate.REMOVED:
            shutil.rmtree(unit, ignore_errors=True) if unit.is_dir() else unit.unlink(missing_ok=True)
        elif trace.fate is TraceFate.SEALED_AGAIN:
            seal_again(unit, {each.file.name for each in files}, self.rewriting)
        elif trace.fate is TraceFate.REWRITTEN:
            _rewrite(unit, self.rewriting)
        return trace

    def _at_source(self, at_source: FilesFound, asked: _Asked) -> Iterator[Trace]:
        for each in at_source.naming:
            if asked.source and each.kind is FileKind.PARQUET:
                rows = rows_in(each.file, self.rewriting)
                yield Trace(place=str(each.file), fate=TraceFate.REWRITTEN, rows=rows)
                continue
            lines = lines_naming(each.file, each.kind, self.terms)
            yield Trace(place=str(each.file), fate=TraceFate.AT_THE_SOURCE, rows=len(lines), lines=lines)

    def _in_databases(self, looked: Sequence[InDatabase]) -> Iterator[Trace]:
        for database, found in zip(self.places.databases, looked, strict=True):
            label = "review database" if database is self.places.review else "tracking database"
            for table, rows in found.rows.items():
                yield Trace(place=f"{label}, table {table}", fate=TraceFate.REWRITTEN, rows=rows)
            if found.entries:
                yield Trace(place=f"{label}, chain of decisions", fate=TraceFate.ERASED, rows=len(found.entries))

    def _left_entries(self, looked: Sequence[InDatabase]) -> Iterator[Trace]:
        for found in looked:
            if found.others:
                numbers = ", ".join(map(str, found.others))
                place = f"review database, chain of decisions, entries about others: {numbers}"
                yield Trace(place=place, fate=TraceFate.LEFT, rows=len(found.others))

    def remove_filed(self, looked: Sequence[InDatabase]) -> None:
        """Letters and attachments of erased entries, which their hash names."""
        hashes = {each for found in looked for each in found.files}
        for file in self.places.work.glob("review/*/*"):
            if file.is_file() and file.stem in hashes:
                file.unlink()

    def _rewrite_source(self, at_source: FilesFound) -> None:
        """All tables of the source anew, whole before the first takes its place."""
        files = [each.file for each in at_source.naming if each.kind is FileKind.PARQUET]
        if not files or self.places.source is None:
            return
        folder = self.places.source if self.places.source.is_dir() else self.places.source.parent
        with scratch_folder(folder, "draft") as draft:
            for number, file in enumerate(files):
                self.rewriting.write(file, draft / f"{number}.parquet")
            for number, file in enumerate(files):
                (draft / f"{number}.parquet").replace(file)

    def _rebuild_indexes(self, standing: Sequence[str], settings: Config) -> None:
        """Indexes are made again where they stood, and of the newest run, so that lists and pages find the others."""
        scores = self.places.work / SCORES_FOLDER
        newest = newest_official(scores)
        for name in {*standing, *([] if newest is None else [newest.folder.name])}:
            run = scores / name
            if (run / "clients.parquet").is_file():
                build_index(run, SessionLimits.of(settings.run))


def _by_unit(naming: Iterable[NamingFile], places: ForgettingPlaces) -> list[tuple[Path, list[NamingFile]]]:
    """What is taken out at once: entries of caches and indexes, sealed folders, and single files."""
    units: dict[Path, list[NamingFile]] = {}
    databases = {database.file.resolve() for database in places.databases if database.file is not None}
    for each in (each for each in naming if each.file.resolve() not in databases):
        units.setdefault(_unit(each.file, places), []).append(each)
    return sorted(units.items())


def _unit(file: Path, places: ForgettingPlaces) -> Path:
    for cache in (*(places.work / name for name in _CACHES), places.work / SCORES_FOLDER / INDEXES):
        if is_below(file, cache):
            return cache / file.relative_to(cache).parts[0]
    return file.parent if is_sealed(file.parent) else file


def _is_cache(unit: Path, places: ForgettingPlaces) -> bool:
    return unit.parent in (*(places.work / name for name in _CACHES), places.work / SCORES_FOLDER / INDEXES)


def _rewrite(file: Path, rewriting: Rewriting) -> None:
    with scratch_folder(file.parent, "draft") as folder:
        write_file(file, folder / file.name, rewriting)
        (folder / file.name).replace(file)


def _terms(places: ForgettingPlaces, client: str) -> Terms:
    """By what the client is known: as an unfinished call knew it, and as tables say."""
    journal = places.journal(ForgottenList.of(places.work).hash_of(client))
    known = terms_in(client, places.tables)
    if not journal.is_file():
        return known
    begun = from_json(Terms, journal.read_text(encoding="utf-8"), subject=str(journal), remedy="take the file away")
    return known.joined(begun) if begun.client_id == client else known


def _listed(known: ForgottenList, terms: Terms, asked: _Asked) -> ForgottenList:
    """The list with the client, under each of its ids."""
    return reduce(lambda listed, each: listed.with_client(each, by=asked.by, why=asked.why), terms.ids, known)


def _begin(places: ForgettingPlaces, terms: Terms, forgotten: ForgottenList) -> None:
    """From here on the door leaves the client out, and a further call knows what to look for."""
    forgotten.write(places.work)
    publish_text(places.journal(forgotten.hash_of(terms.client_id)), to_json_text(terms))


def _require_reason(why: str, terms: Terms, tables: Sequence[Path]) -> None:
    if len(why.strip()) < _SHORTEST_REASON:
        raise UserError(
            rule=f"forgetting a client must have a reason of at least {_SHORTEST_REASON} signs",
            got=repr(why),
            remedy="add --reason 'asked for erasure on 3 March, case 117'",
        )
    if terms.replaced(why, "") != why or names_any(why, tables):
        raise UserError(
            rule="the reason is kept, and must not name the client, nor any other",
            got="a reason with the id or name of one",
            remedy="name the case instead, such as --reason 'asked for erasure on 3 March, case 117'",
        )


def _is_client(rewriting: Rewriting, found: FilesFound, at_source: FilesFound) -> bool:
    """Whether any table has rows of a client of this id, or a text file of the source names it: any other is a word."""
    tables = [each.file for each in (*found.naming, *at_source.naming) if each.kind is FileKind.PARQUET]
    written = any(each.kind in (FileKind.TEXT, FileKind.PACKED) for each in at_source.naming)
    return written or any(rewriting.own_rows(file) for file in tables)


def _unknown(client: str) -> UnknownClientError:
    return UnknownClientError(
        rule="the book, its results or its source must name the client",
        got=f"{client}, which no file does",
        remedy="look its id up with clientvalue clients PART-OF-ITS-NAME; ids are compared byte for byte",
    )
