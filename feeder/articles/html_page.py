"""A saved HTML page: its metadata (JSON-LD, OpenGraph, <time>) and, through trafilatura, its text without the site around it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree
from lxml import html as lxml_html

from feeder import markup
from feeder.articles import fields
from feeder.errors import ArticleError, FeederError, LocaleError
from feeder.language import dates, locales
from feeder.model import Edtf, Language

_ARTICLE_TYPES = {
    "NewsArticle",
    "Article",
    "ReportageNewsArticle",
    "BlogPosting",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page states, and its story."""

    title: str
    deck: str
    body: str  #: safe HTML
    language: Language | None
    authors: tuple[str, ...]
    publisher: str
    url: str
    published: datetime | None
    updated: datetime | None
    event_date: Edtf | None  #: schema.org's temporalCoverage
    tags: tuple[str, ...]


def read(data: bytes, zone: ZoneInfo) -> Page:
    """Read a page. Raises ArticleError when it has no text. Bytes, because a page names its own encoding."""
    tree = _parse(data)
    facts = _Facts(tree)
    title = markup.line(facts.ld("headline") or facts.meta("og:title") or facts.text("h1") or facts.text("title"))
    url = _address(facts.ld("url") or facts.meta("og:url") or facts.href("canonical"))
    return Page(
        title=title,
        deck=markup.line(facts.ld("description") or facts.meta("og:description") or facts.meta("description")),
        body=_story(tree, title, url),
        language=_language(str(tree.get("lang") or facts.ld("inLanguage") or "")),
        authors=facts.authors(),
        publisher=markup.line(facts.publisher() or facts.meta("og:site_name")),
        url=url,
        published=_moment(facts.ld("datePublished") or facts.meta("article:published_time") or facts.time(), zone),
        updated=_moment(facts.ld("dateModified") or facts.meta("article:modified_time"), zone),
        event_date=_edtf(facts.ld("temporalCoverage")),
        tags=tuple(markup.line(tag) for tag in facts.all_meta("article:tag")),
    )


def _parse(data: bytes) -> Any:
    try:
        # lxml guesses Latin-1 where a page names no encoding; ours are UTF-8 unless they say otherwise
        declared = b"charset" in data[:4096].lower()
        parser = lxml_html.HTMLParser(encoding=None if declared else "utf-8", no_network=True, huge_tree=False)
        return lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ArticleError("is not a readable HTML page", field="body") from None


class _Facts:
    """The metadata of one page, asked for by name; "" where it says nothing."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.article = next(iter(_linked_data(tree)), {})

    def ld(self, name: str) -> str:
        value = self.article.get(name, "")
        return value if isinstance(value, str) else ""

    def meta(self, name: str) -> str:
        return next(self.all_meta(name), "")

    def all_meta(self, name: str) -> Iterator[str]:
        for element in self.tree.iter("meta"):
            if name in (element.get("property"), element.get("name")) and element.get("content", "").strip():
                yield element.get("content")

    def text(self, tag: str) -> str:
        return next((str(element.text_content()) for element in self.tree.iter(tag)), "")

    def href(self, rel: str) -> str:
        return next(
            (str(el.get("href", "")) for el in self.tree.iter("link") if rel in (el.get("rel") or "").split()), ""
        )

    def time(self) -> str:
        return next((str(el.get("datetime")) for el in self.tree.iter("time") if el.get("datetime")), "")

    def authors(self) -> tuple[str, ...]:
        stated = self.article.get("author") or list(self.all_meta("author"))
        people = stated if isinstance(stated, list) else [stated]
        names = (str(one.get("name", "")) if isinstance(one, Mapping) else str(one) for one in people)
        return tuple(dict.fromkeys(markup.line(name) for name in names if name.strip()))

    def publisher(self) -> str:
        stated = self.article.get("publisher", "")
        return str(stated.get("name", "")) if isinstance(stated, Mapping) else str(stated)


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The schema.org articles of a page. A block that is not JSON is skipped: pages are full of such."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except ValueError:
            continue
        nodes = data.get("@graph", [data]) if isinstance(data, dict) else data
        yield from (node for node in nodes if isinstance(node, dict) and _is_article(node.get("@type")))


def _is_article(kind: Any) -> bool:
    return bool(_ARTICLE_TYPES & set(kind if isinstance(kind, list) else [str(kind)]))


def _story(tree: Any, title: str, url: str) -> str:
    import trafilatura  # a fifth of a second to import, and only saved pages need it

    found = trafilatura.extract(
        tree, output_format="html", include_links=True, include_formatting=True, include_comments=False,
        include_images=False, favor_precision=True, deduplicate=False,
    )  # fmt: skip
    if not found:
        raise ArticleError("no story was found on the page; save its text as .txt or .md", field="body")
    body: Any = lxml_html.document_fromstring(found).find("body")
    for heading in (
        list(body.iter("h1")) + [el for el in body.iter("h2", "p") if markup.line(el.text_content()) == title][:1]
    ):
        heading.drop_tree()
    inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in body)
    return markup.sanitise(markup.clean(inner), url).strip()


def _language(code: str) -> Language | None:
    try:
        return locales.parse(code) if code else None
    except LocaleError:
        return None


def _address(text: str) -> str:
    try:
        return fields.web_address(text.strip())
    except ValueError:
        return ""


def _edtf(text: str) -> Edtf | None:
    try:
        return dates.parse(text.strip()) if text.strip() else None
    except FeederError:
        return None


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return fields.moment(text.strip(), zone) if text.strip() else None
    except FeederError:
        return None
