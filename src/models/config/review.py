"""The section ``review``: where the reviewers' workbench keeps what people decide, and who may log in how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.config.base import Count, Section
from models.config.publish import SinkAddress

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=64)]


def _https(address: str) -> str:
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("an address of the directory must begin with https://")
    return address


WebAddress = Annotated[str, AfterValidator(_https)]


class DirectoryConfig(Section):
    """The bank's own directory of users, by OpenID Connect; the secret comes from CLIENTVALUE_OIDC_SECRET."""

    client: str = Field(description="The client id under which the directory knows the workbench.")
    authorization: WebAddress = Field(description="Where users log in.")
    token: WebAddress = Field(description="Where the workbench gets a token.")
    user: WebAddress = Field(description="Where it asks who the user is.")
    keys: WebAddress = Field(description="Where the directory's signing keys are.")
    algorithm: Literal["RS256", "ES256"] = Field(default="RS256", description="How tokens are signed.")


class ReviewConfig(Section):
    """The reviewers' workbench."""

    database: SinkAddress | None = Field(
        default=None,
        description="Where decisions, users and comments are kept: postgresql://user@host/database (PGPASSWORD or "
        "${NAME} for the password). Default: an SQLite file below the folder of results.",
    )
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(default=8000, description="Where it listens, on 127.0.0.1.")
    hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost"), description="Names under which a browser may reach it."
    )
    tls: bool = Field(
        default=False, description="A proxy before it speaks TLS: cookies then travel by TLS alone, and HSTS is sent."
    )
    log_in: Literal["password", "directory", "header"] = Field(
        default="password",
        description="Who says who a user is: the workbench by password, the bank's directory, or a reverse proxy.",
    )
    directory: DirectoryConfig | None = Field(default=None, description="Where log_in is directory: its addresses.")
    header: HeaderName = Field(
        default="X-Remote-User",
        description="Where log_in is header: what the proxy writes the user's name into. It must drop it from outside.",
    )
    failures: Count = Field(default=5, description="So many failed log-ins of a name from an address, and it waits.")
    wait_minutes: Count = Field(default=15, description="How long it then waits.")
    session_minutes: Count = Field(default=480, description="How long a session lasts without a request.")

    @model_validator(mode="after")
    def _a_directory_where_it_is_asked(self) -> ReviewConfig:
        if self.log_in == "directory" and self.directory is None:
            raise ValueError("log_in: directory needs the section directory with its addresses")
        return self
