"""The head of an HTML page: who wrote it and when, its deck and its caption, told as in text dumps and by its elements."""

from __future__ import annotations

from collections.abc import Sequence

from feeder.articles import datelines
from feeder.articles.html_pages.html_blocks import CELLS, BlockSheet
from feeder.articles.html_pages.html_story import letters_of
from feeder.articles.lines import clean, count, is_paragraph, plain
from feeder.articles.text_pages import bylines, page_dates
from feeder.articles.text_pages.reading import Reader
from feeder.articles.text_pages.sheet import Line, Sheet

_SHORTEST_DECK = 4  #: words
_REACH = 12  #: blocks above the story that may be its head
_UNDER = 5  #: blocks below a deck among which author and date may be
_ABOVE = 4  #: blocks above the title among which its date may be


def mark(page: BlockSheet) -> None:
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


def _head(page: BlockSheet) -> tuple[int, list[int]]:
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


def _first(page: BlockSheet, below: Sequence[int]) -> int:
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


def _is_caption(page: BlockSheet, index: int) -> bool:
    text = plain(page.text(index))
    return bool(page.rules.captions.search(text) or page.rules.pictures.search(text)) or page.blocks[index].pictured


def _is_head(page: BlockSheet, index: int) -> bool:
    """Whether a block can only belong to the head: a date, or who wrote."""
    line = Sheet((page.sheet.lines[index],))
    dated = page_dates.find(line, page.rules, page.given.language, page.given.zone)
    return bool(dated) or bool(bylines.names(page.text(index), page.rules))


def _spread(page: BlockSheet, head: Sequence[int]) -> tuple[Sheet, dict[int, list[int]]]:
    """The head as a sheet in which a line of several elements is several lines; and which lines each block became."""
    lines: list[Line] = []
    spread: dict[int, list[int]] = {}
    for index in head:
        own = page.sheet.lines[index]
        texts = [own.text] if is_paragraph(own.text) else [clean(one) for one in page.blocks[index].parts]
        if len(texts) < 2 or not all(texts) or _is_head(page, index) or _opens(page, index):
            texts = [own.text]
        spread[index] = list(range(len(lines), len(lines) + len(texts)))
        lines += [Line(number=own.number, text=text, gap=own.gap) for text in texts]
    return Sheet(tuple(lines)), spread


def _line(page: BlockSheet, reader: Reader, line: int, index: int) -> str:
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


def _opens(page: BlockSheet, index: int) -> bool:
    return datelines.read(page.text(index), page.given.language) is not None


def _take_dates(page: BlockSheet, reader: Reader, position: int) -> None:
    found = reader.dates[position]
    page.name(found.names)
    for one in found.read:
        if one.moment:
            page.dates.setdefault(one.kind, one.moment)


def _name(page: BlockSheet, reader: Reader, position: int, index: int) -> str:
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


def _lead(page: BlockSheet, reader: Reader, position: int, index: int) -> str:
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
    if not page.blocks[index].story or page.blocks[index].tag in CELLS:
        return ""
    if page.given.title and letters_of(text).startswith(letters_of(page.given.title)):
        return "repeats the title"
    if letters_of(text) == letters_of(page.deck):
        return "repeats the deck"
    if page.rules.above_story == "caption" and not page.caption and not page.blocks[index].lead:
        page.sheet.give(index, "caption")
        page.caption = text
        return ""
    broken = text.endswith(",")  # the first of several lines of a sentence
    if broken or (page.deck and not page.blocks[index].lead) or count(text) < _SHORTEST_DECK:
        return ""
    page.deck = text  # before the description for search engines: this one the page shows
    page.sheet.give(index, "deck")
    return ""
