"""A story in HTML without a page around it, as feeds carry it, under the rules that hold for saved pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from feeder import markup
from feeder.articles import datelines, pictures
from feeder.articles.html_pages import html_page, html_sheet, html_story
from feeder.articles.html_pages.html_blocks import Given
from feeder.articles.html_pages.html_story import Block
from feeder.articles.lines import clean
from feeder.errors import ArticleError
from feeder.model import Dateline, Dropped, Enclosure, Notice, Related

_MOST_TAGS = 20_000  #: of one story; the rules look at some of them again and again
_LONGEST = 1_000_000  #: code points of one story
_AWAY = "a picture on another server, which would learn who reads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was made of it."""

    body: str  #: safe HTML; "" when nothing is left
    deck: str
    dateline: Dateline | None
    authors: tuple[str, ...]
    notices: tuple[Notice, ...]
    related: tuple[Related, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]


def check(html: str) -> None:
    """Raise ArticleError for what no story is, and what would take minutes to look at."""
    if html.count("<") > _MOST_TAGS or len(html) > _LONGEST:
        raise ArticleError(f"its text has more than {_MOST_TAGS} tags or {_LONGEST} characters", field="size")


def read(html: str, given: Given) -> Piece:
    """Part a story from its notices, links to others, byline and dateline. `given.url` is what its links are relative to.

    Its pictures are on other servers, and none is shown. Raises ArticleError when the HTML cannot be read.
    """
    found = html_story.whole(_parse(markup.clean(html)), given.title)
    sifted = html_sheet.sift(found.blocks, found.beside, replace(given, caption=found.caption))
    kept = [block for block in found.blocks if block in sifted.kept or _is_opening(block, sifted.deck, given)]
    story = html_story.cut_out(found, kept, given.language)
    safe = pictures.without(markup.sanitise(story.html, given.url)).strip()
    dateline, body = datelines.split_first(safe, given.language)
    return Piece(
        body=body,
        deck=given.deck,
        dateline=dateline or sifted.dateline,
        authors=sifted.authors,
        notices=sifted.notices,
        related=sifted.related,
        dropped=(*sifted.dropped, *story.dropped, *away(story.pictures), *_captions(sifted.caption)),
        problems=(*markup.removed(html, story.html), *sifted.problems),
    )


def _is_opening(block: Block, deck: str, given: Given) -> bool:
    """Whether a block was taken for the deck: a page has one above its story, a feed has it apart."""
    return deck != given.deck and block.story and clean(block.text) == deck


def away(found: Iterable[Enclosure]) -> Iterator[Dropped]:
    """Pictures that are not shown because they are on another server."""
    yield from (pictures.dropped(picture.origin, _AWAY) for picture in found)


def _captions(caption: str) -> Iterator[Dropped]:
    if caption:
        yield Dropped(line=0, text=caption, reason="caption of a picture that is not shown")


def _parse(html: str) -> Any:
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        root = lxml_html.document_fromstring(f"<html><body>{html}</body></html>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ArticleError("its text is no readable HTML", field="body") from None
    if "&#" in html:
        root = html_page.cleaned(root)
    for element in root.iter("aside", "footer"):
        element.tag = "div"  # a feed has no site around its story: this belongs to it, and may be a notice
    return root
