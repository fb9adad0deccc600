"""What stands around a story on a page: chrome, notices, related links, promo and author boxes, the end of the page.

Each function gives roles to lines of a sheet; the order in `text_dump.read` matters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import pairwise, takewhile

from feeder.articles import date_lines
from feeder.articles.lines import Sheet, count, ends_full_stop, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.model import Language, Notice, Related

_LONGEST_TITLE = 30  #: words
_LONGEST_HEADING = 12  #: words


def mark_chrome(sheet: Sheet, rules: Rules) -> None:
    """Navigation, sharing, subscribing, and sentences that were a link."""
    for index in sheet.free():
        text = plain(sheet.lines[index].text)
        if fold(text) in rules.chrome or rules.chrome_patterns.search(text):
            sheet.drop(index, "navigation of the site")
        elif rules.lost_links.search(text):
            sheet.drop(index, "a link whose address was lost in copying")
        elif rules.credits.search(text) and not is_paragraph(text):
            sheet.drop(index, "credit line")


# --- notices -------------------------------------------------------------------------------------


def mark_notices(sheet: Sheet, rules: Rules, language: Language) -> tuple[Notice, ...]:
    """Legal and safety notices: one for each block, its paragraphs joined with "\\n"."""
    found: list[Notice] = []
    for index in sheet.free():
        if index in sheet.roles:
            continue
        for rule, start, follow in rules.notices:
            if block := _notice(sheet, index, start, follow, rules):
                for line in block:
                    sheet.give(line, "notice")
                text = "\n".join(sheet.lines[line].text for line in block)
                found.append(Notice(text=text, language=language, kind=rule.kind))
                break
    return tuple(dict.fromkeys(found))


def _notice(sheet: Sheet, index: int, start: re.Pattern[str], follow: re.Pattern[str], rules: Rules) -> list[int]:
    """The lines of a notice that begins here. A story may report on such a declaration: the words alone do not make one."""
    text = plain(sheet.lines[index].text)
    if follow.search(text):
        return [index]
    if not start.search(text):
        return []
    later = sheet.free(index + 1)
    if later and follow.search(plain(sheet.lines[later[0]].text)):
        return [index, later[0]]
    own = bool(rules.publisher) and fold(text).startswith(fold(rules.publisher))
    return [index] if own and not any(is_paragraph(sheet.lines[line].text) for line in later) else []


# --- related links -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """Where a list of related links is looked for, and how its dates are read."""

    sheet: Sheet
    rules: Rules
    zone: tzinfo

    def date(self, index: int) -> date_lines.DateLine | None:
        if index >= len(self.sheet.lines) or index in self.sheet.roles:
            return None
        return date_lines.read(self.sheet.lines[index].text, order=self.rules.related_date_order, zone=self.zone)


def mark_related(sheet: Sheet, rules: Rules, zone: tzinfo) -> tuple[tuple[Related, ...], int]:
    """Related links after a heading ("See also"), and the index where a dated list of them ends the story.

    In a list at the end of a page titles and date lines alternate, or titles follow each other. In the middle of
    a story only the lines directly below the heading are links, so that no crosshead of the story is taken for one.
    """
    found: list[Related] = []
    end = len(sheet.lines)
    for index in sheet.free():
        if index in sheet.roles:
            continue
        text = sheet.lines[index].text
        if fold(text) in rules.related_headings and not _below_story(sheet, index):
            sheet.drop(index, "navigation of the site")
        elif inline := _titled_heading(text, rules):
            sheet.give(index, "related")
            found.append(Related(title=inline))
        elif fold(text) in rules.related_headings:
            sheet.drop(index, "heading of related links")
            links = _links(_List(sheet=sheet, rules=rules, zone=zone), index + 1)
            found += links
            if sum(link.published is not None for link in links) >= 2:
                end = min(end, index)
    return tuple(found), end


def _below_story(sheet: Sheet, index: int) -> bool:
    return any(is_paragraph(line.text) for line in sheet.lines[:index])


def _is_ending(text: str, rules: Rules) -> bool:
    return fold(text) in rules.endings or rules.ending_patterns.search(plain(text)) is not None


def _titled_heading(text: str, rules: Rules) -> str:
    """The title in "SEE ALSO: Title"."""
    heading, colon, title = text.partition(":")
    return title.strip() if colon and title.strip() and fold(heading) in rules.related_headings else ""


def _links(place: _List, index: int) -> list[Related]:
    sheet, found, dated = place.sheet, list[Related](), False
    below_list = takewhile(lambda line: not _is_ending(sheet.lines[line].text, place.rules), sheet.free(index))
    at_end = not any(is_paragraph(sheet.lines[line].text) and place.date(line + 1) is None for line in below_list)
    while index < len(sheet.lines) and index not in sheet.roles:
        line = sheet.lines[index]
        if _is_ending(line.text, place.rules):
            break
        below = place.date(index + 1)
        if place.date(index) is not None:  # a date before its title, or one that belongs to none
            index = _date_first(place, index, found)
            dated = True
            continue
        if count(line.text) > _LONGEST_TITLE or (below is None and ends_full_stop(line.text)):
            break
        if below is None and found and line.gap and (dated or not at_end):
            break
        sheet.give(index, "related")
        found.append(Related(title=line.text))
        index += 1
        if below is not None:
            found[-1] = replace(found[-1], published=_moment(place, index, below))
            index, dated = index + 1, True
    return found


def _date_first(place: _List, index: int, found: list[Related]) -> int:
    """Take a date line and the title below it; gives the index after them."""
    read = place.date(index)
    assert read is not None
    moment = _moment(place, index, read)
    below = index + 1
    sheet = place.sheet
    titled = below < len(sheet.lines) and below not in sheet.roles and count(sheet.lines[below].text) <= _LONGEST_TITLE
    if titled and not is_paragraph(sheet.lines[below].text):
        sheet.give(below, "related")
        found.append(Related(title=sheet.lines[below].text, published=moment))
        return below + 1
    return below


def _moment(place: _List, index: int, read: date_lines.DateLine) -> datetime | None:
    place.sheet.give(index, "related")
    if read.moment is None:
        place.sheet.report(index, f"date of a related link not read ({read.problem})")
    return read.moment


# --- boxes and the end of the page ---------------------------------------------------------------


def mark_promos(sheet: Sheet, rules: Rules) -> None:
    """Boxes within the story that speak of the publisher, with the heading above them."""
    for index in sheet.free():
        if not rules.promos.search(plain(sheet.lines[index].text)):
            continue
        sheet.drop(index, "promo box")
        above = index - 1
        if above >= 0 and above not in sheet.roles and _is_heading(sheet.lines[above].text):
            sheet.drop(above, "heading of a promo box")


def _is_heading(text: str) -> bool:
    return count(text) <= _LONGEST_HEADING and not ends_sentence(text)


def mark_endings(sheet: Sheet, rules: Rules, start: int, end: int) -> None:
    """Drop everything below the heading of the comments, a list of other news, or a copyright line."""
    heading = len(sheet.lines)
    seen = False
    for index in sheet.free(start):
        text = sheet.lines[index].text
        if seen and _is_ending(text, rules):
            heading = index
            break
        seen = seen or is_paragraph(text)
    for index in sheet.free(max(start, min(heading, end))):
        if index < heading and is_paragraph(sheet.lines[index].text):
            sheet.report(index, "text below the list of related links was left out")
        sheet.drop(index, "below the end of the story")


def mark_author_box(sheet: Sheet, rules: Rules, start: int, authors: Sequence[str]) -> tuple[str, ...]:
    """A name and what the author does, at the very end; gives the name."""
    free = sheet.free(start)
    while len(free) >= 2 and rules.credits.search(plain(sheet.lines[free[-1]].text)):
        sheet.drop(free.pop(), "credit line")
    if len(free) < 2:
        return ()
    last, above = free[-1], free[-2]
    text, name = sheet.lines[last].text, sheet.lines[above].text
    if _is_heading(name) and count(name) <= 6 and fold(text).startswith(fold(name) + " "):
        sheet.drop(last, "author box")
        sheet.give(above, "byline")
        return (name,)
    known = tuple(fold(author) for author in (*authors, rules.publisher) if author)
    alone = last - 1 in sheet.roles or fold(text).startswith(known)
    if alone and rules.author_boxes.search(plain(text)):
        sheet.drop(last, "author box")
        if fold(name) in {"about the author", "об авторе", "автор туралы"}:
            sheet.drop(above, "heading of an author box")
    return ()


def mark_tail(sheet: Sheet, start: int) -> None:
    """Short lines below the last paragraph, once the story was interrupted, are not the story's."""
    free = sheet.free(start)
    paragraphs = [index for index in free if is_paragraph(sheet.lines[index].text)]
    last = paragraphs[-1] if paragraphs else -1
    foot = _first(sheet, last + 1, "credit", "author", "a link")
    cut = min(foot, _first(sheet, last + 1, "navigation"))
    for index in free:
        text = sheet.lines[index].text
        if last == -1 or index <= last or (index < cut and _continues(text)):
            continue
        sentence = ends_full_stop(text) and count(text) >= 3
        if sentence and index < foot:
            sheet.report(index, "a sentence at the foot of the page was taken for the end of the story")
            continue
        if sentence or index < cut:
            sheet.report(index, "a line below the story was left out")
        sheet.drop(index, "below the end of the story")


def _first(sheet: Sheet, start: int, *reasons: str) -> int:
    """The first line from `start` that begins the foot of the page; links and boxes also stand within a story."""
    for index in range(start, len(sheet.lines)):
        if sheet.roles.get(index) in ("notice", "byline") or sheet.reasons.get(index, "").startswith(reasons):
            return index
    return len(sheet.lines)


def _continues(text: str) -> bool:
    return ends_sentence(text) or count(text) > _LONGEST_HEADING or text.startswith(("•", "-", "–", "—", "*"))


def mark_repeats(sheet: Sheet, start: int) -> None:
    """Lines printed twice in a row: directly below each other they are the caption of a picture within the story."""
    free = sheet.free(start)
    for index, below in pairwise(free):
        if index in sheet.roles or fold(sheet.lines[index].text) != fold(sheet.lines[below].text):
            continue
        if below == index + 1 and not sheet.lines[below].gap and count(sheet.lines[index].text) <= 60:
            sheet.drop(index, "caption of a picture within the story")
        sheet.drop(below, "repeats the line above")
