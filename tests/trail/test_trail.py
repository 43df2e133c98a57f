"""An auditor asks: client X on 1 March, by which model, who decided, and does it come out the same again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import typer

from models.config.loading import load_config
from models.config.root import Config
from models.decisions.entries import DecisionAct, Draft
from models.errors import UserError
from models.publications.ledger import PublicationLedger
from models.scoring.job import predict
from models.scoring.publication import IN_SAMPLE
from models.text import Language
from models.trail.command import BROKEN, AuditOf, audit
from models.trail.export import ZIP_MANIFEST, export_trail, zipped
from models.trail.job import audit_client, audit_replay, sources_of
from models.trail.report import ClientRead, ClientTrail, Missing
from models.trail.rules import OfficialBy
from models.trail.terminal import replay_lines, trail_lines
from models.trail.text import missing_name, replay_sentences
from support.lending_book import drawn_tables, write_tables
from support.review_chain import ChainFile
from support.trained_lender import TrainedLender

JUNE, SEPTEMBER = date(2022, 6, 1), date(2022, 9, 1)
TODAY = datetime.now(tz=UTC).date()


@dataclass(frozen=True)
class Audited:
    """A lender with runs of June and September, that of September made twice, by two policies."""

    config_file: Path
    settings: tuple[str, ...]
    root: Path

    @property
    def client(self) -> str:
        """The first client that was scored last."""
        folder = self.scores / PublicationLedger(self.scores).entries()[-1].folder
        return str(min(pq.read_table(folder / "scores.parquet", columns=["client_id"])["client_id"].to_pylist()))

    @property
    def config(self) -> Config:
        return load_config(self.config_file, list(self.settings))

    @property
    def scores(self) -> Path:
        return self.root / "work" / "lender" / "scores"

    @property
    def chain(self) -> ChainFile:
        return ChainFile(self.root / "review.sqlite3")


@pytest.fixture(scope="module")
def audited(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    root = tmp_path_factory.mktemp("trail")
    settings = (f"run.work_dir={root / 'work'}", f"review.database=sqlite:///{root / 'review.sqlite3'}")
    found = Audited(trained.config_file, settings, root)
    other = load_config(trained.config_file, [*settings, "tiers.aa_max_decline=0.11"])
    for config, day in ((found.config, JUNE), (other, SEPTEMBER), (found.config, SEPTEMBER)):
        predict(config, as_of=day, how=IN_SAMPLE)
    found.chain.append(
        Draft(act=DecisionAct.WARNING_ACKNOWLEDGED, subject=found.client, payload='{"why":"seen"}'), by="wei"
    )
    found.chain.append(Draft(act=DecisionAct.WARNING_ACKNOWLEDGED, subject="another"), by="wei")
    return found


@dataclass(frozen=True)
class OneReader:
    """Somebody read every client once."""

    def readings(self, client_id: str) -> Sequence[ClientRead]:
        return (ClientRead(at=datetime(2026, 1, 2, tzinfo=UTC), by="chen", route="client", run_key="ab"),)


def trail_of(audited: Audited, day: date = TODAY, client: str = "") -> ClientTrail:
    return audit_client(audited.config, client or audited.client, day, readers=OneReader()).trail


def test_a_client_on_a_day_is_the_row_that_was_published_with_all_it_came_from(audited: Audited) -> None:
    (now,) = trail_of(audited).publications
    entry = PublicationLedger(audited.scores).entries()[-1]
    assert (now.by, now.entry, now.superseded_by, now.proved) == (OfficialBy.RECORD, entry, None, True)
    scores = pq.read_table(audited.scores / entry.folder / "scores.parquet").to_pandas().set_index("client_id")
    (row,) = now.rows["scores.parquet"]
    assert (row["tier"], row["value"]) == (scores.loc[audited.client, "tier"], scores.loc[audited.client, "value"])
    assert {each["model"] for each in now.rows["explanations.parquet"]} >= {"value", "decline"}
    assert now.missing == ()
    assert now.card is not None
    assert now.card.version.bundle == entry.bundle
    assert now.policy is not None
    assert (
        now.files["scores.parquet"]
        == hashlib.sha256((audited.scores / entry.folder / "scores.parquet").read_bytes()).hexdigest()
    )


def test_what_took_the_place_of_a_publication_is_told_beside_it(audited: Audited) -> None:
    entries = PublicationLedger(audited.scores).entries()
    assert [entry.as_of for entry in entries] == [JUNE, SEPTEMBER, SEPTEMBER]
    past = trail_of(audited, date(2022, 9, 15))
    assert [(each.by, each.entry.number) for each in past.publications] == [(OfficialBy.AS_OF, 3)]
    assert trail_of(audited, date(2022, 1, 1)).publications == ()


def test_decisions_about_the_client_and_its_readers_belong_to_the_trail(audited: Audited) -> None:
    found = trail_of(audited)
    assert [(each.act, each.by, each.payload) for each in found.decisions] == [
        ("warning acknowledged", "wei", {"why": "seen"})
    ]
    assert found.readings is not None
    assert [each.by for each in found.readings] == ["chen"]
    assert sources_of(audited.config).readers is None


def test_a_publication_made_again_is_the_same_to_the_byte(audited: Audited) -> None:
    found = audit_replay(audited.config, TODAY, client=audited.client)
    assert found.agrees
    assert found.row_agrees is True
    assert {each.what: each.holds for each in found.conditions} == dict.fromkeys(
        ["book", "models", "policy", "past", "code", "settings"], True
    )
    runs = [each for each in audited.scores.iterdir() if (each / "manifest.json").is_file() and not each.is_symlink()]
    assert len(runs) == len(PublicationLedger(audited.scores).entries())
    assert "same to the byte" in " ".join(replay_lines(found))
    assert "逐字节一致" in " ".join(replay_sentences(found, Language("zh")))


def test_the_superseded_one_is_made_again_by_its_own_policy(audited: Audited) -> None:
    assert audit_replay(audited.config, date(2022, 7, 1)).agrees
    with pytest.raises(UserError, match="must count"):
        audit_replay(audited.config, TODAY, number=2)


def test_where_the_book_changed_since_it_is_said_and_nothing_is_claimed(audited: Audited, tmp_path: Path) -> None:
    tables = drawn_tables()
    flows = tables["cashflows"]
    place = write_tables(tmp_path / "book", tables | {"cashflows": flows.iloc[1:]})
    found = audit_replay(audited.config, TODAY, book=str(place))
    assert not found.was_made
    assert not found.agrees
    lacking = {each.what: each.remedy for each in found.conditions if not each.holds}
    assert list(lacking) == ["book"]
    assert "--book" in lacking["book"]
    assert "book (data hash)" in " ".join(replay_lines(found))


def test_an_export_is_the_same_bytes_and_its_manifest_proves_every_part(audited: Audited, tmp_path: Path) -> None:
    file = tmp_path / "audit" / "trail.zip"
    found = audit_client(audited.config, audited.client, TODAY, out=file)
    again = export_trail(audit_client(audited.config, audited.client, TODAY).trail, audited.scores)
    assert file.read_bytes() == again
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    hashes = json.loads(parts.pop(ZIP_MANIFEST))["files"]
    assert hashes == {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    assert json.loads(parts["trail.json"])["client_id"] == audited.client
    assert found.file == file
    with pytest.raises(UserError, match="take the place"):
        audit_client(audited.config, audited.client, TODAY, out=file)


def test_parts_in_any_order_make_one_zip() -> None:
    parts = {"b.txt": b"2", "a.txt": b"1"}
    first = zipped(parts)
    assert first == zipped(dict(reversed(parts.items())))
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == [ZIP_MANIFEST, "a.txt", "b.txt"]


def test_the_command_speaks_to_a_terminal_and_to_programs(audited: Audited, capsys: pytest.CaptureFixture[str]) -> None:
    settings = list(audited.settings)
    day = TODAY.isoformat()
    audit(AuditOf.CLIENT, audited.client, day, config=audited.config_file, set_=settings)
    assert "as they were published" in capsys.readouterr().out
    audit(AuditOf.CLIENT, audited.client, day, config=audited.config_file, set_=settings, json_=True)
    assert json.loads(capsys.readouterr().out)["client_id"] == audited.client
    with pytest.raises(UserError, match="--on"):
        audit(AuditOf.CLIENT, audited.client, config=audited.config_file, set_=settings)
    with pytest.raises(UserError, match="given a client"):
        audit(AuditOf.CLIENT, on=day, config=audited.config_file, set_=settings)


def test_a_run_that_was_tampered_with_or_is_gone_is_told(audited: Audited, capsys: pytest.CaptureFixture[str]) -> None:
    folder = audited.scores / PublicationLedger(audited.scores).entries()[-1].folder
    lists = folder / "lists.parquet"
    whole = lists.read_bytes()
    try:
        lists.write_bytes(whole[:-1] + b"?")
        (found,) = trail_of(audited).publications
        assert (found.proved, found.missing) == (False, (Missing.FILES,))
    finally:
        lists.write_bytes(whole)
    (stranger,) = trail_of(audited, client="nobody").publications
    assert (stranger.rows, stranger.missing) == ({}, (Missing.ROW,))
    assert missing_name(Missing.ROW, Language("en")) in "\n".join(trail_lines(trail_of(audited, client="nobody")))
    with pytest.raises(typer.Exit) as ended:
        audit(AuditOf.REPLAY, on="2022-07-01", book=str(_without_a_row(audited)), config=audited.config_file,
              set_=list(audited.settings), json_=True)  # fmt: skip
    assert ended.value.exit_code == BROKEN
    assert json.loads(capsys.readouterr().out)["same"] == []


def _without_a_row(audited: Audited) -> Path:
    tables = drawn_tables()
    clients: pd.DataFrame = tables["clients"]
    return write_tables(audited.root / "fewer", tables | {"clients": clients.assign(country="KE")})
