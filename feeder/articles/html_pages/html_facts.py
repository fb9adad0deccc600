"""What an HTML page states of itself: JSON-LD, then OpenGraph and the other families of meta, then its own elements.

Each question gives the texts that answer it, best first; who asks takes the first that can be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from feeder import markup
from feeder.articles import fields
from feeder.errors import LocaleError
from feeder.language import locales
from feeder.model import Language

_ARTICLE_TYPES = frozenset(
    ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "AnalysisNewsArticle", "OpinionNewsArticle",
     "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "LiveBlogPosting", "Report")
)  # fmt: skip
_INNER = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")  #: where linked data keep the article
_BRANCHES = frozenset(("aside", "nav", "footer"))
_BESIDE = re.compile(r"(?:^|\s)(?:comments?|related|popular|recommend\w*)(?:$|[\s_-])", re.IGNORECASE)  #: class or id
_LONGEST = 1_000  #: code points of a title
_SENTENCE = 60  #: code points beside a <time> from which on it stands in a sentence of the story
_SAVED = re.compile(r"<!--(?:\s*saved from url=\(\d+\)|[^>]{0,200}?\burl:\s*)(?P<url>https?://[^\s<>]+)")

_TITLES = ("og:title", "parsely-title", "sailthru.title")
_DECKS = ("og:description", "twitter:description", "description", "dc.description", "dcterms.description")
_AUTHORS = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "citation_author", "byl", "mediator_author",
)  # fmt: skip
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date",
    "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date", "citation_publication_date", "mediator_published_time",
    "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "article.published", "date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "dcterms.modified", "dc.date.modified",
    "article.updated", "article:updated_time",
)  # fmt: skip
_PUBLISHERS = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_journal_title", "application-name")
_LANGUAGES = ("og:locale", "dc.language", "dcterms.language", "language", "content-language")
_TAGS = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags")


class Facts:
    """The metadata of one page, asked for by name; "" where it says nothing."""

    def __init__(self, tree: Any, text: str) -> None:
        self.tree = tree
        self.metas = _metas(tree)
        self.saved_from = saved[-1] if (saved := [match["url"] for match in _SAVED.finditer(text[:4096])]) else ""
        nodes = list(_linked_data(tree))
        self.nodes = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
        self.article = self._own([node for node in nodes if _is_article(node.get("@type"))])

    def _own(self, articles: list[dict[str, Any]]) -> dict[str, Any]:
        """Of several articles in the linked data the page's own, not one that it only lists."""
        address, headings = self._address(), {self.meta("og:title"), *self.texts("h1")}
        for node in articles:
            about = _address_of(node.get("mainEntityOfPage"))
            if address and address in (node.get("url"), node.get("@id"), about):
                return node
        named = (node for node in articles if _text(node.get("headline")) in headings)
        return next(named, articles[0] if articles else {})

    # --- where a page keeps its facts ---

    def ld(self, name: str) -> str:
        """A text of the article's linked data; of several the first."""
        return next((text for value in _list(self.article.get(name)) if (text := _text(value))), "")

    def names(self, name: str) -> Iterator[str]:
        """The names of the people or organisations that a property of the article holds or refers to."""
        for one in _list(self.article.get(name)):
            own = one if isinstance(one, dict) else {"name": one}
            node = {**self.nodes.get(str(own.get("@id")), {}), **own}
            yield from (unescape(text) for text in _list(node.get("name")) if isinstance(text, str))

    def meta(self, *names: str) -> str:
        return next(self.all_meta(*names), "")

    def all_meta(self, *names: str) -> Iterator[str]:
        return (text for name in names for text in self.metas.get(name, ()))

    def prop(self, name: str) -> Iterator[str]:
        """What microdata say (schema.org in the elements themselves)."""
        for element in self._with("itemprop"):
            if name in element.get("itemprop").split():
                yield element.get("content") or element.get("datetime") or markup.line(element.text_content())

    def _with(self, attribute: str) -> Iterator[Any]:
        return (el for el in self.tree.iter() if el.get(attribute) and isinstance(el.tag, str) and not _is_beside(el))

    def elements(self, *tags: str) -> Iterator[Any]:
        """Elements outside of what is beside the story."""
        return (el for el in self.tree.iter(*tags) if isinstance(el.tag, str) and not _is_beside(el))

    def texts(self, tag: str) -> Iterator[str]:
        return (text for el in self.elements(tag) if (text := markup.line(el.text_content())))

    # --- what is asked ---

    def titles(self) -> list[str]:
        """A logo may be a heading: one that only names the publisher is no title."""
        own = [self.ld("headline"), self.meta(*_TITLES), *self.prop("headline"), *self.texts("h1")]
        own += [self.ld("name"), self.meta("twitter:title", "dc.title", "dcterms.title"), *self.texts("title")]
        return [line for text in own if (line := markup.line(text)[:_LONGEST]) and line != self.publisher()]

    def deck(self) -> str:
        return markup.line(self.ld("description") or self.meta(*_DECKS))

    def authors(self) -> list[str]:
        for names in (self.names("author"), self.all_meta(*_AUTHORS), self._named()):
            lines = [line for name in names if (line := markup.line(unescape(name))) and not _is_address(line)]
            if lines:
                return lines
        return []

    def _named(self) -> Iterator[str]:
        """Authors in microdata, or as the page links them."""
        for element in self._with("itemprop"):
            if "author" in element.get("itemprop").split():
                inner = next((el for el in element.iter() if el.get("itemprop") == "name"), element)
                yield inner.get("content") or inner.text_content()
        for element in self._with("rel"):
            if element.tag == "a" and "author" in element.get("rel").lower().split():
                yield element.text_content()

    def publisher(self) -> str:
        return markup.line(unescape(next(self.names("publisher"), "") or self.meta(*_PUBLISHERS)))

    def tags(self) -> tuple[str, ...]:
        words = (unescape(value) for value in _list(self.article.get("keywords")) if isinstance(value, str))
        stated = list(self.all_meta(*_TAGS[:2])) or [part for text in words for part in text.split(",")]
        stated = stated or [part for text in self.all_meta(*_TAGS[2:]) for part in text.split(",")]
        return tuple(dict.fromkeys(line for tag in stated if (line := markup.line(unescape(tag)))))

    def published(self) -> list[str]:
        shown = [el for el in self.elements("time") if not _is_change(el) and not _in_sentence(el)]
        shown.sort(key=lambda el: "datePublished" not in (el.get("itemprop") or ""))  # of equals the first stays first
        times = [el.get("datetime") or markup.line(el.text_content()) for el in shown[:1]]
        return [self.ld("datePublished"), *self.all_meta(*_PUBLISHED), *self.prop("datePublished"), *times]

    def updated(self) -> list[str]:
        shown = [el.get("datetime") or "" for el in self.elements("time") if _is_change(el)]
        return [self.ld("dateModified"), *self.all_meta(*_UPDATED), *self.prop("dateModified"), *shown[:1]]

    def language(self) -> str:
        stated = (
            self.tree.get("lang"),
            self.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
            self.tree.get("xml:lang"),
            self.ld("inLanguage"),
            self.meta(*_LANGUAGES),
        )
        return next((code.strip() for code in stated if code and code.strip()), "")

    # --- addresses ---

    def url(self) -> str:
        return self._address() or self._web(
            self.ld("url"), _address_of(self.article.get("mainEntityOfPage")), self.saved_from
        )

    def _address(self) -> str:
        return self._web(*self._links("canonical"), self.meta("og:url", "twitter:url", "parsely-link"))

    def _web(self, *stated: object) -> str:
        """The first that is an address of the web; a relative one is one only where the page was saved from is known."""
        for text in stated:
            if isinstance(text, str) and text.strip():
                try:
                    return fields.web_address(urljoin(self.saved_from, text.strip()))
                except ValueError:
                    continue
        return ""

    def _links(self, rel: str) -> Iterator[str]:
        return (el.get("href") or "" for el in self.tree.iter("link") if rel in (el.get("rel") or "").lower().split())

    def addresses(self) -> tuple[str, ...]:
        """Every address that the page may have or have had, for telling whose it is."""
        return tuple(text for text in (self.url(), self.meta("og:url"), self.ld("url"), self.saved_from) if text)

    def alternates(self) -> tuple[tuple[Language, str], ...]:
        """The page's translations in our languages, as (language, absolute URL), each language once.

        Home pages and addresses given for several languages are no translations of a story.
        """
        own = self.url()
        links = [
            (code, url) for code, link in self._translations() if (url := self._absolute(link, own)) and url != own
        ]
        urls = [url for _, url in dict.fromkeys(links)]
        found: dict[Language, str] = {}
        for code, url in links:
            if urls.count(url) == 1 and not _is_home(url):
                found.setdefault(code, url)
        return tuple(sorted(found.items()))

    def _translations(self) -> Iterator[tuple[Language, str]]:
        for element in self.tree.iter("link", "a"):
            rel = (element.get("rel") or "").lower().split()
            if "alternate" in rel and element.get("hreflang") and element.get("type", "text/html") == "text/html":
                yield from _ours(element.get("hreflang"), element.get("href"))
        for name in ("workTranslation", "translationOfWork"):
            for node in _list(self.article.get(name)):
                if isinstance(node, dict):
                    yield from _ours(_text(node.get("inLanguage")), node.get("url") or node.get("@id"))

    def _absolute(self, link: str, own: str) -> str:
        try:
            return fields.web_address(urljoin(own or self.saved_from, link.strip()))
        except ValueError:
            return ""


def _ours(code: object, link: object) -> Iterator[tuple[Language, str]]:
    try:
        if isinstance(code, str) and isinstance(link, str) and link.strip():
            yield locales.parse(code), link
    except LocaleError:
        return


def _is_home(url: str) -> bool:
    """Whether an address has no more of a path than a language."""
    parts = urlsplit(url)
    return not parts.query and re.fullmatch(r"/?(?:\w{2,3}(?:[-_]\w{2,4})?/?)?(?:index\.\w+)?", parts.path) is not None


def _address_of(value: Any) -> Any:
    return value.get("@id") or value.get("url") if isinstance(value, Mapping) else value


def _is_address(text: str) -> bool:
    return re.match(r"https?:|www\.|@|\S+@\S+\.\S+$", text, re.IGNORECASE) is not None


def _is_beside(element: Any) -> bool:
    return any(
        outer.tag in _BRANCHES or _BESIDE.search(f"{outer.get('class') or ''} {outer.get('id') or ''}")
        for outer in element.iterancestors()
        if outer.tag not in ("html", "body")
    )


def _is_change(element: Any) -> bool:
    """Whether a <time> is that of the last change."""
    words = f"{element.get('itemprop') or ''} {element.get('class') or ''}"
    return re.search(r"dateModified|\b(?:updated|modified)\b", words) is not None and "published" not in words


def _in_sentence(element: Any) -> bool:
    """Whether a <time> stands in the running text, where it says when something else was."""
    outer = element.getparent()
    while outer is not None and outer.tag in ("b", "strong", "em", "i", "span", "a", "small"):
        outer = outer.getparent()
    return (
        outer is not None
        and outer.tag in ("p", "li", "blockquote", "td")
        and (len(markup.line(outer.text_content())) > len(markup.line(element.text_content())) + _SENTENCE)
    )


# --- meta and linked data -------------------------------------------------------------------------


def _metas(tree: Any) -> dict[str, list[str]]:
    """The values of meta elements by name, in lower case, whichever attribute holds the name."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        for attribute in ("property", "name", "http-equiv") if content else ():
            for name in (element.get(attribute) or "").lower().split():
                found.setdefault(name, []).append(content)
    return found


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a page's linked data. A block that cannot be read is skipped: pages are full of such."""
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            for data in _list(_loaded(script.text or "")):
                yield from _nodes(data)


def _nodes(data: Any, depth: int = 4) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and depth:
        yield data
        for name in _INNER:
            for inner in _list(data.get(name)):
                yield from _nodes(inner, depth - 1)


def _loaded(text: str) -> Any:
    """JSON as pages write it: within a comment, with a comma too many, with line ends inside texts."""
    bare = (
        re.sub(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$", "", text.strip()).strip().rstrip(";")
    )
    for attempt in (bare, re.sub(r",(\s*[}\]])", r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _list(value: Any) -> list[Any]:
    """In linked data one value may stand for a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    """A text, or that of a node or of a text with its language."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("alternateName") or value.get("name")
    return unescape(value).strip() if isinstance(value, str) else ""


def _is_article(kind: Any) -> bool:
    return any(isinstance(one, str) and one.rpartition("/")[2] in _ARTICLE_TYPES for one in _list(kind))
