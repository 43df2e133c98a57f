"""Stories of clients from one workspace that is held open: one is computed at a time, and the latest are kept."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from models.book.door import Book
from models.book.forgotten import FORGOTTEN_FILE
from models.directory.report import EVERYTHING, ClientQuery
from models.errors import ClientValueError, UnknownClientError
from models.explanation.job import story_of
from models.explanation.story import ClientStory
from models.letter.compute import graded_letter
from models.letter.job import letter_of
from models.letter.report import ClientLetter
from models.pipeline.pipeline import FittedModels
from models.publications.past import OfficialRun
from models.review.access.portfolio import shown_index
from models.review.site import shown_site
from models.scoring.workspace import Workspace
from models.text import ENGLISH, Language

KEPT = 200
"""So many clients, each in one language, are kept; a story takes some hundred kilobytes."""


@dataclass
class StoryShelf:
    """The open workspace of the newest run, and the latest clients; for any number of threads.

    A newer run opens a new one: a workspace sees the book as it was when it was first asked.
    """

    _telling: Lock = field(default_factory=Lock, repr=False)
    _keeping: Lock = field(default_factory=Lock, repr=False)
    _open: tuple[str, Workspace] | None = None
    _kept: OrderedDict[tuple[str, str, Language], ClientStory | None] = field(default_factory=OrderedDict, repr=False)

    def has(self, run: OfficialRun, client: str, language: Language) -> bool:
        """Whether a client need not be waited for."""
        with self._keeping:
            return (version_of(run), client, language) in self._kept

    def story(self, run: OfficialRun, client: str, language: Language) -> ClientStory | None:
        """The client as of a run; None of one that the models do not speak of."""
        key = (version_of(run), client, language)
        found = self._of(key)
        if found is not None:
            return found[0]
        with self._telling:
            found = self._of(key)  # while we waited somebody may have asked for the same
            return found[0] if found is not None else self._keep(key, self._story(run, client, language))

    def letter(self, run: OfficialRun, client: str, language: Language) -> ClientLetter:
        """The letter to a client as of a run. Raises ``UserError`` where the config names nobody whom it writes to."""
        story = self.story(run, client, language)
        if story is None:
            with self._telling:
                return letter_of(self._workspace(run), client, as_of=run.as_of, lang=language)
        return graded_letter(story, self.models(run).policy.settings, shown_site().config.letter)

    def book(self, run: OfficialRun) -> Book:
        """The checked book that the run was made from."""
        with self._telling:
            return self._workspace(run).book

    def models(self, run: OfficialRun) -> FittedModels:
        """The models that speak of the clients of a run, with the policy in force then."""
        with self._telling:
            return self._workspace(run).basis(as_of=run.as_of).bundle.models

    def _story(self, run: OfficialRun, client: str, language: Language) -> ClientStory | None:
        try:
            return story_of(self._workspace(run), client, as_of=run.as_of, lang=language)
        except UnknownClientError:
            return None

    def _workspace(self, run: OfficialRun) -> Workspace:
        version = version_of(run)
        if self._open is None or self._open[0] != version:
            self._open = (version, Workspace.of(shown_site().config))
        return self._open[1]

    def _of(self, key: tuple[str, str, Language]) -> tuple[ClientStory | None] | None:
        with self._keeping:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def _keep(self, key: tuple[str, str, Language], story: ClientStory | None) -> ClientStory | None:
        with self._keeping:
            self._kept[key] = story
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return story


def version_of(run: OfficialRun) -> str:
    """What tells a run, and the book behind it, from what they were before a client was forgotten."""
    try:
        forgotten = (shown_site().scores.parent / FORGOTTEN_FILE).stat().st_mtime_ns
    except FileNotFoundError:
        return run.entry.run_key
    return f"{run.entry.run_key} {forgotten}"


SHELF = StoryShelf()
"""That of this process."""


def warm() -> None:
    """Opens the workspace of the newest run and asks it of one client, so that the first reader waits for neither."""
    run = shown_site().newest()
    if run is None:
        return
    with suppress(ClientValueError):  # whoever asks first reads of it on the page
        for each in shown_index().search(ClientQuery(scope=EVERYTHING, limit=1)).rows:
            SHELF.story(run, each.client_id, ENGLISH)
