"""feeder.toml and FEEDER_* into one checked value. Pure: the caller reads the file and passes the environment.

Every key but the sources can also be set in the environment: `FEEDER_BASE_URL`, `FEEDER_DIGEST_SCHEDULE`,
`FEEDER_TITLE_KK`; a secret may come from a file: `FEEDER_STORAGE_DATABASE_URL_FILE` names it. An empty variable counts
as none. What is wrong is said in one line that names the key, or the variable, and what to write.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping

import msgspec

from feeder.config.checks import checked
from feeder.config.environment import Key, keys, overlay
from feeder.config.tables import FORMATS, SECRETS, Config, SourceConfig, TopicConfig
from feeder.config.values import DAYS, absolute, localized, schedule, sqlite_path
from feeder.config.wording import HINTS, explained
from feeder.errors import ConfigError

__all__ = [
    "DAYS", "FORMATS", "SECRETS", "Config", "Key", "SourceConfig", "TopicConfig", "absolute", "keys", "localized", "overlay",
    "parse", "schedule", "sqlite_path",
]  # fmt: skip


def parse(text: str, environ: Mapping[str, str], read_secret: Callable[[str], str]) -> Config:
    """The configuration from the text of feeder.toml and the environment. Raises ConfigError."""
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"feeder.toml is not valid TOML: {error}") from None
    given = overlay(raw, environ, read_secret)
    for key in ("base_url", "sources"):
        if key not in raw:
            raise ConfigError(f"feeder.toml: {key!r} is missing; {HINTS[key]}")
    try:
        config = msgspec.convert(raw, Config, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(f"feeder.toml: {explained(str(error))}") from None
    return checked(config, given)
