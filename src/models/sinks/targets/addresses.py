"""Addresses of sinks: what environment variables hold in the place of their names, and errors that show no secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from models.config.addresses import FROM_ENVIRONMENT, expanded
from models.errors import ClientValueError, UserError
from models.showable import HIDDEN, without_secrets, without_secrets_of

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\([^)]*\)=\([^)]*\)")
_MOST_SAID = 300
"""Signs of what a driver says: some quote whole statements."""
_EXTRAS = {"postgresql": "clientvalue[postgres]", "postgres": "clientvalue[postgres]", "delta": "clientvalue[delta]"}


class SinkError(UserError):
    """A sink that does not open, or that refuses what is written."""


@dataclass(frozen=True)
class SinkPlace:
    """One sink as the config names it: an address, and how its tables are called."""

    address: str
    database_schema: str | None = None
    prefix: str = ""

    @property
    def label(self) -> str:
        """The address, without secrets."""
        return without_secrets(self.address)

    @property
    def scheme(self) -> str:
        """What the address begins with, without the name of a driver."""
        return urlsplit(self.address).scheme.partition("+")[0]

    @property
    def path(self) -> Path:
        """The file or folder that it names."""
        parts = urlsplit(self.expanded(self.address))
        return Path(unquote(parts.netloc + parts.path))

    def table(self, name: str) -> str:
        """The name of a table in the sink."""
        return f"{self.prefix}{name}"

    def own(self, name: str) -> str | None:
        """The name of one of our tables without prefix; None of another's."""
        return name.removeprefix(self.prefix) if name.startswith(self.prefix) else None

    def expanded(self, text: str) -> str:
        """A part of the address with what environment variables hold. Raises ``SinkError`` where one is not set."""
        return expanded(text, setting="publish.sink", error=SinkError)

    def require_no_schema(self, kind: str) -> None:
        """Refuse a schema where there are none."""
        if self.database_schema is not None:
            raise UserError(
                rule=f"{kind} has no schemas",
                got=f"publish.database_schema {self.database_schema}",
                remedy="leave it out, and tell tables apart by publish.prefix",
            )

    def require_folder(self) -> None:
        """Refuse a file whose folder is not there, which is most often a slash too many or too few."""
        if not self.path.parent.is_dir():
            raise UserError(
                rule="the folder of a sink's file must exist",
                got=self.path.parent,
                remedy=f"make it, or mend publish.sink: {self.scheme}:///absolute/file or {self.scheme}://relative/file",
            )

    @contextmanager
    def reporting(self, rule: str, *, holds_rows: bool = False) -> Iterator[None]:
        """What a driver raises within becomes a sentence that ``rule`` was broken, without secrets.

        Its own error is neither cause nor context, so that no trace prints the address or rows that it may quote;
        where it ``holds_rows``, what it quotes is left out: it may be a client's.
        """
        try:
            yield
        except ClientValueError:
            raise
        except ImportError as error:
            problem = self._no_driver(error)
        except Exception as error:  # noqa: BLE001 - drivers share no class of errors: each has a base of its own
            problem = self._broken(rule, error, holds_rows=holds_rows)
        else:
            return
        raise problem from None

    def _broken(self, rule: str, error: Exception, *, holds_rows: bool) -> SinkError:
        said = self._said(error)
        shown = _QUOTED.sub("...", said) if holds_rows else said
        return SinkError(
            rule=rule,
            got=f"{type(getattr(error, 'orig', None) or error).__name__} ({shown[:_MOST_SAID]})",
            remedy=f"check {self.label}, its server, the user's rights and password, and publish again: what was not "
            "written whole was not written at all",
        )

    def _said(self, error: Exception) -> str:
        """What a driver says first: details and context of later lines quote rows."""
        original = getattr(error, "orig", None) or error
        primary = getattr(getattr(original, "diag", None), "message_primary", None)
        said = " ".join(str(primary or original).split("\nDETAIL")[0].split("\nCONTEXT")[0].split())
        for name in FROM_ENVIRONMENT.findall(self.address):
            said = said.replace(os.environ.get(name) or HIDDEN, HIDDEN)
        return without_secrets_of(self.address, said)

    def _no_driver(self, error: ImportError) -> SinkError:
        extra = _EXTRAS.get(self.scheme)
        return SinkError(
            rule=f"the driver for {self.scheme} must be installed",
            got=f"no {error.name or 'driver'}",
            remedy=f"pip install '{extra}'" if extra else f"pip install {error.name or 'it'}",
        )
