"""Reads one YAML file per book into a config; every problem of a file is reported at once.

An unknown key is an error that names the nearest valid one. No other module reads YAML.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.config.root import Config
from models.errors import ConfigError, MissingFileError, UserError


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file, set ``overrides`` (``section.key=value``) over it, and check the whole.

    Raises ``ConfigError`` with every problem at once, ``MissingFileError`` if there is no such file.
    """
    if not path.is_file():
        raise MissingFileError(path, remedy="name one of the files in configs/ with --config")
    return parse_config(path.read_text(encoding="utf-8"), overrides, subject=str(path))


def parse_config(text: str, overrides: Sequence[str] = (), *, subject: str = "config") -> Config:
    """The same for the text of a config file; ``subject`` is what messages call it."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = UserError(rule="the config must be YAML", got=str(error), remedy="mend its syntax")
        raise ConfigError(subject=subject, problems=[problem]) from error
    if not isinstance(raw, dict):
        problem = UserError(
            rule="the config must be a mapping of sections",
            got=type(raw).__name__,
            remedy="see configs/ifc.yaml",
        )
        raise ConfigError(subject=subject, problems=[problem])
    for override in overrides:
        _set_over(raw, override, subject)
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors(include_url=False)]
        raise ConfigError(subject=subject, problems=problems) from error


def config_schema() -> dict[str, Any]:
    """The JSON schema of a config file, for editors."""
    return Config.model_json_schema()


def _set_over(raw: dict[str, Any], override: str, subject: str) -> None:
    path, found, text = override.partition("=")
    keys = path.strip().split(".")
    if not found or not all(keys):
        problem = UserError(
            rule="--set must read section.key=value",
            got=override,
            remedy="e.g. --set time.horizon_periods=36",
        )
        raise ConfigError(subject=subject, problems=[problem])
    node = raw
    for key in keys[:-1]:
        child = node.get(key)
        node[key] = dict(child) if isinstance(child, dict) else {}  # a copy: two sections may share one by a YAML alias
        node = node[key]
    try:
        node[keys[-1]] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = UserError(rule=f"the value of --set {path} must be YAML", got=text, remedy="put it in quotes")
        raise ConfigError(subject=subject, problems=[problem]) from error


def _problem(details: ErrorDetails) -> UserError:
    where = ".".join(str(part) for part in details["loc"]) or "config"
    if details["type"] == "extra_forbidden":
        return UserError(
            rule=f"{where} must be a known key", got=repr(details["loc"][-1]), remedy=_nearest(details["loc"])
        )
    if details["type"] == "missing":
        return UserError(rule=f"{where} must be given", got="nothing", remedy=f"add it under {_parent(details)}")
    message = details["msg"].removeprefix("Value error, ")
    got = "the values above" if details["loc"] == () or isinstance(details["input"], dict) else repr(details["input"])
    return UserError(rule=f"{where}: {message[0].lower()}{message[1:]}", got=got, remedy=f"set {where}")


def _parent(details: ErrorDetails) -> str:
    return ".".join(str(part) for part in details["loc"][:-1]) or "the top level"


def _nearest(location: tuple[int | str, ...]) -> str:
    known = _keys_at(location[:-1])
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known keys are {', '.join(sorted(known))}"


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    section: type[BaseModel] | None = Config
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
