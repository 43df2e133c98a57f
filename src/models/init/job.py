"""The job behind ``clientvalue init``: looks, proposes, writes a first config, and checks the book with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.audit.checkup import Checkup
from models.audit.job import check
from models.book.sources.looking import LookedTable, look_at
from models.config.loading import parse_config
from models.config.root import Config
from models.errors import ClientValueError, MissingFileError, UserError
from models.init.capabilities import Lack, lacks
from models.init.first_config import FirstAnswers, first_config
from models.init.proposal import BookProposal, is_snapshot, propose
from models.init.report import InitDocument, MissingPart, SeenTable
from models.init.words import likely_currency
from models.store.drafts import publish_text
from models.text import spoken
from models.vocab import Progress, SilentProgress

Asking = Callable[[str, str], str]
"""Puts a question to a person, with the answer that is proposed; returns the answer."""
_NO_NAME, _ADDRESS = "book", re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class FirstSteps:
    """What ``init`` leaves: the config and its file, what was seen, what is missing, and the check of the book.

    ``checked`` is None where the book cannot be read yet; ``problem`` says why.
    """

    file: Path
    text: str
    looked: tuple[LookedTable, ...]
    proposal: BookProposal
    lacks: tuple[Lack, ...]
    checked: Checkup | None
    problem: str = ""

    def document(self) -> InitDocument:
        """The same for a program."""
        used = {table.source.name: table.name for table in self.proposal.tables}
        good = {} if self.checked is None else {count.table: count.rows_used for count in self.checked.counts}
        return InitDocument(
            file=str(self.file),
            text=self.text,
            tables=tuple(
                SeenTable(
                    name=table.name,
                    rows=table.rows,
                    columns=len(table.columns),
                    used_as=used.get(table.name, ""),
                    problem=table.problem,
                    rows_used=good.get(used.get(table.name, "")),
                )
                for table in self.looked
            ),
            missing=tuple(MissingPart(missing=each.missing, without_it=spoken(each.without_it)) for each in self.lacks),
            notices=() if self.checked is None else self.checked.notices,
            problem=self.problem,
        )


def as_proposed(question: str, proposed: str) -> str:  # noqa: ARG001 - nobody is asked
    """The proposed answer to every question."""
    return proposed


def init(
    place: str,
    *,
    file: Path | None = None,
    name: str | None = None,
    currency: str | None = None,
    force: bool = False,
    ask: Asking = as_proposed,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> FirstSteps:
    """Look at ``place`` (a file, folder or database URL), write a first config to ``file``, and check the book with it.

    The file is ``<name>.yaml`` unless given, and is never written over without ``force``. Raises ``MissingFileError``
    for a place with nothing in it, ``UserError`` where no table can be made out.
    """
    name = name or _name_of(place)
    target = file or Path(f"{name}.yaml")
    _require_free(target, force=force)
    progress.stage(f"Looking at {_shown(place)}")
    looked = look_at(place)
    proposal = propose(looked)
    _require_tables(place, looked, proposal)
    answers = _answers(place, name, currency, proposal, ask)
    text = first_config(proposal, answers)
    settings = parse_config(text, overrides, subject="the proposed config", folder=target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    publish_text(target, text)
    checked, problem = _checked(settings, progress)
    return FirstSteps(
        file=target,
        text=text,
        looked=looked,
        proposal=proposal,
        lacks=lacks(proposal),
        checked=checked,
        problem=problem,
    )


def _require_free(target: Path, *, force: bool) -> None:
    if target.exists() and not force:
        raise UserError(
            rule="init must not write over a config",
            got=f"{target}, which is there",
            remedy="name another file with --out, or give --force",
        )


def _require_tables(place: str, looked: Sequence[LookedTable], proposal: BookProposal) -> None:
    if not looked:
        raise MissingFileError(_shown(place), remedy="name a folder with CSV, Excel, JSON or Parquet files, or a URL")
    snapshots = [table for table in looked if is_snapshot(table)]
    if snapshots and len(snapshots) == len(looked):
        seen = " and ".join(f"{each.name} with {each.rows:,} rows" for each in snapshots)
        raise UserError(
            rule="a book must tell what happened on which day",
            got=f"{seen} and no day: one snapshot",
            remedy="bring cashflows (a client, a day and an amount are enough), or the same table at several month "
            "ends with their days: one snapshot does not tell what came after it, so nothing can be learned or judged",
        )
    if not proposal.tables:
        seen = "; ".join(_seen(table) for table in looked)
        raise UserError(
            rule="a table of clients, facilities or cashflows must be made out",
            got=seen,
            remedy="write book.map by hand: a client, a day and an amount are enough; see clientvalue config --tables",
        )


def _seen(table: LookedTable) -> str:
    return table.problem or f"{table.name} with {', '.join(column.name for column in table.columns)}"


def _answers(place: str, name: str, currency: str | None, proposal: BookProposal, ask: Asking) -> FirstAnswers:
    known = currency or (proposal.currencies[0] if len(proposal.currencies) == 1 else None)
    chosen = known or ask("In which currency is the book kept?", _likely_currency(proposal))
    return FirstAnswers(
        name=name,
        place=place,
        currency=chosen.upper(),
        guessed=known is None and ask is as_proposed,
        kinds=_kinds_of(proposal, ask),
    )


def _kinds_of(proposal: BookProposal, ask: Asking) -> Mapping[str, str]:
    words = [word for table in proposal.tables for word in table.unknown]
    answers = {word: ask(f"What kind of cashflow is {word}? (empty: not known)", "") for word in words}
    return {word: kind.strip() for word, kind in answers.items() if kind.strip()}


def _likely_currency(proposal: BookProposal) -> str:
    """By a column, by the signs beside amounts, else by the language of the headers; dollars where nothing tells."""
    if proposal.currencies:
        return proposal.currencies[0]
    signs = [sign for table in proposal.tables for sign in _signs(table.source.options)]
    names = [name for table in proposal.tables for name in table.columns.values()]
    return likely_currency(signs, names)


def _signs(options: Mapping[str, object]) -> tuple[str, ...]:
    signs = options.get("number_signs", ())
    return (signs,) if isinstance(signs, str) else tuple(map(str, signs)) if isinstance(signs, tuple) else ()


def _name_of(place: str) -> str:
    """A name of the book by its folder, file or database."""
    path = place.partition("?")[0].rstrip("/")
    stem = path.rsplit("/", 1)[-1].split(".")[0]
    bare = _ADDRESS.sub("_", stem.casefold()).strip("_")
    return bare if bare[:1].isalpha() else f"{_NO_NAME}_{bare}".rstrip("_")


def _shown(place: str) -> str:
    return place.partition("://")[0] + "://..." if "://" in place else place


def _checked(settings: Config, progress: Progress) -> tuple[Checkup | None, str]:
    try:
        found = check(settings, progress=progress)
        return found, "" if found.refused is None else str(found.refused)
    except ClientValueError as error:
        return None, str(error)
