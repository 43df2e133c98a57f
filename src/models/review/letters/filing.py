"""Files of letters by their hash, in the workbench's own folder: written once, never changed."""

from __future__ import annotations

from pathlib import Path

from models.letter.page import letter_page
from models.letter.report import ClientLetter
from models.review.site import shown_site
from models.store.drafts import publish_once
from models.store.keys import text_hash

_FOLDER = "letters"


def file_letter(letter: ClientLetter) -> str:
    """Files the page of a letter; returns the SHA-256 of its bytes. The same letter is filed once."""
    text = letter_page(letter)
    found = text_hash(text)
    publish_once(_place(found), text.encode())
    return found


def filed_bytes(file_hash: str) -> bytes | None:
    """The file of a hash; None where it is gone, or is not as it was filed."""
    place = _place(file_hash)
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        return None
    return content if text_hash(content.decode()) == file_hash else None


def _place(file_hash: str) -> Path:
    folder = shown_site().folder / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{file_hash}.html"
