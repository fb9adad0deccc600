"""The blocks of an HTML page under the rules that hold for text dumps: what is the publisher's, and what the story's.

    blocks in order -> a sheet with a line for each -> each given one role -> what stays, and the fields found on the way

The elements tell more than text does (a menu is a list of links, a related title is one link), so those rules are the
page's own; words and patterns are those of `feeder.articles.publishers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feeder.articles import date_lines, datelines
from feeder.articles.html_pages import html_head
from feeder.articles.html_pages.html_blocks import CELLS, BlockSheet, Given, address
from feeder.articles.html_pages.html_story import Block, letters_of
from feeder.articles.lines import ends_full_stop, ends_sentence, fold, is_paragraph, plain
from feeder.articles.text_pages import blocks, endings
from feeder.model import Dateline, Dropped, Notice, Related

_NEAR = 2  #: blocks of the story near its picture
_ELSEWHERE = "is not part of the story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The story's blocks, and what the others said."""

    kept: tuple[Block, ...]
    deck: str
    caption: str
    dateline: Dateline | None  #: when it had a block for itself
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    notices: tuple[Notice, ...]
    related: tuple[Related, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]


def sift(found: Sequence[Block], beside: Sequence[Sequence[Block]], given: Given) -> Sifted:
    """Give every block its role. `beside` are the blocks of each element that is no story: <aside>, <footer>, <nav>."""
    page = BlockSheet(found, given)
    notices = blocks.mark_notices(page.sheet, given.rules, given.language)
    _mark_related(page)
    _mark_chrome(page)
    notices += blocks.mark_notices(page.sheet, given.rules, given.language)  # those told by what stands above them
    endings.mark_promos(page.sheet, given.rules)
    _mark_end(page)
    html_head.mark(page)
    _mark_rest(page)
    _mark_captions(page)
    below = endings.mark_authors(page.sheet, given.rules, given.language, 0, page.names or given.authors)
    _mark_dateline(page)
    aside = [BlockSheet(one, given) for one in beside]
    more = [note for one in aside for note in blocks.mark_notices(one.sheet, given.rules, given.language)]
    for one in aside:
        _mark_related(one)
    links = [link for one in (page, *aside) for link in one.related]
    return Sifted(
        kept=tuple(page.blocks[index] for index in page.stories()) or _all(page),
        deck=page.deck,
        caption=page.caption or " ".join(page.sheet.texts("caption")),
        dateline=page.dateline,
        authors=tuple(page.names) or below or _reporter(page),
        published=page.dates.get("published"),
        updated=page.dates.get("updated"),
        notices=tuple(dict.fromkeys((*notices, *more))),
        related=tuple({link.title: link for link in reversed(links)}.values())[::-1],
        dropped=tuple(sorted(_dropped(page, aside), key=lambda one: one.line)),
        problems=tuple(page.sheet.problems),
    )


def _all(page: BlockSheet) -> tuple[Block, ...]:
    """All that was taken for the story: rules that leave nothing of it do not fit the page."""
    title = letters_of(page.given.title)
    return tuple(block for block in page.blocks if block.story and block.letters != title)


# --- links to other stories -----------------------------------------------------------------------


def _mark_related(page: BlockSheet) -> None:
    """Headings ("See also") with the blocks below them that are one link each, and lines that are both."""
    for index in page.sheet.free():
        text = page.text(index)
        heading, colon, title = text.partition(":")
        if index in page.sheet.roles or not (heading and blocks.is_related(heading, page.rules)):
            continue
        linked = page.blocks[index].inner_link
        if colon and title.strip() and (linked or not ends_full_stop(text)):
            page.sheet.give(index, "related")
            page.related.append(Related(title=title.strip(), url=address(page.given.url, linked) if linked else ""))
        elif not title.strip() and (_take_links(page, index + 1) or colon):
            page.sheet.drop(index, "heading of related links")


def _take_links(page: BlockSheet, start: int) -> int:
    """Take the links from a block on, and the dates between them; gives how many."""
    taken, published = 0, None
    for index in range(start, len(page.blocks)):
        link = page.link(index) if index not in page.sheet.roles else None
        date = date_lines.read(page.text(index), order=page.rules.related_date_order, zone=page.given.zone)
        if (
            not (link or date)
            or index in page.sheet.roles
            or (page.blocks[index].story and ends_full_stop(page.text(index)))
        ):
            break
        page.sheet.give(index, "related")
        if link:
            page.related.append(Related(title=link.title, url=link.url, published=published))
            taken, published = taken + 1, None
        elif date and date.moment and taken and page.related[-1].published is None:
            page.related[-1] = Related(title=page.related[-1].title, url=page.related[-1].url, published=date.moment)
        elif date:
            published = date.moment
    return taken


# --- the site around the story --------------------------------------------------------------------


def _mark_chrome(page: BlockSheet) -> None:
    rules = page.rules
    for index in page.stories():
        block, text = page.blocks[index], page.text(index)
        if index in page.sheet.roles or block.tag in CELLS or (block.tag == "li" and not block.link):
            continue
        if fold(text) in rules.tag_headings:
            page.sheet.drop(index, "navigation of the site")
            _drop_links(page, index + 1, "navigation of the site")
        elif block.tag == "p" and blocks.is_credit(text, rules):
            page.sheet.drop(index, "credit line")
        elif rules.lost_links.search(plain(text)) and not block.inner_link:
            page.sheet.drop(index, "a link whose address was lost in copying")
        elif block.tag == "p" and not block.link and blocks.is_story_number(page.sheet, index):
            page.sheet.report(index, "a number between two paragraphs was kept in the story")
        elif blocks.is_chrome(text, rules):
            page.sheet.drop(index, "navigation of the site")


def _drop_links(page: BlockSheet, start: int, reason: str) -> None:
    for index in range(start, len(page.blocks)):
        if index in page.sheet.roles or not page.link(index):
            break
        page.sheet.drop(index, reason)


def _mark_end(page: BlockSheet) -> None:
    """What stands below the heading of the comments or of other news, and what readers wrote."""
    for index in page.stories():
        if page.blocks[index].comment:
            page.sheet.drop(index, "comment of a reader")
    begun = False
    for index in page.sheet.free():
        text = page.text(index)
        if index in page.sheet.roles:
            continue
        if begun and blocks.is_ending(text, page.rules) and not blocks.is_chrome(text, page.rules):
            if fold(text) in page.rules.lists:
                page.sheet.drop(index, "heading of other news")
                _drop_links(page, index + 1, "list of other news")
                continue
            if fold(text) not in page.rules.endings and _goes_on(page, index):
                page.sheet.drop(index, "credit line")  # "© 2026 …" below a picture
                continue
            for below in page.sheet.free(index):
                page.sheet.drop(below, "below the end of the story")
            return
        begun = begun or (page.blocks[index].story and is_paragraph(text))


def _goes_on(page: BlockSheet, index: int) -> bool:
    """Whether two paragraphs of the story stand below."""
    return sum(is_paragraph(page.text(below)) for below in page.stories(index + 1)) > 1


# --- the rest -------------------------------------------------------------------------------------


def _mark_rest(page: BlockSheet) -> None:
    """What was never taken for the story."""
    title = letters_of(page.given.title)
    for index in page.sheet.free():
        if page.blocks[index].letters == title:
            page.sheet.drop(index, "repeats the title")
        elif not page.blocks[index].story:
            page.sheet.drop(index, _reason(page, index))


def _reason(page: BlockSheet, index: int) -> str:
    text = plain(page.text(index))
    if page.blocks[index].comment:
        return "comment of a reader"
    return "navigation of the site" if blocks.is_chrome(text, page.rules) else _ELSEWHERE


def _mark_captions(page: BlockSheet) -> None:
    """Captions that stand as paragraphs: by their credit, by their element, or because they repeat the page's.

    A sentence further down may repeat the caption and be the story's.
    """
    stories = page.stories()
    for place, index in enumerate(stories):
        free = place < _NEAR or not is_paragraph(page.text(index))
        if free and len(stories) > 1 and page.blocks[index].letters == letters_of(page.caption):
            page.sheet.drop(index, "repeats the caption")
        elif page.blocks[index].pictured and not is_paragraph(page.text(index)):
            page.sheet.drop(index, "caption of a picture within the story")
    endings.mark_pictures(page.sheet, page.rules, 0)


def _mark_dateline(page: BlockSheet) -> None:
    """The dateline that has a block for itself above the story."""
    free = page.stories()
    if page.dateline is None and len(free) > 1 and ends_sentence(page.text(free[1])):
        page.dateline = datelines.alone(page.text(free[0]), page.given.language)
        if page.dateline:
            page.sheet.give(free[0], "dateline")


def _reporter(page: BlockSheet) -> tuple[str, ...]:
    """The author named in the dateline."""
    opening = datelines.read(page.text(page.stories()[0]), page.given.language) if page.stories() else None
    return (opening.author,) if opening and opening.author else ()


def _dropped(page: BlockSheet, beside: Sequence[BlockSheet]) -> Iterator[Dropped]:
    for index, reason in page.sheet.reasons.items():
        yield Dropped(line=page.blocks[index].line, text=page.text(index), reason=reason)
    for one in beside:
        for index, block in enumerate(one.blocks):
            if one.sheet.roles.get(index) not in ("notice", "related"):
                yield Dropped(
                    line=block.line, text=one.text(index), reason=one.sheet.reasons.get(index) or block.reason
                )
