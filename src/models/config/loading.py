"""Reads one YAML file per book into a config; every problem of a file is reported at once.

An unknown key is an error that names the nearest valid one. What YAML may hold lives in ``yaml_text``.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.config.defaults import DEFAULTS_KEY
from models.config.feature_names import feature_problems
from models.config.features import FeaturesConfig
from models.config.policy.policy import PolicyConfig
from models.config.policy.problems import PROBLEMS, located
from models.config.root import Config
from models.config.yaml_text import read_yaml
from models.errors import ConfigError, MissingFileError, UserError

POLICY = "policy"
_EXAMPLES = {"config": "configs/ifc.yaml", POLICY: "configs/policies/project_finance.yaml"}
_FILLED_IN = (
    *("TimeConfig", "DeclineConfig", "FeaturesConfig", "OriginsConfig", "LearnersConfig", "SegmentsConfig"),
    "StagesConfig",
)
_UNKNOWN_KEY = "extra_forbidden"
_SECTION = ("a section with keys of its own", "{{key: {}}}")
_COLLECTIONS = {
    "tuple_type": ("a list", "[{}]"),
    "list_type": ("a list", "[{}]"),
    "dict_type": ("a mapping of names to values", "{{name: {}}}"),
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
}
"""Pydantic's name for a value that is not the collection it should be -> that collection in words, and its form."""


_BARE_SIGNS = (",", "|", "'", " ", "\t")
"""Values that a shell hands on without their quotes and that YAML would read as something else: marks of a file."""


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file, set ``overrides`` (``section.key=value``) over it, and check the whole.

    Raises ``ConfigError`` with every problem at once, ``MissingFileError`` if there is no such file.
    """
    if not path.is_file():
        raise MissingFileError(path, remedy="name one of the files in configs/ with --config")
    return parse_config(_bytes_of(path), overrides, subject=str(path), folder=path.parent)


def parse_config(
    text: str | bytes, overrides: Sequence[str] = (), *, subject: str = "config", folder: Path = Path()
) -> Config:
    """The same for the text of a config file; ``subject`` is what messages call it.

    Where ``policy`` is the path of a file, counted from ``folder``, the content of that file takes its place.
    """
    raw = _mapping(text, "config", subject)
    if isinstance(raw.get(POLICY), str):
        raw[POLICY] = _policy_of(folder / raw[POLICY], subject)
    for override in overrides:
        _set_over(raw, override, subject)
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        problems = _all_problems(raw, error)
        raise ConfigError(subject=_blamed(problems, overrides) or subject, problems=problems) from error


def change_policy(policy: PolicyConfig, changes: Sequence[str], features: FeaturesConfig) -> PolicyConfig:
    """A policy with ``changes`` (``key=value``, counted from the policy) set over it, checked as a whole.

    ``features`` is the section of the book whose features it looks at.
    Raises ``ConfigError`` with every problem at once.
    """
    raw = {POLICY: policy.model_dump(mode="json")}
    for change in changes:
        _set_over(raw, f"{POLICY}.{change.removeprefix(f'{POLICY}.')}", POLICY, "--what-if")
    return _checked_policy(raw[POLICY], "the changed policy", features)


def read_policy(path: Path, features: FeaturesConfig) -> PolicyConfig:
    """The policy of a file, for a book with these ``features``. Raises ``ConfigError`` with every problem at once."""
    return _checked_policy(_policy_of(path, str(path)), str(path), features)


def _checked_policy(raw: object, subject: str, features: FeaturesConfig) -> PolicyConfig:
    try:
        policy = PolicyConfig.model_validate(raw)
    except ValidationError as error:
        problems = [
            problem for details in error.errors(include_url=False) for problem in _problems(details, PolicyConfig)
        ]
        raise ConfigError(subject=subject, problems=problems) from error
    unknown = feature_problems(policy, features)
    if unknown:
        raise ConfigError(subject=subject, problems=unknown)
    return policy


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingFileError(path, remedy=f"make it readable ({error.strerror})") from error


def _mapping(text: str | bytes, what: str, subject: str) -> dict[str, Any]:
    try:
        raw = read_yaml(text, f"the {what}")
    except UserError as error:
        raise ConfigError(subject=subject, problems=[error]) from error
    if not isinstance(raw, dict):
        problem = UserError(
            rule=f"the {what} must be a mapping of sections",
            got="nothing" if raw is None else type(raw).__name__,
            remedy=f"see {_EXAMPLES[what]}",
        )
        raise ConfigError(subject=subject, problems=[problem])
    return raw


def _policy_of(path: Path, subject: str) -> dict[str, Any]:
    if not path.is_file():
        problem = UserError(
            rule="policy must name a file, counted from the folder of the config", got=path, remedy="mend the path"
        )
        raise ConfigError(subject=subject, problems=[problem])
    return _mapping(_bytes_of(path), POLICY, str(path))


def _all_problems(raw: dict[str, Any], error: ValidationError) -> list[UserError]:
    """The problems found, and those that a check of a whole section finds once its unknown keys are out of its way."""
    found = error.errors(include_url=False)
    reported = [problem for details in found for problem in _problems(details)]
    unknown = [details["loc"] for details in found if details["type"] == _UNKNOWN_KEY]
    if unknown:
        reported += [problem for problem in _problems_without(raw, unknown) if str(problem) not in map(str, reported)]
    return reported


def _problems_without(raw: dict[str, Any], unknown: Sequence[tuple[int | str, ...]]) -> list[UserError]:
    mended = copy.deepcopy(raw)
    for location in unknown:
        holder: Any = mended
        for part in location[:-1]:
            holder = holder[part]
        holder.pop(location[-1], None)  # sections that share one by a YAML alias lose it once
    try:
        Config.model_validate(mended)
    except ValidationError as error:
        return [problem for details in error.errors(include_url=False) for problem in _problems(details)]
    return []


def config_schema() -> dict[str, Any]:
    """The JSON schema of a config file, for editors: what the period or the book fills in need not be there."""
    schema = Config.model_json_schema()
    for part in (schema, *(schema["$defs"][section] for section in _FILLED_IN)):
        part["required"] = [name for name in part["required"] if part is schema and name == "book"]
    schema["$defs"]["BookConfig"]["required"].remove("source")
    schema["properties"][DEFAULTS_KEY] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Of a config that was printed in full: the names of what its file does not set.",
    }
    return schema


def _set_over(raw: dict[str, Any], override: str, subject: str, option: str = "--set") -> None:
    path, found, text = override.partition("=")
    keys = path.strip().split(".")
    if not found or not all(keys):
        problem = UserError(
            rule=f"{option} must read section.key=value",
            got=override,
            remedy="e.g. --set time.horizon_periods=36",
        )
        raise ConfigError(subject=subject, problems=[problem])
    node: Any = raw
    for key in keys[:-1]:
        place = _place(node, key, override, subject, option)
        child = node.get(place) if isinstance(node, dict) else node[place]
        node[place] = copy.copy(child) if isinstance(child, dict | list) else {}  # two may share one by a YAML alias
        node = node[place]
    place = _place(node, keys[-1], override, subject, option)
    try:
        node[place] = text if text in _BARE_SIGNS else read_yaml(text, f"the value of {option} {path}")
    except UserError as error:
        given = "a value" if "://" in text else text  # an address may hold a password
        shown = UserError(rule=error.rule, got=f"{given} ({error.got})", remedy=f"{error.remedy}, or use quotes")
        raise ConfigError(subject=subject, problems=[shown]) from error


def _place(node: Any, key: str, override: str, subject: str, option: str) -> str | int:
    """Where a key leads: in a list to the entry of that name, or of that number from 0 on."""
    if not isinstance(node, list):
        return key
    names = [str(entry.get("name")) if isinstance(entry, dict) else "" for entry in node]
    if key in names:
        return names.index(key)
    if key.isdigit() and int(key) < len(node):
        return int(key)
    known = ", ".join(name for name in names if name not in ("", "None"))
    problem = UserError(
        rule=f"{option} must name an entry of the list, by number below {len(node)}{' or by name' if known else ''}",
        got=override,
        remedy=f"known are {known or 'numbers only'}",
    )
    raise ConfigError(subject=subject, problems=[problem])


def _problems(details: ErrorDetails, root: type[BaseModel] = Config) -> list[UserError]:
    """One problem, or those that the check of a whole section handed on."""
    several = details.get("ctx", {}).get(PROBLEMS)
    if several is None:
        return [_problem(details, root)]
    where = ".".join(str(part) for part in details["loc"])
    return list(located(where, several)) if where else list(several)


def _problem(details: ErrorDetails, root: type[BaseModel]) -> UserError:
    where = ".".join(str(part) for part in details["loc"]) or "config"
    if details["type"] == _UNKNOWN_KEY:
        return UserError(
            rule=f"{where} must be a known key", got=repr(details["loc"][-1]), remedy=_nearest(details["loc"], root)
        )
    if details["type"] == "missing":
        return UserError(rule=f"{where} must be given", got="nothing", remedy=f"add it under {_parent(details)}")
    if details["type"] in _COLLECTIONS:
        return _not_a_collection(where, details)
    message = details["msg"].removeprefix("Value error, ")
    rule, reported, rest = message.partition(", got ")
    if reported:  # a check of ours, which says what it got and often what to do
        got, said, remedy = rest.rpartition(": ")
        return UserError(rule=f"{where}: {rule}", got=got if said else rest, remedy=remedy if said else f"set {where}")
    got = "the values above" if details["loc"] == () or isinstance(details["input"], dict) else repr(details["input"])
    return UserError(rule=f"{where}: {message[0].lower()}{message[1:]}", got=got, remedy=f"set {where}")


def _not_a_collection(where: str, details: ErrorDetails) -> UserError:
    """One value where several go, or a section goes: the remedy shows the form, in a file and on the command line."""
    given = details["input"]
    inner = ", ".join(map(str, given)) if isinstance(given, list | tuple) else given
    noun, form = _COLLECTIONS[details["type"]]
    shown = "nothing" if given is None else str(given)
    written = form.format("..." if given is None else inner)
    return UserError(rule=f"{where} must be {noun}", got=shown, remedy=f"set {where}, as {where}={written} with --set")


def _blamed(problems: Sequence[UserError], overrides: Sequence[str]) -> str | None:
    """What to name as wrong in place of the file: the keys set on the command line, where all problems are of those."""
    keys = [override.partition("=")[0].strip() for override in overrides]
    named = [next((key for key in keys if _is_at(problem, key)), None) for problem in problems]
    return f"--set {', '.join(dict.fromkeys(map(str, named)))}" if problems and None not in named else None


def _is_at(problem: UserError, key: str) -> bool:
    return problem.rule.startswith(key) and not problem.rule[len(key) :][:1].isidentifier()


def _parent(details: ErrorDetails) -> str:
    return ".".join(str(part) for part in details["loc"][:-1]) or "the top level"


def _nearest(location: tuple[int | str, ...], root: type[BaseModel]) -> str:
    known = _keys_at(location[:-1], root)
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known keys are {', '.join(sorted(known))}"


def _keys_at(location: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    section: type[BaseModel] | None = root
    for part in location:
        section = _section_of(section, str(part)) if section else None
    return list(section.model_fields) if section else []


def _section_of(section: type[BaseModel], key: str) -> type[BaseModel] | None:
    if key not in section.model_fields:
        return section  # a free name inside a mapping, such as one measure
    return next(_sections_in(section.model_fields[key].annotation), None)


def _sections_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections_in(inner)
