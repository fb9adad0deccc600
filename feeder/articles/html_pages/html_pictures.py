"""The pictures of an HTML page: which of them belong to its story, where they stand, and their captions.

A mark takes the place of each picture before the story is parted from the site around it; what is left of the marks then
is the story's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

from feeder import images, markup
from feeder.articles import pictures
from feeder.model import Dropped, Enclosure

#: Where pages keep the address of a picture that a script is to load.
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-full-src")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
#: Elements that hold no block: a figure cannot stand in them, and comes below.
_HOLD_NO_BLOCKS = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "center", "cite", "code", "del", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "i",
     "ins", "kbd", "mark", "p", "picture", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "u")
)  # fmt: skip
_ICON = 48  #: pixels; an author's face, an emoji, a button


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture of a page."""

    address: str
    alt: str
    caption: str
    figure: bool  #: whether the page sets it apart, as pages do with the picture above a story
    reason: str  #: why it is no picture of a story; "" when it may be one
    line: int


def mark(root: Any) -> dict[Any, Found]:
    """Put a mark in the place of every picture of a page; gives the marks with what each stands for."""
    found: dict[Any, Found] = {}
    for image in list(root.iter("img")):
        one = _read(image, next(image.iterancestors("figure"), None))
        new = lxml_html.Element("figure")
        place = next(
            reversed(list(image.iterancestors("figure", "picture"))), image
        )  # galleries are figures in figures
        while place.getparent() is not None and place.getparent().tag in _HOLD_NO_BLOCKS:
            place = place.getparent()
        _put_below(new, place, found)
        found[new] = one
    for element in [el for el in root.iter("figure", "picture", "img") if el not in found]:
        element.drop_tree()
    return found


def _put_below(new: Any, place: Any, marks: Mapping[Any, Found]) -> None:
    """Below an element and the marks that came below it before; the text that follows stays behind."""
    while place.getnext() is not None and place.getnext() in marks:
        place = place.getnext()
    new.tail, place.tail = place.tail, None
    place.addnext(new)


def _read(image: Any, figure: Any) -> Found:
    address = _address(image)
    only = figure is None or image is list(figure.iter("img"))[-1]  # the words below several pictures are said once
    words = figure.iterchildren("figcaption") if figure is not None and only else ()
    caption = " ".join(markup.line(part.text_content()) for part in words)
    return Found(
        address=address,
        alt=markup.line(image.get("alt") or ""),
        caption=caption,
        figure=figure is not None,
        reason=_reason(image, address),
        line=image.sourceline or 0,
    )


def _address(image: Any) -> str:
    """Of the addresses a picture has, that of a file beside the page; else any that is no placeholder."""
    known = [text for text in _addresses(image) if text]
    real = [text for text in known if not pictures.no_picture(text)]
    beside = (text for text in real if not pictures.is_remote(text))
    return next(beside, next(iter(real), next(iter(known), "")))


def _addresses(image: Any) -> Iterator[str]:
    yield from (markup.line(image.get(name) or "") for name in ("src", *_LAZY))
    picture = next(image.iterancestors("picture"), None)
    for element in (image, *(picture.iter("source") if picture is not None else ())):
        for name in _SETS:
            yield from _largest_first(element.get(name) or "")


def _largest_first(candidates: str) -> list[str]:
    """The addresses of a `srcset`, the widest or densest first (HTML, 4.8.4.2.1)."""
    found = re.findall(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", candidates)
    return [address for address, _ in sorted(found, key=lambda pair: -_number(pair[1]))]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def _reason(image: Any, address: str) -> str:
    width, height = image.get("width") or "", image.get("height") or ""
    if reason := pictures.no_picture(address, width, height):
        return reason
    sides = [side.removesuffix("px") for side in (width.strip(), height.strip())]
    if all(side.isascii() and side.isdigit() and int(side) <= _ICON for side in sides):
        return "an icon"
    links = (link.get("href") or "" for link in image.iterancestors("a"))
    if any(_leads_elsewhere(href) for href in links):
        return "leads to another page"
    return "" if address else "a picture without a file"


def _leads_elsewhere(href: str) -> bool:
    """Whether a link does not only show the picture larger."""
    path = re.split("[?#]", href, maxsplit=1)[0].casefold()
    return bool(path) and not path.startswith("javascript:") and not path.endswith(tuple(images.TYPES))


def of_story(
    root: Any, found: Mapping[Any, Found], leaves: Sequence[Any]
) -> tuple[list[Any], tuple[Enclosure, ...], tuple[Dropped, ...]]:
    """The marks of the story whose blocks are `leaves`, numbered, with their pictures; and what there is none.

    Between its first and its last block a picture is the story's; before them, when it is set apart as a figure, below the
    headline or in the same part of the page; behind them, when it stands beside the last one.
    """
    order = {element: number for number, element in enumerate(root.iter())}
    first, last = order[leaves[0]], order[leaves[-1]]
    top = max((order[el] for el in root.iter("h1") if order[el] < first), default=first)
    around, beside = _common(leaves), {*leaves, leaves[-1].getparent()}
    marks, kept, left = list[Any](), list[Enclosure](), list[Dropped]()
    for element, one in found.items():
        place = order[element]
        if place < first and not (one.figure and (place > top or around in element.iterancestors())):
            continue
        if place > last and not beside.intersection((element.getparent(), element.getparent().getparent())):
            continue
        if one.reason:
            left.append(pictures.dropped(one.address, one.reason, one.line))
            continue
        marks.append(element)
        element.set("data-picture", str(len(marks)))
        kept.append(pictures.inside(len(marks), one.address, one.alt, one.caption))
    return marks, tuple(kept), tuple(left)


def _common(leaves: Sequence[Any]) -> Any:
    """The part of the page that the story stands in: its <article>, or else what holds all its blocks."""
    article = next(leaves[0].iterancestors("article", "main"), None)
    if article is not None:
        return article
    shared = [set(leaf.iterancestors()) for leaf in leaves]
    return next((one for one in leaves[0].iterancestors() if all(one in others for others in shared)), None)
