"""What a command prints with ``--json`` is what the schema says that ``clientvalue config --schema`` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from end_to_end.conftest import Command
from models.documents.schemas import DOCUMENTS
from support.rivals import Rivals
from support.trained_lender import TrainedLender

DEMO = Path(__file__).parents[2] / "configs" / "demo.yaml"
FEW = ("--clients", "60", "--months", "36", "--out", "{folder}/book")
ELSEWHERE = ("--set", "run.work_dir={folder}/out", "--set", "run.tracking_uri=sqlite:///{folder}/mlflow.db")
RIVALS = ("--config", "{rivals}", "--set", "run.work_dir={work}", "--set", "run.tracking_uri={tracking}")
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "evaluate": ("--config", "{config}", *ELSEWHERE),
    "run": ("--config", "{config}", *ELSEWHERE),
    "segments": ("--config", "{config}", "--html", "{folder}/segments.html"),
    "train": ("--config", "{config}", *ELSEWHERE),
    "backtest": ("--config", "{config}", "--out", "{folder}/backtest.json"),
    "funnel": (
        "--config",
        DEMO.as_posix(),
        "--book",
        "{folder}/book",
        "--set",
        "run.work_dir={folder}/out",
        "--set",
        "book.known_until=2021-01-01",
    ),
    "audit": ("verify", "--config", "{config}"),
    "letter": (
        *("{client}", "--config", "{config}", "--set", "letter.lender={{en: Bank, zh: 银行}}"),
        *(
            "--set",
            "letter.contact.office={{en: Office, zh: 部门}}",
            "--set",
            "letter.contact.address={{en: Street, zh: 街道}}",
        ),
        *("--set", "letter.contact.email=a@bank.example", "--set", "letter.contact.phone=+00 000 000"),
    ),
    "card": ("1", "--config", "{config}", "--out", "{folder}"),
    "features": ("--config", "{config}", "--out", "{folder}"),
    "init": ("{book}", "--out", "{folder}/first.yaml", "--currency", "EUR", *ELSEWHERE),
    "check": ("--config", "{config}", "--page", "{folder}/check.html"),
    "clients": ("client", "--config", "{config}", "--sort", "-value", "--limit", "3"),
    "explain": ("{client}", "--config", "{config}"),
    "forget": ("{client}", "--config", "{config}", "--reason", "asked for by letter", "--dry-run"),
    "kpis": ("--config", "{config}", "--out", "{folder}"),
    "gc": ("--config", "{config}", "--dry-run"),
    "lists": ("--config", "{config}"),
    "movers": ("--config", "{config}"),
    "monitor": (
        *("--config", "{config}", "--html", "{folder}/monitor.html", "--prometheus", "{folder}/monitor.prom"),
        *("--set", "run.tracking_uri=sqlite:///{folder}/mlflow.db"),
    ),
    "overview": ("--config", "{config}", "--html", "{folder}/overview.html"),
    "predict": ("--config", "{config}"),
    "publications": ("--config", "{config}"),
    "publish": ("--config", "{config}", "--set", "publish.sink=duckdb://{folder}/sink.db"),
    "tiers": ("--config", "{config}"),
    "compare": ("1", "3", *RIVALS, "--page", "{folder}/comparison.html"),
    "promote": ("3", *RIVALS),
    "rollback": RIVALS,
    "validate": ("1", "--config", "{config}", "--no-refits", "--out", "{folder}/file"),
    "simulate": ("--clients", "20", "--months", "12", "--out", "{folder}/book"),
}


@pytest.mark.parametrize("verb", sorted(DOCUMENTS))
def test_a_program_gets_what_the_schema_promises(
    verb: str, trained: TrainedLender, rivals: Rivals, command: Command, tmp_path: Path
) -> None:
    places = {"config": trained.config_file, "folder": tmp_path, "client": trained.column("client_id")[3]}
    places |= {"book": trained.book}
    if verb in ("compare", "promote", "rollback"):
        run = rivals.copied(tmp_path).run
        places |= {"rivals": rivals.config_file, "work": run.work_dir, "tracking": run.tracking_uri}
    if verb == "rollback":  # from something
        arguments = (each.format(**places) for each in RIVALS)
        assert command("promote", "2", *arguments, "--override-reason", "a test").code == 0
    if verb == "funnel":  # the lender has no opportunities
        assert command("simulate", *(each.format(**places) for each in FEW)).code == 0
    ended = command(verb, *(each.format(**places) for each in ARGUMENTS[verb]), "--json")
    assert ended.code in (0, 3), ended.err
    document = json.loads(ended.out)
    schema: dict[str, Any] = json.loads(command("config", "--schema").out)["outputs"][verb]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert set(document) <= set(schema["properties"]), "a key that no schema tells of"
