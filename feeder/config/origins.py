"""Where each value of a configuration is from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from feeder.config.environment import Key, keys
from feeder.config.tables import LOCALIZED, SECRETS, Config

DEFAULT = "defaults"


class Origin(NamedTuple):
    """Where the value of a key is from."""

    key: str  #: "digest.schedule"
    value: str  #: as people write it; "…" for a secret
    where: str  #: "feeder.toml", the variable, or "defaults"
    secret: bool  #: it is one, or may hold one, and is set


def origins(text: str, environ: Mapping[str, str], config: Config) -> list[Origin]:
    """Of every key of a configuration that was parsed from these."""
    raw = tomllib.loads(text.removeprefix("\ufeff"))
    found = [
        Origin(name, f"{len(raw[name])} of them", "feeder.toml", False)
        for name in ("sources", "topics")
        if raw.get(name)
    ]
    for key in keys():
        where = _where(raw, environ, key)
        value = _value(config, key.path)
        if value is None or (where == DEFAULT and key.path[0] in LOCALIZED and len(key.path) > 1):
            continue
        secret = key.path[-1] in SECRETS and bool(value)
        found.append(Origin(".".join(key.path), "…" if secret else _written(value), where, secret))
    return found


def _where(raw: Mapping[str, Any], environ: Mapping[str, str], key: Key) -> str:
    for name in (key.variable, f"{key.variable}_FILE"):
        if environ.get(name):
            return name
    table: Any = raw
    for part in key.path:
        if not isinstance(table, Mapping) or part not in table:
            return DEFAULT
        table = table[part]
    return "feeder.toml"


def _value(config: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        config = config.get(part) if isinstance(config, Mapping) else getattr(config, part, None)
    return config


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else msgspec.json.encode(value).decode()


def secret_files(environ: Mapping[str, str]) -> list[Path]:
    """The files that hold values of keys."""
    named = (environ.get(f"{key.variable}_FILE") for key in keys() if not environ.get(key.variable))
    return [Path(name) for name in named if name]
