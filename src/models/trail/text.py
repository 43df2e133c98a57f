"""The trail of a client in words: why a publication counts, what a replay found, and what an export holds."""

from __future__ import annotations

from typing import Final

from models.reasons.figures import day
from models.text import Language, Text
from models.trail.report import Missing, PublishedTrail, Replay, ReplayCondition
from models.trail.rules import OfficialBy

_BY: Final = {
    OfficialBy.RECORD: Text("Official by the end of that day, as it was on record then."),
    OfficialBy.SUCCESSOR: Text("Took its place later: official today of the same as-of date."),
    OfficialBy.AS_OF: Text("Official today of the newest as-of date until that day; recorded later."),
}
_MISSING: Final = {
    Missing.FOLDER: Text("the folder of the run: it was moved away or taken away"),
    Missing.FILES: Text("files as they were published: one is damaged, or of another hash than the manifest says"),
    Missing.ROW: Text("a row of the client: it was not scored"),
    Missing.POLICY: Text("the policy itself: the run left only its hash"),
    Missing.CARD: Text("the model card: the registry does not know these models"),
}
_CONDITIONS: Final = {
    "book": Text("book (data hash)"),
    "models": Text("models (bundle)"),
    "policy": Text("policy (hash)"),
    "past": Text("run that was built on"),
    "code": Text("code"),
    "settings": Text("settings (key of the run)"),
    "forgotten": Text("clients forgotten since"),
}
_AGREES: Final = Text("Made again, every one of {count:,} files is the same to the byte.")
_DIFFERS: Final = Text("Made again, {others} came out otherwise; {count:,} files are the same to the byte.")
_ROW_SAME: Final = Text("What is said of the client is the same but for the key of the run.")
_ROW_OTHER: Final = Text("What is said of the client is another.")
_IMPOSSIBLE: Final = Text("It cannot be made again: {what} is not as it was.")
_RECORDED: Final = Text("As of {as_of}, recorded {at} UTC by {by}, entry {number:,} of the ledger.")
READ_ME: Final = Text(
    "The trail of one client on one day, for an auditor.\n\n"
    "MANIFEST.json names every part by its SHA-256. trail.json holds everything as one document; decisions.json what "
    "people decided about the client, readings.json who read it. Below publications/ stands, for each publication that "
    "counts as that of the day, its entry in the ledger, the rows of the client as they were published, the policy "
    "that graded with its cut-offs, the model card as it stands today, and the sealed manifest with the hash of every "
    "file of the run. replays.json, if it is there, says whether the publication made again is the same to the byte.\n"
)


def official_by(found: PublishedTrail, language: Language) -> str:
    """Why a publication counts as that of the day."""
    return _BY[found.by].within(language)


def recorded_sentence(found: PublishedTrail, language: Language) -> str:
    """Of which date a publication is, and when it was recorded by whom."""
    entry = found.entry
    as_of = "" if entry.as_of is None else day(entry.as_of, language)
    return _RECORDED.within(language, as_of=as_of, at=f"{entry.at:%Y-%m-%d %H:%M}", by=entry.by, number=entry.number)


def missing_name(missing: Missing, language: Language) -> str:
    """What is no longer there of a publication, or was never published."""
    return _MISSING[missing].within(language)


def condition_name(condition: ReplayCondition, language: Language) -> str:
    """What must be as it was for a replay."""
    return _CONDITIONS[condition.what].within(language)


def replay_sentences(replay: Replay, language: Language) -> list[str]:
    """What came of a replay: whether it is the same, and if it was not possible, what is not as it was."""
    if not replay.was_made:
        lacking = [condition_name(each, language) for each in replay.conditions if not each.holds]
        return [_IMPOSSIBLE.within(language, what=", ".join(lacking))]
    if replay.agrees:
        return [_AGREES.within(language, count=len(replay.same))]
    found = [_DIFFERS.within(language, others=", ".join(replay.others), count=len(replay.same))]
    if replay.row_agrees is not None:
        found.append((_ROW_SAME if replay.row_agrees else _ROW_OTHER).within(language))
    return found
