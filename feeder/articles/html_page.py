"""A saved HTML page: what it states of itself (JSON-LD, then OpenGraph, then its own elements) and its story.

Nothing is fetched and nothing is run. What a page states wrongly is a problem, not a failure: the text counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from lxml import etree
from lxml import html as lxml_html

from feeder import markup
from feeder.articles import encodings, fields, html_story
from feeder.articles.encodings import Decoded
from feeder.errors import ArticleError, FeederError, LocaleError
from feeder.language import dates, locales
from feeder.model import Dropped, Edtf, Enclosure, Language

_ARTICLE_TYPES = frozenset(
    ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle", "OpinionNewsArticle")
)
_DECLARED = re.compile(
    rb"<(?:meta[^>]{1,200}?charset|\?xml[^>]{1,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_BRANCHES = frozenset(("aside", "nav", "footer"))
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page states, and its story."""

    title: str
    deck: str
    body: str  #: safe HTML
    language: Language | None  #: stated, and one of ours
    foreign: str  #: the stated language, when it is none of ours: "uz"
    authors: tuple[str, ...]
    publisher: str
    url: str
    caption: str  #: of the first picture of the story
    published: datetime | None
    updated: datetime | None
    event_date: Edtf | None  #: schema.org's temporalCoverage
    tags: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]
    pictures: tuple[Enclosure, ...]  #: in the body's order, numbered as their marks; not opened


def read(data: bytes, zone: ZoneInfo) -> Page:
    """Read a page. Raises ArticleError when it has no text. Bytes, because a page names its own encoding."""
    decoded = _decode(data)
    facts = _Facts(_parse(markup.clean(decoded.text)))
    url, publisher, problems = facts.url(), facts.publisher(), list(decoded.problems)
    title = _title(facts, publisher)
    story = html_story.read(facts.tree, title, facts.authors())
    body = markup.sanitise(story.html, url).strip()
    problems += markup.removed(decoded.text, story.html)
    code = facts.language()
    language = _first(_locale, [code])
    return Page(
        title=title,
        deck=_deck(facts, body),
        body=body,
        language=language,
        foreign="" if language else code,
        authors=facts.authors(),
        publisher=publisher,
        url=url,
        caption=markup.line(story.caption),
        published=_stated("published", lambda text: fields.moment(text, zone), facts.published(), problems),
        updated=_stated("updated", lambda text: fields.moment(text, zone), facts.updated(), problems),
        event_date=_stated("event_date", dates.parse, [facts.ld("temporalCoverage")], problems),
        tags=facts.tags(),
        dropped=story.dropped,
        problems=tuple(problems),
        pictures=story.pictures,
    )


# --- bytes to elements ----------------------------------------------------------------------------


def _decode(data: bytes) -> Decoded:
    """The page's text: UTF-8 whatever it declares, else as it declares when that fits. Raises ArticleError."""
    declared = _DECLARED.search(data[:4096])
    return encodings.decode(data, declared=declared[1].decode("ascii") if declared else "")


def _parse(text: str) -> Any:
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        return lxml_html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ArticleError("is not a readable HTML page", field="body") from None


# --- what a page states of itself -----------------------------------------------------------------


class _Facts:
    """The metadata of one page, asked for by name; "" where it says nothing."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        nodes = list(_linked_data(tree))
        self.nodes = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
        self.article = next((node for node in nodes if _is_article(node.get("@type"))), {})

    def ld(self, name: str) -> str:
        """A text of the article's linked data; of several the first."""
        values = _list(self.article.get(name))
        return next((unescape(value) for value in values if isinstance(value, str) and value.strip()), "")

    def names(self, name: str) -> Iterator[str]:
        """The names of the people or organisations that a property of the article holds or refers to."""
        for one in _list(self.article.get(name)):
            own = one if isinstance(one, dict) else {"name": one}
            node = {**self.nodes.get(str(own.get("@id")), {}), **own}
            yield from (unescape(text) for text in _list(node.get("name")) if isinstance(text, str))

    def meta(self, name: str) -> str:
        return next(self.all_meta(name), "")

    def all_meta(self, name: str) -> Iterator[str]:
        for element in self.tree.iter("meta"):
            if name in (element.get("property"), element.get("name")) and element.get("content", "").strip():
                yield str(element.get("content"))

    def elements(self, *tags: str) -> Iterator[Any]:
        """Elements outside of what is beside the story."""
        return (el for el in self.tree.iter(*tags) if not any(True for _ in el.iterancestors(*_BRANCHES)))

    def text(self, tag: str) -> str:
        return next((text for el in self.elements(tag) if (text := markup.line(el.text_content()))), "")

    def url(self) -> str:
        links = (
            el.get("href", "") for el in self.tree.iter("link") if "canonical" in (el.get("rel") or "").lower().split()
        )
        about = self.article.get("mainEntityOfPage")
        page = about.get("@id") if isinstance(about, Mapping) else about
        stated = (next(links, ""), self.meta("og:url"), self.ld("url"), page if isinstance(page, str) else "")
        return _first(fields.web_address, stated) or ""

    def language(self) -> str:
        stated = (
            self.tree.get("lang"),
            self.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
            self.tree.get("xml:lang"),
        )
        return next(
            (
                code.strip()
                for code in (*stated, self.ld("inLanguage"), self.meta("og:locale"))
                if code and code.strip()
            ),
            "",
        )

    def authors(self) -> tuple[str, ...]:
        names = list(self.names("author")) or list(self.all_meta("author"))
        lines = (re.sub(r"^by\s+", "", markup.line(name), flags=re.IGNORECASE) for name in names)
        return tuple(
            dict.fromkeys(name for name in lines if name and not name.casefold().startswith(("http:", "https:")))
        )

    def publisher(self) -> str:
        return markup.line(next(self.names("publisher"), "") or self.meta("og:site_name"))

    def tags(self) -> tuple[str, ...]:
        keywords = (
            part for text in _list(self.article.get("keywords")) if isinstance(text, str) for part in text.split(",")
        )
        lines = (markup.line(unescape(tag)) for tag in (list(self.all_meta("article:tag")) or keywords))
        return tuple(dict.fromkeys(tag for tag in lines if tag))

    def published(self) -> list[str]:
        times = [el for el in self.elements("time") if el.get("datetime")]
        times.sort(key=lambda el: "datePublished" not in (el.get("itemprop") or ""))  # of equals the first stays first
        shown = [str(el.get("datetime")) for el in times[:1]]
        return [self.ld("datePublished"), self.meta("article:published_time"), *shown]

    def updated(self) -> list[str]:
        return [self.ld("dateModified"), self.meta("article:modified_time")]


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a page's linked data. A block that is not JSON is skipped: pages are full of such."""
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _list(data):
            if isinstance(node, dict):
                yield from (inner for inner in [node, *_list(node.get("@graph"))] if isinstance(inner, dict))


def _list(value: Any) -> list[Any]:
    """In linked data one value may stand for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_article(kind: Any) -> bool:
    return any(isinstance(one, str) and one.rpartition("/")[2] in _ARTICLE_TYPES for one in _list(kind))


def _title(facts: _Facts, publisher: str) -> str:
    """The headline, without the name of the site that some pages add to it."""
    stated = facts.ld("headline") or facts.meta("og:title") or facts.text("h1") or facts.text("title")
    title = markup.line(stated)
    head, mark, site = re.sub(r"\s+[|–—-]\s+(?=[^|–—]*$)", "\0", title).partition("\0")
    headings = (markup.line(el.text_content()) for el in facts.elements("h1", "h2"))
    return head if mark and (site == publisher or head in headings) else title


def _deck(facts: _Facts, body: str) -> str:
    """The description, unless it only repeats how the story begins."""
    deck = markup.line(facts.ld("description") or facts.meta("og:description") or facts.meta("description"))
    opening = re.sub(r"\s*(?:\[?(?:…|\.{3})\]?)$", "", deck)
    return "" if opening and opening in " ".join(markup.paragraphs(body)[:3]) else deck


def _locale(code: str) -> Language:
    return locales.parse(code)


def _first(read_: Callable[[str], Value], texts: list[str] | tuple[str, ...]) -> Value | None:
    """The first text that can be read."""
    for text in texts:
        try:
            if text.strip():
                return read_(text.strip())
        except (FeederError, LocaleError, ValueError):
            continue
    return None


def _stated(name: str, read_: Callable[[str], Value], texts: list[str], problems: list[str]) -> Value | None:
    """The first text that can be read; when none can, that is told."""
    found = _first(read_, texts)
    given = next((text for text in texts if text.strip()), "")
    if found is None and given:
        problems.append(f"the page's {name} {given!r} was not understood")
    return found
