"""The command line: each command names its settings, calls one job, and prints what a person or a program reads.

Exit codes: 0 done, 2 the user's mistake, 1 ours, 3 findings of check, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from models.audit import command as check_command
from models.backtest import command as backtest_command
from models.errors import ClientValueError, UserError
from models.explain import command as explain_command
from models.funnel import command as funnel_command
from models.kpis import command as kpis_command
from models.notices import by_severity
from models.overview import command as overview_command
from models.segments import command as segments_command
from models.shell.console import lost_signs_line, prepare_streams, shown_traceback
from models.shell.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    BookOption,
    BundleOption,
    CandidateOption,
    ConfigOption,
    JsonOption,
    MinutesOption,
    ObjectiveOption,
    ReplaceChampionOption,
    ReportOption,
    ScoresOption,
    SetOption,
    TestsOption,
    TrialsOption,
    TuneModelOption,
)
from models.shell.output import date_of as _day
from models.shell.output import err as _err
from models.shell.output import out as _out
from models.shell.output import print_json as _print_json
from models.shell.output import print_lines as _lines
from models.shell.output import progress as _progress
from models.shell.output import settings_of
from models.shell.storage_errors import storage_error
from models.showable import showable
from models.what_if import command as tiers_command

app = typer.Typer(
    name="clientvalue",
    help="Client value, decline risk and tiers for project finance and corporate lending.",
    epilog="Exit codes: 0 done, 2 a mistake in what was asked or given, 1 a mistake of ours, 3 findings of check, "
    "130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
TRACEBACK = "CLIENTVALUE_TRACEBACK"
INTERRUPTED = 130
OUTPUTS = "outputs"
"""No keyword of JSON schema, so that editors read the config's schema as if it were not there."""
BROKEN_PIPE = 141
"""As a shell counts a process that wrote to nobody."""


@app.command(short_help="The main job: check, train, judge, score and explain.")
def run(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    replace_champion: ReplaceChampionOption = "",
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """The main job: check the book, train, evaluate, register, then score and explain every active client.

    It scores with the version that it has just trained, whether or not that is the champion, and ends with one page.
    """
    from models.overview import job as overview_job  # noqa: PLC0415
    from models.overview import terminal as overview_summary  # noqa: PLC0415
    from models.shell import notices as notice_words  # noqa: PLC0415
    from models.training import job as jobs  # noqa: PLC0415
    from models.training import terminal  # noqa: PLC0415

    settings, progress = settings_of(config, set_), _progress()
    trained = jobs.train(settings, book=book, replace_champion=replace_champion, progress=progress)
    predicted = jobs.predict(settings, book=trained.book, bundle=trained.version, progress=progress)
    reported = overview_job.overview(settings, book=trained.book, scores=predicted.folder, progress=progress)
    if json_:
        _print_json({"train": trained.facts(), "predict": predicted, "overview": str(reported.page)})
        return
    _show_report(trained.report)
    _out.print(terminal.tiers_table(predicted, settings.book.currency))
    _lines(notice_words.notice_lines(by_severity([*trained.notices, *predicted.notices])))
    _lines(terminal.training_lines(trained, settings.run.tracking_uri))
    _lines(terminal.prediction_lines(predicted))
    _lines(list(overview_summary.overview_lines(reported.report, reported.page)))


@app.command(short_help="Train and judge models, and register them in MLflow.")
def train(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    replace_champion: ReplaceChampionOption = "",
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Train the models of a book, judge them at past origins, and register them in MLflow as a new version.

    The first version of a book becomes its champion; later ones leave the champion in its place, unless an earlier
    version of clientvalue wrote it, whose format this one does not read. Who replaced it, when and why is kept as tags.
    """
    from models.shell import notices as notice_words  # noqa: PLC0415
    from models.training import job as jobs  # noqa: PLC0415
    from models.training import terminal  # noqa: PLC0415

    settings = settings_of(config, set_)
    trained = jobs.train(settings, book=book, replace_champion=replace_champion, progress=_progress())
    if json_:
        _print_json(trained.facts())
        return
    _show_report(trained.report)
    _lines(notice_words.notice_lines(trained.notices))
    _lines(terminal.training_lines(trained, settings.run.tracking_uri))


@app.command(short_help="Search better hyperparameters on past origins.")
def tune(  # noqa: PLR0913 - each option stands for a setting of the section tune
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    model: TuneModelOption = None,
    trials: TrialsOption = None,
    minutes: MinutesOption = None,
    objective: ObjectiveOption = None,
    candidate: CandidateOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Search better hyperparameters on origins before any test origin.

    It ends with the first limit that is reached. Started again, it goes on where it was. What is not given is taken
    from the section tune of the config. The config is not changed: the lines to put into it are printed and written.
    """
    from models.training import job as jobs  # noqa: PLC0415
    from models.tuning import terminal as tuning_summary  # noqa: PLC0415

    asked = {"model": model, "trials": trials, "minutes": minutes, "objective": objective, "candidates": candidate}
    over = [f"tune.{name}={value}" for name, value in asked.items() if value is not None]
    settings = settings_of(config, [*(set_ or ()), *over])
    result = jobs.tune(settings, book=book, progress=_progress())
    if json_:
        _print_json(tuning_summary.result_facts(result))
        return
    for tuned in result.tuned:
        _out.print(tuning_summary.scores_table(tuned))
    _lines(tuning_summary.result_lines(result))


@app.command(short_help="Score and explain every active client of a book.")
def predict(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    bundle: BundleOption = "champion",
    as_of: AsOfOption = None,
    out: ScoresOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Score and explain every active client of a book, with models that were trained before."""
    from models.shell import notices as notice_words  # noqa: PLC0415
    from models.training import job as jobs  # noqa: PLC0415
    from models.training import terminal  # noqa: PLC0415

    settings = settings_of(config, set_)
    predicted = jobs.predict(
        settings,
        book=book,
        bundle=bundle,
        as_of=_day(as_of),
        out=out,
        progress=_progress(),
    )
    if json_:
        _print_json(predicted)
        return
    _out.print(terminal.tiers_table(predicted, settings.book.currency))
    _lines(notice_words.notice_lines(predicted.notices))
    _lines(terminal.prediction_lines(predicted))


app.command(short_help=check_command.SHORT_HELP)(check_command.check)
app.command(short_help=explain_command.SHORT_HELP)(explain_command.explain)
app.command(short_help=segments_command.SHORT_HELP)(segments_command.segments)
app.command(short_help=backtest_command.SHORT_HELP)(backtest_command.backtest)
app.command(short_help=tiers_command.SHORT_HELP)(tiers_command.tiers)
app.command(short_help=overview_command.SHORT_HELP)(overview_command.overview)
app.command(short_help=kpis_command.SHORT_HELP)(kpis_command.kpis)
app.command(short_help=funnel_command.SHORT_HELP)(funnel_command.funnel)


@app.command(short_help="Judge a config's recipe at past origins.")
def evaluate(
    config: ConfigOption = DEFAULT_CONFIG,
    book: BookOption = None,
    at: TestsOption = None,
    out: ReportOption = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Judge the recipe of a config at past origins, beside the baselines.

    Models are fitted anew for each origin, and none is registered.
    """
    from models.training import job as jobs  # noqa: PLC0415

    settings = settings_of(config, set_)
    tests = [day for day in map(_day, at or ()) if day]
    report, path = jobs.evaluate(settings, book=book, tests=tests, out=out, progress=_progress())
    if json_:
        _print_json(report)
        return
    _show_report(report)
    _lines([f"report   {path}", f"page     {path.with_suffix('.html')}"])


@app.command(short_help="Write a simulated project-finance book with known truth.")
def simulate(
    config: ConfigOption = DEFAULT_CONFIG,
    clients: Annotated[int, typer.Option("--clients", metavar="N", help="How many clients.")] = 5_000,
    months: Annotated[int, typer.Option("--months", metavar="N", help="How many months of history.")] = 72,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same bytes.")] = 1,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder to write.")] = Path("data/raw/demo"),
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="FILE", help="Also draw, as PNG, what shows whether the book is plausible."),
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> None:
    """Write a simulated project-finance book with known truth; its economics are in the config's section simulation."""
    from models.training import job as jobs  # noqa: PLC0415
    from models.training import terminal  # noqa: PLC0415

    settings, progress = settings_of(config, set_), _progress()
    written = jobs.simulate_book(settings, clients=clients, months=months, seed=seed, out=out, progress=progress)
    if figure is not None:
        from models.simulator.plots import plausibility_figure  # noqa: PLC0415

        figure.parent.mkdir(parents=True, exist_ok=True)
        plausibility_figure(out).savefig(figure, format="png")
    if json_:
        _print_json(written)
        return
    _out.print(terminal.simulation_table(written))
    _lines([f"book     {written.folder}", f"covers   {written.start} until before {written.known_until}"])


@app.command(short_help="Print a config in full, or its JSON schema.")
def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schemas of configs and of --json.")] = False,
    file: ConfigOption = DEFAULT_CONFIG,
    set_: SetOption = None,
) -> None:
    """Print a config with every default filled in, or the schema that editors complete from.

    Beside the config's own keywords, ``outputs`` of the schema holds that of each command's JSON.
    """
    from models.config.loading import config_schema  # noqa: PLC0415

    if not schema:
        _print_json(settings_of(file, set_).model_dump(mode="json"))
        return
    from models.documents import document_schemas  # noqa: PLC0415

    _print_json({**config_schema(), OUTPUTS: document_schemas()})


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
        _err.print(shown_traceback(error), markup=False, highlight=False, soft_wrap=True)
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
    _err.print(showable(f"{kind}: {text}"), markup=False, highlight=False, soft_wrap=True)


def _show_report(report: dict[str, Any]) -> None:
    from models.training import terminal  # noqa: PLC0415

    for target in ("decline", "value"):
        _out.print(terminal.metrics_table(report, target))
