"""Errors of a database as ours: what was asked, what came, where to look. No message shows a secret of an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from models.errors import UnreadableFileError, UserError
from models.showable import without_secrets, without_secrets_of

FILE_SCHEMES = ("duckdb", "sqlite")
"""Databases in this process: what a query of theirs may do, it does with our rights."""
Answer = TypeVar("Answer")


def asked(question: Callable[[], Answer], url: str, *, rule: str, remedy: str | None = None) -> Answer:
    """Answer of a database; ``rule`` is what was broken if it does not.

    The driver's own error is neither cause nor context of ours, so that no trace prints the address that it may quote.
    """
    try:
        return question()
    except UserError:
        raise
    except ImportError:
        problem = _no_driver(urlsplit(url).scheme)
    except Exception as error:  # noqa: BLE001 - drivers share no class of errors: each has a base of its own
        problem = _broken(rule, error, url, remedy)
    raise problem from None


def _no_driver(scheme: str) -> UserError:
    return UserError(
        rule=f"the driver for {scheme} must be installed",
        got="none",
        remedy=f"install it, e.g. pip install 'ibis-framework[{scheme.replace('postgresql', 'postgres')}]'",
    )


def _broken(rule: str, error: Exception, url: str, remedy: str | None) -> UnreadableFileError:
    said = without_secrets_of(url, " ".join(str(error).split()))[:300]
    return UnreadableFileError(
        rule=rule,
        got=f"{type(error).__name__} ({said})",
        remedy=remedy or f"check {without_secrets(url)} and the rights there",
    )
