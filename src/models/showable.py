"""Text that may be shown: no secret of an address in it, and no character that a terminal or page would act on.

Names, reasons and paths come from outside. What they hold is data, also where it looks like a command to a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|key|credential|auth|signature|sig|sas|odbc_connect|options", re.IGNORECASE
)
"""A parameter of an address whose name holds one of these is a secret, whatever driver or cloud it is meant for."""
_PASSWORD = re.compile(r"(?<=://)([^:@/\s]*):(\S*|(?!\d{1,5}(?:[^\w%@-]|$))[^@\n]*(?:@\S*)?)@")
"""Up to the last @: a password that was not percent-encoded may hold a slash, a colon, a quote, an @ or blanks, these
where no port could stand."""
_BEARER = re.compile(r"(https?://)([^:@/?#\s]+)@", re.IGNORECASE)
"""What stands alone before the @ of a web server is a token."""
_PARAMETER = re.compile(r"([?&;]([^=?&;#\s]+)=)((?:[^&\s'\"<>`|)]|['\"<>`|)](?![\s,.;:)]|$))*)")
"""The value goes to the next &: a secret that was not percent-encoded may hold anything else."""
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://\S+")
_ASSIGNED = re.compile(
    r"([\w.-]*(?:passw|pwd|secret|token|credential|private_?key|api_?key|access_?key|account_?key)[\w.-]*\s*=\s*)"
    r"(\"[^\"]*\"|'[^']*'|\{[^}]*\}|[^;&\s,]+)",
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
    bare = _BEARER.sub(rf"\1{HIDDEN}@", _PASSWORD.sub(rf"\1:{HIDDEN}@", text))
    return _ASSIGNED.sub(rf"\1{HIDDEN}", _ADDRESS.sub(lambda found: _PARAMETER.sub(_masked, found.group()), bare))


def secrets_of(address: str) -> list[str]:
    """What ``without_secrets`` masks in an address, as it stands there and decoded; drivers quote either."""
    bare = [match.group(2) for pattern in (_PASSWORD, _BEARER) for match in pattern.finditer(address)]
    found = bare + [match.group(3) for match in _PARAMETER.finditer(address) if _is_secret(match)]
    return sorted({text for secret in found if secret for text in (secret, unquote(secret))}, key=len, reverse=True)


def without_secrets_of(address: str, said: str) -> str:
    """What a driver says of an address, without the secrets in it, however they are quoted there."""
    for secret in (address, *secrets_of(address)):
        said = said.replace(secret, HIDDEN)
    return without_secrets(said)


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


def _masked(parameter: re.Match[str]) -> str:
    return f"{parameter.group(1)}{HIDDEN}" if _is_secret(parameter) else parameter.group()


def _is_secret(parameter: re.Match[str]) -> bool:
    """Whether a parameter is called a secret, or holds an address with one; names may be percent-encoded as well."""
    value = unquote(parameter.group(3))
    return _SECRET_NAME.search(unquote(parameter.group(2))) is not None or _PASSWORD.search(value) is not None


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape", "surrogatepass").decode("ascii")
