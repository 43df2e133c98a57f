"""Addresses of databases in a config: in the place of a secret stands the environment variable that holds it."""

from __future__ import annotations

import os
import re

from models.errors import UserError
from models.showable import secrets_of, without_secrets

FROM_ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
"""Stands in an address for what an environment variable holds."""


def without_plain_secret(text: str) -> str:
    """An address as it may stand in a config. Raises ``ValueError`` if it holds a secret itself."""
    if any(FROM_ENVIRONMENT.fullmatch(each) is None for each in secrets_of(text)):
        raise ValueError(
            f"{without_secrets(text)} must hold no secret, since configs are kept and shown: write ${{NAME}} in its "
            "place, where NAME is an environment variable that holds it"
        )
    return text


def expanded(text: str, *, setting: str, error: type[UserError] = UserError) -> str:
    """An address, or a part of one, with what environment variables hold. Raises ``error`` where one is not set.

    ``setting`` is the key of the config that holds the address.
    """

    def held(found: re.Match[str]) -> str:
        name = found.group(1)
        value = os.environ.get(name)
        if not value:
            raise error(
                rule=f"the environment variable {name}, which {setting} names, must be set",
                got="nothing",
                remedy=f"export {name} before the command, or take it out of the address",
            )
        return value

    return FROM_ENVIRONMENT.sub(held, text)
