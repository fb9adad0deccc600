"""What is wrong with a value, in our words."""

from __future__ import annotations

import difflib
import re
from typing import get_type_hints

from feeder.config.tables import Config, SourceConfig, Table, TopicConfig

HINTS = {
    "base_url": 'write where the site will be read: base_url = "https://news.example.org"',
    "sources": 'name at least one folder: [[sources]] and below it path = "articles"',
}

#: msgspec's names of types in words
_KINDS = {"int": "a whole number", "float": "a number", "str": "text in quotes", "bool": "true or false", "array": "a list",
          "object": "a table", "datetime": "a date", "date": "a date", "time": "a time"}  # fmt: skip


def explained(message: str) -> str:
    """msgspec's line in our words: what is wrong, where, what to do."""
    what, _, where = message.partition(" - at `$")
    place = where.rstrip("`").lstrip(".").replace("[...]", "")
    unknown = re.search(r"unknown field `(.+?)`", what)
    if unknown:
        return _unknown(place, unknown[1])
    kinds = re.search(r"Expected `(.+?)`, got `(.+?)`", what)
    if kinds:
        what = f"is {_kind(kinds[2])}; write {_kind(kinds[1])}"
    return f"{place or 'the file'} {what[0].lower()}{what[1:]}"


def _kind(names: str) -> str:
    return " or ".join(_KINDS.get(name, name) for name in sorted(names.split(" | "), reverse=True))


def _unknown(place: str, key: str) -> str:
    section = re.sub(r"\[\d+\]", "", place)
    tables = {
        name: kind
        for name, kind in get_type_hints(Config).items()
        if isinstance(kind, type) and issubclass(kind, Table)
    }
    tables |= {"sources": SourceConfig, "topics": TopicConfig}
    table = tables.get(section, Config)
    near = difflib.get_close_matches(key, get_type_hints(table), n=1)
    hint = f"is {near[0]!r} meant?" if near else "remove it"
    return f"{f'{place}.{key}' if place else key!s} is not a key that feeder knows; {hint}"
