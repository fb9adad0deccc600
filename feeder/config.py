"""feeder.toml and FEEDER_* into one checked value. Pure: the caller reads the file and passes the environment.

Every key can also be set in the environment: `FEEDER_BASE_URL`, `FEEDER_DIGEST_SCHEDULE`; a secret may come from a
file named by `FEEDER_MAIL_SMTP_URL_FILE`. What is wrong is said in one line that names the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from feeder.errors import ConfigError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOCALES = ("en", "kk", "ru")


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of feeder.toml: each field is a key, its default the key's default."""


class SourceConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str = "folder"  #: "folder"
    path: str = ""  #: relative to the site, or absolute


class FeedsConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    window: int = 50  #: entries in a feed
    places: bool = True  #: one Atom feed per place and language
    full_text: bool = True  #: false: only the summary and a link


class PagesConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stories: bool = True  #: false: feeds only
    templates: str = ""  #: folder with the site's own templates, relative to the site


class DigestConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schedule: str = "mon 08:00"  #: day name and wall-clock time in the site's zone
    window: int = 2  #: weeks, ending with the digest's own, from which stories are chosen


class MailConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sender: str = ""  #: "Name <address>"; default: digest@ the host of base_url
    reply_to: str = ""


class StorageConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    database_url: str = ""  #: default: sqlite, feeder.db in the data folder
    output: str = "public"  #: relative to the data folder, or absolute


class ScheduleConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    build_every: int = 60  #: seconds between two looks at the sources while `feeder serve` runs


class Config(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration of a site, checked."""

    base_url: str
    sources: tuple[SourceConfig, ...]
    languages: tuple[str, ...] = _LOCALES
    timezone: str = "Asia/Almaty"
    title: dict[str, str] | str = "feeder"
    description: dict[str, str] | str = ""
    tag_authority: str = (
        ""  #: of the tag: URIs; default: the host of base_url at the first build, then kept in the store
    )
    fallback: dict[
        str, tuple[str, ...]
    ] = {}  #: for a language the languages shown, best first; [] leaves such stories out
    feeds: FeedsConfig = FeedsConfig()
    pages: PagesConfig = PagesConfig()
    digest: DigestConfig = DigestConfig()
    mail: MailConfig = MailConfig()
    storage: StorageConfig = StorageConfig()
    schedule: ScheduleConfig = ScheduleConfig()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


def parse(text: str, environ: Mapping[str, str], read_secret: Callable[[str], str]) -> Config:
    """The configuration from the text of feeder.toml and the environment. Raises ConfigError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"feeder.toml is not valid TOML: {error}") from None
    overlay(raw, environ, read_secret)
    for key in ("base_url", "sources"):
        if key not in raw:
            raise ConfigError(f"feeder.toml: {key!r} is missing; {_HINTS[key]}")
    try:
        config = msgspec.convert(raw, Config, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(f"feeder.toml: {_explained(str(error))}") from None
    return _checked(config)


_HINTS = {
    "base_url": 'write where the site will be read: base_url = "https://news.example.org"',
    "sources": 'name at least one folder: [[sources]] and below it path = "articles"',
}


def overlay(raw: dict[str, Any], environ: Mapping[str, str], read_secret: Callable[[str], str]) -> None:
    """Put FEEDER_KEY and FEEDER_SECTION_KEY over the file's values, in place."""
    for path, kind in keys():
        name = "FEEDER_" + "_".join(path).upper()
        value = environ.get(name)
        if value is None and f"{name}_FILE" in environ:
            value = read_secret(environ[f"{name}_FILE"]).strip()
        if value is not None:
            table = raw
            for part in path[:-1]:
                table = table.setdefault(part, {})
            table[path[-1]] = _typed(name, value, kind)


def keys() -> list[tuple[tuple[str, ...], Any]]:
    """Every key that can be set in the environment, as a path with its type."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, kind in get_type_hints(Config).items():
        if isinstance(kind, type) and issubclass(kind, _Table):
            found += [((name, inner), inner_kind) for inner, inner_kind in get_type_hints(kind).items()]
        elif name not in ("sources", "fallback"):
            found.append(((name,), kind))
    return found


def _typed(name: str, value: str, kind: Any) -> Any:
    if kind is bool:
        if value.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ConfigError(f"{name} is {value!r}; write true or false")
        return value.lower() in ("true", "1", "yes")
    if kind is int:
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise ConfigError(f"{name} is {value!r}; write a whole number")
        return int(value)
    if kind is not str and "tuple" in str(kind):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _explained(message: str) -> str:
    """msgspec's line in our words: what is wrong, where, what to do."""
    what, _, where = message.partition(" - at `$")
    place = where.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.+?)`", what)
    if unknown:
        key = f"{place}.{unknown[1]}" if place else unknown[1]
        return f"{key!r} is not a key feeder knows; correct its spelling or remove it"
    return f"{place or 'the file'!r}: {what[0].lower()}{what[1:]}"


def _checked(config: Config) -> Config:
    if not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", config.base_url):
        raise ConfigError(f"feeder.toml: base_url is {config.base_url!r}; {_HINTS['base_url']}")
    _check_languages(config)
    _check_zone(config)
    schedule(config.digest.schedule)
    for source in config.sources:
        if source.kind != "folder":
            raise ConfigError(f'feeder.toml: a source of kind {source.kind!r} is not supported; use kind = "folder"')
        if not source.path:
            raise ConfigError("feeder.toml: a [[sources]] has no path; name the folder with the articles")
    _at_least("feeds.window", config.feeds.window, 1)
    _at_least("digest.window", config.digest.window, 1)
    _at_least("schedule.build_every", config.schedule.build_every, 1)
    return msgspec.structs.replace(config, base_url=config.base_url.rstrip("/"))


def _at_least(key: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(f"feeder.toml: {key} is {value}; it must be at least {least}")


def _check_languages(config: Config) -> None:
    if (
        not config.languages
        or set(config.languages) - set(_LOCALES)
        or len(set(config.languages)) != len(config.languages)
    ):
        raise ConfigError(
            f"feeder.toml: languages is {list(config.languages)}; choose each once from {', '.join(_LOCALES)}"
        )
    for key, texts in (("title", config.title), ("description", config.description), ("fallback", config.fallback)):
        wrong = sorted(set(texts) - set(_LOCALES)) if isinstance(texts, dict) else []
        if wrong:
            raise ConfigError(
                f"feeder.toml: {key}.{wrong[0]} is not a language feeder knows; use {', '.join(_LOCALES)}"
            )


def _check_zone(config: Config) -> None:
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"feeder.toml: timezone {config.timezone!r} is unknown; write one like 'Asia/Almaty'"
        ) from None


def schedule(text: str) -> tuple[str, int, int]:
    """ "mon 08:00" as (day name, hour, minute). Raises ConfigError; numbers for days are refused, programs disagree on them."""
    match = re.fullmatch(r"([a-z]{3})[a-z]* +(\d{1,2}):(\d{2})", text.strip().lower())
    if not match or match[1] not in DAYS or int(match[2]) > 23 or int(match[3]) > 59:
        raise ConfigError(f"feeder.toml: digest.schedule is {text!r}; write a day name and a time, such as 'mon 08:00'")
    return match[1], int(match[2]), int(match[3])


def localized(texts: dict[str, str] | str, locale: str) -> str:
    """The text of a locale; a single string serves all, a missing one falls to the first given."""
    if isinstance(texts, str):
        return texts
    return texts.get(locale) or next(iter(texts.values()), "")


def absolute(path: str, base: Path) -> Path:
    """A configured path, seen from the folder it is relative to."""
    return (base / path).resolve()
