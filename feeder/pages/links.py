"""Where each published file lies, and how one page reaches another.

A *path* is a file under the site's root: "kk/stories/shyraq/index.html". An address (URL) is absolute and leaves
"index.html" out; a *href* is what stands in a page, percent-encoded and relative, with "index.html", so that a folder
of files opened from a disk works as well as a host or a part of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal
from urllib.parse import quote, urlsplit

from feeder.model import Locale, PlaceId, Site, TopicKey, Week

Format = Literal["atom", "rss", "json"]

FORMATS: tuple[Format, ...] = ("atom", "rss", "json")
TYPES: dict[Format, str] = {
    "atom": "application/atom+xml",  # RFC 4287, section 7
    "rss": "application/rss+xml",
    "json": "application/feed+json",  # JSON Feed 1.1
}
NAMES: dict[Format, str] = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}

CHOOSER = "index.html"
COMBINED = "feed.atom"  #: every language version once
WHOLE_OPML = "opml.xml"
STYLE = "style.css"
COPY = "copy.js"  #: puts an address on the clipboard
COMBINED_PREVIEW = "feed.html"

_INDEX = "index.html"
_TOPIC = re.compile(r"(.*/)?feed\.(atom|rss|json)")
_IMAGE = re.compile(r"<img\s[^<>]*>")


def home(locale: Locale) -> str:
    """Path of a language's front page."""
    return f"{locale}/{_INDEX}"


def story(locale: Locale, slug: str) -> str:
    """Path of a story's page."""
    return f"{locale}/stories/{slug}/{_INDEX}"


def place(locale: Locale, key: PlaceId) -> str:
    """Path of a place's page."""
    return f"{locale}/places/{key}/{_INDEX}"


def topic(locale: Locale, key: TopicKey) -> str:
    """Path of a topic's page."""
    return f"{locale}/topics/{key}/{_INDEX}"


def feeds(locale: Locale) -> str:
    """Path of the page that explains how to subscribe."""
    return f"{locale}/feeds/{_INDEX}"


def feed_preview(locale: Locale) -> str:
    """Path of what a person sees who opens a language's feed in a browser; servers show it at the feed's address."""
    return f"{locale}/feed.html"


def digests(locale: Locale) -> str:
    """Path of the digest archive."""
    return f"{locale}/digest/{_INDEX}"


def digest(locale: Locale, week: Week) -> str:
    """Path of one issue of the digest."""
    return f"{locale}/digest/{week}/{_INDEX}"


def subscribe(locale: Locale) -> str:
    """Path of the page to subscribe to the digest; no file, `feeder serve` makes it."""
    return f"{locale}/subscribe"


def privacy(locale: Locale) -> str:
    """Path of the page that says what is kept of subscribers."""
    return f"{locale}/privacy/{_INDEX}"


def feed(locale: Locale, kind: Format) -> str:
    """Path of a language's feed in one format."""
    return f"{locale}/feed.{kind}"


def archive(locale: Locale, number: int) -> str:
    """Path of an archive document of a language's feed; the first is 1."""
    return f"{locale}/archive/{number:06d}.atom"


def gone(locale: Locale, slug: str) -> str:
    """Path of the page of a retracted story; a server that finds it answers 410 for the story's address."""
    return f"{locale}/stories/{slug}/410.html"


def place_feed(locale: Locale, key: PlaceId) -> str:
    """Path of a place's feed; places have Atom only."""
    return f"{locale}/places/{key}/feed.atom"


def topic_feed(locale: Locale, key: TopicKey) -> str:
    """Path of a topic's feed; topics have Atom only."""
    return f"{locale}/topics/{key}/feed.atom"


def not_found(locale: Locale) -> str:
    """Path of the page for a wrong address; hosts of static files look for this name."""
    return f"{locale}/404.html"


def opml(locale: Locale) -> str:
    """Path of the list of all feeds."""
    return f"{locale}/opml.xml"


def address(site: Site, path: str) -> str:
    """The absolute URL of a path."""
    return f"{site.base_url}/{quote(path.removesuffix(_INDEX) if _is_index(path) else path)}"


def is_topic(path: str) -> bool:
    """Whether a path is that of a feed a hub tells of (WebSub); archive documents are none: they hardly ever change."""
    return _TOPIC.fullmatch(path) is not None


def relations(site: Site, path: str) -> str | None:
    """The HTTP Link header (RFC 8288) of a feed: hub and self as the feed itself names them. None for other files."""
    if not site.hub or not is_topic(path):
        return None
    return f'<{site.hub}>; rel="hub", <{address(site, path)}>; rel="self"'


def _is_index(path: str) -> bool:
    return path == _INDEX or path.endswith(f"/{_INDEX}")


def up(path: str) -> str:
    """From a page to the site's root: "../../../" for a story."""
    return "../" * path.count("/")


def base(site: Site) -> str:
    """The site's root as a path on its host: "/" or "/news/"; for a page that is shown at any address."""
    return f"{urlsplit(site.base_url).path}/"


def to(root: str) -> Callable[[str], str]:
    """The href of a path, for pages whose way to the site's root is `root`."""
    return lambda path: root + quote(path)


def near(site: Site, root: str) -> Callable[[str], str]:
    """The relative href of an address on this site; addresses elsewhere stay as they are."""

    def href(url: str) -> str:
        own = f"{site.base_url}/"
        if not url.startswith(own):
            return url
        rest = url.removeprefix(own)
        return root + rest + (_INDEX if not rest or rest.endswith("/") else "")

    return href


def web(url: str) -> str:
    """The URL when a reader may safely follow it (http or https), else ""."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def host(url: str) -> str:
    """Whose page it is, for readers: "source.example.net"."""
    return urlsplit(url).netloc.rpartition("@")[2].removeprefix("www.")


def near_images(html: str, site: Site, root: str) -> str:
    """Sanitised HTML whose images of this site are loaded from beside the page; pages never ask another address."""
    absolute, relative = f'src="{site.base_url}/', f'src="{root}'
    return _IMAGE.sub(lambda tag: tag[0].replace(absolute, relative), html)
