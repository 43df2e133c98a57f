"""Text that may be shown: no secret of an address in it, and no character that a terminal or page would act on.

Names, reasons and paths come from outside. What they hold is data, also where it looks like a command to a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

HIDDEN = "***"
_NAMED_SECRET = r"[\w.-]*(?:pass|pwd|secret|token|key|credential|auth|signature|sig|sas|odbc_connect|options)[\w.-]*"  # noqa: S105 - the pattern of names
"""A parameter of an address whose name holds one of these is a secret, whatever driver or cloud it is meant for."""
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>`|]+")
_PASSWORD = re.compile(r"(?<=://)([^:@/\s]*):(\S*)@")
"""Up to the last @: a password that was not percent-encoded may itself hold a slash, a colon or an @."""
_PARAMETER = re.compile(rf"([?&;]{_NAMED_SECRET}=)([^&;#]*)", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"([\w.-]*(?:passw|pwd|secret|token|credential|private_?key|api_?key|access_?key)[\w.-]*\s*=\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^;&\s,]+)",
    re.IGNORECASE,
)
"""As connection strings of ODBC and libpq write it."""
_KEPT = ("\n", "\t")
_ACTED_ON = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""C0 and C1 controls, what turns or hides text (Unicode bidirectional and invisible format characters, tags), and
halves of surrogate pairs, which no encoding can write. Source: Unicode 16, chapters 23.1 and 23.2; UTR 36."""


def without_secrets(text: str) -> str:
    """The same text with the password and every secret parameter of each address in it masked.

    >>> without_secrets("postgresql://risk:s3cret@db.bank/book?sslmode=require&sslpassword=x does not open")
    'postgresql://risk:***@db.bank/book?sslmode=require&sslpassword=*** does not open'
    """
    return _ASSIGNED.sub(rf"\1{HIDDEN}", _ADDRESS.sub(lambda found: _masked(found.group()), text))


def secrets_of(address: str) -> list[str]:
    """What ``without_secrets`` masks in an address, as it stands there and decoded; drivers quote either."""
    found = [match.group(2) for match in (*_PASSWORD.finditer(address), *_PARAMETER.finditer(address))]
    return sorted({text for secret in found if secret for text in (secret, unquote(secret))}, key=len, reverse=True)


def printable(text: str) -> str:
    r"""The same text with every character escaped that a terminal or a page would act on; line ends and tabs stay.

    >>> printable("Acme\x1b[2J\u202e Ltd\n")
    'Acme\\x1b[2J\\u202e Ltd\n'
    """
    return acted_on(text, _escaped)


def acted_on(text: str, written: Callable[[str], str]) -> str:
    """The same text with every character that is acted on as ``written`` gives it; line ends and tabs stay."""
    return _ACTED_ON.sub(lambda found: found.group() if found.group() in _KEPT else written(found.group()), text)


def showable(text: str) -> str:
    """Both: printable, and without secrets."""
    return printable(without_secrets(text))


def _masked(address: str) -> str:
    return _PARAMETER.sub(rf"\1{HIDDEN}", _PASSWORD.sub(rf"\1:{HIDDEN}@", address))


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
