"""Promotion and rollback of registered versions: through the gate or on record, mended after a kill, never half."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import typer

from models.codec import from_json, to_json_text
from models.config.root import Config
from models.errors import LostBundleError, UserError
from models.promotion import command
from models.promotion.job import promote, rollback
from models.promotion.page import gate_page
from models.promotion.report import GateVerdict, PromotionOutcome, PromotionReport
from models.promotion.terminal import rollback_lines
from models.publications.ledger import Act, PublicationLedger
from models.shell.editions import Edition
from models.store.locks import LockedError, exclusive
from models.tracking.aliases import Succession
from models.tracking.mlflow import Tracking
from models.workspace.opening import open_bundle
from support.browser import BROWSER, Tags, loaded, width_in
from support.languages import CHINESE
from support.pages import english_words
from support.rivals import CHAMPION, CRIPPLED, FRESH, GOOD, Rivals


def succession_of(settings: Config) -> Succession:
    return Tracking(settings).succession


def ledger_of(settings: Config) -> PublicationLedger:
    return PublicationLedger(Path(settings.run.work_dir) / settings.book.name / "scores")


def tags_of(settings: Config, version: str) -> dict[str, str]:
    succession = succession_of(settings)
    return dict(succession.client.get_model_version(succession.model, version).tags)


def kept_card(rivals: Rivals, version: str) -> str:
    """The card that MLflow keeps with a version."""
    return (rivals.trained[version].bundle.parents[1] / "card.md").read_text(encoding="utf-8")


def test_a_worse_version_is_refused_and_nothing_changes(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    before = succession_of(settings).aliases
    report = promote(settings, CRIPPLED)
    assert (report.outcome, report.is_refused, report.entry) == (PromotionOutcome.REFUSED, True, None)
    assert GateVerdict.FAILED in {line.verdict for line in report.lines}
    assert succession_of(settings).aliases == before
    assert ledger_of(settings).entries() == ()
    assert report.page is not None
    assert "does not take the place" in " ".join(Tags(report.page.read_text(encoding="utf-8")).text)


def test_a_version_without_outcomes_is_refused_unless_the_config_says_so(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    report = promote(settings, FRESH, dry_run=True)
    assert report.outcome is PromotionOutcome.WOULD_NOT_SERVE
    left_open = [line.rule.value for line in report.lines if line.verdict is GateVerdict.NOT_JUDGED]
    accepting = [f"gate.accept_not_judged=[{','.join(left_open)}]"]
    own = [f"run.{name}={getattr(settings.run, name)}" for name in ("tracking_uri", "work_dir")]
    assert promote(rivals.settings(*own, *accepting), FRESH, dry_run=True).outcome is PromotionOutcome.WOULD_SERVE


def test_a_good_version_serves_and_what_it_rests_on_is_on_record(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    assert promote(settings, GOOD, dry_run=True).outcome is PromotionOutcome.WOULD_SERVE
    assert (succession_of(settings).champion, ledger_of(settings).entries()) == (CHAMPION, ())
    report = promote(settings, GOOD)
    assert (report.outcome, report.champion, report.version, report.entry) == (
        PromotionOutcome.PROMOTED,
        CHAMPION,
        GOOD,
        1,
    )
    assert succession_of(settings).aliases == {"champion": GOOD, "archived": CHAMPION, "challenger": FRESH}
    assert open_bundle(settings, "champion").key == rivals.trained[GOOD].bundle_key
    (entry,) = ledger_of(settings).entries()
    assert (entry.act, entry.version, entry.bundle) == (Act.PROMOTED, GOOD, rivals.trained[GOOD].bundle_key)
    gate = entry.evidence["gate"]
    assert isinstance(gate, list)
    assert [dict(line)["rule"] for line in gate] == [line.rule.value for line in report.lines]  # type: ignore[arg-type]
    assert entry.evidence["judged_at"] == "2022-07-01"
    new, old = tags_of(settings, GOOD), tags_of(settings, CHAMPION)
    assert (new["champion_because"], new["champion_after"]) == ("the gate holds", CHAMPION)
    assert new["champion_evidence"] == "gate beside version 1: 11 passed, by what came after 2022-07-01"
    assert old["champion_until"] == new["champion_since"]
    assert report.cards == ""
    kept = {version: kept_card(rivals, version) for version in (CHAMPION, GOOD)}
    assert "the gate holds" in kept[GOOD]
    assert "no longer champion" in kept[CHAMPION]
    assert promote(settings, GOOD).outcome is PromotionOutcome.SERVES
    assert len(ledger_of(settings).entries()) == 1


def test_against_the_gate_only_for_a_reason_that_is_kept(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    assert promote(settings, CRIPPLED, override_reason="   ").outcome is PromotionOutcome.REFUSED
    report = promote(settings, CRIPPLED, override_reason=" the committee wants it, memo 12 ")
    assert (report.outcome, report.override_reason) == (PromotionOutcome.OVERRIDDEN, "the committee wants it, memo 12")
    assert tags_of(settings, CRIPPLED)["champion_because"] == "the committee wants it, memo 12"
    entry = ledger_of(settings).entries()[-1]
    assert entry.why == "the committee wants it, memo 12"
    assert "failed" in json.dumps(entry.evidence["gate"])


def test_rollbacks_go_back_twice_and_then_no_further(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    with pytest.raises(UserError, match="version 1, before which none served"):
        rollback(settings)
    for version in (GOOD, CRIPPLED):
        promote(settings, version, override_reason="to go back from")
    first = rollback(settings, reason="it lost money")
    second = rollback(settings)
    assert [(each.version, each.champion) for each in (first, second)] == [(GOOD, CRIPPLED), (CHAMPION, GOOD)]
    assert open_bundle(settings, "champion").key == rivals.trained[CHAMPION].bundle_key
    assert tags_of(settings, CRIPPLED)["champion_ended_because"] == "it lost money"
    assert tags_of(settings, CHAMPION)["champion_because"] == f"instead of version {GOOD}"
    with pytest.raises(UserError, match="before which none served"):
        rollback(settings)
    acts = [entry.act for entry in ledger_of(settings).entries()]
    assert acts == [Act.PROMOTED, Act.PROMOTED, Act.ROLLED_BACK, Act.ROLLED_BACK]


def test_a_champion_before_whose_files_are_lost_does_not_return(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    promote(settings, GOOD, override_reason="to go back from")
    (tmp_path / "processed" / "lender" / "registry.json").unlink(missing_ok=True)
    version = rivals.trained[CHAMPION].bundle.parents[1]
    away = version.with_name("away")
    version.rename(away)
    try:
        with pytest.raises(LostBundleError, match="version 1 of clientvalue-lender"):
            rollback(settings)
    finally:
        away.rename(version)
    assert succession_of(settings).champion == GOOD
    assert len(ledger_of(settings).entries()) == 1


def test_a_card_that_cannot_be_made_anew_is_told_and_the_change_stands(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    promote(settings, GOOD, override_reason="to go back from")
    version = rivals.trained[GOOD].bundle.parents[1]
    away = version.with_name("away")
    version.rename(away)
    try:
        report = rollback(settings, reason="its files are lost")
    finally:
        away.rename(version)
    assert report.cards == "the card kept with version 2 could not be made anew"
    assert "The card kept with version 2 could not be made anew." in " ".join(rollback_lines(report))
    assert succession_of(settings).champion == CHAMPION
    assert "its files are lost" in kept_card(rivals, CHAMPION)


def _promote_and_die(settings: Config, version: str, kind: str) -> None:
    """In a process of its own: change the champion, and be killed when the first tag is about to be written."""
    step = Succession.carry_out

    def dying(succession: Succession, entry: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        step(succession, entry)

    Succession.carry_out = dying  # type: ignore[method-assign]
    if kind == "promote":
        promote(settings, version, override_reason="killed")
    else:
        rollback(settings, reason="killed")


def killed(settings: Config, version: str, kind: str) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_promote_and_die, args=(settings, version, kind))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def test_what_a_killed_process_recorded_is_done_by_the_next_and_only_once(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    killed(settings, GOOD, "promote")
    assert succession_of(settings).champion == CHAMPION
    assert promote(settings, CRIPPLED, dry_run=True).champion == CHAMPION  # looks, and mends nothing
    again = promote(settings, GOOD)
    assert (again.outcome, again.champion) == (PromotionOutcome.SERVES, GOOD)
    assert "version 2 now serves" in again.mended
    killed(settings, "", "rollback")
    assert succession_of(settings).champion == GOOD
    back = rollback(settings)
    assert (back.version, back.reason) == (CHAMPION, "killed")
    assert "version 1 now serves" in back.mended
    assert succession_of(settings).champion == CHAMPION
    assert [entry.act for entry in ledger_of(settings).entries()] == [Act.PROMOTED, Act.ROLLED_BACK]


def test_two_changes_at_once_do_not_meet(rivals: Rivals, tmp_path: Path) -> None:
    settings = rivals.copied(tmp_path)
    with (
        exclusive(tmp_path / "processed" / "lender" / ".champion.lock", what="a test"),
        pytest.raises(LockedError, match="the change of the champion"),
    ):
        rollback(settings)


@pytest.mark.parametrize(("which", "error"), [("nobody", "must be named by its number or an alias"), ("77", "77")])
def test_what_is_not_registered_cannot_serve(rivals: Rivals, tmp_path: Path, which: str, error: str) -> None:
    with pytest.raises(UserError, match=error):
        promote(rivals.copied(tmp_path), which, override_reason="whatever")


def run_command(settings: Config, config: Path, name: str, *arguments: str, **named: Any) -> int:
    """The exit code of a command."""
    places = [f"run.{each}={getattr(settings.run, each)}" for each in ("tracking_uri", "work_dir")]
    try:
        getattr(command, name)(*arguments, config=config, set_=places, **named)
    except typer.Exit as ended:
        return int(ended.exit_code)
    return 0


def test_the_commands_end_with_0_or_3_and_print_what_became_of_it(
    rivals: Rivals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = rivals.copied(tmp_path)
    file = rivals.config_file
    assert run_command(settings, file, "promote", CRIPPLED, json_=True) == 3
    assert json.loads(capsys.readouterr().out)["outcome"] == "refused"
    assert run_command(settings, file, "promote", CRIPPLED, dry_run=True) == 3
    assert "not given by both versions: inside their interval" in " ".join(capsys.readouterr().out.split())
    assert run_command(settings, file, "promote", GOOD) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "version 2 takes the place of version 1: the gate holds (line 1 of the ledger of publications)" in printed
    assert run_command(settings, file, "rollback", reason="a test") == 0
    assert "version 1 serves again in the place of version 2: a test" in " ".join(capsys.readouterr().out.split())


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_the_page_of_the_gate_fits_a_phone(rivals: Rivals, tmp_path: Path) -> None:
    report = promote(rivals.copied(tmp_path), CRIPPLED, dry_run=True)
    page = tmp_path / "gate.html"
    page.write_text(gate_page(report), encoding="utf-8")
    tree, console = loaded(page, tmp_path / "profile")
    assert console == ""
    assert tree.count('data-label="verdict"') == len(report.lines)
    assert width_in(page, tmp_path, width=390) <= 390


def test_the_gate_speaks_chinese_also_from_what_was_kept(rivals: Rivals, tmp_path: Path) -> None:
    report = promote(rivals.copied(tmp_path), CRIPPLED, dry_run=True)
    page = gate_page(report, Edition(CHINESE))
    assert report.comparison is not None
    assert report.comparison.judged is not None
    names = ["lender", "AA", "coverage", *(each.name for each in report.comparison.judged.slices)]
    assert english_words(page, names=names) == []
    kept = from_json(PromotionReport, to_json_text(report), subject="it", remedy="write it again")
    assert gate_page(kept, Edition(CHINESE)) == page
