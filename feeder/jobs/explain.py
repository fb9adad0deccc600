"""What feeder makes of one article, and why: the answer to every "why is it so" of an editor. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feeder import markup
from feeder.articles import normalise, reader
from feeder.articles.normalise import Identity
from feeder.articles.stories import minting
from feeder.errors import ArticleError, NotFound
from feeder.jobs.newsroom import Newsroom
from feeder.language.topics import Topics
from feeder.model import Article, Entry, EntryHead, Locale, Version
from feeder.pages import links
from feeder.sources import folder

if TYPE_CHECKING:  # the database and all that publishes: loaded by `_shelf` where there is a store
    import sqlalchemy as sa

    from feeder.jobs.edition import Edition
    from feeder.store import Store

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)  #: for an article without a date that no store has seen
_FIELDS = (
    "story", "language", "title", "deck", "publisher", "dateline", "published", "first_seen", "updated", "event_date",
    "event_date_inferred", "caption", "same_story",
)  # fmt: skip
_LISTS = ("authors", "paragraphs", "notices", "related", "dropped", "places", "tags", "feeds", "issues")


def of_file(path: Path, newsroom: Newsroom, store: Store | None, now: datetime | None = None) -> dict[str, Any]:
    """The account of one file, inside the site or not. What cannot be read gives the same object with its problem.

    Without `now` nothing is said of the next issue.
    """
    folders = (one for one in newsroom.sources if one.kind == "folder")
    source = next((one for one in folders if one.path and path.is_relative_to(one.path)), None)
    root = source.path if source and source.path else path.parent
    if path.suffix.lower() not in reader.SUFFIXES:
        return _unread(path, f"is not an article: feeder reads {', '.join(sorted(reader.SUFFIXES))}")
    try:
        article = folder.read_file(path, root, source=source.key if source else "", zone=newsroom.site.zone)
    except ArticleError as error:
        where = f"line {error.line}: " if error.line else ""
        return _unread(path, f"{where}{error.field + ': ' if error.field else ''}{error.reason}")
    with _shelf(newsroom, store, article.story, now) as shelf:
        return account(article, str(path), newsroom, shelf)


def of_story(name: str, newsroom: Newsroom, store: Store, now: datetime | None = None) -> dict[str, Any]:
    """The accounts of all versions of a stored story, named by its key or by the tag: URI of an entry. Raises NotFound."""
    with _shelf(newsroom, store, name, now) as shelf:
        if shelf.item is None:
            raise NotFound(f"there is no story {name!r} here; feeder build reads new articles")
        texts = [(version.key, shelf.load(version)) for version in shelf.item.versions.values()]
        return {"story": shelf.item.key, "articles": [account(text, path, newsroom, shelf) for path, text in texts]}


def account(article: Article, path: str, newsroom: Newsroom, shelf: Shelf) -> dict[str, Any]:
    """The object of `feeder explain --json`."""
    gazetteer = newsroom.gazetteer
    _, unknown = normalise.stated_places(article, gazetteer)
    line = article.dateline
    return {
        "path": path,
        "story": article.story,
        "language": article.language,
        "title": article.title,
        "deck": article.deck or None,
        "publisher": article.publisher or None,
        "authors": list(article.authors),
        "dateline": {"text": line.text, "place": line.place} if line else None,
        "published": _moment(article.published),
        "first_seen": shelf.first_seen(article.language),
        "updated": _moment(article.updated),
        "event_date": article.event_date,
        "event_date_inferred": _inferred(article),
        "caption": article.caption
        or next((one.caption for one in article.enclosures if one.caption and not one.inside), None),
        "paragraphs": list(normalise.paragraphs(article)),
        "notices": [notice.text for notice in article.notices],
        "related": [
            {"title": one.title, "date": _moment(one.published), "url": one.url or None} for one in article.related
        ],
        "dropped": [{"line": one.line, "text": one.text, "reason": one.reason} for one in article.dropped],
        "places": list(_places(article, newsroom)),
        "tags": list(article.tags),
        "problems": [*article.problems, *unknown],
        "entries": {
            locale: _entry(article, locale, newsroom, shelf)
            for locale in newsroom.site.locales
            if shelf.head(locale) or article.language in newsroom.site.fallback[locale]
        },
        "same_story": shelf.same_story(article),
        "feeds": shelf.feeds(article),
        "issues": shelf.issues(article),
        "quarantined": False,
    }


def _unread(path: Path, problem: str) -> dict[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(_FIELDS)
    lists: dict[str, Any] = {name: [] for name in _LISTS}
    return {"path": str(path), **fields, **lists, "problems": [problem], "entries": {}, "quarantined": True}


def _inferred(article: Article) -> dict[str, str] | None:
    if article.event_inferred is None:
        return None
    return {"edtf": article.event_inferred, "evidence": article.event_evidence}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _places(article: Article, newsroom: Newsroom) -> Iterator[dict[str, Any]]:
    """Every place the article names, the weightiest first, with its mentions and its names."""
    surfaces: dict[str, Counter[str]] = {}
    spans: dict[str, list[dict[str, Any]]] = {}
    for number, (_, mentions) in enumerate(normalise.mentioned(article, newsroom.gazetteer)):
        for one in mentions:
            if one.kind == "place":
                surfaces.setdefault(one.place, Counter())[one.surface] += 1
                spans.setdefault(one.place, []).append({"text": number, "start": one.start, "end": one.end})
    order = [place for place, _ in normalise.salience(replace(article, places=()), newsroom.gazetteer)]
    stated, _ = normalise.stated_places(article, newsroom.gazetteer)
    for place in dict.fromkeys([*stated, *order]):
        yield {
            "id": place,
            "mentions": sum(surfaces.get(place, Counter()).values()),
            "names": {locale: newsroom.gazetteer.name(place, locale) for locale in ("en", "kk", "ru")},
            "surfaces": dict(surfaces.get(place, {})),
            "spans": spans.get(place, []),
            "stated": place in stated,
        }


def _entry(article: Article, locale: Locale, newsroom: Newsroom, shelf: Shelf) -> dict[str, Any]:
    """The story as the readers of a locale see it: as published, or as this article alone would give it."""
    head = shelf.head(locale)
    other = head and (head.language != article.language or shelf.is_twin(article))
    made = shelf.entry(head) if head and other else _from(article, locale, newsroom, head)
    dated = made.event_date or article.published or head
    return {
        "title": made.title,
        "language": made.language,
        "label": made.label,
        "dateline": made.dateline or None,
        "date": normalise.date_words(made) if dated else None,
        "places": [place.name for place in made.places],
        "topics": [topic.label for topic in made.topics],
        "url": made.url,
    }


def _from(article: Article, locale: Locale, newsroom: Newsroom, head: EntryHead | None) -> Entry:
    site, gazetteer = newsroom.site, newsroom.gazetteer
    published = article.published or (head.published if head else _UNDATED)
    identity = Identity(
        id=head.uid if head else minting.tag_uri(newsroom.config.host, "stories", article.story, locale),
        slug=head.slug if head else markup.slug(article.slug) or markup.slug(article.story),
        published=published,
        updated=article.updated or published,
    )
    places = normalise.select_places([normalise.salience(article, gazetteer)], gazetteer)
    known = Topics(newsroom.vocabulary, gazetteer)
    keys = known.add([(article.language, tag) for tag in article.tags], places)
    topics = tuple(known.named(key, site.fallback[locale]) for key in keys)
    return normalise.to_entry(
        article, locale, site, gazetteer, identity=identity, places=places, topics=topics, slugs={}
    )


@contextmanager
def _shelf(newsroom: Newsroom, store: Store | None, name: str, now: datetime | None) -> Iterator[Shelf]:
    """The shelf of a story, open for reading."""
    if store is None:
        yield Shelf(newsroom, None, None, name, now)
        return
    from feeder.jobs.edition import open_edition

    with store.read() as connection:
        yield Shelf(newsroom, connection, open_edition(connection, newsroom), name, now)


class Shelf:
    """Where a story stands: in which feeds and issues, or why not."""

    def __init__(
        self,
        newsroom: Newsroom,
        connection: sa.Connection | None,
        edition: Edition | None,
        name: str,
        now: datetime | None,
    ) -> None:
        self.newsroom, self.connection, self.edition, self.now = newsroom, connection, edition, now
        heads = (*edition.heads.values(), *edition.known.values()) if edition else ()
        story = next((head.story for head in heads if name in (head.story, head.uid)), name)
        self.story = edition.shown_as(story) if edition else story
        self.item = edition.stories.get(self.story) if edition else None

    def head(self, locale: Locale) -> EntryHead | None:
        return self.edition.heads.get((self.story, locale)) if self.edition else None

    def entry(self, head: EntryHead) -> Entry:
        assert self.edition is not None  # who has a head has its edition
        return self.edition.entry(head)

    def load(self, version: Version) -> Article:
        from feeder.store import articles

        assert self.connection is not None
        return articles.load(self.connection, version.source, version.key)

    def first_seen(self, language: str) -> str | None:
        version = self.item.versions.get(language) if self.item else None
        return _moment(version.first_seen) if version else None

    def feeds(self, article: Article) -> list[dict[str, Any]]:
        """Each feed with the story, and each language's without it."""
        if why := self._unpublished(article):
            return [{"feed": None, "in": False, "why": why}]
        assert self.edition is not None  # else the story was not in it
        places = self._places(self.edition) if self.newsroom.config.feeds.places else ()
        topics = self._topics(self.edition) if self.newsroom.config.feeds.topics else ()
        return [*self._languages(self.edition), *places, *topics, self._combined(self.edition, article)]

    def _unpublished(self, article: Article) -> str:
        """Why this very article is in no feed; "" when it is in some."""
        if not article.source:
            return "the file is not in a source of this site"
        folders = {source.key for source in self.newsroom.sources if source.kind == "folder"}
        hidden = any(part.startswith((".", "_")) and part != reader.POSTS for part in article.key.split("/"))
        if hidden and article.source in folders:
            return "names that begin with a dot or an underscore are left alone"
        if article.draft:
            return "it is a draft; remove draft: true to publish it"
        if self.edition and (why := self.edition.withheld.get((article.source, article.key))):
            return why
        version = self.item.versions.get(article.language) if self.item else None
        if version is None:
            return "the store does not have this article; feeder build reads it"
        if self.is_twin(article):
            return f"it is the same story as {self.story} from source {version.source}; shown is {version.key}"
        if (version.source, version.key) != (article.source, article.key):
            return f"{version.key} is the same story in the same language; remove one of the two"
        return ""

    def is_twin(self, article: Article) -> bool:
        """Whether the article is credited only: another source's is shown."""
        version = self.item.versions.get(article.language) if self.item else None
        return version is not None and any(
            (one.source, one.key) == (article.source, article.key) for one in version.twins
        )

    def same_story(self, article: Article) -> dict[str, Any] | None:
        """Which articles of its language are this story, where there are several from different sources."""
        version = self.item.versions.get(article.language) if self.item else None
        if version is None or not version.twins:
            return None
        return {
            "story": self.story,
            "shown": {"source": version.source, "path": version.key},
            "credited": [{"source": one.source, "path": one.key} for one in version.twins],
        }

    def _languages(self, edition: Edition) -> Iterator[dict[str, Any]]:
        for locale, heads in edition.by_locale.items():
            yield {"feed": links.feed(locale, self.newsroom.formats[0]), **self._seat(edition, heads)}

    def _seat(self, edition: Edition, heads: Sequence[EntryHead]) -> dict[str, Any]:
        """Whether the story is in a feed of these entries."""
        if self.story not in {head.story for head in heads}:
            why = "the story has no language that the configuration shows to these readers"
            return {"in": False, "why": why}
        shown = edition.in_feed(heads)
        if self.story not in {head.story for head in shown}:
            return {
                "in": False,
                "why": f"the feed has room for {len(shown)}; those in it were published or corrected later",
            }
        return {"in": True, "why": None}

    def _places(self, edition: Edition) -> Iterator[dict[str, Any]]:
        for (locale, place), heads in edition.by_place.items():
            if self.story in {head.story for head in heads}:
                yield {"feed": links.place_feed(locale, place), **self._seat(edition, heads)}

    def _topics(self, edition: Edition) -> Iterator[dict[str, Any]]:
        for topic in edition.topics_of(self.story):
            for locale in self.newsroom.site.locales:
                if (locale, topic) in edition.by_topic:
                    yield {
                        "feed": links.topic_feed(locale, topic),
                        **self._seat(edition, edition.by_topic[locale, topic]),
                    }

    def _combined(self, edition: Edition, article: Article) -> dict[str, Any]:
        """The feed of all languages has this very version, not the story's others."""
        shown = edition.in_feed(edition.own)
        if any((head.story, head.locale) == (self.story, article.language) for head in shown):
            return {"feed": links.COMBINED, "in": True, "why": None}
        why = f"the feed has room for {len(shown)}; those in it were published or corrected later"
        return {"feed": links.COMBINED, "in": False, "why": why}

    def issues(self, article: Article) -> list[dict[str, Any]]:
        """The issues that told the story or might have, and the next one."""
        gone = self.edition and self.story in self.edition.retracted
        why = "the story is retracted" if gone else self._unpublished(article)
        told = self._told() if self.edition and self.connection is not None else []
        if why:
            return [one for one in told if one["in"]] or [{"issue": None, "in": False, "why": why}]
        return told or [{"issue": None, "in": False, "why": "no digest has told this story yet"}]

    def _told(self) -> list[dict[str, Any]]:
        from feeder.jobs import choosing

        assert self.connection is not None
        assert self.edition is not None
        return choosing.account(self.connection, self.edition, self.story, self.now)
