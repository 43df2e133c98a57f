"""Explains one client of a book; nothing is trained or published, so that it starts quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from models.explanation.change_reasons import change_of
from models.explanation.history import read_client
from models.explanation.story import ClientStory, explain_client
from models.notices import by_severity
from models.pipeline.bundle import Bundle
from models.scoring.block import ScoredBlock
from models.scoring.workspace import Workspace
from models.text import ENGLISH, Language
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings
from models.workspace.published import PUBLISHED


def explain(
    config: Settings,
    client: str,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> tuple[Bundle, ScoredBlock]:
    """Score and explain one client, the same as it is in the whole book. Raises ``UnknownClientError``.

    ``bundle`` is an alias, a version or a folder; by default the models of the published scores speak.
    """
    basis = Workspace.of(config, book=book, overrides=overrides, progress=progress).basis(bundle, as_of)
    basis = basis.for_client(client)
    return basis.bundle, basis.score([client])


def client_story(  # noqa: PLR0913 - each option is a question that a reviewer may ask
    config: Settings,
    client: str,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    since: date | None = None,
    against: str | None = None,
    lang: Language = ENGLISH,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> ClientStory:
    """Everything about one client: what it is worth, why, since when, what would change it, how to treat it.

    See ``story_of``. Who asks about many clients opens a ``Workspace`` once and asks ``story_of`` of each.
    Raises ``UnknownClientError``.
    """
    workspace = Workspace.of(config, book=book, overrides=overrides, progress=progress)
    return story_of(workspace, client, bundle=bundle, as_of=as_of, since=since, against=against, lang=lang)


def story_of(
    workspace: Workspace,
    client: str,
    *,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    since: date | None = None,
    against: str | None = None,
    lang: Language = ENGLISH,
) -> ClientStory:
    """Everything about one client of an open book; the next client opens nothing again.

    The change is reported from ``since`` (else from a year before); ``against`` names another bundle, like ``bundle``.
    Raises ``UnknownClientError``.
    """
    for which in (bundle,) if against is None else (bundle, against):
        workspace.bundle(which)  # what cannot be opened is reported before the book is checked
    rival = None if against is None else workspace.bundle(against)
    basis, settings = workspace.basis(bundle, as_of).for_client(client), workspace.config
    if rival is not None and basis.bundle.models.starts_cold:
        rival = rival.for_cold_start()
    workspace.progress.stage("Reading the client's past")
    past = read_client(basis, client, since=since)
    change = change_of(basis.book, basis.bundle, past, settings, against=rival, since=since, lang=lang)
    story = explain_client(basis.book, basis.bundle, past, settings, change, lang=lang, published=workspace.scores)
    return replace(story, notices=by_severity([*story.notices, *workspace.publication_notices(bundle, as_of)]))
