"""Pages of reference, made from the code when the site is built: config, tables, outputs, commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from models.cli import VERBS, app
from models.config.loading import config_schema
from models.documents.tables import TablesFormat, tables_document
from models.sinks.catalogue import described

Schema = Mapping[str, Any]
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#]+)(#[^)]*)?\)")


def write_reference(folder: Path) -> None:
    """Write every page into ``folder``; pages that are as they were stay untouched."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"config": config_page(), "tables": tables_page(), "outputs": outputs_page(), "commands": commands_page()}
    for name, text in pages.items():
        place = folder / f"{name}.md"
        if not place.is_file() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")


def config_page() -> str:
    """Every key of a config: type, default, meaning."""
    schema = config_schema()
    parts = [
        "# Config\n",
        "For data scientists. Every key, with its type and default; what has no default must be set, but for what a",
        "book decides itself (`clientvalue config --yaml` shows it). Lists and mappings of parts name the part.\n",
    ]
    for name, section in schema["properties"].items():
        parts += [
            f"## {name}\n",
            _sentence(_resolved(section, schema)),
            *_section(name, _resolved(section, schema), schema),
        ]
    parts.append("## Parts\n\nWhat stands in lists and mappings of the sections above.\n")
    for name, part in schema["$defs"].items():
        if "properties" in part:
            parts += [f"### {name}\n", _sentence(part), *_section("", part, schema)]
    return "\n".join(parts) + "\n"


def _section(prefix: str, section: Schema, schema: Schema) -> Iterator[str]:
    if "properties" not in section:
        yield f"{_type(section, schema)}. {_sentence(section)}\n"
        return
    required = section.get("required", ())
    yield "| key | type | default | meaning |\n|---|---|---|---|"
    for key, field in section["properties"].items():
        default = "must be set" if key in required else _default(field)
        called = f"{prefix}.{key}" if prefix else key
        yield f"| `{called}` | {_cell(_type(field, schema))} | {_cell(default)} | {_cell(_meaning(field, schema))} |"
    yield ""


def _resolved(field: Schema, schema: Schema) -> Schema:
    name = field.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][name] if name else field


def _meaning(field: Schema, schema: Schema) -> str:
    return str(field.get("description") or _resolved(field, schema).get("description", ""))


def _type(field: Schema, schema: Schema) -> str:
    if "$ref" in field:
        name, part = field["$ref"].rpartition("/")[2], _resolved(field, schema)
        return f"[{name}](#{name.lower()})" if "properties" in part else _type(part, schema)
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(each, schema) for each in field["anyOf"]))
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}), schema)}" if field.get("items") else "list"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), Mapping):
        return f"mapping to {_type(field['additionalProperties'], schema)}"
    return str(field.get("type") or field.get("const") or "any")


def _default(field: Schema) -> str:
    if "default" not in field:
        return "empty" if field.get("type") in {"array", "object"} else ""
    value = field["default"]
    return "" if value is None else f"`{value}`" if not isinstance(value, dict | list) else f"{len(value)} entries"


def _sentence(field: Schema) -> str:
    return f"{field['description']}\n" if field.get("description") else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def tables_page() -> str:
    """Every table that a book can have."""
    made = tables_document(TablesFormat.MARKDOWN)
    return f"# Tables of a book\n\nFor the people who deliver the data.\n\n{_deeper(made)}\n"


def _deeper(text: str) -> str:
    """A document as a part of another: its headings one step down."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines())


def outputs_page() -> str:
    """Every table that a run leaves, column by column."""
    parts = [
        "# Columns of what a run leaves\n",
        "For whoever builds on scores. As they stand in a database (`publish`); in the Parquet files of a run columns",
        "of several parts, such as `treatment`, are structs. A name that ends in `*` stands for several columns.\n",
    ]
    for table in described(()):
        parts += [f"## {table.name}\n", f"A row is {table.row}. Key: {', '.join(table.key)}.\n"]
        parts.append("| column | type | unit | meaning |\n|---|---|---|---|")
        parts += [f"| `{each.name}` | {each.kind} | {each.unit} | {_cell(each.meaning)} |" for each in table.columns]
        parts.append("")
    return "\n".join(parts)


def commands_page() -> str:
    """Every command with its options, as the command line says it."""
    parts = ["# Commands and options\n", "For whoever works in a terminal; as `clientvalue COMMAND --help` says it.\n"]
    for name in VERBS:
        command = app.loaded(name)
        context = typer.Context(command, info_name=f"clientvalue {name}", max_content_width=100)
        parts += [f"## {name}\n", f"```text\n{command.get_help(context)}\n```\n"]
    return "\n".join(parts)


def write_project_pages(root: Path, folder: Path) -> None:
    """Copies of the pages beside ``docs``: plan, changes, benches. Links that leave them are text."""
    pages = [root / "CONTRIBUTING.md", root / "CHANGELOG.md", *sorted((root / "bench").glob("*.md"))]
    folder.mkdir(parents=True, exist_ok=True)
    names = {page.name if page.name != "README.md" else "benches.md": page for page in pages}
    for name, page in names.items():
        place, text = folder / name, _LINK.sub(_kept(names), page.read_text(encoding="utf-8"))
        text += _contents(names) if name == "benches.md" else ""
        if not place.is_file() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")


def _contents(names: Mapping[str, Path]) -> str:
    """The benches that the page of all of them leads to."""
    listed = "\n".join(name for name, page in names.items() if page.parent.name == "bench" and page.name != "README.md")
    return f"\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"


def _kept(names: Mapping[str, Path]) -> Callable[[re.Match[str]], str]:
    """A link to one of the copied pages leads to its copy, every other is its words."""

    def kept(found: re.Match[str]) -> str:
        name = found.group(2).rpartition("/")[2]
        return f"[{found.group(1)}]({name})" if name in names and name != "README.md" else found.group(1)

    return kept
