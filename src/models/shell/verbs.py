"""A command line whose commands are loaded when they are called: help and completion read a table of short helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from models.lazy import load


@dataclass(frozen=True)
class Verb:
    """A command: the module that has a function of its name, and what a list of commands says of it."""

    module: str
    short_help: str


class VerbGroup(TyperGroup):
    """Commands by name, from a table; the one that is called is loaded, of the others only the short help is known."""

    def __init__(self, *, verbs: Mapping[str, Verb], **settings: Any) -> None:
        named = {name: TyperCommand(name, short_help=verb.short_help) for name, verb in verbs.items()}
        super().__init__(commands=dict(named), rich_markup_mode=None, **settings)
        self._verbs = verbs

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called, or whose options are completed, with all that belongs to it."""
        name, listed, others = super().resolve_command(ctx, args)
        return name, listed if name is None else self.loaded(name), others

    def loaded(self, name: str) -> TyperCommand:
        """A command with its options, from the function of its name in its module."""
        verb = self._verbs[name]
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command(name, short_help=verb.short_help)(getattr(load(verb.module), name))
        command = typer.main.get_command(alone)
        assert isinstance(command, TyperCommand)  # noqa: S101 - of one function, typer makes one command
        return command
