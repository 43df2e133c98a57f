"""The section ``review``: where the workbench keeps what people decide, who may log in how and approve how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.config.base import Count, Name, Section
from models.config.labels import Wording
from models.config.publish import SinkAddress
from models.text import Phrase, Text

BUILT_IN_REASONS: Mapping[str, Phrase] = {
    "information": Text("information that the data do not hold", "reason"),
    "data_error": Text("an error in the data", "reason"),
    "recent_event": Text("an event since the as-of date", "reason"),
    "support": Text("support of the group or of a guarantor", "reason"),
    "prudence": Text("more caution than the rules ask for", "reason"),
}
"""Code -> reason for an override, where a config names none."""
Exposure = Annotated[float, Field(ge=0)]
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

    reasons: dict[Name, Wording] = Field(
        default={},
        description="Code -> what people call the reason for an override. "
        "Default: information, data_error, recent_event, support and prudence.",
    )
    authority: Annotated[dict[Name, Exposure | None], Field(min_length=1)] = Field(
        default={"officer": 10_000_000.0, "senior": 100_000_000.0, "committee": None},
        description="Level of a checker -> exposure of a client, in book currency, up to which overrides may be "
        "approved; null: any.",
    )
    longest_override_days: Count = Field(default=366, description="An override holds at most so long.")
    attachment_max_mb: Count = Field(default=10, description="Largest file beside an override.")

    @property
    def reason_phrases(self) -> Mapping[str, Phrase]:
        """Code -> reason for an override, in every language."""
        return {code: wording.phrase() for code, wording in self.reasons.items()} or BUILT_IN_REASONS

    @property
    def highest_authority(self) -> str:
        """The level of those who may approve most."""
        return max(self.authority, key=lambda level: (self.authority[level] is None, self.authority[level] or 0.0))

    def limit_of(self, levels: tuple[str, ...]) -> float | None:
        """Up to which exposure a person of some levels may approve: None for any, 0 without a level that is known."""
        limits = [self.authority[level] for level in levels if level in self.authority]
        return None if None in limits else max((limit for limit in limits if limit is not None), default=0.0)

    @model_validator(mode="after")
    def _someone_may(self) -> ReviewConfig:
        if not any(limit is None or limit > 0 for limit in self.authority.values()):
            raise ValueError("some level of authority must be above 0, got none: nobody could approve anything")
        return self

    @model_validator(mode="after")
    def _a_directory_where_it_is_asked(self) -> ReviewConfig:
        if self.log_in == "directory" and self.directory is None:
            raise ValueError("log_in: directory needs the section directory with its addresses")
        return self
