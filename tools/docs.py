"""Bring the tables of docs/configuration.md up to date with feeder/config/tables.py (`./dev docs`; `--check` only compares).

Key, type, default and environment come from the model; what a key means, and a default that is said in words, are the
guide's own and stay. A key that the guide lacks gets a row with the model's comment; a key that is gone loses its row.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from feeder import config

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "configuration.md"
_ROW = re.compile(r"^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_MANY = {"sources": config.SourceConfig, "topics": config.TopicConfig}  #: tables of which there may be several
_NONE = {"sources", "topics"}  #: what the environment cannot set


class Row(NamedTuple):
    """A key as the model has it."""

    key: str
    kind: str  #: its type in a word
    default: str  #: "" when it is said in words
    variables: str
    comment: str  #: what the model says of it


def rows() -> list[Row]:
    """Every key of feeder.toml, in the order of the model."""
    found: list[Row] = []
    for field in msgspec.structs.fields(config.Config):
        table = _MANY.get(field.name) or field.type
        if isinstance(table, type) and issubclass(table, msgspec.Struct):
            found += [_row(inner, table, f"{field.name}.") for inner in msgspec.structs.fields(table)]
        else:
            found.append(_row(field, config.Config))
    return found


def _row(field: msgspec.structs.FieldInfo, table: type, section: str = "") -> Row:
    key = f"{section}{field.name}"
    return Row(key, _kind(field.type), _default(field), _variables(key), _comments(table).get(field.name, ""))


def _kind(kind: Any) -> str:
    plain = {bool: "truth", int: "number", str: "text"}.get(kind)
    if plain:
        return plain
    words = str(kind)
    return "list" if words.startswith("tuple") else "text or table" if "|" in words else "table"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must be given"
    value = field.default_factory() if callable(field.default_factory) else field.default
    return "" if value == "" else f"`{json.dumps(value, ensure_ascii=False)}`"


def _variables(key: str) -> str:
    section, _, name = key.partition(".")
    if name and section in _NONE:
        return "none"
    settable = {".".join(one.path): one.variable for one in config.keys()}  # noqa: SIM118  a function of the module
    found = [f"`{settable[name]}`" for name in (key, f"{key}.kk") if name in settable]
    return ", ".join(found) + (" …" if f"{key}.kk" in settable else "")


def _comments(table: type) -> dict[str, str]:
    """What stands behind `#:` at each field of a table, on its line or before it."""
    text = (ROOT / "feeder" / "config" / "tables.py").read_text(encoding="utf-8")
    body = text.partition(f"class {table.__name__}(")[2].partition("\nclass ")[0]
    return {
        match[2]: (match[3] or match[1] or "").strip().rstrip(".")
        for match in re.finditer(r"(?:^    #: (.*)\n)?^    (\w+): .*?(?:  #: (.*))?$", body, re.MULTILINE)
    }


def regenerated(guide: str) -> str:
    """The guide with its tables as the model has them. Raises ValueError for a key without a table to stand in."""
    wanted = {row.key: row for row in rows()}
    there = {match[1] for match in _ROW.finditer(guide)}
    text = _ROW.sub(lambda match: _line(wanted[match[1]], match[3], match[4]) if match[1] in wanted else "\0", guide)
    text = text.replace("\0\n", "")
    for row in wanted.values():
        if row.key not in there:
            text = _insert(text, row)
    return text


def _line(row: Row, default: str, meaning: str) -> str:
    words = default if not default.startswith("`") or row.default == "" else ""
    return f"| `{row.key}` | {row.kind} | {row.default or words or 'none'} | {meaning} | {row.variables} |"


def _insert(text: str, row: Row) -> str:
    """A row behind the last of its section."""
    section = row.key.rpartition(".")[0]
    last = [match.end() for match in _ROW.finditer(text) if match[1].rpartition(".")[0] == section]
    if not last:
        raise ValueError(
            f"{GUIDE.name} has no table for {row.key}; write one with a first row, then run ./dev docs again"
        )
    return f"{text[: last[-1]]}\n{_line(row, 'none', row.comment)}{text[last[-1] :]}"


def drift(old: str, new: str) -> Iterator[str]:
    """The lines in which two guides differ, as the newer has them."""
    known = set(old.splitlines())
    yield from (line for line in new.splitlines() if line not in known)


def main(args: list[str]) -> int:
    old = GUIDE.read_text(encoding="utf-8")
    try:
        new = regenerated(old)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if "--check" not in args:
        GUIDE.write_text(new, encoding="utf-8")
    elif new != old:
        print(f"{GUIDE.name} is not what the model says; run ./dev docs", *drift(old, new), sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
