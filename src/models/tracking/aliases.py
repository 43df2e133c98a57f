"""Aliases and tags of registered versions: who serves, who may serve next, and who served before whom.

The alias ``champion`` moves in one step of the registry, after the tags that tell of it; each other step may
be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import UserError
from models.lazy import lazy
from models.publications.ledger import Act, Publication
from models.tracking.names import ARCHIVED, CHALLENGER, CHAMPION
from models.tracking.registry_notes import KEY_TAG

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from models.tracking import store
else:
    store = lazy("models.tracking.store")  # MLflow is loaded by whoever brings the client

BEFORE = "before"
"""The fact of a recorded change that names the champion whose place is taken, empty for none."""
SUMMARY = "summary"
"""The fact that says in a sentence on what evidence it rests."""
_AFTER, _LINE, _RECORD = "champion_after", "champion_line", "champion_record"
_LONGEST_LINE = 200
"""Champions that are remembered, so that no tag outgrows what a registry keeps."""


@dataclass(frozen=True)
class Succession:
    """The champions of one registered model, at the tracking store with the address ``uri``.

    Tags of a version say since when it serves, by whom, why, on what evidence (``champion_evidence``), after whom
    (``champion_after``) and after which others before (``champion_line``), until when (``champion_until``), and which
    entry of the ledger of publications was carried out last (``champion_record``).
    """

    client: MlflowClient
    model: str
    uri: str

    @property
    def aliases(self) -> Mapping[str, str]:
        """Alias -> version; none where nothing was registered yet."""
        with store.answering(self.uri):
            found = store.if_there(lambda: self.client.get_registered_model(self.model))
        return {} if found is None else {str(alias): str(version) for alias, version in found.aliases.items()}

    @property
    def champion(self) -> str:
        """The version that serves; empty where none does."""
        return self.aliases.get(CHAMPION, "")

    def line_of(self, version: str) -> tuple[str, ...]:
        """The champions before ``version``, the last one last; none where it is not known."""
        tags = self._tags(version)
        line = tags.get(_LINE) or tags.get(_AFTER, "")
        return tuple(each for each in line.split(",") if each)

    def enrol(self, version: str) -> None:
        """Make a version the challenger, in the place of an earlier one."""
        with store.answering(self.uri):
            self.client.set_registered_model_alias(self.model, CHALLENGER, version)

    def knows(self, entry: Publication) -> bool:
        """Whether the version of a recorded change is in the registry, with the bundle that was meant."""
        return bool(entry.bundle) and self._tags(entry.version).get(KEY_TAG) == entry.bundle

    def is_carried_out(self, entry: Publication) -> bool:
        """Whether a recorded change was carried out to its last step."""
        return self._tags(entry.version).get(_RECORD) == entry.seal

    def carry_out(self, entry: Publication) -> None:
        """Make the version of a recorded change the champion. Done again after any of its steps it ends the same."""
        version, before = entry.version, str(entry.evidence.get(BEFORE) or "")
        line = self.line_of(before)[:-1] if entry.act is Act.ROLLED_BACK else self._and_before(before)
        facts = {
            "since": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
            "by": entry.by,
            "because": entry.why,
            "evidence": str(entry.evidence.get(SUMMARY) or ""),
        }
        with store.answering(self.uri):
            for name, fact in facts.items():
                self._tag(version, f"champion_{name}", fact)
            self._tag(version, _LINE, ",".join(line))
            self._tag(version, _AFTER, line[-1] if line else "")
            if before and before != version:
                self._tag(before, "champion_until", facts["since"])
                self._tag(before, "champion_ended_because", entry.why)
                self.client.set_registered_model_alias(self.model, ARCHIVED, before)
            self.client.set_registered_model_alias(self.model, CHAMPION, version)
            if self.aliases.get(CHALLENGER) == version:
                self.client.delete_registered_model_alias(self.model, CHALLENGER)
            self._tag(version, _RECORD, entry.seal)

    def _and_before(self, before: str) -> tuple[str, ...]:
        return (*self.line_of(before), before)[-_LONGEST_LINE:] if before else ()

    def _tag(self, version: str, name: str, fact: str) -> None:
        self.client.set_model_version_tag(self.model, version, name, fact)

    def _tags(self, version: str) -> Mapping[str, str]:
        """None where the registry does not have the version, which may have been deleted."""
        if not version:
            return {}
        with store.answering(self.uri):
            found = store.if_there(lambda: self.client.get_model_version(self.model, version))
        return {} if found is None else dict(found.tags)


def require_before(succession: Succession) -> str:
    """The champion before the one that serves. Raises ``UserError`` where there is none."""
    champion = succession.champion
    line = succession.line_of(champion)
    if not line:
        raise UserError(
            rule=f"the champion of {succession.model} must have taken the place of another for that one to return",
            got=f"version {champion}, before which none served" if champion else "no champion",
            remedy="promote the version that should serve: clientvalue promote VERSION",
        )
    return line[-1]
