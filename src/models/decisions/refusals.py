"""The error of a decision that the rules do not let anybody take, in every language."""

from __future__ import annotations

from models.errors import UserError
from models.text import ENGLISH, Language, Text

_SENTENCE = Text("{rule}, got {got}: {remedy}", "refusal")


class RefusedDecisionError(UserError):
    """A decision that a rule does not allow; what people read of it is in their language."""

    def __init__(self, rule: Text, got: Text | str, remedy: Text) -> None:
        self.sentence = _SENTENCE.filled(rule=rule, got=got, remedy=remedy)
        spoken = got if isinstance(got, str) else got.within(ENGLISH)
        super().__init__(rule=rule.within(ENGLISH), got=spoken, remedy=remedy.within(ENGLISH))

    def within(self, language: Language) -> str:
        """The whole sentence: the rule, what was got, and what to do."""
        return self.sentence.within(language)
