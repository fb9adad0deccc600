"""feeder.toml and FEEDER_* into one checked value. Pure: the caller reads the file and passes the environment.

Every key but the sources can also be set in the environment: `FEEDER_BASE_URL`, `FEEDER_DIGEST_SCHEDULE`,
`FEEDER_TITLE_KK`; a secret may come from a file: `FEEDER_STORAGE_DATABASE_URL_FILE` names it. An empty variable counts
as none. What is wrong is said in one line that names the key, or the variable, and what to write.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from feeder.errors import ConfigError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LOCALES = ("en", "kk", "ru")
FORMATS = ("atom", "rss", "json")
SECRETS = ("key", "token", "smtp_url", "database_url")  #: keys that are one, or may hold one: they are never shown
_SECRET = {"key", "smtp_url", "database_url"}  #: keys that hold one, or may


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of feeder.toml: each field is a key, its default the key's default. Secrets are never shown."""

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        said = ", ".join(f"{name}={'…' if name in _SECRET and value else repr(value)}" for name, value in shown)
        return f"{type(self).__name__}({said})"


class SourceConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str = "folder"  #: "folder" or "feed"
    path: str = ""  #: the folder, or a feed's document on disk; relative to the site, or absolute
    url: str = ""  #: of a feed on the web
    name: str = ""  #: the publisher's, for stories of a feed
    every: int = 900  #: seconds between two visits of a feed on the web, at least
    allow_hosts: tuple[str, ...] = ()  #: hosts that are not on the open web, or other ports: "127.0.0.1:8080"
    full_text: bool = False  #: whether the page of each entry of a feed is read for its text

    @property
    def key(self) -> str:
        """By which the store knows it."""
        return self.url or self.path


class FeedsConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    window: int = 50  #: entries in a feed
    formats: tuple[str, ...] = FORMATS  #: which are published; "atom" always is
    places: bool = True  #: one Atom feed per place and language
    topics: bool = True  #: one Atom feed per topic and language
    archive: bool = True  #: the whole history as archive documents of 100 entries each (RFC 5005)
    full_text: bool = True  #: false: only the summary and a link
    rights: dict[str, str] | str = ""  #: who may do what with the texts
    hub: str = ""  #: URL of a WebSub hub, which tells feed readers of changes; default: none
    ping: bool = True  #: false: only `feeder ping` tells the hub, for a site that is uploaded after the build


class TopicConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic of the site's own, or what it adds to one that feeder knows."""

    en: str = ""
    kk: str = ""
    ru: str = ""
    tags: tuple[str, ...] = ()  #: other spellings of tags that mean it

    @property
    def labels(self) -> dict[str, str]:
        return {locale: text for locale in _LOCALES if (text := getattr(self, locale))}


class PagesConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stories: bool = True  #: false: feeds only
    map: bool = True  #: a map of the week's places on the front page, and one on the page of each place
    templates: str = ""  #: folder with the site's own templates, relative to the site


class DigestConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schedule: str = "mon 08:00"  #: day name and wall-clock time in the site's zone
    window: int = 2  #: weeks, ending with the digest's own, from which stories are chosen
    hold_after: int = 48  #: hours after its time from which an issue is held instead of sent
    sections: str = "places"  #: by what the stories after the lead are grouped: "places" or "topics"
    images: str = "none"  #: "attached": the lead's picture travels in the message; no message ever loads one


class MailConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    smtp_url: str = ""  #: smtp://, smtps://, smtp+starttls://, maildir: or file:; default: files in the outbox
    sender: str = ""  #: "Name <address>"; default: digest@ the host of base_url
    reply_to: str = ""
    return_path: str = ""  #: address that bounces go to, each with the subscriber's opaque name in it (VERP)
    bounces: str = ""  #: maildir or mbox file in which bounces arrive, relative to the data folder or absolute
    dkim_key_file: str = ""  #: PEM file of an RSA or Ed25519 key, relative to the site or absolute
    dkim_selector: str = "feeder"
    dkim_domain: str = ""  #: default: the domain of the sender
    rate: int = 0  #: messages a minute; 0: as fast as the server takes them
    connections: int = 2  #: to the server at once
    attempts: int = 8  #: after which a message that is refused "for now" has failed
    on_doubt: str = "hold"  #: what becomes of a message nobody knows to be sent or not: "hold" or "retry"


class SubscribersConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    open: bool = True  #: false: only the operator adds subscribers; there is no page to subscribe
    keep_pending: int = 7  #: days after which who did not confirm is forgotten
    key: str = ""  #: locks the secret behind tokens and hashes, 32 characters or more; default: it is kept plainly
    encrypt: bool = False  #: addresses are kept encrypted; `key` must then be given
    proxies: tuple[str, ...] = ()  #: networks whose X-Forwarded-For is believed: "10.0.0.0/8"; this machine always is
    refuse: tuple[str, ...] = ()  #: domains of addresses that are thrown away after a day, besides those feeder knows


class EditorsConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""  #: secret that opens the editors' pages from elsewhere, 20 characters or more; default: none do
    trust_proxy: bool = False  #: whoever comes through a proxy on this machine is let in: it asks for a password itself


class StorageConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    database_url: str = ""  #: default: sqlite, feeder.db in the data folder
    output: str = "public"  #: relative to the data folder, or absolute
    compress: bool = True  #: each text file has compressed copies beside it, which web servers send in its stead
    keep_raw: int = 90  #: days for which what feeds sent is kept as it came; 0: not at all


class ScheduleConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    build_every: int = 60  #: seconds between two looks at the sources while `feeder serve` runs


class LogConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = "auto"  #: of the log: "text" for people, "json" for machines; "auto": text on a terminal, else JSON


class MetricsConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""  #: secret with which /metrics may be read from elsewhere; default: from this machine only


class Config(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration of a site, checked."""

    base_url: str
    sources: tuple[SourceConfig, ...]
    languages: tuple[str, ...] = _LOCALES
    timezone: str = "Asia/Almaty"
    title: dict[str, str] | str = "feeder"
    description: dict[str, str] | str = ""
    #: of the tag: URIs; default: the host of base_url at the first build, then kept in the store
    tag_authority: str = ""
    #: for a language the languages shown, best first; [] leaves such stories out
    fallback: dict[str, tuple[str, ...]] = {}
    feeds: FeedsConfig = FeedsConfig()
    pages: PagesConfig = PagesConfig()
    digest: DigestConfig = DigestConfig()
    mail: MailConfig = MailConfig()
    subscribers: SubscribersConfig = SubscribersConfig()
    editors: EditorsConfig = EditorsConfig()
    storage: StorageConfig = StorageConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    log: LogConfig = LogConfig()
    metrics: MetricsConfig = MetricsConfig()
    topics: dict[str, TopicConfig] = {}  #: by the name that stands in their addresses

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""


_LOCALIZED = ("title", "description", "fallback")  #: tables by language


def parse(text: str, environ: Mapping[str, str], read_secret: Callable[[str], str]) -> Config:
    """The configuration from the text of feeder.toml and the environment. Raises ConfigError."""
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"feeder.toml is not valid TOML: {error}") from None
    given = overlay(raw, environ, read_secret)
    for key in ("base_url", "sources"):
        if key not in raw:
            raise ConfigError(f"feeder.toml: {key!r} is missing; {_HINTS[key]}")
    try:
        config = msgspec.convert(raw, Config, strict=True)
    except msgspec.ValidationError as error:
        raise ConfigError(f"feeder.toml: {_explained(str(error))}") from None
    return _checked(config, given)


_HINTS = {
    "base_url": 'write where the site will be read: base_url = "https://news.example.org"',
    "sources": 'name at least one folder: [[sources]] and below it path = "articles"',
}


# --- the environment ------------------------------------------------------------------------------


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
        if value is None or (where == DEFAULT and key.path[0] in _LOCALIZED and len(key.path) > 1):
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


def _set(raw: dict[str, Any], key: Key, value: Any) -> None:
    *sections, name = key.path
    table = raw
    for section in sections:
        inner = table.get(section, {})
        if isinstance(inner, str):  # one text for all languages
            inner = dict.fromkeys(_LOCALES, inner)
        if not isinstance(inner, dict):
            raise ConfigError(f"feeder.toml: {section!r} is no table, so {key.variable} cannot be put into it")
        table[section] = table = dict(inner)
    table[name] = value


def keys() -> list[Key]:
    """Every key that can be set in the environment; a whole text comes before its languages."""
    found: list[Key] = []
    for name, kind in get_type_hints(Config).items():
        if isinstance(kind, type) and issubclass(kind, _Table):
            found += [Key((name, inner), inner_kind) for inner, inner_kind in get_type_hints(kind).items()]
        elif name in _LOCALIZED:
            found += [Key((name,), str)] if name != "fallback" else []
            found += [Key((name, locale), tuple if name == "fallback" else str) for locale in _LOCALES]
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


# --- what is wrong --------------------------------------------------------------------------------

#: msgspec's names of types in words
_KINDS = {"int": "a whole number", "float": "a number", "str": "text in quotes", "bool": "true or false", "array": "a list",
          "object": "a table", "datetime": "a date", "date": "a date", "time": "a time"}  # fmt: skip


def _explained(message: str) -> str:
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
        if isinstance(kind, type) and issubclass(kind, _Table)
    }
    tables |= {"sources": SourceConfig, "topics": TopicConfig}
    table = tables.get(section, Config)
    near = difflib.get_close_matches(key, get_type_hints(table), n=1)
    hint = f"is {near[0]!r} meant?" if near else "remove it"
    return f"{f'{place}.{key}' if place else key!s} is not a key that feeder knows; {hint}"


class _Checks:
    """The checks of one configuration; a message names the variable where the value came from one."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given

    def wrong(self, key: str, what: str) -> ConfigError:
        return ConfigError(f"{self.given.get(key) or f'feeder.toml: {key}'} {what}")

    def at_least(self, key: str, value: int, least: int) -> None:
        if value < least:
            raise self.wrong(key, f"is {value}; it must be at least {least}")

    def chosen(self, key: str, values: tuple[str, ...], known: tuple[str, ...]) -> None:
        if set(values) - set(known) or len(set(values)) != len(values):
            raise self.wrong(key, f"is {list(values)}; choose each once from {', '.join(known)}")

    def one_of(self, key: str, value: str, known: tuple[str, ...]) -> None:
        if value not in known:
            raise self.wrong(key, f"is {value!r}; choose one of {', '.join(known)}")

    def address(self, key: str, text: str) -> None:
        """Text that may stand in a From: or Reply-To: header."""
        _, address = parseaddr(text)
        host = address.rpartition("@")[2]
        if text and (
            not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) or "." not in host or re.search(r"[\r\n]", text)
        ):
            raise self.wrong(key, f'is {text!r}; write an address: "Newsroom <digest@news.example.org>"')


def _checked(config: Config, given: Mapping[str, str]) -> Config:
    checks = _Checks(given)
    _check_base_url(config.base_url, checks)
    _check_languages(config, checks)
    _check_zone(config, checks)
    _check_sources(config)
    _check_storage(config, checks)
    if config.tag_authority and not re.fullmatch(r"([\w.+-]+@)?[a-z0-9.-]+", config.tag_authority, re.ASCII):
        raise checks.wrong("tag_authority", f"is {config.tag_authority!r}; write a domain in small letters (RFC 4151)")
    checks.chosen("feeds.formats", config.feeds.formats, FORMATS)
    if "atom" not in config.feeds.formats:
        raise checks.wrong("feeds.formats", 'must hold "atom": the feeds of places and the lists of feeds lead to it')
    _check_topics(config, checks)
    _check_hub(config.feeds.hub, checks)
    checks.at_least("feeds.window", config.feeds.window, 1)
    checks.at_least("digest.window", config.digest.window, 1)
    checks.at_least("schedule.build_every", config.schedule.build_every, 1)
    checks.at_least("storage.keep_raw", config.storage.keep_raw, 0)
    checks.one_of("log.format", config.log.format, ("auto", "text", "json"))
    if config.metrics.token and len(config.metrics.token) < 16:  # it is a secret, so it is not repeated
        raise checks.wrong("metrics.token", "is too short; write 16 characters or more of chance")
    _check_mail(config, checks)
    _check_subscribers(config.subscribers, checks)
    _check_editors(config.editors, checks)
    schedule(config.digest.schedule, given.get("digest.schedule", ""))
    return msgspec.structs.replace(config, base_url=config.base_url.rstrip("/"))


def _check_mail(config: Config, checks: _Checks) -> None:
    mail, digest = config.mail, config.digest
    for key in ("sender", "reply_to", "return_path"):
        checks.address(f"mail.{key}", getattr(mail, key))
    for key, least in (("rate", 0), ("connections", 1), ("attempts", 1)):
        checks.at_least(f"mail.{key}", getattr(mail, key), least)
    checks.at_least("digest.hold_after", digest.hold_after, 1)
    checks.one_of("mail.on_doubt", mail.on_doubt, ("hold", "retry"))
    checks.one_of("digest.sections", digest.sections, ("places", "topics"))
    checks.one_of("digest.images", digest.images, ("none", "attached"))
    if mail.smtp_url and not re.match(r"(smtp|smtps|smtp\+starttls)://[^/\s]|(maildir|file):.", mail.smtp_url):
        # it may hold a password, so it is not repeated
        raise checks.wrong("mail.smtp_url", "must begin with smtps://, smtp+starttls://, smtp://, maildir: or file:")


def _check_subscribers(subscribers: SubscribersConfig, checks: _Checks) -> None:
    checks.at_least("subscribers.keep_pending", subscribers.keep_pending, 1)
    if subscribers.key and len(subscribers.key) < 32:
        raise checks.wrong("subscribers.key", "is too short; write 32 characters or more of chance")
    if subscribers.encrypt and not subscribers.key:
        raise checks.wrong(
            "subscribers.encrypt", "needs a key: set FEEDER_SUBSCRIBERS_KEY_FILE to a file that holds one"
        )
    for network in subscribers.proxies:
        try:
            ip_network(network)
        except ValueError:
            raise checks.wrong("subscribers.proxies", f"has {network!r}; write a network as 10.0.0.0/8") from None


def _check_editors(editors: EditorsConfig, checks: _Checks) -> None:
    if editors.token and (len(editors.token) < 20 or not editors.token.isascii() or not editors.token.isprintable()):
        # it is not repeated: logs are read by others
        raise checks.wrong(
            "editors.token", "is too easy or has strange letters; write 20 Latin letters and digits or more"
        )


def _check_base_url(url: str, checks: _Checks) -> None:
    try:
        parts = urlsplit(url)
        right = bool(re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", url) and parts.hostname and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise checks.wrong("base_url", f"is {url!r}; {_HINTS['base_url']}")
    if not url.isascii():
        raise checks.wrong(
            "base_url", f"is {url!r}; feeds need ASCII: write the host as {_ascii(parts.hostname or '')}"
        )


def _check_hub(url: str, checks: _Checks) -> None:
    """It stands in feeds and in a header as it is, and anyone may read it: plain letters only, and no password."""
    try:
        parts = urlsplit(url)
        letters = re.fullmatch(r"https?://[\w.:\[\]-]+(/([\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?", url, re.ASCII)
        right = not url or bool(letters and parts.hostname and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise checks.wrong("feeds.hub", f'is {url!r}; write the address of a WebSub hub: "https://hub.example.org/"')


def _ascii(host: str) -> str:
    """The form of a host name that the net itself uses."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return "xn--…"


def _check_languages(config: Config, checks: _Checks) -> None:
    checks.chosen("languages", config.languages, _LOCALES)
    if not config.languages:
        raise checks.wrong("languages", f"is empty; choose from {', '.join(_LOCALES)}")
    for key, texts in (
        ("title", config.title),
        ("description", config.description),
        ("feeds.rights", config.feeds.rights),
        ("fallback", config.fallback),
    ):
        wrong = sorted(set(texts) - set(_LOCALES)) if isinstance(texts, dict) else []
        if wrong:
            raise checks.wrong(f"{key}.{wrong[0]}", f"is not a language feeder knows; use {', '.join(_LOCALES)}")
    for locale, order in config.fallback.items():
        checks.chosen(f"fallback.{locale}", order, _LOCALES)


def _check_topics(config: Config, checks: _Checks) -> None:
    owners: dict[str, str] = {}
    for key, topic in config.topics.items():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or len(key) > 80:
            raise checks.wrong(
                f"topics.{key}", "stands in addresses; name it in small Latin letters: [topics.human-rights]"
            )
        for tag in topic.tags:
            other = owners.setdefault(tag.casefold(), key)
            if other != key:
                raise checks.wrong(f"topics.{key}.tags", f"has {tag!r}, and so has topics.{other}; remove one")


def _check_zone(config: Config, checks: _Checks) -> None:
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Asia" is a folder of zones
        raise checks.wrong("timezone", f"{config.timezone!r} is unknown; write one like 'Asia/Almaty'") from None
    if datetime(2024, 3, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset() != timedelta(hours=5):
        raise ConfigError(
            "this computer's time zone data is older than 2024a: Kazakhstan's times since 2024-03-01 would be an hour off;"
            " update the system's package tzdata"
        )


def _check_sources(config: Config) -> None:
    if not config.sources:
        raise ConfigError(f"feeder.toml: sources is empty; {_HINTS['sources']}")
    keys = [source.key for source in config.sources]
    for number, source in enumerate(config.sources):
        if what := _folder_trouble(source) if source.kind == "folder" else _feed_trouble(source):
            raise ConfigError(f"feeder.toml: {what.replace('{place}', f'sources[{number}]')}")
        if keys.count(source.key) > 1:
            which = "url" if source.url else "path"
            raise ConfigError(f"feeder.toml: two [[sources]] have the {which} {source.key!r}; remove one")


def _folder_trouble(source: SourceConfig) -> str:
    """What is wrong with a folder of articles; "" for nothing."""
    if source.url:
        return '{place}.url is the address of a feed; write kind = "feed" above it'
    for name in ("name", "allow_hosts", "full_text"):
        if getattr(source, name):
            return f'{{place}}.{name} is for feeds; remove it, or write kind = "feed"'
    return "" if source.path else "a [[sources]] has no path; name the folder with the articles"


def _feed_trouble(source: SourceConfig) -> str:
    """What is wrong with a feed; "" for nothing."""
    if source.kind != "feed":
        return f'a source of kind {source.kind!r} is not supported; use kind = "folder" or kind = "feed"'
    if bool(source.path) == bool(source.url):
        return '{place} is a feed; give it either url = "https://…" or path = "saved.atom"'
    if source.every < 60:
        return f"{{place}}.every is {source.every}; it must be at least 60 seconds"
    for host in source.allow_hosts:
        if not re.fullmatch(r"(?:[^\s:/?#@\[\]{}]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?", host):
            return f"{{place}}.allow_hosts has {host!r}; write a host with its port, as in 127.0.0.1:8080"
    return _address_trouble(source) if source.url else ""


def _address_trouble(source: SourceConfig) -> str:
    try:
        parts = urlsplit(source.url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s{}]", source.url)
        port = parts.port
    except ValueError:
        right, port = False, None
    if not right:
        return '{place}.url is not an address of the web; write it whole: url = "https://news.example.org/feed.atom"'
    if parts.username or parts.password:
        return "{place}.url holds a name and a password; feeder sends none"
    if port not in (None, 80, 443) and f"{parts.hostname}:{port}" not in source.allow_hosts:
        return f'{{place}}.url has the port {port}; if that is meant, write allow_hosts = ["{parts.hostname}:{port}"]'
    return ""


def _check_storage(config: Config, checks: _Checks) -> None:
    database, output = config.storage.database_url, config.storage.output
    if database and not re.match(r"(sqlite|postgresql)(\+\w+)?://", database):
        raise checks.wrong(
            "storage.database_url", "must begin with sqlite:/// or postgresql://"
        )  # it may hold a password
    if not output or re.match(r"\w+://", output):
        raise checks.wrong("storage.output", f"is {output!r}; name a folder on this machine")


def schedule(text: str, variable: str = "") -> tuple[str, int, int]:
    """ "mon 08:00" as (day name, hour, minute). Raises ConfigError; numbers for days are refused, programs disagree on them."""
    match = re.fullmatch(r"([a-z]+) +(\d{1,2}):(\d{2})", text.strip().lower(), re.ASCII)
    if not match or match[1] not in DAYS + _DAY_NAMES or int(match[2]) > 23 or int(match[3]) > 59:
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
