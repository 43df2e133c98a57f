"""The trail of a client as one file for an auditor: a zip whose manifest names every part by its hash.

The same trail gives the same bytes: parts stand in the order of their names, with one fixed time and uncompressed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from models.card.text import card_markdown
from models.codec import to_json_text
from models.text import languages
from models.trail.report import ClientTrail, Replay
from models.trail.text import READ_ME

ZIP_MANIFEST = "MANIFEST.json"
_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can hold: nothing in it says when it was packed."""
_MODE = 0o100644 << 16


def export_trail(trail: ClientTrail, scores: Path, replays: tuple[Replay, ...] = ()) -> bytes:
    """A zip of the trail: report, and of each publication its rows, policy, card, manifest and ledger entry.

    Its ``MANIFEST.json`` holds the SHA-256 of every other part; ``scores`` is the folder below which runs stand.
    """
    parts = {
        **{f"README.{language}.txt": READ_ME.within(language) for language in languages()},
        "trail.json": _json(trail),
        "decisions.json": _json(trail.decisions),
        "readings.json": _json(trail.readings),
        **({"replays.json": _json(replays)} if replays else {}),
    }
    for each in trail.publications:
        place = f"publications/{each.entry.number:06}-{each.entry.folder}"
        parts[f"{place}/entry.json"] = _json(each.entry)
        parts[f"{place}/rows.json"] = _json(each.rows)
        parts[f"{place}/policy.json"] = _json(each.policy)
        parts[f"{place}/card.md"] = "" if each.card is None else card_markdown(each.card)
        manifest = scores / each.entry.folder / "manifest.json"
        parts[f"{place}/manifest.json"] = manifest.read_text(encoding="utf-8") if manifest.is_file() else "null\n"
    return zipped({name: text.encode() for name, text in parts.items()})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Parts and the manifest of their hashes as one zip, the same bytes for the same parts."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(parts.items())}
    manifest = json.dumps({"files": hashes}, indent=2, sort_keys=True) + "\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted({**parts, ZIP_MANIFEST: manifest.encode()}.items()):
            entry = zipfile.ZipInfo(name, date_time=_TIME)
            entry.external_attr, entry.create_system = _MODE, 3
            archive.writestr(entry, content)
    return stream.getvalue()


def _json(data: object) -> str:
    return to_json_text(data, indent=2, ascii_only=False) + "\n"
