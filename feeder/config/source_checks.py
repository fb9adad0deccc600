"""What the sources of a configuration must hold."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from feeder.config.tables import Config, SourceConfig
from feeder.config.wording import HINTS
from feeder.errors import ConfigError


def check_sources(config: Config) -> None:
    if not config.sources:
        raise ConfigError(f"feeder.toml: sources is empty; {HINTS['sources']}")
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
