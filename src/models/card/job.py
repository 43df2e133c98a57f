"""Writes the card of a version: beside the results of its book, and with the version itself, as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.card.compute import model_card
from models.card.page import DATA, card_page
from models.card.report import CardSource, CardVersion, ModelCard
from models.card.text import card_markdown, short_description
from models.codec import to_json_text
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.pipeline.bundle import bundle_config, bundle_key, read_report
from models.publications.ledger import Publication, PublicationLedger
from models.shell.editions import publish_page
from models.store.drafts import publish_text, scratch_folder
from models.tracking.mlflow import RegisteredBundle, Tracking
from models.tracking.names import CHAMPION
from models.workspace.opening import Settings, settings_of

MARKDOWN, PAGE = "card.md", "card.html"


@dataclass(frozen=True, kw_only=True)
class WrittenCard:
    """A card, its Markdown, and the files that hold it."""

    card: ModelCard
    markdown: str
    files: tuple[Path, ...]


def card(
    config: Settings, *, version: str = CHAMPION, out: Path | None = None, overrides: Sequence[str] = ()
) -> WrittenCard:
    """The card of a version or alias as it stands today, with every decision about it.

    ``card.md``, ``card.json`` and ``card.html`` in every language stand in ``out`` (else ``<work_dir>/<book>``). Raises
    a ``UserError``.
    """
    settings = settings_of(config, overrides)
    tracking = Tracking(settings)
    entries = PublicationLedger(work_dir(settings) / SCORES_FOLDER).entries()
    made = _card_of(tracking, tracking.find(version), settings, entries)
    return _written(made, out or work_dir(settings))


def registered_card(settings: Config, version: str) -> ModelCard:
    """The card of a version as it stands today, without files. Raises ``BundleNotFoundError``."""
    tracking = Tracking(settings)
    entries = PublicationLedger(work_dir(settings) / SCORES_FOLDER).entries()
    return _card_of(tracking, tracking.find(version), settings, entries)


def register_card(
    tracking: Tracking, registered: RegisteredBundle, settings: Config, entries: Sequence[Publication] = ()
) -> None:
    """Keep the card of a version with its model and its run, and its first lines as what the registry shows.

    That of the champion stands in the folder of the book's results, too.

    Without the ``entries`` of the ledger, as after a training, only the registry is asked who approved it: a damaged
    ledger stops no training at its end.
    """
    made = _card_of(tracking, registered, settings, entries)
    if CHAMPION in made.version.aliases:
        _written(made, work_dir(settings))
    with scratch_folder(work_dir(settings), "draft") as folder:
        _written(made, folder)
        tracking.describe(registered, short_description(made), folder)


def _card_of(
    tracking: Tracking, registered: RegisteredBundle, settings: Config, entries: Sequence[Publication]
) -> ModelCard:
    facts = tracking.facts_of(registered)
    return model_card(
        read_report(registered.folder, CardSource, whole=False),
        CardVersion(
            model=registered.name,
            version=registered.version,
            bundle=bundle_key(registered.folder),
            run_id=registered.run_id,
            registered=facts.registered,
            by=facts.by,
            commit=facts.commit,
            aliases=facts.aliases,
        ),
        settings,
        tags=facts.tags,
        entries=entries,
        graded=bundle_config(registered.folder),
    )


def _written(made: ModelCard, folder: Path) -> WrittenCard:
    folder.mkdir(parents=True, exist_ok=True)
    markdown = card_markdown(made)
    publish_text(folder / MARKDOWN, markdown)
    publish_text(folder / DATA, to_json_text(made, indent=1) + "\n")
    publish_page(folder / PAGE, partial(card_page, made))
    return WrittenCard(card=made, markdown=markdown, files=(folder / MARKDOWN, folder / PAGE, folder / DATA))
