"""Files beside an override: kept under the hash of their bytes outside of what is served, given only as downloads."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404

from models.decisions.refusals import RefusedDecisionError
from models.review.site import shown_site
from models.store.drafts import publish_once
from models.text import Text

FOLDER = "attachments"
MOST_NAME_SIGNS = 120
_TYPE = "application/octet-stream"
"""Whatever a file says of itself: no browser shows it as a page."""
_MEGABYTE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_IN_NAMES = re.compile(r"[^\w. ()-]+")
_SIZE_RULE = Text("an attachment must hold something, and at most {most} MB")
_SIZE = Text("{count:,} bytes")
_SMALLER = Text("attach a smaller file, or its summary")


def kept(upload: UploadedFile[bytes]) -> tuple[str, str]:
    """Keep a file; returns the SHA-256 of its bytes and what it is called. Raises ``RefusedDecisionError``."""
    most = shown_site().config.review.attachment_max_mb
    size = upload.size or 0
    if not 0 < size <= most * _MEGABYTE:
        raise RefusedDecisionError(_SIZE_RULE.filled(most=most), _SIZE.filled(count=size), _SMALLER)
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    publish_once(folder / digest, content)
    return digest, _plain(upload.name or "")


def download(digest: str, name: str) -> FileResponse:
    """A kept file, as a download. Raises ``Http404`` where it is not there, or is not what it was."""
    if _SHA256.fullmatch(digest) is None:
        raise Http404
    try:
        content = (_folder() / digest).read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise Http404
    return FileResponse(BytesIO(content), as_attachment=True, filename=_plain(name), content_type=_TYPE)


def _folder() -> Path:
    return shown_site().folder / FOLDER


def _plain(name: str) -> str:
    """A name without path, and without signs that mean something to a shell, a header or a reader.

    >>> _plain("../../Bürgschaft <1>.html"), _plain("")
    ('Bürgschaft _1_.html', 'attachment')
    """
    last = re.split(r"[\\/]", name)[-1]
    return _NOT_IN_NAMES.sub("_", last).strip(" .")[:MOST_NAME_SIGNS] or "attachment"
