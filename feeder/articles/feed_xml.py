"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, and what calls itself so -> Document. Only this module knows feedparser.

feedparser reads formats, dates and relative addresses; it is given clean UTF-8 and no way to files or to the net, and
what it makes of the HTML inside is not trusted: that is sanitised where it is normalised.
"""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from time import struct_time
from typing import Any

from feeder import markup
from feeder.articles.feed_items import LONGEST, Document, Item, from_text, once, web, words
from feeder.errors import ArticleError

_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0, 2.2
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_PAGE = re.compile(r"<!doctype html|<html\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"<link\b[^>]{0,500}application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_TAG_LIMIT = 200_000  #: elements; the parser takes some ten seconds for so many
_NAMESPACES = 1_000  #: declared in a document; the parser looks through all of them for each element
_ATTRIBUTES = 200  #: of an element; the parser looks through all of them for each
_TAGS, _AUTHOR = 200, 500  #: of an entry; code points of a name: here, too, it takes the square of what there is
_REFERENCE = re.compile("&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_HEAD = 20_000  #: code points in which a page names its feed
_NOBODY = re.compile(r"\s*[(<]?[^\s@()<>]+@[^\s@()<>]+[)>]?\s*")  #: addresses of mail are not published
_ENDS = re.compile(r"<(/?)(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)


def read(text: str, url: str) -> Document:
    """The document; `url` is where it was found. Raises ArticleError when it is no feed."""
    text = _FORBIDDEN.sub("", text).lstrip()
    if text.count("<") + text.count("&lt;") > _TAG_LIMIT:
        raise ArticleError(f"has more than {_TAG_LIMIT} elements, the most that feeder reads", field="size")
    if text.count("xmlns:") > _NAMESPACES:
        raise ArticleError(f"declares more than {_NAMESPACES} namespaces, the most that feeder reads", field="size")
    text = _lightened(_REFERENCE.sub(_referred, text) if "&#" in text else text)
    found = _parse(text)
    entries: list[Any] = found["entries"]
    if not entries and not (found.get("version") and _ROOT.search(text)):
        raise ArticleError(_no_feed(text, url), field="feed")
    if not entries and found.get("bozo") and not _ROOT.search(text[:_HEAD]):
        raise ArticleError(_no_feed(text, url), field="feed")
    atom = _text(found.get("version")).startswith("atom")
    cut = bool(found.get("bozo")) and _is_cut(text)
    feed = found["feed"]
    return Document(
        title=words(_text(feed.get("title"))),
        link=_page(feed.get("links") or (), "") or web(url, feed.get("link")),
        language=markup.line(_text(feed.get("language"))),
        items=tuple(_item(entry, url, atom) for entry in (entries[:-1] if cut else entries)),
        problems=("ends in the middle of an entry, which was left out",) if cut else (),
    )


def _referred(reference: re.Match[str]) -> str:
    """A reference to a character as it stands, or nothing for one that no document may have: the parser would give up."""
    digits = reference[1] or reference[2]
    number = int(digits, 16 if reference[1] else 10) if len(digits) < 10 else 0
    return reference[0] if 0 < number < 0x110000 and not _FORBIDDEN.match(chr(number)) else ""


def _lightened(text: str) -> str:
    """The document without the attributes of elements that have no end of them."""
    parts = text.split("<")
    return "<".join(_bare(part) if len(part) > 2 * _ATTRIBUTES else part for part in parts)


def _bare(part: str) -> str:
    end = part.find(">")
    if end < 0 or part.count("=", 0, end) <= _ATTRIBUTES:
        return part
    name = re.match(r"/?[\w:.-]*", part)
    return f"{name[0] if name else ''}{part[end - (part[end - 1] == '/') :]}"


@functools.cache
def _repair() -> None:
    """Keep feedparser from taking the square of what an entry has: of its tags, and of the length of an author's name."""
    from feedparser.mixin import _FeedParserMixin as Parser

    add_tag, sync_author = Parser._add_tag, Parser._sync_author_detail

    def add_few(self: Any, term: str, scheme: str, label: str) -> None:
        if len(self._get_context().get("tags") or ()) < _TAGS:
            add_tag(self, term, scheme, label)

    def sync_short(self: Any, key: str = "author") -> None:
        context = self._get_context()
        if len(context.get(key) or "") > _AUTHOR:
            context[key] = context[key][:_AUTHOR]
        sync_author(self, key)

    Parser._add_tag, Parser._sync_author_detail = add_few, sync_short


def _parse(text: str) -> Mapping[str, Any]:
    """What feedparser finds. It is not told where the document was: ids must not change when a feed moves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its own, about modules of Python's
        import feedparser

        _repair()
        data = f"<?xml version='1.0' encoding='utf-8'?>\n{_DECLARATION.sub('', text, count=1)}".encode()
        headers = {"content-type": "application/xml; charset=utf-8"}
        try:
            found: Mapping[str, Any] = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
        except Exception as error:  # of the parser, on what nobody had tried
            raise ArticleError(f"cannot be read as a feed ({type(error).__name__}: {error})", field="feed") from error
    return found


def _no_feed(text: str, url: str) -> str:
    head = text[:_HEAD]
    if not head.strip():
        return "is empty; is the address right?"
    if not _PAGE.search(head):
        return "is no feed that feeder knows: RSS, Atom, RDF or JSON Feed"
    link = _FEED_LINK.search(head)
    href = _HREF.search(link[0]) if link else None
    address = web(url, markup.line(href[1])) if href else ""
    return (
        f"is a web page, not a feed; {f'its feed seems to be {address}' if address else 'name the address of its feed'}"
    )


def _is_cut(text: str) -> bool:
    """Whether the last entry was never closed: a transfer that broke off."""
    last = ""
    for match in _ENDS.finditer(text):
        last = match[1]
    return last == "" and _ENDS.search(text) is not None and "</" in text and not text.rstrip().endswith(">")


def _item(entry: Any, url: str, atom: bool) -> Item:
    body, beside = _texts(entry)
    links = entry.get("links") or ()
    ident = markup.line(_text(entry.get("id")))
    link = web(url, entry.get("feedburner_origlink")) or _page(links, url) or web(url, entry.get("link"))
    source = entry.get("source") or {}
    return Item(
        id=ident,
        link=link,
        title=_title(entry, atom),
        html=_html(body, atom),
        summary=_html(beside, atom),
        base=web(url, (body or {}).get("base")) or ("" if atom else link) or url,
        language=_language(entry, body),
        authors=_authors(entry),
        publisher=words(_text(source.get("title"))),
        published=_dates(entry, "published", "created"),
        updated=_dates(entry, "updated"),
        tags=once([_text(tag.get("label") or tag.get("term")) for tag in entry.get("tags") or ()]),
        alternates=tuple(_alternates(links, url)),
        files=tuple(dict.fromkeys(_files(entry, url))),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _title(entry: Any, atom: bool) -> str:
    """Atom says which titles are HTML; in RSS nobody knows, and what looks like tags or references is taken for them."""
    detail, title = entry.get("title_detail") or {}, _text(entry.get("title"))
    stated = atom and detail.get("type") == "text/plain" and detail.get("value") == title
    return markup.line(title[:LONGEST]) if stated or not re.search(r"&#?\w+;|</?[a-zA-Z]", title) else words(title)


def _texts(entry: Any) -> tuple[Any, Any]:
    """The text of an entry, and a summary beside it. The longest counts: `content` may be a teaser, too."""
    told = [one for one in entry.get("content") or () if _text(one.get("value")).strip() and _is_text(one)]
    summary = dict(entry.get("summary_detail") or {}, value=_text(entry.get("summary")))
    if not told:
        return summary, None
    best = max(told, key=lambda one: len(one["value"]))
    if len(summary["value"]) > len(best["value"]):
        return summary, None
    return best, summary if summary["value"].strip() and summary["value"] != best["value"] else None


def _is_text(content: Any) -> bool:
    return "base64" not in content and _text(content.get("type")) in (
        "text/html", "text/plain", "application/xhtml+xml", "text", "html", "xhtml", "text/xml", "application/xml", ""
    )  # fmt: skip


def _html(body: Any, atom: bool) -> str:
    """Text as HTML. In RSS nobody says which it is."""
    value = _text((body or {}).get("value"))
    plain = (body or {}).get("type") == "text/plain" and (atom or not re.search(r"</?[a-zA-Z]", value))
    return from_text(value) if plain else value


def _language(entry: Any, body: Any) -> str:
    """dc:language, or xml:lang where it stands: on the text, else on the title."""
    details = (body or {}, entry.get("title_detail") or {})
    found = [_text(entry.get("language")), *(_text(detail.get("language")) for detail in details)]
    return next((markup.line(code) for code in found if code.strip()), "")


def _authors(entry: Any) -> tuple[str, ...]:
    """Names of people, without their mail addresses."""
    people = [*(entry.get("authors") or ()), *(entry.get("contributors") or ())] or [entry.get("author_detail") or {}]
    names = (words(_text(one.get("name"))) for one in people)
    return once([_NOBODY.sub(" ", name).strip(" ()") for name in names])


def _dates(entry: Any, *names: str) -> tuple[str, ...]:
    """As written, which keeps the offset, then as feedparser reads rarer forms."""
    found: list[str] = []
    for name in names:
        found.append(markup.line(_text(dict.get(entry, name))))  # its own `get` gives one date for another
        parsed = dict.get(entry, f"{name}_parsed")
        if isinstance(parsed, struct_time):
            found.append(f"{parsed.tm_year:04d}-{parsed.tm_mon:02d}-{parsed.tm_mday:02d}T"
                         f"{parsed.tm_hour:02d}:{parsed.tm_min:02d}:{min(parsed.tm_sec, 59):02d}Z")  # fmt: skip
    return tuple(dict.fromkeys(text for text in found if text))


def _page(links: Sequence[Any], url: str) -> str:
    """Of the links to the entry's page the first that is no translation; readers disagree on which of several counts."""
    pages = [link for link in links if link.get("rel") == "alternate" and web(url, link.get("href"))]
    plain = [link for link in pages if not link.get("hreflang")]
    html = [link for link in plain if "html" in _text(link.get("type"))]
    return next((web(url, link.get("href")) for link in (*html, *plain, *pages)), "")


def _alternates(links: Sequence[Any], url: str) -> Iterator[tuple[str, str]]:
    for link in links:
        address = web(url, link.get("href"))
        if address and link.get("rel") in ("alternate", "related") and link.get("hreflang"):
            yield markup.line(_text(link["hreflang"])), address


def _files(entry: Any, url: str) -> Iterator[tuple[str, str]]:
    """Enclosures and Media RSS."""
    for link in entry.get("links") or ():
        if link.get("rel") == "enclosure":
            yield web(url, link.get("href")), markup.line(_text(link.get("type")))
    for one in (*(entry.get("media_content") or ()), *(entry.get("media_thumbnail") or ())):
        kind = _text(one.get("type")) or _text(one.get("medium")) or "image"
        yield web(url, one.get("url")), markup.line(kind)
