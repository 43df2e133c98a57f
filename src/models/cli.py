"""The command line: a table of its commands, each loaded when it is called, and what becomes of their errors.

Exit codes: 0 done, 2 the user's mistake, 1 ours, 3 findings, an alarm or a gate that does not hold, 4 nothing to do,
130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from models.errors import ClientValueError, UserError
from models.lazy import load
from models.shell.console import err, lost_signs_line, prepare_streams, shown_traceback
from models.shell.storage_errors import storage_error
from models.showable import showable


@dataclass(frozen=True)
class Verb:
    """A command: the module that has a function of its name, and what a list of commands says of it."""

    module: str
    short_help: str


class VerbGroup(TyperGroup):
    """Commands by name, from a table; the one that is called is loaded, of the others only the short help is known."""

    def __init__(self, *, verbs: Mapping[str, Verb], **settings: Any) -> None:
        named = {name: TyperCommand(name, short_help=verb.short_help) for name, verb in verbs.items()}
        super().__init__(commands=dict(named), rich_markup_mode=None, **settings)
        self._verbs = verbs

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called, or whose options are completed, with all that belongs to it."""
        name, listed, others = super().resolve_command(ctx, args)
        return name, listed if name is None else self.loaded(name), others

    def loaded(self, name: str) -> TyperCommand:
        """A command with its options, from the function of its name in its module."""
        verb = self._verbs[name]
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command(name, short_help=verb.short_help)(getattr(load(verb.module), name))
        command = typer.main.get_command(alone)
        assert isinstance(command, TyperCommand)  # noqa: S101 - of one function, typer makes one command
        return command


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"clientvalue {load('importlib.metadata').version('clientvalue')}\n")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
]


def _group_options() -> list[Any]:
    """What may stand before a command."""
    alone = typer.Typer(add_completion=False)

    @alone.callback()
    def clientvalue(version: VersionOption = False) -> None:
        """Take the options of the whole; its commands are loaded one by one."""

    return list(typer.main.get_group(alone).params)


VERBS = {
    "demo": Verb("models.demo.command", "A first look: write the demo's config here, simulate its book, run it."),
    "run": Verb("models.run.command", "The main job: check, train, judge, score and explain."),
    "init": Verb("models.init.command", "Look at files or a database and write a first config."),
    "nightly": Verb("models.nightly.command", "Score and publish what is due, for a scheduler."),
    "gc": Verb("models.retention.command", "Take away files that no publication names any more."),
    "forget": Verb("models.forgetting.command", "Forget a client: erase it everywhere, and prove it by a search."),
    "train": Verb("models.training.command", "Train and judge models, and register them in MLflow."),
    "tune": Verb("models.tuning.command", "Search better hyperparameters on past origins."),
    "predict": Verb("models.scoring.command", "Score and explain every active client of a book."),
    "card": Verb("models.card.command", "Print the model card of a registered version."),
    "features": Verb("models.features.command", "Publish what the models look at, as a table for other tools."),
    "check": Verb("models.audit.command", "Audit a book: its rows, tables and criteria."),
    "explain": Verb("models.explanation.command", "Say why one client is graded as it is."),
    "letter": Verb("models.letter.command", "Write to a client why it is graded so, and what it may do."),
    "segments": Verb(
        "models.segments.command", "Profile the kinds of clients in a book: segments, stages, types, regions."
    ),
    "backtest": Verb("models.backtest.command", "Replay the grading at past dates: does it pay?"),
    "compare": Verb("models.comparison.command", "Hold two versions against what came since, side by side."),
    "promote": Verb("models.promotion.command", "Make a version the champion if it passes the gate."),
    "rollback": Verb("models.promotion.command", "Return to the champion before."),
    "tiers": Verb("models.what_if.command", "Ask who would change tier under another policy."),
    "overview": Verb(
        "models.overview.command", "One page of a published run: tiers, movers, warnings, funnel, figures."
    ),
    "movers": Verb("models.movers.command", "Show who moved between tiers, by what, and who did it."),
    "lists": Verb("models.lists.command", "Say whom to act on: review, act early, keep, grow, cut or cover."),
    "clients": Verb("models.directory.command", "Find clients by parts of a name, id, group or country."),
    "publications": Verb("models.publications.command", "Show which run is official of each date, by whom and why."),
    "audit": Verb(
        "models.trail.command", "Audit decisions, a client on any day, and that a publication can be made again."
    ),
    "publish": Verb("models.sinks.command", "Write published runs into a database or Delta tables."),
    "kpis": Verb("models.kpis.command", "Tell the figures of client management: CAC, retention, NPS, campaigns."),
    "funnel": Verb("models.funnel.command", "Show the funnel, and which opportunities to look at next."),
    "monitor": Verb(
        "models.monitoring.command", "Hold publications against training, the one before, and what came since."
    ),
    "validate": Verb("models.validation.command", "Write the validation file of a version, to read, print and sign."),
    "evaluate": Verb("models.evaluation.command", "Judge a config's recipe at past origins."),
    "review": Verb("models.review.command", "Serve the reviewers' workbench: find, understand, decide, sign."),
    "simulate": Verb("models.simulator.command", "Write a simulated project-finance book with known truth."),
    "config": Verb("models.documents.command", "Print a config in full, or its JSON schema."),
}
app = VerbGroup(
    name="clientvalue",
    verbs=VERBS,
    params=_group_options(),
    help="Client value, decline risk and tiers for project finance and corporate lending.",
    epilog="Exit codes: 0 done, 2 a mistake in what was asked or given, 1 a mistake of ours, 3 findings, an alarm or a "
    "gate that does not hold, 4 nothing to do, 130 interrupted.",
    no_args_is_help=True,
)
TRACEBACK = "CLIENTVALUE_TRACEBACK"
INTERRUPTED = 130
BROKEN_PIPE = 141
"""As a shell counts a process that wrote to nobody."""


def main() -> None:
    """Run the command line; every error is one readable paragraph."""
    prepare_streams()
    code = _guarded(app)
    _mention_lost_signs()
    sys.exit(code)


def _guarded(work: Callable[[], Any]) -> int:
    try:
        work()
    except ClientValueError as error:
        _complain("error" if isinstance(error, UserError) else "our mistake", str(error))
        return error.exit_code
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _complain("interrupted", "what was published before is whole, the rest was dropped")
        _mention_lost_signs()
        raise
    except BrokenPipeError:  # who read our output has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - else Python complains when it flushes at the end
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the edge of the process: what nobody foresaw becomes a sentence as well
        return _unforeseen(error)
    return 0


def _unforeseen(error: Exception) -> int:
    """Tell of an error of disk or memory, which a user can mend, or of a mistake of ours; returns the exit code."""
    if os.environ.get(TRACEBACK):
        err.print(shown_traceback(error), markup=False, highlight=False, soft_wrap=True)
    foreseen = storage_error(error)
    if foreseen is not None:
        _complain("error", str(foreseen))
        return foreseen.exit_code
    _complain("our mistake", f"{type(error).__name__}: {error}. Set {TRACEBACK}=1 to see where it happened.")
    return 1


def _mention_lost_signs() -> None:
    line = lost_signs_line()
    if line:
        _complain("note", line)


def _complain(kind: str, text: str) -> None:
    err.print(showable(f"{kind}: {text}"), markup=False, highlight=False, soft_wrap=True)
