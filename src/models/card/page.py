"""A model card as one HTML page without scripts."""

from __future__ import annotations

from models.card.report import ModelCard
from models.card.text import JUDGEMENTS, card_sections, headline
from models.evaluation.text import Judgement
from models.shell.editions import ALONE, Edition
from models.shell.html import environment, mono

DATA = "card.json"
"""The card as data, beside its page."""
_STYLES = {Judgement.WRONG: "bad", Judgement.PERHAPS: "fair", Judgement.RIGHT: "good", Judgement.BETTER: "good"}


def card_page(card: ModelCard, edition: Edition = ALONE) -> str:
    """The page of a card."""
    language = edition.language
    return str(
        environment(edition, functions={"style": _style, "mono": mono})
        .get_template("card/page.html")
        .render(
            card=card,
            headline=headline(card, language),
            sections=card_sections(card, language),
            judgements=JUDGEMENTS,
        )
    )


def _style(judgement: Judgement) -> str:
    return _STYLES.get(judgement, "quiet")
