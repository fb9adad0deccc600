"""A feed document -> Articles, whatever its format: what its entries state, and what is made of their text.

    bytes -> text (`encodings`) -> Document of Items (`feed_xml`, `feed_json`) -> Article | SourceError, each by itself

An entry that cannot be an article is an error in its place and stops no other. Nothing is fetched; pictures and other
files stay where they are, and readers are not sent there unasked: they are noted as dropped.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from feeder import markup
from feeder.articles import (
    date_lines,
    datelines,
    encodings,
    feed_json,
    feed_xml,
    fields,
    html_piece,
    limits,
    normalise,
    pictures,
    publishers,
)
from feeder.articles.feed_items import Document, Item, digest
from feeder.articles.html_pages.html_blocks import Given
from feeder.articles.html_pages.html_page import Page
from feeder.articles.html_pages.html_story import letters_of
from feeder.articles.html_piece import Piece
from feeder.articles.publishers import Profile
from feeder.errors import ArticleError, DateError, LocaleError
from feeder.language import detect, locales
from feeder.model import Article, Dropped, Language, SourceError

_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']\s*([\w.:-]+)""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
#: The first character of a document in encodings whose ASCII has zero bytes (XML 1.0, F.1).
_WIDE = {
    b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\x00<": "utf-32-be", b"<\x00\x00\x00": "utf-32-le",
    b"\x00<\x00": "utf-16-be", b"<\x00": "utf-16-le",
}  # fmt: skip
_LONGEST_TITLE = 100  #: code points of a title that is made from the text
_AHEAD = timedelta(days=1)  #: a publication may lie ahead by that much, through a wrong zone
_NO_YEAR = re.compile(r"(?<![+\w-])0\d{3}\b")  #: "1 Jan 0001" is what some programs write for none, and not 2001
_AUTHORITY = re.compile(r"(?:https?://|tag:)(?:[^/@,\s]*@)?([^/:,?#\s]+)", re.IGNORECASE)  #: whose an id is
_WORDS_IN_PATH = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is known of a feed besides its document."""

    source: str  #: key of the source
    name: str  #: of the publisher, in the operator's words; "" unknown
    url: str  #: where the document was found
    zone: ZoneInfo  #: of the site, for times without an offset
    now: datetime  #: when it was found: nothing was published later


def open_(data: bytes, url: str, content_type: str = "") -> Document:
    """The document as it stands. Raises ArticleError when it is no feed, in one clear line."""
    text, problems = _decoded(data, content_type)
    bare = text.lstrip("\ufeff \t\r\n")
    found = feed_json.read(bare, url) if bare.startswith(("{", "[")) else feed_xml.read(bare, url)
    return replace(found, items=tuple(_stamped(found)), problems=found.problems + problems)


def read(document: Document, desk: Desk) -> Iterator[Article | SourceError]:
    """Every entry as an article, in the document's order."""
    for item in document.items:
        yield item if isinstance(item, SourceError) else article(item, document, desk)


def article(item: Item, document: Document, desk: Desk, page: Page | None = None) -> Article | SourceError:
    """One entry; `page` is its page where that was read: its text counts when it says more than the feed's."""
    try:
        return normalise.with_event(limits.bounded(_article(item, document, desk, page)))
    except ArticleError as error:
        return SourceError(source=desk.source, key=item.id, line=0, field=error.field, reason=limits.told(error.reason))


# --- bytes to text --------------------------------------------------------------------------------


def _decoded(data: bytes, content_type: str) -> tuple[str, tuple[str, ...]]:
    """UTF-8 whatever is declared, else as the document or the server says when that fits. Raises ArticleError."""
    for start, codec in _WIDE.items():
        if data.startswith(start):
            try:
                return data.decode(codec), ()
            except UnicodeDecodeError:
                break
    own, sent = _DECLARED.search(data[:400]), _CHARSET.search(content_type)
    declared = own[1].decode("ascii") if own else sent[1] if sent else ""
    try:
        found = encodings.decode(data, declared=declared)
    except ArticleError:
        if (text := _rare(data, declared)) is None:
            raise
        return text, (f"is written in {declared}; UTF-8 would be safer",)
    return found.text, found.problems


def _rare(data: bytes, declared: str) -> str | None:
    """The text in an encoding that no page of ours has, when its every byte fits: a feed states it for machines."""
    try:
        known = codecs.lookup(declared)
        return data.decode(declared) if known._is_text_encoding and not encodings.is_ours(declared) else None
    except (LookupError, ValueError):
        return None


# --- which entry it is ----------------------------------------------------------------------------


def _stamped(document: Document) -> Iterator[Item | SourceError]:
    """The items, each with an id of its own: as stated, else its address, else its text.

    An id that several state with different addresses is none of theirs alone. Of one id and address the last change
    counts, which is what Atom means by the same id twice (RFC 4287, 4.1.1).
    """
    items = [one for one in document.items if isinstance(one, Item)]
    pages = Counter(ident for ident, _ in {(one.id, one.link) for one in items if one.id})
    latest: dict[str, Item] = {}
    for one in items:
        named = replace(one, id=_id(one, shared=pages[one.id] > 1))
        if named.id not in latest or max(latest[named.id].updated, default="") < max(named.updated, default=""):
            latest[named.id] = named
    names = iter([_id(one, shared=pages[one.id] > 1) for one in items])
    for item in document.items:
        if isinstance(item, SourceError):
            yield item
        elif found := latest.pop(next(names), None):
            yield found


def _id(item: Item, *, shared: bool) -> str:
    stated = "" if shared and item.link else item.id
    return stated or item.link or f"sha256:{digest(item.title, item.html)}"


def story_key(ident: str, desk: Desk) -> str:
    """A name that no other story has, the same in every feed that has the entry: "news-example-org-1f2e3d4c5b6a7988".

    An id that is no URI is believed to be unique within its own site only.
    """
    named = _AUTHORITY.match(ident)
    is_global = re.match(r"[a-z][a-z0-9+.-]*:", ident, re.IGNORECASE) is not None
    site = named[1] if named else "feed" if is_global else urlsplit(desk.url).hostname or desk.source
    return f"{markup.slug(site)[:40] or 'feed'}-{digest('' if is_global else site, ident)[:16]}"


def _slug(item: Item, title: str) -> str:
    """The words of the entry's own address, else of its title: as readers knew it."""
    parts = [unquote(part) for part in urlsplit(item.link).path.split("/") if part]
    last = re.sub(r"\.\w{2,5}$", "", parts[-1]) if parts else ""
    return markup.slug(last if len(_WORDS_IN_PATH.findall(last)) > 1 else title)


# --- an entry to an article -----------------------------------------------------------------------


def _article(item: Item, document: Document, desk: Desk, page: Page | None) -> Article:
    html_piece.check(item.html + item.summary)
    text = markup.plain(markup.sanitise(item.html))
    title = item.title or _first_words(text)
    if not title:
        raise ArticleError("has neither title nor text", field="title")
    language, problems = _language(item, document, f"{title}\n{text}\n{markup.plain(page.body) if page else ''}")
    profile = publishers.at([item.link, document.link, desk.url]) or publishers.find(desk.name)
    rules = publishers.rules(profile)
    clock = rules.zone or desk.zone
    given = Given(
        rules=rules,
        language=language,
        zone=clock,
        url=item.base,
        title=item.title,
        deck="",
        caption="",
        authors=item.authors,
    )
    piece = html_piece.read(item.html, replace(given, deck=_deck(item, given)))
    piece = _fuller(piece, page, language) if page else piece
    if not letters_of(markup.plain(piece.body)):
        raise ArticleError("has a title and no text; write full_text = true to read its page", field="body")
    published, updated, odd = _dated(item, given, desk.now)
    return Article(
        source=desk.source,
        key=item.id,
        story=story_key(item.id, desk),
        language=language,
        title=title,
        deck=piece.deck,
        body=piece.body,
        markup="html",
        dateline=piece.dateline,
        authors=_people(item.authors, profile, document) or piece.authors or (page.authors if page else ()),
        publisher=item.publisher or _publisher(profile, document, desk),
        url=item.link,
        alternates=_alternates(item, page, language),
        slug=_slug(item, title),
        published=published,
        updated=updated,
        tags=item.tags,
        notices=piece.notices,
        related=piece.related,
        dropped=(*piece.dropped, *_files(item)),
        problems=(*problems, *odd, *piece.problems),
    )


def _fuller(piece: Piece, page: Page, language: Language) -> Piece:
    """The story of a page, with what the feed had of it where that is more: some pages want to be paid for."""
    if len(markup.plain(page.body)) <= len(markup.plain(piece.body)):
        return piece
    dateline, body = datelines.split_first(pictures.without(page.body).strip(), language)
    return Piece(
        body=body,
        deck=piece.deck if piece.deck and letters_of(piece.deck) not in letters_of(markup.plain(body)) else page.deck,
        dateline=dateline or page.dateline,
        authors=piece.authors,
        notices=tuple(dict.fromkeys((*piece.notices, *page.notices))),
        related=page.related or piece.related,
        dropped=(*page.dropped, *html_piece.away(page.pictures)),
        problems=page.problems,
    )


def _deck(item: Item, given: Given) -> str:
    """The summary in one line, unless it only repeats how the text begins, or the title."""
    if not item.summary.strip():
        return ""
    summary = markup.line(markup.plain(html_piece.read(item.summary, given).body))
    opening = letters_of(re.sub(r"\s*(?:\[?(?:…|\.{3})\]?)\s*$", "", summary))
    whole = letters_of(markup.plain(markup.sanitise(item.html)))
    return "" if not opening or opening in whole or opening in letters_of(given.title) else summary


def _first_words(text: str) -> str:
    """A title for an entry without one: its first words."""
    line = markup.line(text)
    if len(line) <= _LONGEST_TITLE:
        return line
    return line[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def _language(item: Item, document: Document, text: str) -> tuple[Language, tuple[str, ...]]:
    """What the entry itself states, else what its letters say, else what the whole feed states: many keep a template's."""
    own = item.language if item.language.casefold() != document.language.casefold() else ""
    seen = detect.language_of(text)
    for code in (own, "" if seen else document.language):
        if code:
            stated = _stated(code)
            odd = seen is not None and seen != stated
            said = (f"its language is given as {stated!r}, but the text looks like {seen!r}",)
            return stated, said if odd else ()
    if seen is None:
        raise ArticleError("cannot tell the language: neither the entry nor the feed states it", field="lang")
    return seen, ()


def _stated(code: str) -> Language:
    try:
        return locales.parse(code)
    except LocaleError:
        ours = ", ".join(locales.LOCALES)
        raise ArticleError(f"its language is {code!r}, and feeder publishes {ours}", field="lang") from None


def _alternates(item: Item, page: Page | None, own: Language) -> tuple[tuple[Language, str], ...]:
    found = list(page.alternates) if page else []
    for code, address in item.alternates:
        try:
            found.append((locales.parse(code), address))
        except LocaleError:
            continue
    return tuple(dict.fromkeys(pair for pair in found if pair[0] != own and pair[1] != item.link))


def _publisher(profile: Profile | None, document: Document, desk: Desk) -> str:
    return desk.name or (profile.name if profile else "") or document.title


def _people(names: Sequence[str], profile: Profile | None, document: Document) -> tuple[str, ...]:
    """Authors that are people: not the newsroom, nor the account of whoever pressed the button."""
    none = {"admin", "administrator", "editor", "redaktor", "root", "web", document.title.casefold()}
    known = publishers.names() | none | ({profile.name.casefold()} if profile else set())
    return tuple(name for name in names if name.casefold() not in known)


def _files(item: Item) -> Iterator[Dropped]:
    for address, kind in item.files:
        yield pictures.dropped(address, f"a file on another server ({kind or 'of unknown type'}), which is not fetched")


# --- dates ----------------------------------------------------------------------------------------


def _dated(item: Item, given: Given, now: datetime) -> tuple[datetime | None, datetime | None, tuple[str, ...]]:
    """Published and updated, and what was not understood. Who states only the latter, as Atom allows, means both."""
    problems: list[str] = []
    updated = _moment("updated", item.updated, given, now, problems)
    published = _moment("published", item.published, given, now, problems) or updated
    return published, updated if updated and published and updated > published else None, tuple(problems)


def _moment(name: str, texts: Sequence[str], given: Given, now: datetime, problems: list[str]) -> datetime | None:
    for text in texts:
        try:
            found = _read(text, given)
        except (DateError, ValueError, OverflowError):
            continue
        if found > now + _AHEAD:
            problems.append(f"its {name} {text!r} lies in the future; it was left out")
            return None
        return found
    if texts:
        problems.append(f"its {name} {texts[0]!r} was not understood")
    return None


def _read(text: str, given: Given) -> datetime:
    """RFC 3339, a date, RFC 5322, or in words; without an offset at the publisher's clock. Raises DateError, ValueError."""
    if _NO_YEAR.search(text):
        raise DateError(f"{text!r} is no day of publication")
    try:
        return fields.moment(text, given.zone)
    except DateError:
        line = date_lines.read(text, order=given.rules.date_order, zone=given.zone)
        found = (line.moment if line else None) or parsedate_to_datetime(text)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC if text.endswith("-0000") else given.zone)
        return fields.moment(aware.isoformat(timespec="seconds"), given.zone)
