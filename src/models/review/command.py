"""The command that serves the reviewers' workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from models.lazy import lazy
from models.shell.options import DEFAULT_CONFIG, ConfigOption, SetOption
from models.shell.output import print_lines

if TYPE_CHECKING:
    from models.review import job, terminal
    from models.review.access import members
else:
    job = lazy("models.review.job")
    members = lazy("models.review.access.members")
    terminal = lazy("models.review.terminal")

PortOption = Annotated[
    int | None, typer.Option("--port", metavar="N", min=0, max=65_535, help="Where it listens. Default: review.port.")
]
DemoOption = Annotated[
    bool, typer.Option("--demo", help="Enter a member of each role, with new passwords, and show them: to try it out.")
]
AdministratorOption = Annotated[
    str | None,
    typer.Option("--administrator", metavar="NAME", help="Enter the first administrator, who enters all others."),
]


def review(
    config: ConfigOption = DEFAULT_CONFIG,
    port: PortOption = None,
    demo: DemoOption = False,
    administrator: AdministratorOption = None,
    set_: SetOption = None,
) -> None:
    """Serve the reviewers' workbench on this machine: find, understand, decide and sign in a browser.

    It shows the published runs of the config, and keeps what people decide in a database of its own (review.database).
    """
    found = job.opened_site(config, set_ or ())
    entered = [job.administrator(administrator)] if administrator else []
    entered += job.demo() if demo else []
    server = job.bound_server(found, port)
    print_lines(terminal.member_lines(entered) if entered else [])
    address = f"http://{job.ADDRESS}:{server.effective_port}/"
    print_lines(terminal.address_lines(address, nobody=members.no_members()))
    server.run()
