"""What an article is known by wherever else it turns up: the address of its page, its title, a sketch of its text. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

from feeder.articles import normalise
from feeder.articles.stories.sketches import sketch
from feeder.language import folding
from feeder.model import Article, Language

#: Parameters that tell a server who sent the reader, and do not choose the page.
_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|y|dc|ms|tw|tt|ys)clid|gclsrc|[gw]braid|igshid|igsh|mc_[ce]id|_openstat|_ga|_gl|erid"
)
_AMP = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")}  #: the same page for small screens
_DEFAULT_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is compared of one article."""

    page: str  #: `page` of its address
    title: str  #: equal for titles that differ in case, punctuation, white space or look-alike letters; "" for none
    sketch: bytes  #: of the body
    alternates: tuple[tuple[Language, str], ...]  #: language and `page` of its translations


def trace(article: Article) -> Trace:
    """What the article is compared by."""
    linked = ((language, page(url)) for language, url in article.alternates)
    return Trace(
        page=page(article.url),
        title=title_key(article.title),
        sketch=sketch("\n".join(normalise.paragraphs(article))),
        alternates=tuple(dict.fromkeys((language, url) for language, url in linked if url)),
    )


def page(url: str) -> str:
    """ "times.example.org/bridge?id=7": the address of a page in one spelling; "" when it names no page of its own.

    Without scheme, "www.", a default port, a last slash, the fragment, what only tracks, and the mark of an AMP page:
    no publisher has different stories at addresses that differ in nothing else. A site's front page is no article's.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode().removeprefix("www.")
        path = quote(unquote_to_bytes(parts.path), safe="/:@!$&'()*+,;=~")
        query = urlencode(sorted(_choosing(parts.query)))
        port = parts.port
    except ValueError:  # of what no server could have
        return ""
    path = path.rstrip("/").removesuffix("/amp").rstrip("/")
    if parts.scheme not in ("http", "https") or not host or not (path or query):
        return ""
    return host + ("" if port in _DEFAULT_PORTS else f":{port}") + path + (f"?{query}" if query else "")


def _choosing(query: str) -> Iterator[tuple[str, str]]:
    """The parameters that choose the page."""
    for name, value in parse_qsl(query, keep_blank_values=True):
        low = name.lower()
        if not _TRACKING.fullmatch(low) and (low, value.lower()) not in _AMP:
            yield name, value


def title_key(title: str) -> str:
    """A hash of the title's letters and digits; "" when it has none."""
    letters = folding.key(unicodedata.normalize("NFKC", title).casefold()).replace(" ", "")
    return hashlib.sha256(letters.encode()).hexdigest()[:16] if letters else ""
