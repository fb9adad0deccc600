"""What a configuration must hold besides the right types. Each wrong value is a ConfigError that names its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from feeder.config.source_checks import check_sources
from feeder.config.tables import FORMATS, LOCALES, Config, EditorsConfig, SubscribersConfig
from feeder.config.values import schedule
from feeder.config.wording import HINTS
from feeder.errors import ConfigError


class Checks:
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


def checked(config: Config, given: Mapping[str, str]) -> Config:
    checks = Checks(given)
    _check_base_url(config.base_url, checks)
    _check_languages(config, checks)
    _check_zone(config, checks)
    check_sources(config)
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


def _check_mail(config: Config, checks: Checks) -> None:
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


def _check_subscribers(subscribers: SubscribersConfig, checks: Checks) -> None:
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


def _check_editors(editors: EditorsConfig, checks: Checks) -> None:
    if editors.token and (len(editors.token) < 20 or not editors.token.isascii() or not editors.token.isprintable()):
        # it is not repeated: logs are read by others
        raise checks.wrong(
            "editors.token", "is too easy or has strange letters; write 20 Latin letters and digits or more"
        )


def _check_base_url(url: str, checks: Checks) -> None:
    try:
        parts = urlsplit(url)
        right = bool(re.fullmatch(r"https?://[^/\s?#@]+(/[^\s?#]*)?", url) and parts.hostname and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise checks.wrong("base_url", f"is {url!r}; {HINTS['base_url']}")
    if not url.isascii():
        raise checks.wrong(
            "base_url", f"is {url!r}; feeds need ASCII: write the host as {_ascii(parts.hostname or '')}"
        )


def _check_hub(url: str, checks: Checks) -> None:
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


def _check_languages(config: Config, checks: Checks) -> None:
    checks.chosen("languages", config.languages, LOCALES)
    if not config.languages:
        raise checks.wrong("languages", f"is empty; choose from {', '.join(LOCALES)}")
    for key, texts in (
        ("title", config.title),
        ("description", config.description),
        ("feeds.rights", config.feeds.rights),
        ("fallback", config.fallback),
    ):
        wrong = sorted(set(texts) - set(LOCALES)) if isinstance(texts, dict) else []
        if wrong:
            raise checks.wrong(f"{key}.{wrong[0]}", f"is not a language feeder knows; use {', '.join(LOCALES)}")
    for locale, order in config.fallback.items():
        checks.chosen(f"fallback.{locale}", order, LOCALES)


def _check_topics(config: Config, checks: Checks) -> None:
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


def _check_zone(config: Config, checks: Checks) -> None:
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Asia" is a folder of zones
        raise checks.wrong("timezone", f"{config.timezone!r} is unknown; write one like 'Asia/Almaty'") from None
    if datetime(2024, 3, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset() != timedelta(hours=5):
        raise ConfigError(
            "this computer's time zone data is older than 2024a: Kazakhstan's times since 2024-03-01 would be an hour off;"
            " update the system's package tzdata"
        )


def _check_storage(config: Config, checks: Checks) -> None:
    database, output = config.storage.database_url, config.storage.output
    if database and not re.match(r"(sqlite|postgresql)(\+\w+)?://", database):
        raise checks.wrong(
            "storage.database_url", "must begin with sqlite:/// or postgresql://"
        )  # it may hold a password
    if not output or re.match(r"\w+://", output):
        raise checks.wrong("storage.output", f"is {output!r}; name a folder on this machine")
