"""The blocks of an HTML page under the rules that hold for text dumps: what is the publisher's, and what the story's.

    blocks in order -> a sheet with a line for each -> each given one role -> what stays, and the fields found on the way

The elements tell more than text does (a menu is a list of links, a related title is one link), so those rules are the
page's own; words and patterns are those of `feeder.articles.publishers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from feeder.articles import blocks, bylines, date_lines, datelines, endings, fields, page_dates
from feeder.articles.html_story import Block, letters_of
from feeder.articles.lines import Line, Sheet, clean, count, ends_full_stop, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.reading import Reader
from feeder.model import Dateline, Dropped, Language, Notice, Related

_SHORTEST_DECK = 4  #: words
_CELLS = ("td", "th", "dt", "dd")  #: in which a lone word or number says something
_REACH = 12  #: blocks above the story that may be its head
_UNDER = 5  #: blocks below a deck among which author and date may be
_ABOVE = 4  #: blocks above the title among which its date may be
_SMALL = 3  #: blocks of an element that holds a picture's caption and credit
_ELSEWHERE = "is not part of the story"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is known of a page before its blocks are read."""

    rules: Rules
    language: Language
    zone: ZoneInfo  #: of the publisher's clock
    url: str  #: to which links are relative; "" unknown
    title: str
    deck: str
    caption: str
    authors: tuple[str, ...]


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


class _Page:
    """The blocks with something on them, and their sheet."""

    def __init__(self, found: Sequence[Block], given: Given) -> None:
        self.blocks = [block for block in found if clean(block.text)]
        self.given, self.rules = given, given.rules
        self.sheet = Sheet(tuple(self._lines()))
        self.related: list[Related] = []
        self.names: list[str] = []
        self.dates: dict[str, datetime] = {}
        self.deck, self.caption = given.deck, given.caption
        self.dateline: Dateline | None = None  #: when it had a block for itself

    def _lines(self) -> Iterator[Line]:
        above: Block | None = None
        for block in self.blocks:
            together = above is not None and above.parent is block.parent and block.siblings <= _SMALL
            yield Line(number=block.line, text=clean(block.text), gap=not together)
            above = block

    def name(self, names: Sequence[str]) -> None:
        self.names += [name for name in names if name not in self.names]

    def text(self, index: int) -> str:
        return self.sheet.lines[index].text

    def stories(self, start: int = 0) -> list[int]:
        """The blocks without a role that were taken for the story."""
        return [index for index in self.sheet.free(start) if self.blocks[index].story]

    def link(self, index: int) -> Related | None:
        """The title and address of a block that is one link and nothing else."""
        found = self.blocks[index].link
        return Related(title=self.text(index), url=_address(self.given.url, found)) if found else None


def sift(found: Sequence[Block], beside: Sequence[Sequence[Block]], given: Given) -> Sifted:
    """Give every block its role. `beside` are the blocks of each element that is no story: <aside>, <footer>, <nav>."""
    page = _Page(found, given)
    notices = blocks.mark_notices(page.sheet, given.rules, given.language)
    _mark_related(page)
    _mark_chrome(page)
    endings.mark_promos(page.sheet, given.rules)
    _mark_end(page)
    _mark_head(page)
    _mark_rest(page)
    _mark_captions(page)
    below = endings.mark_authors(page.sheet, given.rules, given.language, 0, page.names or given.authors)
    _mark_dateline(page)
    aside = [_Page(one, given) for one in beside]
    more = [note for one in aside for note in blocks.mark_notices(one.sheet, given.rules, given.language)]
    for one in aside:
        _mark_related(one)
    links = [link for one in (page, *aside) for link in one.related]
    return Sifted(
        kept=tuple(page.blocks[index] for index in page.stories()),
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


# --- links to other stories -----------------------------------------------------------------------


def _mark_related(page: _Page) -> None:
    """Headings ("See also") with the blocks below them that are one link each, and lines that are both."""
    for index in page.sheet.free():
        text = page.text(index)
        heading, colon, title = text.partition(":")
        if index in page.sheet.roles or not (heading and blocks.is_related(heading, page.rules)):
            continue
        linked = page.blocks[index].inner_link
        if colon and title.strip() and (linked or not ends_full_stop(text)):
            page.sheet.give(index, "related")
            page.related.append(Related(title=title.strip(), url=_address(page.given.url, linked) if linked else ""))
        elif not title.strip() and (_take_links(page, index + 1) or colon):
            page.sheet.drop(index, "heading of related links")


def _take_links(page: _Page, start: int) -> int:
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


def _address(base: str, link: str) -> str:
    try:
        return fields.web_address(urljoin(base, link.strip()))
    except ValueError:
        return ""


# --- the site around the story --------------------------------------------------------------------


def _mark_chrome(page: _Page) -> None:
    rules = page.rules
    for index in page.stories():
        block, text = page.blocks[index], page.text(index)
        if index in page.sheet.roles or block.tag in _CELLS or (block.tag == "li" and not block.link):
            continue
        if fold(text) in rules.tag_headings:
            page.sheet.drop(index, "navigation of the site")
            _drop_links(page, index + 1, "navigation of the site")
        elif block.tag == "p" and blocks.is_credit(text, rules):
            page.sheet.drop(index, "credit line")
        elif rules.lost_links.search(plain(text)) and not block.inner_link:
            page.sheet.drop(index, "a link whose address was lost in copying")
        elif blocks.is_chrome(text, rules):
            page.sheet.drop(index, "navigation of the site")


def _drop_links(page: _Page, start: int, reason: str) -> None:
    for index in range(start, len(page.blocks)):
        if index in page.sheet.roles or not page.link(index):
            break
        page.sheet.drop(index, reason)


def _mark_end(page: _Page) -> None:
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


def _goes_on(page: _Page, index: int) -> bool:
    """Whether two paragraphs of the story stand below."""
    return sum(is_paragraph(page.text(below)) for below in page.stories(index + 1)) > 1


# --- the head -------------------------------------------------------------------------------------


def _mark_head(page: _Page) -> None:
    """Blocks around the title and above the story that say who wrote it and when, or are its deck."""
    title, head = _head(page)
    sheet, spread = _spread(page, head)
    labelled = bylines.mark_labelled(sheet, page.rules, page.given.language)
    dates = page_dates.find(sheet, page.rules, page.given.language, page.given.zone)
    reader = Reader(sheet=sheet, rules=page.rules, language=page.given.language, dates=dates)
    page.name([name for _, name in labelled])
    for index in sorted(
        head, key=lambda one: (one < title, one)
    ):  # what stands below the title counts before what is above
        reasons = [reason for line in spread[index] if (reason := _line(page, reader, line, index))]
        reason = next(iter(reasons), "") or _lead(page, reader, spread[index][0], index)
        if not reason and index < title and page.blocks[index].story and index not in page.sheet.roles:
            reason = "above the title"
        if reason:
            page.sheet.drop(index, reason)


def _head(page: _Page) -> tuple[int, list[int]]:
    """The block that is the title, and the free blocks from a little above it down to the first paragraph of the story."""
    stories = page.stories()
    titles = [index for index, block in enumerate(page.blocks) if block.letters == letters_of(page.given.title)]
    below = [index for index in stories if not titles or index > titles[0]] or stories
    if not below:
        return 0, []
    opening = next((index for index in below[:_REACH] if _opens(page, index)), None)
    first = opening if opening is not None else _first(page, below)
    title = max((index for index in titles if index < first), default=-1)
    start = title - _ABOVE if title >= 0 else first - _REACH
    chosen = [index for index in stories if index < start]  # a menu that was taken for the story
    return title, [
        index for index in page.sheet.free() if index in chosen or (max(0, start) <= index < first and index != title)
    ]


def _first(page: _Page, below: Sequence[int]) -> int:
    """The first paragraph of a story without a dateline: below its deck, a caption, and the lines of the head under those."""
    free = [index for index in below if not _is_caption(page, index)] or list(below)
    said = [is_paragraph(page.text(index)) for index in free]
    start = said.index(True) if True in said else 0
    last = start
    for place in range(start + 1, min(start + _UNDER, len(free) - 1)):
        if said[place]:
            break
        last = place if _is_head(page, free[place]) else last
    deck = last > start or page.blocks[free[start]].lead
    return free[last + 1] if deck and last + 1 < len(free) else free[start]


def _is_caption(page: _Page, index: int) -> bool:
    text = plain(page.text(index))
    return bool(page.rules.captions.search(text) or page.rules.pictures.search(text)) or page.blocks[index].pictured


def _is_head(page: _Page, index: int) -> bool:
    """Whether a block can only belong to the head: a date, or who wrote."""
    line = Sheet((page.sheet.lines[index],))
    dated = page_dates.find(line, page.rules, page.given.language, page.given.zone)
    return bool(dated) or bool(bylines.names(page.text(index), page.rules))


def _spread(page: _Page, head: Sequence[int]) -> tuple[Sheet, dict[int, list[int]]]:
    """The head as a sheet in which a line of several elements is several lines; and which lines each block became."""
    lines: list[Line] = []
    spread: dict[int, list[int]] = {}
    for index in head:
        own = page.sheet.lines[index]
        texts = (
            [own.text]
            if is_paragraph(own.text) or _opens(page, index)
            else [clean(one) for one in page.blocks[index].parts]
        )
        whole = page_dates.find(Sheet((own,)), page.rules, page.given.language, page.given.zone)
        texts = [own.text] if whole or not all(texts) or bylines.names(own.text, page.rules) else texts
        spread[index] = list(range(len(lines), len(lines) + max(1, len(texts))))
        lines += [Line(number=own.number, text=text, gap=own.gap) for text in texts or [own.text]]
    return Sheet(tuple(lines)), spread


def _line(page: _Page, reader: Reader, line: int, index: int) -> str:
    """Why a line of the head is not the story's; "" where nothing tells."""
    if reason := reader.sheet.reasons.get(line):
        return reason
    if reader.is_date(line):
        _take_dates(page, reader, line)
        return "is a date of the page"
    if datelines.alone(reader.text(line), page.given.language):
        return ""
    if page.blocks[index].story and reader.is_trail(line, above=True):
        return "where the page is on the site"
    return "" if _is_caption(page, index) else _name(page, reader, line, index)


def _opens(page: _Page, index: int) -> bool:
    return datelines.read(page.text(index), page.given.language) is not None


def _take_dates(page: _Page, reader: Reader, position: int) -> None:
    found = reader.dates[position]
    page.name(found.names)
    for one in found.read:
        if one.moment:
            page.dates.setdefault(one.kind, one.moment)


def _name(page: _Page, reader: Reader, position: int, index: int) -> str:
    """Why a block that only says who wrote goes; "" for others."""
    block, text = page.blocks[index], page.text(index)
    names = reader.names(position) or ((bare,) if (bare := reader.bare_name(position)) else ())
    if names:
        page.name(names)
        return "names the author"
    if block.times and block.letters == block.times:
        return "is a date of the page"
    known = any(letters_of(name) in block.letters for name in page.given.authors if letters_of(name))
    if known and block.story and not is_paragraph(text) and count(text) <= _REACH:
        return "names the author"
    return "what the author does" if reader.is_job(position) else ""


def _lead(page: _Page, reader: Reader, position: int, index: int) -> str:
    """Why a block of the story above its first paragraph goes: it is the caption, or the deck, or repeats it."""
    text = page.text(index)
    if letters_of(text) == letters_of(page.caption):
        return "repeats the caption"
    if reader.is_caption(position) or page.blocks[index].pictured:
        if page.caption:
            return "caption of another picture"
        page.sheet.give(index, "caption")
        page.caption = text
        return ""
    if found := datelines.alone(text, page.given.language):
        page.dateline = found
        page.sheet.give(index, "dateline")
        return ""
    if not page.blocks[index].story or page.blocks[index].tag in _CELLS:
        return ""
    if letters_of(text.casefold()).startswith(letters_of(page.given.title.casefold())):
        return "repeats the title"
    if letters_of(text) == letters_of(page.deck):
        return "repeats the deck"
    if page.rules.above_story == "caption" and not page.caption and not page.blocks[index].lead:
        page.sheet.give(index, "caption")
        page.caption = text
        return ""
    if (page.deck and not page.blocks[index].lead) or count(text) < _SHORTEST_DECK:
        return ""
    page.deck = text  # before the description for search engines: this one the page shows
    page.sheet.give(index, "deck")
    return ""


# --- the rest -------------------------------------------------------------------------------------


def _mark_rest(page: _Page) -> None:
    """What was never taken for the story."""
    title = letters_of(page.given.title)
    for index in page.sheet.free():
        if page.blocks[index].letters == title:
            page.sheet.drop(index, "repeats the title")
        elif not page.blocks[index].story:
            page.sheet.drop(index, _reason(page, index))


def _reason(page: _Page, index: int) -> str:
    text = plain(page.text(index))
    if page.blocks[index].comment:
        return "comment of a reader"
    return "navigation of the site" if blocks.is_chrome(text, page.rules) else _ELSEWHERE


def _mark_captions(page: _Page) -> None:
    """Captions that stand as paragraphs within the story, told by their credit or because they are printed once more."""
    for index in page.stories():
        if page.blocks[index].letters == letters_of(page.caption) and len(page.stories()) > 1:
            page.sheet.drop(index, "repeats the caption")
        elif page.blocks[index].pictured and not is_paragraph(page.text(index)):
            page.sheet.drop(index, "caption of a picture within the story")
    endings.mark_pictures(page.sheet, page.rules, 0)


def _mark_dateline(page: _Page) -> None:
    """The dateline that has a block for itself above the story."""
    free = page.stories()
    if page.dateline is None and len(free) > 1 and ends_sentence(page.text(free[1])):
        page.dateline = datelines.alone(page.text(free[0]), page.given.language)
        if page.dateline:
            page.sheet.give(free[0], "dateline")


def _reporter(page: _Page) -> tuple[str, ...]:
    """The author named in the dateline."""
    opening = datelines.read(page.text(page.stories()[0]), page.given.language) if page.stories() else None
    return (opening.author,) if opening and opening.author else ()


def _dropped(page: _Page, beside: Sequence[_Page]) -> Iterator[Dropped]:
    for index, reason in page.sheet.reasons.items():
        yield Dropped(line=page.blocks[index].line, text=page.text(index), reason=reason)
    for one in beside:
        for index, block in enumerate(one.blocks):
            if one.sheet.roles.get(index) not in ("notice", "related"):
                yield Dropped(
                    line=block.line, text=one.text(index), reason=one.sheet.reasons.get(index) or block.reason
                )
