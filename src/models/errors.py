"""All exceptions of the system, in two families: the user's mistake (exit code 2) and our bug (exit code 1).

An exception carries fields and writes its own sentence: the rule, the value that was got, the remedy. No sentence
shows the password or another secret of an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from models.showable import without_secrets

MAX_PROBLEMS_SHOWN = 10


class ClientValueError(Exception):
    """Base of everything that this package raises on purpose; raised in another process it comes back as it is."""

    exit_code = 1

    def __reduce__(self) -> tuple[object, ...]:
        return _as_raised, (type(self), self.args, self.__dict__)


def _as_raised(kind: type[ClientValueError], args: tuple[object, ...], fields: dict[str, object]) -> ClientValueError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class UserError(ClientValueError):
    """A mistake that the user can mend.

    >>> str(UserError(rule="horizon must be at least 1 period", got=0, remedy="set time.horizon_periods"))
    'horizon must be at least 1 period, got 0: set time.horizon_periods'
    """

    exit_code = 2

    def __init__(self, *, rule: str, got: object, remedy: str) -> None:
        self.rule = rule
        self.got = got
        self.remedy = remedy
        super().__init__(rule, got, remedy)

    def __str__(self) -> str:
        return without_secrets(f"{self.rule}, got {self.got}: {self.remedy}")


class InternalError(ClientValueError):
    """A promise of ours that did not hold: nothing the user did can have caused it."""


class ManyProblemsError(UserError):
    """Several mistakes found in one look; all are reported at once, up to a bound."""

    def __init__(self, *, subject: str, problems: Sequence[UserError]) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(rule=f"{subject} must be valid", got=f"{len(problems)} problems", remedy="mend each of them")

    def __str__(self) -> str:
        shown = [f"  - {problem}" for problem in self.problems[:MAX_PROBLEMS_SHOWN]]
        more = len(self.problems) - len(shown)
        if more > 0:
            shown.append(f"  ... and {more} more")
        noun = "problem" if len(self.problems) == 1 else "problems"
        return "\n".join([f"{self.subject}: {len(self.problems)} {noun}", *shown])


class AllProblems:
    """Collects the user's mistakes in parts that can be looked at one by one, and raises them together at the end.

    One mistake is raised as it is. Whatever else happens ends the look at once.

    >>> with AllProblems(subject="the book") as problems:
    ...     for share in (2, 3):
    ...         with problems.caught():
    ...             raise UserError(rule="a share must be at most 1", got=share, remedy="lower it")
    Traceback (most recent call last):
        ...
    models.errors.ManyProblemsError: the book: 2 problems
      - a share must be at most 1, got 2: lower it
      - a share must be at most 1, got 3: lower it
    """

    def __init__(self, *, subject: str) -> None:
        self.subject = subject
        self.problems: list[UserError] = []

    def __enter__(self) -> AllProblems:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None or not self.problems:
            return
        if len(self.problems) == 1:
            raise self.problems[0]
        raise ManyProblemsError(subject=self.subject, problems=self.problems)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """One part: its mistake is kept for the end."""
        try:
            yield
        except UserError as error:
            self.problems.append(error)


class ConfigError(ManyProblemsError):
    """A config file, or a value set over it, that breaks the schema."""


class MissingFileError(UserError):
    """A file or folder that is named but not there."""

    def __init__(self, path: object, *, remedy: str) -> None:
        self.path = path
        super().__init__(rule="the file must exist", got=path, remedy=remedy)


class UnreadableFileError(UserError):
    """A file that is there but is not what it should be."""


class MissingColumnError(UserError):
    """A table without a column that the contract asks for."""

    def __init__(self, table: str, missing: Sequence[str], present: Sequence[str], *, more: str = "") -> None:
        self.table = table
        self.missing = tuple(missing)
        self.present = tuple(present)
        super().__init__(
            rule=f"table {table} must have the columns {', '.join(missing)}",
            got=f"only {', '.join(present) or 'no columns'}",
            remedy=f"add or rename the columns at the source{more}",
        )


class AmbiguousDatesError(UserError):
    """Columns with dates of numbers that can be read day first or month first, and nothing that decides.

    ``columns``: table and column -> an example; None where some dates only fit day first and others only month first.
    """

    def __init__(self, columns: Mapping[str, str | None]) -> None:
        self.columns = dict(columns)
        shown = [_dates_in_words(*each) for each in list(columns.items())[:MAX_PROBLEMS_SHOWN]]
        super().__init__(
            rule="dates must be readable in one way",
            got="; ".join(shown),
            remedy="set book.date_order to dmy (day first) or mdy (month first), book.read.TABLE.dates to a pattern "
            "such as dd/mm/yyyy, or write them as YYYY-MM-DD",
        )


def _dates_in_words(column: str, example: str | None) -> str:
    if example is None:
        return f"{column} with dates that only fit day first and others that only fit month first"
    return f"{column} with dates such as {example}, of which none has a day above 12 that decides"


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A table with too many bad rows, or a column with too many unreadable values: ``bad`` of ``total``.

    ``reasons`` are sentences; ``consequence`` says which rows of other tables fall with them.
    """

    subject: str
    bad: int
    total: int
    reasons: tuple[str, ...]
    consequence: str = ""

    def __str__(self) -> str:
        share = f"{self.bad / max(self.total, 1):.1%}"
        return f"{self.bad:,} of {self.total:,} {self.subject} ({share}; {'; '.join(self.reasons)}){self.consequence}"


class QuarantineLimitError(UserError):
    """More broke the contract than the config allows: every table and column that did, those others refer to first."""

    def __init__(self, *, breaches: Sequence[Breach], limit: float, report: object) -> None:
        self.breaches = tuple(breaches)
        self.limit = limit
        self.report = report
        shown = [str(breach) for breach in self.breaches[:MAX_PROBLEMS_SHOWN]]
        more = len(self.breaches) - len(shown)
        super().__init__(
            rule=f"at most {limit:.1%} of the rows may break the contract",
            got="; ".join([*shown, *([f"{more} more tables and columns"] if more else [])]),
            remedy=f"read {report}, mend the source, or raise book.max_quarantine_share",
        )


class AsOfOutsideBookError(UserError):
    """An as-of date at which the book knows nothing, or not yet."""


class InSampleError(UserError):
    """Scores as of a day of which the models knew what came after: they would look better than they are."""

    def __init__(self, *, as_of: object, learned_until: object) -> None:
        self.as_of = as_of
        self.learned_until = learned_until
        super().__init__(
            rule=f"models must not have learned from what came after the as-of date, and these learned until "
            f"{learned_until}",
            got=f"--as-of {as_of}",
            remedy="choose a later date; score with --model-of-that-day; or with --in-sample, which marks every row",
        )


class TooLittleDataError(UserError):
    """A book from which nothing can be learned: too few clients, or one outcome only."""


class UnknownClientError(UserError):
    """A client that the book does not hold, or that is not active at the as-of date."""


class DamagedBundleError(UserError):
    """A bundle whose files are not what its manifest says; nothing of it was loaded."""


class UnsealedFileError(DamagedBundleError):
    """A file beside those that a manifest names; it may be anybody's, and is neither read nor removed."""


class BundleFormatError(DamagedBundleError):
    """A bundle that is whole, but of a format that this code does not read."""

    def __init__(self, *, found: object, known: int, remedy: str) -> None:
        self.found = found
        self.known = known
        super().__init__(rule=f"the bundle must have format {known}", got=found, remedy=remedy)

    @property
    def is_older(self) -> bool:
        """Whether an earlier version of this code wrote it."""
        return isinstance(self.found, int) and self.found < self.known


class IrreproducibleError(InternalError):
    """A run that came out otherwise than the one of the same key that is published."""

    def __init__(self, *, folder: object, files: Sequence[str]) -> None:
        self.folder = folder
        self.files = tuple(files)
        super().__init__(
            f"a run must give the bytes that the published run of the same key gave, got others in "
            f"{', '.join(files)}: {folder} stays as it is; move it away to publish what comes out now"
        )


class BundleNotFoundError(UserError):
    """No bundle under the given path, version or alias."""


class LostBundleError(BundleNotFoundError):
    """A registered version whose files are not where they were registered."""


class ChampionUnreadableError(UserError):
    """A champion that is damaged or lost: nothing can be judged against it, and nothing replaces it unasked."""

    def __init__(self, *, model: str, reason: str) -> None:
        self.model = model
        super().__init__(
            rule=f"the champion of {model} must be whole before another version is trained, which would else take its "
            "place unjudged",
            got=reason,
            remedy="restore its files, or let the new version take its place and say why, which is kept with it: "
            'train --replace-champion "REASON"',
        )


class FeatureContractError(UserError):
    """Features that do not fit the contract of the bundle that should score them."""


class ImplausibleBookError(UserError):
    """A book of which something cannot be as it stands; every refusal is listed, each with what to do."""

    def __init__(self, *, book: str, refusals: Sequence[str]) -> None:
        self.refusals = tuple(refusals)
        rule = f"the {book} book must be plausible"
        super().__init__(rule=rule, got=f"{len(refusals)} findings that cannot be", remedy="mend each of them")

    def __str__(self) -> str:
        return _listed(self.rule, self.refusals)


class UnlikeTrainingError(FeatureContractError):
    """A book that is not what the models learned from; nothing was scored or published."""

    def __init__(self, *, book: str, refusals: Sequence[str]) -> None:
        self.refusals = tuple(refusals)
        rule = f"the {book} book must be like the one that the models learned from"
        super().__init__(rule=rule, got=f"{len(refusals)} findings that cannot be", remedy="mend each of them")

    def __str__(self) -> str:
        return _listed(self.rule, self.refusals)


def _listed(rule: str, refusals: Sequence[str]) -> str:
    """A rule and the findings against it, bounded."""
    shown = [f"  - {refusal}" for refusal in refusals[:MAX_PROBLEMS_SHOWN]]
    more = len(refusals) - len(shown)
    shown += [f"  ... and {more} more"] if more > 0 else []
    return "\n".join(
        [f"{rule}, got {len(refusals)} {'finding' if len(refusals) == 1 else 'findings'} against it:", *shown]
    )


class AdditivityError(InternalError):
    """Contributions that do not sum to the prediction; the batch is not published."""

    def __init__(self, *, model: str, row: int, gap: float, tolerance: float) -> None:
        self.model = model
        self.row = row
        self.gap = gap
        self.tolerance = tolerance
        super().__init__(
            f"contributions of the {model} model must sum to the prediction within {tolerance:g} (relative), "
            f"got a gap of {gap:g} in row {row}: nothing was published"
        )
