"""What the formats have in common: clean text, addresses, moments, names. All of them fit XML and JSON."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit, urlunsplit

from feeder import markup
from feeder.model import Enclosure, Entry, Feed, NamedPlace

GENERATOR = "feeder"  #: without a version: a new release must not rewrite every feed


def moment(value: datetime) -> datetime:
    """The same instant in UTC and whole seconds.

    One instant has one spelling, whichever offset it came with, and no offset with seconds, which Kazakhstan had until
    1924 and RFC 3339 (5.6) cannot write.
    """
    return value.astimezone(UTC).replace(microsecond=0)


def rfc3339(value: datetime) -> str:
    """ "2026-11-13T13:30:00Z"."""
    return moment(value).isoformat().replace("+00:00", "Z")


@functools.lru_cache(maxsize=4096)  # an entry stands in several feeds, each in several formats
def uri(address: str) -> str:
    """An address in ASCII, as RSS needs it (RFC 3986, 2.1; the host as in IDNA). What is encoded already stays."""
    text = markup.line(address)
    try:
        parts = urlsplit(text)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # no such host can be; a broken link must not cost the feed
        return _encoded(text)
    return urlunsplit((parts.scheme, _encoded(host, "[]"), *(_encoded(part) for part in parts[2:])))


def _encoded(part: str, more: str = "") -> str:
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part), safe="%/:?@!$&'()*+,;=-._~" + more)


def original(entry: Entry) -> str:
    """The publisher's page, or "" when there is none that may be opened: http and https only, never a script."""
    return web(entry.original)


def web(url: str) -> str:
    """An address that may be opened, in ASCII; "" for any other."""
    address = uri(url)
    return address if address.startswith(("https://", "http://")) else ""


def originals(entry: Entry) -> list[str]:
    """The page of every source of the story, each once, that of the text shown first."""
    found = (original(entry), *(web(credit.url) for credit in entry.credits))
    return [url for url in dict.fromkeys(found) if url]


def sources(entry: Entry) -> list[tuple[str, str]]:
    """Every source of the story by name, with the address of its page or "", that of the text shown first."""
    others = [(markup.line(one.publisher) or _host(one.url), web(one.url)) for one in entry.credits]
    own = (markup.line(entry.publisher) or (_host(entry.original) if others else ""), original(entry))
    return [(name, url) for name, url in (own, *others) if name]


def _host(url: str) -> str:
    return urlsplit(web(url)).netloc.rpartition("@")[2].removeprefix("www.")


def media(feed: Feed, enclosure: Enclosure) -> str:
    """The absolute URL of a file of the site."""
    return uri(f"{feed.base_url}/{enclosure.path}")


def title(entry: Entry) -> str:
    """One line, never empty: Atom has no entry without a title (RFC 4287, 4.1.2)."""
    return markup.line(entry.title) or uri(entry.url)


def tagless(text: str) -> str:
    """Text without anything that looks like a tag, for where many readers expect HTML."""
    return re.sub(r"<(?=[A-Za-z/!?])", "‹", text)


def author(feed: Feed) -> str:
    """The newsroom, to whom what has no other author belongs."""
    return markup.line(feed.author) or feed_title(feed)


def feed_title(feed: Feed) -> str:
    """One line, never empty."""
    return markup.line(feed.title) or uri(feed.home)


def credits_of(entry: Entry, feed: Feed) -> list[str]:
    """Whom the story is by: its authors, else its publisher, else the newsroom: readers do not look it up in the feed."""
    for names in (entry.authors, (entry.publisher,)):
        if known := [line for name in names if (line := markup.line(name))]:
            return known
    return [author(feed)]


def tags(entry: Entry) -> list[str]:
    """What the story's topics are called, each once."""
    return [label for label in dict.fromkeys(markup.line(topic.label) for topic in entry.topics) if label]


def point(place: NamedPlace) -> str | None:
    """ "43.25 76.95": latitude and longitude in degrees, WGS 84; None when there are none, or none on this planet."""
    if place.latitude is None or place.longitude is None:
        return None
    on_earth = -90 <= place.latitude <= 90 and -180 <= place.longitude <= 180
    return f"{_degrees(place.latitude)} {_degrees(place.longitude)}" if on_earth else None


def _degrees(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def places_scheme(entry: Entry, feed: Feed) -> str:
    """What place ids are terms of: with the id behind it, it is the address of the place's page."""
    return uri(f"{feed.base_url}/{entry.locale}/places/")


def topics_scheme(entry: Entry, feed: Feed) -> str:
    """What the keys of topics are terms of, likewise."""
    return uri(f"{feed.base_url}/{entry.locale}/topics/")
