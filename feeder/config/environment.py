"""FEEDER_KEY over the keys of feeder.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_type_hints

from feeder.config.tables import LOCALES, LOCALIZED, Config, Table
from feeder.errors import ConfigError


class Key(NamedTuple):
    """A key that can be set in the environment."""

    path: tuple[str, ...]  #: ("digest", "schedule")
    kind: Any  #: its type

    @property
    def variable(self) -> str:
        return "FEEDER_" + "_".join(self.path).upper()


def overlay(raw: dict[str, Any], environ: Mapping[str, str], read_secret: Callable[[str], str]) -> dict[str, str]:
    """Put FEEDER_KEY and FEEDER_SECTION_KEY over the file's values, in place; the variable of each key so set."""
    given: dict[str, str] = {}
    for key in keys():
        value = environ.get(key.variable) or ""
        secret = environ.get(f"{key.variable}_FILE") or ""
        if not value and secret:
            value = read_secret(secret).strip()
        if value:
            _set(raw, key, _typed(key, value))
            given[".".join(key.path)] = key.variable
    return given


def _set(raw: dict[str, Any], key: Key, value: Any) -> None:
    *sections, name = key.path
    table = raw
    for section in sections:
        inner = table.get(section, {})
        if isinstance(inner, str):  # one text for all languages
            inner = dict.fromkeys(LOCALES, inner)
        if not isinstance(inner, dict):
            raise ConfigError(f"feeder.toml: {section!r} is no table, so {key.variable} cannot be put into it")
        table[section] = table = dict(inner)
    table[name] = value


def keys() -> list[Key]:
    """Every key that can be set in the environment; a whole text comes before its languages."""
    found: list[Key] = []
    for name, kind in get_type_hints(Config).items():
        if isinstance(kind, type) and issubclass(kind, Table):
            found += [Key((name, inner), inner_kind) for inner, inner_kind in get_type_hints(kind).items()]
        elif name in LOCALIZED:
            found += [Key((name,), str)] if name != "fallback" else []
            found += [Key((name, locale), tuple if name == "fallback" else str) for locale in LOCALES]
        elif name not in ("sources", "topics"):
            found.append(Key((name,), kind))
    return found


def _typed(key: Key, value: str) -> Any:
    if key.kind is bool:
        if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ConfigError(f"{key.variable} is {value!r}; write true or false")
        return value.lower() in ("true", "1", "yes")
    if key.kind is int:
        if not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
            raise ConfigError(f"{key.variable} is {value!r}; write a whole number")
        return int(value)
    if "tuple" in str(key.kind):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value
