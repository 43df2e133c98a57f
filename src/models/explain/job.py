"""The jobs about single clients and the policy: they neither train nor publish, and so start quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from models.book.door import Book
from models.config.root import Config
from models.explain.change_reasons import change_of
from models.explain.history import read_client
from models.explain.story import ClientStory, explain_client
from models.notices import Notice, by_severity
from models.pipeline.bundle import Bundle
from models.scoring.as_published import publication_notices
from models.scoring.scoring import ScoredBlock, score_clients
from models.text import ENGLISH, Language
from models.vocab import Progress, SilentProgress
from models.what_if.compute import TierShift, tier_shift
from models.workspace.opening import (
    SCORES_FOLDER,
    Settings,
    open_book,
    open_bundle,
    settings_of,
    work_dir,
)
from models.workspace.published import PUBLISHED, speaking_bundle


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
    settings = settings_of(config, overrides)
    models = speaking_bundle(settings, bundle)
    checked = open_book(settings, book, progress)
    earlier = work_dir(settings) / SCORES_FOLDER
    return models, score_clients(checked, models, settings, [client], as_of, earlier=earlier)


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

    What changed is told from ``since`` (else from a year before); ``against`` names another bundle, as ``bundle`` does.
    Raises ``UnknownClientError``.
    """
    settings = settings_of(config, overrides)
    models = speaking_bundle(settings, bundle)
    rival = None if against is None else open_bundle(settings, against)
    checked = open_book(settings, book, progress)
    progress.stage("Reading the client's past")
    earlier = work_dir(settings) / SCORES_FOLDER
    past = read_client(checked, models, settings, client, as_of, since=since, earlier=earlier)
    change = change_of(checked, models, past, settings, against=rival, since=since, lang=lang)
    story = explain_client(checked, models, past, settings, change, lang=lang, published=earlier)
    return replace(story, notices=by_severity([*story.notices, *_unpublished(checked, models, settings, as_of)]))


def tiers(
    config: Settings,
    changes: Sequence[str] = (),
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> TierShift:
    """Who would change tier if the policy of a bundle had other values (``key=value``); nothing is published."""
    settings = settings_of(config, overrides)
    models = speaking_bundle(settings, bundle)
    checked = open_book(settings, book, progress)
    shift = tier_shift(checked, models, settings, changes, as_of, progress=progress)
    return replace(shift, notices=by_severity([*shift.notices, *_unpublished(checked, models, settings, as_of)]))


def _unpublished(book: Book, models: Bundle, settings: Config, as_of: date | None) -> list[Notice]:
    return publication_notices(book, models, settings, as_of, work_dir(settings) / SCORES_FOLDER)
