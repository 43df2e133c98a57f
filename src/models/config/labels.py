"""Labels of a config by language."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from models.config.base import Section
from models.text import Label, Language, Phrase, languages

Word = Annotated[str, Field(pattern=r"^[^{}]+$")]


class ByLanguage(Section):
    """A phrase by language: English, Chinese, and any other of which there are texts."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[str, Field(min_length=1)]]

    def phrase(self, otherwise: Phrase | None = None) -> Label:
        """The phrase; ``otherwise`` stands in the languages that are not given."""
        return Label(tuple((Language(name), text) for name, text in self if text), otherwise)

    def within(self, language: Language) -> str:
        """The phrase in one language."""
        return self.phrase().within(language)

    @model_validator(mode="after")
    def _known_languages(self) -> ByLanguage:
        unknown = sorted(set(self.__pydantic_extra__) - set(languages()))
        if unknown:
            raise ValueError(f"languages must be among {list(languages())}, got {unknown}")
        return self


class LabelConfig(ByLanguage):
    """What people call a measure, as it stands within a sentence."""

    en: Word | None = None
    zh: Word | None = None


class Wording(ByLanguage):
    """The same in every language."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]
