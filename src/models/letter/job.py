"""Writes the letter to one client of a book: why it is graded so, what may help, and what it may ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow.dataset as ds

from models.book.door import Book
from models.errors import UnknownClientError
from models.explanation.job import story_of
from models.explanation.story import client_name
from models.letter.compute import Letterhead, contact_of, graded_letter, ungraded_letter
from models.letter.report import ClientLetter
from models.scoring.policy_in_force import GradedBy
from models.scoring.run_key import model_version
from models.scoring.workspace import Workspace
from models.text import ENGLISH, Language
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings
from models.workspace.published import PUBLISHED


def client_letter(
    config: Settings,
    client: str,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    lang: Language = ENGLISH,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> ClientLetter:
    """The letter to one client of a book, see ``letter_of``."""
    workspace = Workspace.of(config, book=book, overrides=overrides, progress=progress)
    return letter_of(workspace, client, bundle=bundle, as_of=as_of, lang=lang)


def letter_of(
    workspace: Workspace,
    client: str,
    *,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    lang: Language = ENGLISH,
) -> ClientLetter:
    """The letter to one client of an open book; the same client, date and models give the same letter.

    A client of the book that has no grade reads so. Raises ``UnknownClientError`` for one that the book does not
    hold, ``UserError`` where the config names nobody whom it writes to.
    """
    config = workspace.settings.letter
    contact_of(config)
    try:
        story = story_of(workspace, client, bundle=bundle, as_of=as_of, lang=lang)
    except UnknownClientError:
        if not _holds(workspace.book, client):
            raise
        return _ungraded(workspace, client, bundle, as_of, lang)
    policy = workspace.basis(bundle, as_of).bundle.models.policy
    return graded_letter(story, policy.settings, config)


def _ungraded(workspace: Workspace, client: str, which: str, as_of: date | None, lang: Language) -> ClientLetter:
    bundle = workspace.basis(which, as_of).bundle
    head = Letterhead(
        client_id=client,
        name=client_name(workspace.book, client) or "",
        language=lang,
        as_of=as_of or workspace.book.known_until,
        model_version=model_version(bundle),
        policy=GradedBy.of(bundle).policy,
    )
    settings = workspace.settings
    refused = settings.privacy.leaves_out and _holds(workspace.book, client, refused=True)
    tiers = tuple(bundle.models.policy.scale.labels(lang).values())
    return ungraded_letter(head, settings.letter, tiers, refused=refused)


def _holds(book: Book, client: str, *, refused: bool = False) -> bool:
    """Whether the book holds the client, or holds it as one who refused the processing of its data."""
    chosen = ds.field("client_id") == client
    if refused:
        chosen &= ~ds.field("consent")
    rows: int = ds.dataset(book.tables["clients"]).count_rows(filter=chosen)
    return rows > 0
