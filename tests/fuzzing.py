"""The readers as targets for a fuzzer: any bytes give a value or one clear error, and what is made keeps its promises.

    TARGETS["markdown"](data)      raises what no reader may raise; AssertionError for a broken promise

`tools/fuzz` lets atheris find the bytes; those found are kept in `tests/data/fuzz/TARGET/` and replayed by test_fuzz.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from html import escape
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from lxml import html as lxml_html

from feeder import markup
from feeder.articles import encodings, feed_document, front_matter, normalise, reader
from feeder.articles.feed_document import Desk
from feeder.articles.feed_items import Document
from feeder.articles.html_pages import html_page
from feeder.articles.stories.traces import trace
from feeder.errors import ArticleError, FeederError
from feeder.language import date_text, mentions
from feeder.language.places import gazetteer
from feeder.model import Article, Language, SourceError

ZONE = ZoneInfo("Asia/Almaty")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_SCHEMES = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_LANGUAGES: tuple[Language, ...] = ("en", "kk", "ru")


def harmless(html: str) -> None:
    """Safe HTML says nothing but words: no element, attribute or address that a browser would act on."""
    assert html == markup.clean(html), "not clean"
    if not html.strip():
        return
    for element in lxml_html.fragment_fromstring(html, create_parent="div").iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        assert element.tag not in ("script", "style", "iframe", "object", "svg", "math", "form", "img", "base", "meta")
        assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "src", "srcset")]
        if "href" in element.attrib:
            assert _SCHEMES.match(element.get("href") or ""), element.get("href")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _article(data: bytes, name: str) -> None:
    """The whole way of a file up to what an entry is made from."""
    try:
        article = reader.read(data, PurePosixPath(name), source="fuzz", zone=ZONE)
    except FeederError as error:
        said = str(error)
    else:
        _shown(article)
        return
    assert said
    assert "\n" not in said


def _shown(article: Article) -> None:
    trace(article)
    normalise.salience(article, gazetteer())
    harmless(normalise.body_html(article))
    assert article.title == markup.line(article.title)


def _markdown(data: bytes) -> None:
    _article(data, "a.en.md")


def _text_dump(data: bytes) -> None:
    for language in _LANGUAGES:
        _article(data, f"a.{language}.txt")


def _html_page(data: bytes) -> None:
    page = b"<html><head><title>Bridge</title></head><body><article>%b</article></body></html>"
    _article(page % data, "a.en.html")
    with suppress(FeederError):
        harmless(html_page.read(data, ZONE).body)


def _front_matter(data: bytes) -> None:
    text = markup.clean(_text(data))
    for fence in ("", "---\n{}\n---\n", "+++\n{}\n+++\n", "{{\n{}\n}}\n"):
        with suppress(FeederError):
            front_matter.split(fence.format(text) if fence else text)
        _article((fence.format(text) if fence else text).encode("utf-8", "replace") + b"\n\nThe bridge.", "a.en.md")


def _encodings(data: bytes) -> None:
    with suppress(FeederError):
        encodings.decode(data).text.encode()


def _date_text(data: bytes) -> None:
    text = markup.clean(_text(data))
    for language in _LANGUAGES:
        last = 0
        for one in date_text.find(text, language):
            assert text[one.start : one.end] == one.surface
            assert last <= one.start < one.end
            last = one.end
            date_text.resolve(one, date(2021, 3, 15))


def _mentions(data: bytes) -> None:
    text = markup.clean(_text(data))
    for language in _LANGUAGES:
        last = 0
        for one in mentions.find(text, language, gazetteer()):
            assert text[one.start : one.end] == one.surface
            assert last <= one.start < one.end
            last = one.end


def _sanitise(data: bytes) -> None:
    safe = markup.sanitise(_text(data), "https://example.org/a/")
    harmless(safe)
    harmless(markup.sanitise(safe))
    markup.slug(markup.plain(safe))
    markup.summary(markup.plain(safe))


def _feed_document(data: bytes) -> None:
    """A feed of any format: each entry an article or one clear error, and the text of each harmless."""
    desk = Desk(source="fuzz", name="", url="https://example.org/feed", zone=ZONE, now=NOW)
    with suppress(ArticleError):
        _read_all(feed_document.open_(data, desk.url), desk)


def _read_all(document: Document, desk: Desk) -> None:
    for made in feed_document.read(document, desk):
        if isinstance(made, SourceError):
            assert made.reason
        else:
            _shown(made)


def _entry(data: bytes) -> None:
    """The same bytes as the text of an entry, in each format, beside a good one."""
    text = escape(_text(data)).encode("utf-8", "replace")
    story = b"<item><title>Good</title><description>The council met about the bridge.</description></item>"
    rss = b"<rss><channel><language>en</language><item><title>A bridge</title><description>%b</description></item>%b"
    _feed_document(rss % (text, story) + b"</channel></rss>")
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">%b</title><content type="html">%b</content>'
    _feed_document(atom % (text, text) + b"</entry></feed>")
    item = {"id": "1", "title": _text(data), "content_html": _text(data), "language": "en"}
    _feed_document(json.dumps({"items": [item]}).encode())


TARGETS: dict[str, Callable[[bytes], None]] = {
    "markdown": _markdown,
    "front_matter": _front_matter,
    "html_page": _html_page,
    "text_dump": _text_dump,
    "encodings": _encodings,
    "date_text": _date_text,
    "mentions": _mentions,
    "sanitise": _sanitise,
    "feed_document": _feed_document,
    "entry": _entry,
}
