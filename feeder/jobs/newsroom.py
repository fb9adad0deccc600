"""A configured site, opened: what every job needs to know of it."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from feeder import config as configuration
from feeder.config import Config
from feeder.language import locales, topics
from feeder.language.places import Gazetteer, gazetteer
from feeder.language.topics import Vocabulary
from feeder.model import Locale, Site, Source, Topic
from feeder.pages import links
from feeder.resources import fingerprint

if TYPE_CHECKING:
    from jinja2 import Environment

    from feeder.pages.render import Layout


@dataclass(frozen=True, kw_only=True)
class Newsroom:
    """A site's configuration with the places on disk it names."""

    config: Config
    folder: Path  #: the site, absolute
    data: Path  #: where feeder writes, absolute

    @functools.cached_property
    def site(self) -> Site:
        config = self.config
        return Site(
            base_url=config.base_url,
            locales=config.languages,
            zone=config.zone,
            titles=self._texts(config.title),
            descriptions=self._texts(config.description),
            fallback={locale: self._order(locale) for locale in config.languages},
            full_text=config.feeds.full_text,
            story_pages=config.pages.stories,
            rights=self._texts(config.feeds.rights),
            hub=config.feeds.hub,
            subscribing=config.subscribers.open,
        )

    def _texts(self, texts: dict[str, str] | str) -> dict[Locale, str]:
        return {locale: configuration.localized(texts, locale) for locale in self.config.languages}

    def _order(self, locale: Locale) -> tuple[str, ...]:
        """The languages shown to a locale, its own first, whatever the configuration says of the rest."""
        rest = self.config.fallback.get(locale, locales.FALLBACK[locale])
        return (locale, *(language for language in rest if language != locale))

    @property
    def gazetteer(self) -> Gazetteer:
        return gazetteer()

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """feeder's own topics, and over them the site's."""
        own = (Topic(key=key, labels=one.labels, tags=one.tags) for key, one in self.config.topics.items())
        return Vocabulary((*topics.builtin(), *own))

    @functools.cached_property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            Source(
                key=source.key,
                kind="feed" if source.kind == "feed" else "folder",
                path=configuration.absolute(source.path, self.folder) if source.path else None,
                url=source.url or None,
                name=source.name,
                every=timedelta(seconds=source.every),
                allow_hosts=source.allow_hosts,
                full_text=source.full_text,
            )
            for source in self.config.sources
        )

    @property
    def database_url(self) -> str:
        """The store's address; that of a SQLite file is made absolute, as a path relative to the data folder."""
        url = self.config.storage.database_url or "sqlite:///feeder.db"
        path = configuration.sqlite_path(url)
        return f"sqlite:///{configuration.absolute(str(path), self.data)}" if path else url

    @property
    def output(self) -> Path:
        return configuration.absolute(self.config.storage.output, self.data)

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    @property
    def sending(self) -> Path:
        """What is noted beside the store of what is being sent."""
        return self.data / "sending"

    @property
    def templates(self) -> Path | None:
        """The site's own templates."""
        own = self.config.pages.templates
        return configuration.absolute(own, self.folder) if own else None

    def environment(self, locale: Locale) -> Environment:
        from feeder.language import templates  # who only explains an article needs no templates

        return templates.environment(locale, self.site.zone, self.templates)

    @property
    def formats(self) -> tuple[links.Format, ...]:
        """The formats of a language's feed that are published, the preferred one first."""
        return tuple(kind for kind in links.FORMATS if kind in self.config.feeds.formats)

    def layout(self, locale: Locale) -> Layout:
        from feeder.pages.render import Layout

        return Layout(site=self.site, locale=locale, environment=self.environment(locale), formats=self.formats)

    def fingerprint(self) -> str:
        """A hash of all that shapes every file: feeder itself, the configuration, the site's own templates as they are now."""
        found = hashlib.sha256(fingerprint().encode() + msgspec.json.encode(self.config))
        for path in sorted(self.templates.rglob("*")) if self.templates else ():
            if path.is_file():
                found.update(f"{path.relative_to(self.templates or path)}\0".encode() + path.read_bytes())
        return found.hexdigest()[:32]
