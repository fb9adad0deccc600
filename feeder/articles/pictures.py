"""Pictures inside a story's body: what the body calls them, which are none, and how they are shown.

While an article is read, a mark stands in its body where a picture is, and an `Enclosure` with the same number, in
`inside`, says which file is meant. The file is opened elsewhere; only what was found there is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from urllib.parse import unquote

from feeder import markup
from feeder.model import Dropped, Enclosure

_MARK = re.compile(r'<figure data-picture="(\d+)"></figure>\n?')
#: Where Pelican looks for a file; here it is looked for beside the article and from the top of the folder.
_PREFIX = re.compile(r"(?:\{(?:static|attach|filename|photo)\}|\|(?:static|attach|filename)\|)", re.IGNORECASE)
_REMOTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
#: Addresses of counters, on whatever server: "/pixel.gif", "/p.gif?", "mc.yandex.ru/watch/1", "facebook.com/tr?id=".
_COUNTER = re.compile(
    r"(?:\b|_)(?:pixel|beacon|counter|count|hit|spacer|tracker|tracking|analytics|doubleclick|scorecardresearch|liveinternet|"
    r"top-fwz1|top100)(?:\b|_)|yandex\.\w+/watch|facebook\.com/tr\b|/p\.gif\b",
    re.IGNORECASE,
)
_DOT = 2  #: pixels of the longer side up to which a picture shows nothing


def inside(number: int, address: str, alt: str, caption: str) -> Enclosure:
    """The picture that a mark with this number stands for, its file not yet opened."""
    return Enclosure(
        path="",
        type="",
        length=0,
        alt=markup.line(alt),
        caption=markup.line(caption),
        origin=origin(address),
        inside=number,
    )


def origin(address: str) -> str:
    """A file's path as the address in a body means it; an address on another server stays as it is."""
    text = markup.line(address)
    if is_remote(text) or text[:5].casefold() == "data:":
        return text
    return without_prefix(markup.line(unquote(re.split("[?#]", text, maxsplit=1)[0])))


def without_prefix(path: str) -> str:
    """A path without what Pelican writes before it: "{static}/images/a.jpg"."""
    prefix = _PREFIX.match(path)
    return path[prefix.end() :] if prefix else path


def is_remote(address: str) -> bool:
    return _REMOTE.match(address) is not None


def no_picture(address: str, width: str = "", height: str = "") -> str:
    """Why nobody misses what stands at an address, with the size that its page states: a short phrase; "" for a picture."""
    if address[:5].casefold() == "data:":
        return "a picture without a file"
    if any(side.strip().removesuffix("px") in ("0", "1") for side in (width, height)):
        return "a picture of one pixel, which only counts readers"
    return "counts readers" if is_remote(address) and _COUNTER.search(address) else ""


def is_dot(one: Enclosure) -> bool:
    """Whether a picture, once measured, turned out to show nothing."""
    return 0 < max(one.width, one.height) <= _DOT or 1 in (one.width, one.height)


def dropped(address: str, reason: str, line: int = 0) -> Dropped:
    """What is kept of something that is no picture."""
    return Dropped(line=line, text=address if len(address) <= 80 else address[:79] + "…", reason=reason)


def sorted_out(found: Iterable[tuple[str, str, str]]) -> tuple[tuple[Enclosure, ...], tuple[Dropped, ...]]:
    """The pictures of a text, each (address, alternative text, caption), and what is none."""
    kept, left = list[Enclosure](), list[Dropped]()
    for number, (address, alt, caption) in enumerate(found, start=1):
        if reason := no_picture(address):
            left.append(dropped(address, reason))
        elif address:
            kept.append(inside(number, address, alt, caption))
    return tuple(kept), tuple(left)


def arranged(enclosures: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """Opened pictures without one that the story shows already above its text; that one takes its words where it has none."""
    given = list(enclosures)
    own = next((one for one in given if not one.inside), None)
    if own is None:
        return tuple(given)
    again = [one for one in given if one.inside and one.path == own.path]
    for one in again:
        own = replace(own, alt=own.alt or one.alt, caption=own.caption or one.caption)
    return (own, *(one for one in given if one.inside and one not in again))


def shown(html: str, enclosures: Iterable[Enclosure], base_url: str) -> str:
    """Safe HTML with its pictures in the places of their marks, each from the site itself; marks of no picture go."""
    figures = {str(one.inside): _figure(one, base_url) for one in enclosures if one.inside}
    return _MARK.sub(lambda mark: figures.get(mark[1], ""), html)


def without(html: str) -> str:
    """Safe HTML without the marks."""
    return _MARK.sub("", html)


def _figure(one: Enclosure, base_url: str) -> str:
    size = f' width="{one.width}" height="{one.height}"' if one.width and one.height else ""
    caption = f"<figcaption>{escape(one.caption)}</figcaption>" if one.caption else ""
    source = escape(f"{base_url}/{one.path}")
    return f'<figure><img src="{source}" alt="{escape(one.alt)}"{size} loading="lazy">{caption}</figure>\n'
