"""What a value means."""

from __future__ import annotations

import re
from pathlib import Path

from feeder.errors import ConfigError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def schedule(text: str, variable: str = "") -> tuple[str, int, int]:
    """ "mon 08:00" as (day name, hour, minute). Raises ConfigError; numbers for days are refused, programs disagree on them."""
    match = re.fullmatch(r"([a-z]+) +(\d{1,2}):(\d{2})", text.strip().lower(), re.ASCII)
    if not match or match[1] not in DAYS + DAY_NAMES or int(match[2]) > 23 or int(match[3]) > 59:
        where = variable or "feeder.toml: digest.schedule"
        raise ConfigError(f"{where} is {text!r}; write a day name and a time, such as 'mon 08:00'")
    return match[1][:3], int(match[2]), int(match[3])


def localized(texts: dict[str, str] | str, locale: str) -> str:
    """The text of a locale; a single string serves all, a missing one falls to the first given."""
    if isinstance(texts, str):
        return texts
    return texts.get(locale) or next(iter(texts.values()), "")


def absolute(path: str, base: Path) -> Path:
    """A configured path, seen from the folder it is relative to."""
    return (base / path).resolve()


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address, as it stands there: a folder's name may hold "?" or "%". None for another address."""
    match = re.fullmatch(r"sqlite(\+\w+)?:///(.+)", url)
    return Path(match[2]) if match else None
