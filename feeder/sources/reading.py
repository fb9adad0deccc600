"""A feed's document and the pages of its entries -> a look: what each entry is stamped with, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from feeder.articles import feed_document
from feeder.articles.feed_document import Desk
from feeder.articles.feed_items import Document, Item, digest
from feeder.articles.html_pages import html_page
from feeder.articles.html_pages.html_page import Page
from feeder.errors import ArticleError, FeederError
from feeder.model import Article, Source, SourceError

_AGAIN = "?"  #: ends the stamp of an entry whose page is missing: it is tried again when the feed has news


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry of a document, or what is wrong with it, and the stamp of all that it is made from."""

    key: str
    stamp: str
    item: Item | SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """A document as it came."""

    url: str  #: where it was found; "" for a file on disk
    data: bytes
    content_type: str
    place: str = ""  #: see Look


def opened(found: Bytes) -> Document:
    """The document. Raises ArticleError when it is no feed."""
    return feed_document.open_(found.data, found.url, found.content_type)


def entries(document: Document, source: Source, salt: str) -> Iterator[Told]:
    """What a document has, each with its stamp; `salt` stands for the program."""
    around = (document.title, document.link, document.language, source.name, str(source.full_text), salt)
    for item in document.items:
        if isinstance(item, SourceError):
            yield Told(key=item.key, stamp=digest(item.reason, *around), item=item)
        else:
            yield Told(key=item.id, stamp=digest(item.stamp, *around), item=item)


def without_page(stamp: str) -> str:
    """The stamp of an entry whose page could not be had."""
    return stamp[:-1] + _AGAIN


@dataclass(slots=True, kw_only=True)
class Reading:
    """The entries of a document, ready to be read one by one."""

    document: Document
    desk: Desk
    pages: dict[str, Callable[[], bytes]] = field(default_factory=dict)  #: of each entry that has one
    missing: dict[str, str] = field(default_factory=dict)  #: entries whose page could not be had, and why

    def read(self, one: Told) -> Article | SourceError:
        if isinstance(one.item, SourceError):
            return replace(one.item, source=self.desk.source)
        page, why = self._page(one.key)
        made = feed_document.article(one.item, self.document, self.desk, page)
        if isinstance(made, SourceError) or not why:
            return made
        return replace(made, problems=(*made.problems, f"its page was not read: {why}; this is the feed's own text"))

    def _page(self, key: str) -> tuple[Page | None, str]:
        if key not in self.pages:
            return None, self.missing.get(key, "")
        try:
            return html_page.read(self.pages[key](), self.desk.zone, publisher=self.desk.name), ""
        except ArticleError as error:
            return None, error.reason
        except FeederError as error:
            return None, str(error)
